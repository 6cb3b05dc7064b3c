using RespKv.Storage.Manifest;
using RespKv.Storage.Tables;
using RespKv.Tool.Output;

namespace RespKv.Tool.Stats;

/// <summary>How many keys the spaces have.</summary>
internal sealed record KeyCount(IReadOnlyDictionary<uint, long> BySpace, long LiveBytes)
{
    /// <summary>The base: one run with everything that is old.</summary>
    private const int BaseLevel = 7;

    private const int ReadAheadBytes = 1 << 20;

    /// <summary>Entries between two reports.</summary>
    private const int ReportEvery = 1 << 16;

    /// <summary>By the blocks of each table: a block counts for the space that it begins with.</summary>
    internal static KeyCount Estimate(IReadOnlyList<(TableInfo Info, TableReader Reader)> tables)
    {
        var bySpace = new Dictionary<uint, double>();
        foreach ((TableInfo info, TableReader reader) in tables)
        {
            TableProperties properties = reader.Properties;
            double keysPerBlock = (double)(properties.Entries - (2 * properties.Tombstones)) / Math.Max(1, reader.BlockCount);
            for (int block = 0; block < reader.BlockCount; block++)
            {
                ReadOnlySpan<byte> lower = block == 0 ? info.SmallestKey : reader.BlockLowerBound(block);
                uint space = SpaceOf(lower);
                bySpace[space] = bySpace.GetValueOrDefault(space) + keysPerBlock;
            }
        }

        long liveBytes = tables.Where(table => table.Info.Level == BaseLevel).Sum(table => table.Reader.Properties.RawBytes);
        return new KeyCount(bySpace.ToDictionary(pair => pair.Key, pair => Math.Max(0, (long)Math.Round(pair.Value))), liveBytes);
    }

    // A bound is no longer than it must be to tell two blocks apart.
    private static uint SpaceOf(ReadOnlySpan<byte> bound)
    {
        Span<byte> padded = stackalloc byte[TableKey.SpaceBytes];
        padded.Clear();
        bound[..Math.Min(bound.Length, padded.Length)].CopyTo(padded);
        return TableKey.Space(padded);
    }

    internal static KeyCount Exact(
        IReadOnlyList<(TableInfo Info, TableReader Reader)> tables, ManifestState state, IProgressBar progress, CancellationToken cancel)
    {
        var bySpace = new Dictionary<uint, long>();
        long liveBytes = 0;
        long total = tables.Sum(table => table.Info.Entries);
        long done = 0;
        using var cursor = new MergeCursor(
            [.. tables.Select(table => new MergeSource(table.Reader, table.Info.FirstLsn, table.Info.LastLsn))], isBottom: true, ReadAheadBytes);
        for (bool more = cursor.SeekFirst(); more; more = cursor.Next())
        {
            uint space = TableKey.Space(cursor.Key);
            if (state.IsLive(space))
            {
                bySpace[space] = bySpace.GetValueOrDefault(space) + 1;
                liveBytes += cursor.Key.Length + cursor.Entry.Bytes.Length;
            }

            if (++done % ReportEvery == 0)
            {
                cancel.ThrowIfCancellationRequested();
                progress.Report(done, total);
            }
        }

        return new KeyCount(bySpace, liveBytes);
    }
}
