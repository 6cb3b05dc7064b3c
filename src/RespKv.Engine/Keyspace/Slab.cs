using System.Runtime.InteropServices;

namespace RespKv.Engine.Keyspace;

/// <summary>
/// Cells of fixed sizes in the pages of one database. Free cells are chained inside their page; what is known of a page
/// (its class, how many cells are in use, its chain) lies in tables beside the chunks. A page whose last cell is freed
/// goes back. Every operation takes a few steps; the table of pages grows by blocks, without a copy of what it holds.
/// </summary>
internal sealed class Slab(KeyspaceMemory memory)
{
    private const ushort NoCell = ushort.MaxValue;

    /// <summary>Pages per block of the page table: a new block is added, the old ones are never copied.</summary>
    private const int BlockShift = 10;

    private readonly ChunkTable _chunks = new(memory);

    // Per class the first of its pages that have room, 0 for none (page 0 would be in chunk 0).
    private readonly int[] _roomy = new int[SizeClasses.Count];
    private Page[][] _blocks = [];

    private struct Page
    {
        public int Previous;
        public int Next;
        public ushort FreeCell;
        public ushort FreshUnit;
        public ushort Used;
        public byte Class;
    }

    public Span<byte> At(ulong address) => _chunks.At(address);

    /// <summary>Words of eight bytes at an address.</summary>
    public Span<ulong> WordsAt(ulong address, int count) => MemoryMarshal.Cast<byte, ulong>(_chunks.At(address)[..(count * sizeof(ulong))]);

    /// <summary>Bytes of the cell or block at an address.</summary>
    public int CellBytes(ulong address)
    {
        int oversize = _chunks.OversizeBytes(address);
        return oversize != 0 ? oversize : SizeClasses.BytesOf(ClassAt(address));
    }

    /// <summary>The size class of the cell at an address, which must not be an oversize block.</summary>
    public int ClassAt(ulong address) => PageAt((int)(address >> ChunkTable.PageShift)).Class;

    /// <summary>A cell of at least so many bytes, with whatever was in it; beyond the largest cell, a block of its own.</summary>
    public ulong Allocate(int bytes)
    {
        if (bytes > SizeClasses.CellBytesMax)
        {
            return _chunks.TakeOversize((bytes + SizeClasses.UnitBytes - 1) / SizeClasses.UnitBytes * SizeClasses.UnitBytes);
        }

        int sizeClass = SizeClasses.ClassOf(bytes);
        int number = _roomy[sizeClass];
        if (number == 0)
        {
            number = AddPage(sizeClass);
        }

        ref Page page = ref PageAt(number);
        ulong address = (ulong)number << ChunkTable.PageShift;
        if (page.FreeCell != NoCell)
        {
            address |= page.FreeCell;
            page.FreeCell = MemoryMarshal.Read<ushort>(_chunks.At(address));
        }
        else
        {
            address |= page.FreshUnit;
            page.FreshUnit += (ushort)SizeClasses.UnitsOf(sizeClass);
        }

        page.Used++;
        if (IsFull(page))
        {
            Unlink(number, ref page);
        }

        return address;
    }

    public void Free(ulong address)
    {
        if (_chunks.OversizeBytes(address) != 0)
        {
            _chunks.ReleaseOversize(address);
            return;
        }

        int number = (int)(address >> ChunkTable.PageShift);
        ref Page page = ref PageAt(number);
        bool wasFull = IsFull(page);
        page.Used--;
        if (page.Used == 0)
        {
            if (!wasFull)
            {
                Unlink(number, ref page);
            }

            _chunks.ReleasePage(number);
            return;
        }

        MemoryMarshal.Write(_chunks.At(address), page.FreeCell);
        page.FreeCell = (ushort)(address & (SizeClasses.PageUnits - 1));
        if (wasFull)
        {
            Link(number, ref page);
        }
    }

    /// <summary>Frees all cells at once.</summary>
    public void Clear()
    {
        _chunks.Clear();
        Array.Clear(_roomy);
        _blocks = [];
    }

    private static bool IsFull(in Page page)
        => page.FreeCell == NoCell && page.FreshUnit + SizeClasses.UnitsOf(page.Class) > SizeClasses.PageUnits;

    private ref Page PageAt(int number) => ref _blocks[number >> BlockShift][number & ((1 << BlockShift) - 1)];

    private int AddPage(int sizeClass)
    {
        int number = _chunks.TakePage();
        EnsureBlock(number >> BlockShift);
        ref Page page = ref PageAt(number);
        page = new Page { Class = (byte)sizeClass, FreeCell = NoCell };
        Link(number, ref page);
        return number;
    }

    private void EnsureBlock(int block)
    {
        while (_blocks.Length <= block)
        {
            Array.Resize(ref _blocks, _blocks.Length + 1);
            _blocks[^1] = new Page[1 << BlockShift];
        }
    }

    private void Link(int number, ref Page page)
    {
        int first = _roomy[page.Class];
        page.Previous = 0;
        page.Next = first;
        if (first != 0)
        {
            PageAt(first).Previous = number;
        }

        _roomy[page.Class] = number;
    }

    private void Unlink(int number, ref Page page)
    {
        if (page.Next != 0)
        {
            PageAt(page.Next).Previous = page.Previous;
        }

        if (page.Previous != 0)
        {
            PageAt(page.Previous).Next = page.Next;
        }
        else
        {
            _roomy[page.Class] = page.Next;
        }
    }
}
