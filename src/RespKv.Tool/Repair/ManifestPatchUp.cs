using RespKv.Storage.Inspection;
using RespKv.Storage.Manifest;

namespace RespKv.Tool.Repair;

/// <summary>
/// A manifest of which records are lost. What they said about tables is made up for by the tables themselves: each says which
/// stretch of the log it stands for.
/// </summary>
internal sealed class ManifestPatchUp(SourceTables tables, LogIndex log, IReadOnlyDictionary<int, uint> spaces)
{
    private const int BaseLevel = 7;

    private readonly List<string> _assumptions = [];

    internal SourceState Apply(ManifestScan scan)
    {
        string name = Path.GetFileName(scan.Path);
        ManifestState state = scan.State!;
        _assumptions.Add($"{name} has damaged records: which databases were cleared or swapped by them is not known");
        List<TableInfo> named = [.. state.Tables];
        List<CompleteTable> free = [.. tables.Complete.Where(table => state.Find(table.Number) is null).OrderBy(table => table.Properties.FirstLsn)];
        ReplaceMissing(named, free);
        long checkpointLsn = Adopt(named, free, state.CheckpointLsn);
        Dictionary<int, uint> map = MapSpaces(state, named);
        var edit = new ManifestEdit
        {
            LogId = state.LogId != 0 ? state.LogId : log.LogId,
            CheckpointLsn = checkpointLsn,
            NextFileNumber = Math.Max(state.NextFileNumber, named.Select(table => table.Number).DefaultIfEmpty(0).Max() + 1),
            NextSpace = Math.Max(state.NextSpace, SpacesOf(named).Concat(map.Values).DefaultIfEmpty(0u).Max() + 1),
            Spaces = map,
            Added = named,
        };
        ManifestState? patched = ManifestScan.Compose(edit, out string problem);
        if (patched is null)
        {
            _assumptions.Add($"tables that it does not name were left out, they contradict it: {problem}");
        }

        return new SourceState(patched ?? state, $"{name}, as far as it can be read", _assumptions);
    }

    private IEnumerable<uint> SpacesOf(List<TableInfo> named)
        => tables.Complete.Where(table => named.Exists(info => info.Number == table.Number)).SelectMany(table => table.Spaces);

    // A space that is younger than all that the manifest tells of belongs to some database.
    private Dictionary<int, uint> MapSpaces(ManifestState state, List<TableInfo> named)
    {
        var map = new Dictionary<int, uint>(state.Spaces);
        foreach ((int database, uint space) in spaces)
        {
            map[database] = space;
        }

        foreach (uint space in SpacesOf(named).Where(space => space >= state.NextSpace && !map.ContainsValue(space)).Distinct().Order().ToList())
        {
            int database = 0;
            while (map.ContainsKey(database))
            {
                database++;
            }

            map[database] = space;
            _assumptions.Add($"space {space} was taken for database {database} (--database says otherwise)");
        }

        return map;
    }

    // What a compaction has put in the place of tables that are gone stands for the same stretch of the log or a longer one.
    private void ReplaceMissing(List<TableInfo> named, List<CompleteTable> free)
    {
        foreach (TableInfo missing in named.Where(table => !tables.IsThere(table)).ToList())
        {
            // Files are deleted only after the edit that makes them superfluous is durable: that edit is among the lost ones.
            if (named.Find(table => table != missing && tables.IsThere(table) && table.FirstLsn <= missing.FirstLsn && table.LastLsn >= missing.LastLsn) is { } merged)
            {
                named.Remove(missing);
                _assumptions.Add($"{ManifestNames.Table(merged.Number)} was taken in the place of {ManifestNames.Table(missing.Number)}, which is gone");
                continue;
            }

            List<CompleteTable> successors = [.. free.Where(table => table.Covers(missing.FirstLsn, missing.LastLsn))];
            if (successors.Count == 0)
            {
                continue;
            }

            named.Remove(missing);
            foreach (CompleteTable successor in successors)
            {
                free.Remove(successor);
                if (missing.Level != BaseLevel)
                {
                    named.RemoveAll(table => table.Level != BaseLevel && successor.Covers(table.FirstLsn, table.LastLsn));
                }

                named.Add(successor.InfoAt(missing.Level, missing.Run));
                _assumptions.Add($"{ManifestNames.Table(successor.Number)} was taken in the place of {ManifestNames.Table(missing.Number)}, which is gone");
            }
        }
    }

    private long Adopt(List<TableInfo> named, List<CompleteTable> free, long checkpointLsn)
    {
        long run = named.Select(table => table.Run).DefaultIfEmpty(0).Max() + 1;
        foreach (CompleteTable table in free)
        {
            bool isTold = named.Exists(
                other => other.FirstLsn <= table.Properties.LastLsn && other.LastLsn >= table.Properties.FirstLsn);
            bool follows = table.Properties.LastLsn <= checkpointLsn || table.Properties.FirstLsn == checkpointLsn + 1;
            bool isInLog = log.EndOfChain(checkpointLsn + 1) > table.Properties.LastLsn && table.Properties.FirstLsn > checkpointLsn;
            if (isTold || !follows || isInLog)
            {
                continue;
            }

            named.Add(table.InfoAt(0, run++));
            checkpointLsn = Math.Max(checkpointLsn, table.Properties.LastLsn);
            _assumptions.Add($"{ManifestNames.Table(table.Number)} was taken: nothing else stands for LSN {table.Properties.FirstLsn} to {table.Properties.LastLsn}");
        }

        return checkpointLsn;
    }
}
