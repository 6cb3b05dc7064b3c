using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using RespKv.Storage.Tables;

namespace RespKv.Storage.Checkpoints;

/// <summary>
/// The cells of a fold: header, table key, value or patch, with room behind it to grow. Small cells are cut from chunks and
/// are given back all together; a large one has an array of its own, which is given back when the cell is.
///
/// Invariants:
/// - An address is the number of an array and the offset in it in units of 8 bytes; 0 is no cell.
/// - Number <c>i</c> of <c>_arrays</c> is a chunk while <c>_isChunk[i]</c>, else it holds one large cell, or nothing.
/// </summary>
internal sealed class FoldArena
{
    /// <summary>4 MiB: what a fold has at least, and what the end of a chunk wastes at most is a quarter of it.</summary>
    internal const int ChunkBytes = 4 << 20;

    /// <summary>1 MiB: from here on a cell has an array of its own.</summary>
    internal const int LargeBytes = 1 << 20;

    private const int UnitBytes = 8;
    private const int OffsetBits = 19;
    private const uint OffsetMask = (1u << OffsetBits) - 1;

    /// <summary>Arrays that an address can name. Large ones alone would have 8 GiB, four times the largest batch.</summary>
    private const int ArraysMax = 1 << (32 - OffsetBits);

    /// <summary>Growing by more than this at once would waste more memory than it saves copies.</summary>
    private const int RoomAddedMax = 64 << 20;

    // A broken relation is a division by zero, which does not compile.
    private const int OffsetsReachChunk = 1 / ((long)ChunkBytes <= (long)UnitBytes << OffsetBits ? 1 : 0);
    private const int LargeFitsChunk = 1 / (LargeBytes * 4 <= ChunkBytes ? 1 : 0);

    private readonly List<byte[]?> _arrays = [];
    private readonly List<bool> _isChunk = [];
    private readonly Stack<int> _freeNumbers = [];

    /// <summary>Chunks that are not in use.</summary>
    private readonly Stack<byte[]> _freeChunks = [];

    private int _chunk = -1;
    private int _end = ChunkBytes;

    /// <summary>Bytes of cells, those that were given up included as far as they are not returned before the reset.</summary>
    internal long Bytes { get; private set; }

    /// <summary>Bytes of all arrays that are held, in use or not; for tests.</summary>
    internal long HeldBytes => _arrays.Sum(array => (long)(array?.Length ?? 0)) + _freeChunks.Sum(chunk => (long)chunk.Length);

