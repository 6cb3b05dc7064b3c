using System.Diagnostics.CodeAnalysis;
using RespKv.Storage.Tables;

namespace RespKv.Storage.Manifest;

/// <summary>
/// What every state and every step keeps; checked before an edit is written, and again when it is read.
///
/// Invariants:
/// - The log id is set once. The checkpoint LSN, the next file number and the next space never go back.
/// - Numbers of tables are below the next file number; spaces are below the next space, and one that was given up never
///   comes back. (A number of a table that is gone is not remembered: whoever gives numbers out only counts up.)
/// - A table's LSNs are at most the checkpoint LSN. Runs above the base stand for stretches of the log that do not overlap.
/// - A run is on one level, and its tables are disjoint; so are all tables of the base.
/// </summary>
internal static class ManifestRules
{
    /// <summary>Spells out what the edit leaves to its tables and spaces.</summary>
    internal static ManifestEdit Complete(ManifestState state, ManifestEdit edit)
    {
        long afterTables = edit.Added.Count == 0 ? 0 : edit.Added.Max(table => table.Number) + 1;
        if (edit.NextFileNumber is null && afterTables > state.NextFileNumber)
        {
            edit = edit with { NextFileNumber = afterTables };
        }

        uint largestSpace = edit.Spaces is { Count: > 0 } spaces ? spaces.Values.Max() : 0;
        if (edit.NextSpace is null && largestSpace >= state.NextSpace && largestSpace < uint.MaxValue)
        {
            edit = edit with { NextSpace = largestSpace + 1 };
        }

        return edit;
    }

    /// <summary>The state after a complete edit, or what is wrong with it.</summary>
    internal static bool TryFold(
        ManifestState state, ManifestEdit edit, [NotNullWhen(true)] out ManifestState? next, out string problem)
    {
        next = null;
        problem = CheckNumbers(state, edit) ?? CheckSpaces(state, edit) ?? "";
        if (problem.Length > 0)
        {
            return false;
        }

        var tables = state.Tables.ToDictionary(table => table.Number);
        problem = Delete(tables, edit) ?? Add(state, tables, edit) ?? "";
        if (problem.Length > 0)
        {
            return false;
        }

        TableOrder order = TableOrder.Of(tables.Values);
        problem = order.Problem;
        if (problem.Length > 0)
        {
            return false;
        }

        next = new ManifestState(
            edit.LogId ?? state.LogId,
            edit.CheckpointLsn ?? state.CheckpointLsn,
            edit.NextFileNumber ?? state.NextFileNumber,
            edit.NextSpace ?? state.NextSpace,
            new Dictionary<int, uint>(edit.Spaces ?? state.Spaces),
            order.Tables,
            tables);
        return true;
    }

    private static string? CheckNumbers(ManifestState state, ManifestEdit edit)
    {
        ulong logId = edit.LogId ?? state.LogId;
        long checkpointLsn = edit.CheckpointLsn ?? state.CheckpointLsn;
        long nextFileNumber = edit.NextFileNumber ?? state.NextFileNumber;
        if (state.LogId != 0 && logId != state.LogId)
        {
            return $"log id {logId:x16} in place of {state.LogId:x16}";
        }

        if (checkpointLsn < state.CheckpointLsn)
        {
            return $"the checkpoint goes back from LSN {state.CheckpointLsn} to {checkpointLsn}";
        }

        if (checkpointLsn > 0 && logId == 0)
        {
            return $"a checkpoint at LSN {checkpointLsn} without a log id";
        }

        if (nextFileNumber < state.NextFileNumber)
        {
            return $"the next file number goes back from {state.NextFileNumber} to {nextFileNumber}";
        }

        // One more than the largest number is the end of the names, not a file.
        return nextFileNumber > ManifestNames.NumberMax + 1 ? $"the next file number is {nextFileNumber}" : null;
    }

    private static string? CheckSpaces(ManifestState state, ManifestEdit edit)
    {
        uint nextSpace = edit.NextSpace ?? state.NextSpace;
        if (nextSpace < state.NextSpace)
        {
            return $"the next space goes back from {state.NextSpace} to {nextSpace}";
        }

        if (edit.Spaces is null)
        {
            return null;
        }

        var used = new HashSet<uint>();
        foreach ((int database, uint space) in edit.Spaces)
        {
            if (database < 0)
            {
                return $"database {database}";
            }

            if (space < ManifestFormat.FirstSpace || space >= nextSpace)
            {
                return $"database {database} has space {space}, and the next space is {nextSpace}";
            }

            if (!used.Add(space))
            {
                return $"space {space} has two databases";
            }

            if (space < state.NextSpace && !state.IsLive(space))
            {
                return $"database {database} has space {space}, which had been given up";
            }
        }

        return null;
    }

    private static string? Delete(Dictionary<long, TableInfo> tables, ManifestEdit edit)
    {
        foreach (long number in edit.Deleted)
        {
            if (!tables.Remove(number))
            {
                return $"table {number} is deleted and is not there";
            }
        }

        return null;
    }

    private static string? Add(ManifestState state, Dictionary<long, TableInfo> tables, ManifestEdit edit)
    {
        foreach (TableInfo table in edit.Added)
        {
            string? problem = CheckTable(table, edit.CheckpointLsn ?? state.CheckpointLsn, edit.NextFileNumber ?? state.NextFileNumber);
            if (problem is not null)
            {
                return problem;
            }

            if (!tables.TryAdd(table.Number, table))
            {
                return $"table {table.Number} is added and is there already";
            }

            if (state.Find(table.Number) is { } old && !IsSameFile(old, table))
            {
                return $"table {table.Number} is moved and is not the same any more";
            }
        }

        return null;
    }

    private static string? CheckTable(TableInfo table, long checkpointLsn, long nextFileNumber)
    {
        string name = $"table {table.Number}";
        if (table.Number < ManifestFormat.FirstNumber || table.Number >= nextFileNumber)
        {
            return $"{name} is added, and the next file number is {nextFileNumber}";
        }

        if (table.Level is < ManifestFormat.FirstLevel or > ManifestFormat.BaseLevel)
        {
            return $"{name} is on level {table.Level}";
        }

        if (table.Run < 0 || table.FileBytes < 1 || table.Entries < 1)
        {
            return $"{name} has run {table.Run}, {table.FileBytes} bytes, {table.Entries} entries";
        }

        if (table.FirstLsn < 1 || table.LastLsn < table.FirstLsn || table.LastLsn > checkpointLsn)
        {
            return $"{name} stands for LSN {table.FirstLsn} to {table.LastLsn}, and the checkpoint is at {checkpointLsn}";
        }

        if (table.SmallestKey.Length < TableKey.SpaceBytes || table.LargestKey.Length < TableKey.SpaceBytes)
        {
            return $"{name} has a key of {Math.Min(table.SmallestKey.Length, table.LargestKey.Length)} bytes, less than a space";
        }

        return table.SmallestKey.AsSpan().SequenceCompareTo(table.LargestKey) > 0 ? $"the largest key of {name} is below its smallest" : null;
    }

    private static bool IsSameFile(TableInfo old, TableInfo moved)
    {
        return (old with { Level = moved.Level, Run = moved.Run, SmallestKey = moved.SmallestKey, LargestKey = moved.LargestKey }) == moved
            && old.SmallestKey.AsSpan().SequenceEqual(moved.SmallestKey)
            && old.LargestKey.AsSpan().SequenceEqual(moved.LargestKey);
    }
}
