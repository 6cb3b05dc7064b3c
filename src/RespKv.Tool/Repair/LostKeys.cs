using RespKv.Storage.Manifest;

namespace RespKv.Tool.Repair;

/// <summary>Keys of which a table's word is lost.</summary>
/// <param name="LastLsn">Last LSN that the table stands for.</param>
/// <param name="From">The first of them, a table key.</param>
/// <param name="Before">The first behind them.</param>
internal sealed record LostRange(long LastLsn, byte[] From, byte[] Before)
{
    internal bool Contains(ReadOnlySpan<byte> tableKey) => tableKey.SequenceCompareTo(From) >= 0 && tableKey.SequenceCompareTo(Before) < 0;

    internal bool Overlaps(TableInfo table)
        => table.LargestKey.AsSpan().SequenceCompareTo(From) >= 0 && table.SmallestKey.AsSpan().SequenceCompareTo(Before) < 0;

    /// <summary>The next key there can be.</summary>
    internal static byte[] After(byte[] key) => [.. key, 0];
}

/// <summary>
/// What tables have lost. A partial change of a key whose value is lost must not be applied to nothing, or to an older value:
/// it would make up a value that never was.
/// </summary>
internal sealed class LostKeys
{
    private readonly List<LostRange> _ranges = [];

    internal bool IsEmpty => _ranges.Count == 0;

    internal void Add(LostRange range) => _ranges.Add(range);

    /// <summary>An older table may have lost its word about a key of this one.</summary>
    internal bool MayConcern(TableInfo newer) => _ranges.Exists(range => range.LastLsn < newer.FirstLsn && range.Overlaps(newer));

    /// <summary>The youngest lost word about the key from before that LSN; 0 when none is lost.</summary>
    internal long LastLostLsn(ReadOnlySpan<byte> tableKey, long beforeLsn = long.MaxValue)
    {
        long lsn = 0;
        foreach (LostRange range in _ranges)
        {
            if (range.LastLsn > lsn && range.LastLsn < beforeLsn && range.Contains(tableKey))
            {
                lsn = range.LastLsn;
            }
        }

        return lsn;
    }
}
