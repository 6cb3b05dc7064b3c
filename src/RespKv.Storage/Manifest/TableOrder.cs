namespace RespKv.Storage.Manifest;

/// <summary>Puts tables in the order of <see cref="ManifestState.Tables"/> and checks that their runs are runs.</summary>
internal sealed class TableOrder
{
    private readonly Dictionary<long, Run> _runs = [];

    private TableOrder(IEnumerable<TableInfo> tables)
    {
        var sorted = tables.ToArray();
        Problem = CollectRuns(sorted) ?? "";
        if (Problem.Length > 0)
        {
            Tables = [];
            return;
        }

        Array.Sort(sorted, Compare);
        Tables = sorted;
        Problem = CheckKeys(sorted) ?? CheckStretches() ?? "";
    }

    /// <summary>Empty when there is none.</summary>
    internal string Problem { get; }

    internal IReadOnlyList<TableInfo> Tables { get; }

    internal static TableOrder Of(IEnumerable<TableInfo> tables) => new(tables);

    private string? CollectRuns(TableInfo[] tables)
    {
        foreach (TableInfo table in tables)
        {
            if (!_runs.TryGetValue(table.Run, out Run run))
            {
                _runs[table.Run] = new Run(table.Run, table.Level, table.FirstLsn, table.LastLsn);
            }
            else if (run.Level != table.Level)
            {
                return $"run {table.Run} is on level {Math.Min(run.Level, table.Level)} and on level {Math.Max(run.Level, table.Level)}";
            }
            else
            {
                _runs[table.Run] = run with
                {
                    FirstLsn = Math.Min(run.FirstLsn, table.FirstLsn),
                    LastLsn = Math.Max(run.LastLsn, table.LastLsn),
                };
            }
        }

        return null;
    }

    private int Compare(TableInfo left, TableInfo right)
    {
        int order = left.Level.CompareTo(right.Level);
        if (order == 0 && left.Level != ManifestFormat.BaseLevel && left.Run != right.Run)
        {
            order = _runs[right.Run].LastLsn.CompareTo(_runs[left.Run].LastLsn);
            order = order != 0 ? order : right.Run.CompareTo(left.Run);
        }

        order = order != 0 ? order : left.SmallestKey.AsSpan().SequenceCompareTo(right.SmallestKey);
        return order != 0 ? order : left.Number.CompareTo(right.Number);
    }

    private static string? CheckKeys(TableInfo[] sorted)
    {
        for (int index = 1; index < sorted.Length; index++)
        {
            TableInfo left = sorted[index - 1];
            TableInfo right = sorted[index];
            bool isOneRun = left.Level == right.Level && (left.Run == right.Run || left.Level == ManifestFormat.BaseLevel);
            if (isOneRun && left.LargestKey.AsSpan().SequenceCompareTo(right.SmallestKey) >= 0)
            {
                return $"the keys of table {left.Number} and table {right.Number} overlap in run {right.Run} on level {right.Level}";
            }
        }

        return null;
    }

    private string? CheckStretches()
    {
        Run[] upper = [.. _runs.Values.Where(run => run.Level != ManifestFormat.BaseLevel).OrderBy(run => run.FirstLsn)];
        for (int index = 1; index < upper.Length; index++)
        {
            if (upper[index].FirstLsn <= upper[index - 1].LastLsn)
            {
                return $"the LSNs of run {upper[index - 1].Number} and run {upper[index].Number} overlap";
            }
        }

        return null;
    }

    private readonly record struct Run(long Number, int Level, long FirstLsn, long LastLsn);
}
