using RespKv.Storage.Tables;

namespace RespKv.Storage.Checkpoints;

/// <summary>How the log becomes tables, and how tables are merged. Reading needs none of it.</summary>
/// <param name="FoldBytesMax">
/// Memory of a fold, index included: what a checkpoint step takes from the log at once. A batch is never divided, so one
/// that is larger than this alone still goes through.
/// </param>
/// <param name="TableBytesTarget">Size at which a merge closes a table and begins the next one.</param>
public sealed record CheckpointOptions(
    int FoldBytesMax = CheckpointOptions.FoldBytesMaxDefault,
    long TableBytesTarget = CheckpointOptions.TableBytesTargetDefault)
{
    /// <summary>32 MiB: some 300,000 small keys, whose table is written and synced well within a second.</summary>
    public const int FoldBytesMaxDefault = 32 << 20;

    /// <summary>32 MiB: a step of a merge is about one table, and its files stay few (300 for 10 GB).</summary>
    public const long TableBytesTargetDefault = 32L << 20;

    /// <summary>8 runs of a level become one: an entry is rewritten once per level, and a reader looks at that many runs a level.</summary>
    public const int RunsPerTierDefault = 8;

    /// <summary>So many runs of a level become one of the next; 2 or more.</summary>
    public int RunsPerTier { get; init; } = RunsPerTierDefault;

    public TableOptions Table { get; init; } = TableOptions.Default;
}
