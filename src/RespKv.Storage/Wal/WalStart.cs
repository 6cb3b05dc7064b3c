namespace RespKv.Storage.Wal;

/// <summary>What a durable manifest says about the log: where the records begin that no checkpoint holds.</summary>
/// <param name="LogId">The log that the checkpoint was made from; 0 when there is none yet.</param>
/// <param name="CheckpointLsn">Records up to it are in the checkpoint; 0 when there is none.</param>
public readonly record struct WalStart(ulong LogId, long CheckpointLsn)
{
    /// <summary>No checkpoint: the log is needed from its first record on.</summary>
    public static readonly WalStart None;
}
