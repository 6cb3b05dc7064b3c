using RespKv.Storage.Manifest;

namespace RespKv.Tool.Repair;

/// <summary>What the tables of a damaged directory stand for, as far as it can be found out.</summary>
/// <param name="State">Names tables, not all of which need be there or sound.</param>
/// <param name="Origin">Where it was found.</param>
/// <param name="Assumptions">What is likely and cannot be proved; empty when all is.</param>
internal sealed record SourceState(ManifestState State, string Origin, IReadOnlyList<string> Assumptions)
{
    /// <summary>Tables that are not in the state because they stand for the same stretches of the log: they have to become one run.</summary>
    internal IReadOnlyList<TableInfo> ToMerge { get; init; } = [];
}
