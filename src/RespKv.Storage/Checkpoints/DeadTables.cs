using RespKv.Storage.Manifest;
using RespKv.Storage.Tables;

namespace RespKv.Storage.Checkpoints;

/// <summary>
/// Tables that hold nothing but entries of dead spaces, told by their first and last key: dropped without being read. Every
/// edit drops those that there are after it, so no state names one.
/// </summary>
internal static class DeadTables
{
    /// <param name="live">Ascending.</param>
    internal static bool IsDead(TableInfo table, uint[] live)
    {
        int next = Array.BinarySearch(live, TableKey.Space(table.SmallestKey));
        return next < 0 && (~next == live.Length || live[~next] > TableKey.Space(table.LargestKey));
    }

    /// <summary>Whether any entry may be of a dead space.</summary>
    internal static bool MayHoldDead(TableInfo table, uint[] live)
    {
        uint smallest = TableKey.Space(table.SmallestKey);
        uint largest = TableKey.Space(table.LargestKey);
        int first = Array.BinarySearch(live, smallest);
        return first < 0 || largest - smallest >= live.Length - first || live[first + (int)(largest - smallest)] != largest;
    }

    internal static IEnumerable<long> Numbers(ManifestState state, uint[] live)
        => state.Tables.Where(table => IsDead(table, live)).Select(table => table.Number);

    internal static uint[] Live(ManifestState state) => [.. state.Spaces.Values.Order()];
}
