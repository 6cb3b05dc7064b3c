using RespKv.Storage.Tables;

namespace RespKv.Storage.Manifest;

/// <summary>An open table, and how many versions use it (guarded by the table set's gate).</summary>
internal sealed class TableHandle(TableReader reader)
{
    internal TableReader Reader { get; } = reader;

    internal int Versions { get; set; }
}

/// <summary>A state and its open tables. Immutable but for the count, which the table set's gate guards.</summary>
internal sealed class TableVersion(ManifestState state, IReadOnlyDictionary<long, TableHandle> handles)
{
    internal ManifestState State { get; } = state;

    /// <summary>By the table's number.</summary>
    internal IReadOnlyDictionary<long, TableHandle> Handles { get; } = handles;

    /// <summary>Snapshots, and one for being the current version.</summary>
    internal int Holders { get; set; } = 1;
}