    internal ref FoldCell this[uint address]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref MemoryMarshal.AsRef<FoldCell>(At(address));
    }

    /// <summary>A cell with its lengths set, a fresh value of no bytes, and a key to be written.</summary>
    /// <exception cref="InvalidDataException">Key and value are more than an array holds.</exception>
    internal uint Allocate(int keyBytes, long valueRoom)
    {
        long bytes = FoldCell.HeaderBytes + keyBytes + valueRoom;
        uint address = bytes >= LargeBytes ? AllocateLarge(bytes) : AllocateSmall((int)bytes);
        ref FoldCell cell = ref this[address];
        cell = default;
        cell.KeyBytes = keyBytes;
        cell.ValueRoom = (int)valueRoom;
        cell.ExpireAtMillis = FoldCell.None;
        return address;
    }

    internal Span<byte> Key(uint address) => At(address).Slice(FoldCell.HeaderBytes, this[address].KeyBytes);

    internal Span<byte> Value(uint address)
    {
        ref FoldCell cell = ref this[address];
        return At(address).Slice(FoldCell.HeaderBytes + cell.KeyBytes, cell.ValueBytes);
    }

    /// <summary>The value and the room behind it.</summary>
    internal Span<byte> Room(uint address)
    {
        ref FoldCell cell = ref this[address];
        return At(address).Slice(FoldCell.HeaderBytes + cell.KeyBytes, cell.ValueRoom);
    }

    /// <summary>The same key with at least so much room for its value; header and value, which is not longer, are kept.</summary>
    /// <param name="exact">False: it is likely to grow again. True: an array of which the half would be wasted is given back.</param>
    /// <returns>Its address, the same one when there was room; else the old one is given up.</returns>
    internal uint EnsureRoom(uint address, long valueBytes, bool exact)
    {
        FoldCell old = this[address];
        bool wastes = exact && old.ValueRoom >= LargeBytes && valueBytes < old.ValueRoom / 2;
        if (valueBytes <= old.ValueRoom && !wastes)
        {
            return address;
        }

        long roomMax = Array.MaxLength - FoldCell.HeaderBytes - (long)old.KeyBytes;
        long room = exact ? valueBytes : Math.Max(valueBytes, Math.Min(roomMax, old.ValueRoom + (long)Math.Min(old.ValueRoom, RoomAddedMax)));
        uint moved = Allocate(old.KeyBytes, room);
        ref FoldCell cell = ref this[moved];
        int movedRoom = cell.ValueRoom;
        cell = old;
        cell.ValueRoom = movedRoom;
        At(address).Slice(FoldCell.HeaderBytes, old.KeyBytes + old.ValueBytes).CopyTo(At(moved)[FoldCell.HeaderBytes..]);
        Free(address);
        return moved;
    }

    /// <summary>Gives all cells up. Chunks are kept for the next ones, as many as fit into so many bytes.</summary>
    internal void Reset(long bytesKept)
    {
        for (int number = 0; number < _arrays.Count; number++)
        {
            if (_isChunk[number])
            {
                _freeChunks.Push(_arrays[number]!);
            }
        }

        while (_freeChunks.Count * (long)ChunkBytes > bytesKept)
        {
            _freeChunks.Pop();
        }

        _arrays.Clear();
        _isChunk.Clear();
        _freeNumbers.Clear();
        _chunk = -1;
        _end = ChunkBytes;
        Bytes = 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Span<byte> At(uint address) => _arrays[(int)(address >> OffsetBits)].AsSpan((int)(address & OffsetMask) * UnitBytes);

    private uint AllocateSmall(int bytes)
    {
        bytes = (bytes + UnitBytes - 1) & -UnitBytes;
        if (bytes > ChunkBytes - _end)
        {
            _chunk = Add(_freeChunks.TryPop(out byte[]? chunk) ? chunk : GC.AllocateUninitializedArray<byte>(ChunkBytes), isChunk: true);
            _end = UnitBytes;
        }

        uint address = ((uint)_chunk << OffsetBits) | (uint)(_end / UnitBytes);
        _end += bytes;
        Bytes += bytes;
        return address;
    }

    private uint AllocateLarge(long bytes)
    {
        // The offset is not 0 so that no address is.
        long arrayBytes = bytes + UnitBytes;
        if (arrayBytes > Array.MaxLength)
        {
            throw new InvalidDataException($"a value of {bytes} bytes with its key is more than an array holds");
        }

        Bytes += arrayBytes;
        return ((uint)Add(GC.AllocateUninitializedArray<byte>((int)arrayBytes), isChunk: false) << OffsetBits) | 1;
    }

    private void Free(uint address)
    {
        int number = (int)(address >> OffsetBits);
        if (!_isChunk[number])
        {
            Bytes -= _arrays[number]!.Length;
            _arrays[number] = null;
            _freeNumbers.Push(number);
        }
    }

    private int Add(byte[] array, bool isChunk)
    {
        if (_freeNumbers.TryPop(out int number))
        {
            _arrays[number] = array;
            _isChunk[number] = isChunk;
            return number;
        }

        if (_arrays.Count == ArraysMax)
        {
            throw new InvalidDataException($"a fold of more than {ArraysMax} arrays");
        }

        _arrays.Add(array);
        _isChunk.Add(isChunk);
        return _arrays.Count - 1;
    }
}

/// <summary>The head of a cell; table key and value follow it.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FoldCell
{
    internal const int HeaderBytes = 24;

    /// <summary>The kind of a cell that nothing was said about yet.</summary>
    internal const TableEntryKind Fresh = (TableEntryKind)byte.MaxValue;

    /// <summary>No expiry; in a patch: it does not end with a change of the expiry.</summary>
    internal const long None = -1;

    internal int KeyBytes;
    internal int ValueBytes;
    internal int ValueRoom;
    internal TableEntryKind Kind;

    /// <summary>Of a value, or of what a patch changes; 0 while it only changes the expiry.</summary>
    internal byte Type;

    /// <summary>Of a value: Unix milliseconds or <see cref="None"/>. Of a patch: where its last change begins, if that is of the expiry.</summary>
    internal long ExpireAtMillis;

    /// <summary>The bytes are changes of elements, as in a patch; of a value: of one that was empty.</summary>
    internal readonly bool HoldsElements => Kind is TableEntryKind.Value or TableEntryKind.Patch && Mutations.ElementTypes.Contains(Type);
}
