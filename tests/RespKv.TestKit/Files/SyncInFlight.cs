namespace RespKv.TestKit.Files;

/// <summary>
/// What an fdatasync is about, taken down as it starts: the sectors, their bytes at that time and how many of the file's
/// pending length changes. Until it ends a crash may do to them what it may do to anything pending.
/// </summary>
internal sealed class SyncInFlight(SectorRanges sectors, SparseBytes bytes, int lengths)
{
    internal SectorRanges Sectors { get; } = sectors;

    internal SparseBytes Bytes { get; } = bytes;

    /// <summary>Counted from the oldest pending one on.</summary>
    internal int Lengths { get; set; } = lengths;
}
