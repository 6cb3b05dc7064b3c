namespace RespKv.Engine.Keyspace;

/// <summary>
/// One word of a directory: where a segment's slots are (36 bits), how many of its position's leading bits a segment
/// fixes (5 bits), how many slots are in use (23 bits). An empty segment has no memory: address 0.
/// </summary>
internal readonly struct SegmentRef(ulong word)
{
    /// <summary>Keys whose tags are all equal; finding one among them would read them all.</summary>
    public const int CountMax = (1 << 23) - 1;

    private const int DepthShift = ChunkTable.AddressBits;
    private const int CountShift = DepthShift + 5;

    public SegmentRef(ulong address, int depth, int count)
        : this(address | ((ulong)depth << DepthShift) | ((ulong)count << CountShift))
    {
    }

    public ulong Word => word;

    public ulong Address => word & ChunkTable.AddressMask;

    public int Depth => (int)(word >> DepthShift) & 31;

    public int Count => (int)(word >> CountShift);

    public SegmentRef WithCount(int count) => new(Address, Depth, count);
}
