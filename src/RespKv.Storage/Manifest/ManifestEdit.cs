namespace RespKv.Storage.Manifest;

/// <summary>
/// One atomic step from a state to the next: on disk it is there whole or not at all. Null leaves a number as it is.
/// </summary>
public sealed record ManifestEdit
{
    /// <summary>The log that the tables were made from. Set once, by the first checkpoint.</summary>
    public ulong? LogId { get; init; }

    /// <summary>Everything up to this LSN is in the tables. Never goes back.</summary>
    public long? CheckpointLsn { get; init; }

    /// <summary>Left out, it follows the tables that are added.</summary>
    public long? NextFileNumber { get; init; }

    /// <summary>Left out, it follows the spaces that are mapped.</summary>
    public uint? NextSpace { get; init; }

    /// <summary>The whole map from database to space.</summary>
    public IReadOnlyDictionary<int, uint>? Spaces { get; init; }

    /// <summary>A table that is deleted and added in one edit changes its place (level and run) and keeps its file.</summary>
    public IReadOnlyList<TableInfo> Added { get; init; } = [];

    /// <summary>Numbers of tables.</summary>
    public IReadOnlyList<long> Deleted { get; init; } = [];
}
