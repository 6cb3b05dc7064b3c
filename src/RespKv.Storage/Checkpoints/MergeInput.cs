using RespKv.Storage.Manifest;
using RespKv.Storage.Tables;

namespace RespKv.Storage.Checkpoints;

/// <summary>
/// What a step of a merge reads: runs above the base and, when they go into it, the base. The tables of the base cut the key
/// space into pieces, which are a base table or the gap before one: between two pieces a merge is done with a base table.
/// </summary>
internal sealed class MergeInput
{
    private readonly TableSnapshot _snapshot;
    private readonly TableInfo[] _upper;
    private readonly TableInfo[] _base;

    /// <param name="snapshot">Held while this is used.</param>
    /// <param name="isInput">Which upper tables are merged.</param>
    /// <param name="withBase">Whether the base is.</param>
    /// <param name="live">Spaces that live, ascending; tables without one are left out.</param>
    internal MergeInput(TableSnapshot snapshot, Func<TableInfo, bool> isInput, bool withBase, uint[] live)
    {
        _snapshot = snapshot;
        TableInfo[] tables = [.. snapshot.State.Tables.Where(table => !DeadTables.IsDead(table, live))];
        _base = withBase ? [.. tables.Where(table => table.Level == CompactionPicker.BaseLevel)] : [];
        _upper = [.. tables.Where(table => table.Level != CompactionPicker.BaseLevel && isInput(table))];
    }

    /// <summary>The first key behind that one.</summary>
    internal static byte[] Successor(ReadOnlySpan<byte> key) => [.. key, 0];

    internal static int Order(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) => left.SequenceCompareTo(right);

    /// <summary>The piece that a key lies in.</summary>
    internal MergePiece PieceAt(byte[] key)
    {
        TableInfo? next = Array.Find(_base, table => Order(table.LargestKey, key) >= 0);
        if (next is null)
        {
            return new MergePiece(null, null);
        }

        return Order(key, next.SmallestKey) < 0
            ? new MergePiece(null, next.SmallestKey)
            : new MergePiece(next, Successor(next.LargestKey));
    }

    /// <summary>Whether an upper table that the base table does not stand for has a key within it.</summary>
    internal bool IsTouched(TableInfo baseTable)
    {
        foreach (TableInfo table in _upper)
        {
            if (table.LastLsn <= baseTable.LastLsn
                || Order(table.LargestKey, baseTable.SmallestKey) < 0
                || Order(table.SmallestKey, baseTable.LargestKey) > 0)
            {
                continue;
            }

            using TableCursor cursor = _snapshot.Reader(table.Number).OpenCursor();
            if (cursor.Seek(baseTable.SmallestKey) && Order(cursor.Key, baseTable.LargestKey) <= 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// The newest version of each key, deletions included: a cursor that skips those by itself may read to the end of all
    /// tables before it comes back.
    /// </summary>
    internal MergeCursor OpenCursor(int readAheadBytes)
    {
        IEnumerable<TableInfo> all = _upper.Concat(_base);
        return new MergeCursor(
            [.. all.Select(table => new MergeSource(_snapshot.Reader(table.Number), table.FirstLsn, table.LastLsn))],
            isBottom: false,
            readAheadBytes);
    }
}

/// <param name="BaseTable">The base table that the piece is; null for a gap.</param>
/// <param name="End">The first key behind it; null when there is no base table any more.</param>
internal sealed record MergePiece(TableInfo? BaseTable, byte[]? End);
