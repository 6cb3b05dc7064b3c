using RespKv.Storage.Files;
using RespKv.Storage.Inspection;
using RespKv.Storage.Manifest;

namespace RespKv.Tool.Repair;

/// <summary>
/// Finds out what the tables of a directory stand for. In this order: the manifest in force; any manifest, newest first, whose
/// tables are all there and behind whose checkpoint the log is; the log alone, when it reaches back to its beginning; the
/// newest manifest with what is missing in it made up for by the tables; the tables alone.
/// </summary>
internal sealed class SourceStateFinder(
    IFileSystem files, string directory, IReadOnlyDictionary<int, uint> spaces, CancellationToken cancel)
{
    internal SourceState Find()
    {
        var tables = new SourceTables(files, directory);
        try
        {
            ManifestState state = ManifestStore.Read(files, directory);
            return Known(state, "the manifest in force", tables);
        }
        catch (ManifestCorruptionException)
        {
            return FindWithout(tables);
        }
    }

    private SourceState FindWithout(SourceTables tables)
    {
        IReadOnlyList<ManifestScan> scans = ManifestScan.All(files, directory);
        foreach (ManifestScan scan in scans)
        {
            foreach (ManifestState? state in new[] { scan.IsWhole ? scan.State : null, scan.Prefix })
            {
                if (state is not null && IsProved(state, tables))
                {
                    return Known(state, $"{Path.GetFileName(scan.Path)}: its tables are there, and so is the log behind them", tables);
                }
            }
        }

        ManifestScan? best = scans.FirstOrDefault(scan => scan.State is not null);
        LogIndex log = LogIndex.Read(files, directory, best?.State?.LogId ?? 0, cancel);
        long tablesLsn = tables.Complete.Select(table => table.Properties.LastLsn).DefaultIfEmpty(0).Max();
        if (FromLog(log, Math.Max(tablesLsn, best?.State?.CheckpointLsn ?? 0)) is { } rebuilt)
        {
            return rebuilt;
        }

        return best is null
            ? new TablesOnly(tables, log, spaces).Compose()
            : new ManifestPatchUp(tables, log, spaces).Apply(best);
    }

    // The log does without the tables when one of them is damaged.
    private SourceState Known(ManifestState state, string origin, SourceTables tables)
    {
        if (!state.Tables.All(tables.IsSound))
        {
            LogIndex log = LogIndex.Read(files, directory, state.LogId, cancel);
            if (FromLog(log, state.CheckpointLsn) is { } rebuilt)
            {
                return rebuilt;
            }
        }

        return new SourceState(state, origin, []);
    }

    // Everything that the tables hold is in the log too: nothing else is needed.
    private static SourceState? FromLog(LogIndex log, long uptoLsn)
    {
        return log.FirstLsn == 1 && log.EndOfChain(1) > uptoLsn
            ? new SourceState(ManifestState.Empty, "the log alone, which reaches back to its first record", [])
            : null;
    }

    private bool IsProved(ManifestState state, SourceTables tables)
    {
        if (!state.Tables.All(tables.IsThere))
        {
            return false;
        }

        LogIndex log = LogIndex.Read(files, directory, state.LogId, cancel);
        long next = log.EndOfChain(state.CheckpointLsn + 1);
        bool isGap = log.Batches.Any(batch => batch.FirstLsn > next);
        return !isGap && LastSegmentLsn() <= next;
    }

    // The name of a segment proves that everything below had been durable.
    private long LastSegmentLsn()
    {
        IReadOnlyList<string> names = WalChain.Segments(files, directory);
        if (names.Count == 0)
        {
            return 0;
        }

        using var walk = new WalFileWalk(files, Path.Combine(directory, names[^1]));
        return walk.Facts.NameLsn;
    }
}
