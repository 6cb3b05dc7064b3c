using System.Numerics;

namespace RespKv.Engine.Keyspace;

/// <summary>
/// The chunks of one database: big byte arrays, so that the garbage collector sees one object per 4 MiB. A chunk is cut
/// into pages; a page is handed out from the lowest chunk that has one, so that chunks at the end become empty and go
/// back. An oversize block is a chunk of its own. An address counts units of eight bytes: chunk number, page number in
/// the chunk, unit in the page. Chunk 0 does not exist, so that address 0 means none.
/// </summary>
internal sealed class ChunkTable(KeyspaceMemory memory)
{
    /// <summary>Bits of an address. 2^36 units of eight bytes are 512 GiB.</summary>
    public const int AddressBits = 36;

    public const ulong AddressMask = (1UL << AddressBits) - 1;

    public const int PageShift = 14;

    private const int ChunkShift = PageShift + PagesShift;

    private const int PagesShift = 5;

    /// <summary>One less than the address space of a chunk: eight such arrays fit a 32 MiB region of the runtime's heap.</summary>
    public const int PagesPerChunk = (1 << PagesShift) - 1;

    public const int ChunkBytes = PagesPerChunk * SizeClasses.PageBytes;

    private const uint AllPages = (1U << PagesPerChunk) - 1;

    private const int ChunksMax = 1 << (AddressBits - ChunkShift);

    /// <summary>Free pages that a database keeps before it gives empty chunks back: one chunk's worth against flapping.</summary>
    private const int FreePagesKept = PagesPerChunk;

    private byte[]?[] _chunks = new byte[]?[4];
    private uint[] _freePages = new uint[4];
    private readonly Stack<int> _freeNumbers = new();
    private int _chunksEnd = 1;
    private int _lowestFree = 1;
    private int _freePageCount;

    /// <summary>The bytes from an address to the end of its chunk. The caller knows how many are its own.</summary>
    public Span<byte> At(ulong address)
        => _chunks[(int)(address >> ChunkShift)].AsSpan((int)(address & ((1UL << ChunkShift) - 1)) * SizeClasses.UnitBytes);

    private static bool IsOversize(byte[] chunk) => chunk.Length != ChunkBytes;

    /// <summary>Bytes of the oversize block at an address, 0 when the address lies in a page.</summary>
    public int OversizeBytes(ulong address)
    {
        byte[] chunk = _chunks[(int)(address >> ChunkShift)]!;
        return IsOversize(chunk) ? chunk.Length : 0;
    }

    public int TakePage()
    {
        if (_freePageCount == 0)
        {
            AddChunk();
        }

        int chunk = _lowestFree;
        while (_freePages[chunk] == 0)
        {
            chunk++;
        }

        int page = BitOperations.TrailingZeroCount(_freePages[chunk]);
        _freePages[chunk] &= _freePages[chunk] - 1;
        _freePageCount--;
        _lowestFree = chunk;
        return (chunk << PagesShift) | page;
    }

    public void ReleasePage(int page)
    {
        int chunk = page >> PagesShift;
        _freePages[chunk] |= 1U << (page & ((1 << PagesShift) - 1));
        _freePageCount++;
        _lowestFree = Math.Min(_lowestFree, chunk);
        if (_freePages[chunk] == AllPages && _freePageCount >= PagesPerChunk + FreePagesKept)
        {
            _freePages[chunk] = 0;
            _freePageCount -= PagesPerChunk;
            memory.ReturnChunk(_chunks[chunk]!);
            _chunks[chunk] = null;
            _freeNumbers.Push(chunk);
        }
    }

    /// <summary>A block of more than <see cref="SizeClasses.CellBytesMax"/> bytes, a multiple of eight, on its own.</summary>
    public ulong TakeOversize(int bytes)
    {
        // Never the length of a chunk, by which the two kinds are told apart.
        byte[] block = GC.AllocateUninitializedArray<byte>(bytes == ChunkBytes ? bytes + SizeClasses.UnitBytes : bytes);
        int chunk = TakeNumber();
        _chunks[chunk] = block;
        memory.ChunkBytes += block.Length;
        return (ulong)chunk << ChunkShift;
    }

    public void ReleaseOversize(ulong address)
    {
        int chunk = (int)(address >> ChunkShift);
        memory.DropBlock(_chunks[chunk]!);
        _chunks[chunk] = null;
        _freeNumbers.Push(chunk);
    }

    /// <summary>Gives everything back. Costs a step per chunk, whatever was in them.</summary>
    public void Clear()
    {
        for (int chunk = 1; chunk < _chunksEnd; chunk++)
        {
            byte[]? bytes = _chunks[chunk];
            if (bytes is null)
            {
                continue;
            }

            if (IsOversize(bytes))
            {
                memory.DropBlock(bytes);
            }
            else
            {
                memory.ReturnChunk(bytes);
            }
        }

        _chunks = new byte[]?[4];
        _freePages = new uint[4];
        _freeNumbers.Clear();
        _freeNumbers.TrimExcess();
        _chunksEnd = 1;
        _lowestFree = 1;
        _freePageCount = 0;
    }

    private void AddChunk()
    {
        byte[] bytes = memory.TakeChunk();
        int chunk = TakeNumber();
        _chunks[chunk] = bytes;
        _freePages[chunk] = AllPages;
        _freePageCount += PagesPerChunk;
        _lowestFree = Math.Min(_lowestFree, chunk);
    }

    private int TakeNumber()
    {
        if (_freeNumbers.TryPop(out int chunk))
        {
            return chunk;
        }

        if (_chunksEnd == ChunksMax)
        {
            throw new InsufficientMemoryException("a database holds at most 512 GiB of keys and small values");
        }

        if (_chunksEnd == _chunks.Length)
        {
            Array.Resize(ref _chunks, _chunksEnd * 2);
            Array.Resize(ref _freePages, _chunksEnd * 2);
        }

        return _chunksEnd++;
    }
}
