using RespKv.Storage.Inspection;
using RespKv.Storage.Manifest;

namespace RespKv.Tool.Repair;

/// <summary>
/// No manifest at all: tables say which part of the log they stand for and which spaces they hold, but not which database a
/// space belonged to, nor which of them a compaction had replaced already.
/// </summary>
internal sealed class TablesOnly(SourceTables tables, LogIndex log, IReadOnlyDictionary<int, uint> spaces)
{
    private readonly List<string> _assumptions = [];

    internal SourceState Compose()
    {
        foreach (string name in tables.Unreadable)
        {
            _assumptions.Add($"{name} does not say what it stands for any more, and was left out");
        }

        List<CompleteTable> ordered = [.. tables.Complete.Where(table => table.Properties.Entries > 0).OrderBy(table => table.Properties.FirstLsn)];
        bool mustMerge = Overlap(ordered);
        if (mustMerge)
        {
            _assumptions.Add("tables stand for the same stretches of the log: keys that were deleted before may be back");
        }

        IReadOnlyDictionary<int, uint> map = MapSpaces(ordered);
        ManifestEdit edit = Edit(mustMerge ? [] : ordered, map, ordered);
        ManifestState state = ManifestScan.Compose(edit, out string problem)
            ?? throw new ToolException($"without a manifest the tables cannot be put together: {problem}", ExitCodes.Corruption);
        return new SourceState(state, "the tables and the log, without a manifest", _assumptions)
        {
            ToMerge = mustMerge ? [.. ordered.Select(table => table.InfoAt(0, table.Number))] : [],
        };
    }

    private static bool Overlap(List<CompleteTable> ordered)
    {
        for (int index = 1; index < ordered.Count; index++)
        {
            if (ordered[index].Properties.FirstLsn <= ordered.Take(index).Max(table => table.Properties.LastLsn))
            {
                return true;
            }
        }

        return false;
    }

    private ManifestEdit Edit(List<CompleteTable> named, IReadOnlyDictionary<int, uint> map, List<CompleteTable> all)
    {
        // A segment is only given up when a checkpoint covers it (D6): where the log begins, a checkpoint had been.
        long tablesLsn = all.Select(table => table.Properties.LastLsn).DefaultIfEmpty(0).Max();
        long checkpointLsn = Math.Max(tablesLsn, log.EndOfChain(tablesLsn + 1) > tablesLsn + 1 ? 0 : log.FirstLsn - 1);
        return new ManifestEdit
        {
            LogId = log.LogId != 0 ? log.LogId : 1,
            CheckpointLsn = Math.Max(0, checkpointLsn),
            NextFileNumber = all.Select(table => table.Number).DefaultIfEmpty(0).Max() + 1,
            NextSpace = map.Values.Concat(all.SelectMany(table => table.Spaces)).DefaultIfEmpty(0u).Max() + 1,
            Spaces = map,
            Added = [.. named.Select((table, index) => table.InfoAt(0, index + 1))],
        };
    }

    private IReadOnlyDictionary<int, uint> MapSpaces(List<CompleteTable> ordered)
    {
        if (spaces.Count > 0)
        {
            return spaces;
        }

        var found = new SortedSet<uint>(ordered.SelectMany(table => table.Spaces));
        Dictionary<int, uint> map = found.Select((space, database) => (space, database)).ToDictionary(pair => pair.database, pair => pair.space);
        foreach ((int database, uint space) in map)
        {
            _assumptions.Add($"space {space} was taken for database {database} (--database says otherwise)");
        }

        return map;
    }
}
