namespace RespKv.Storage.Checkpoints;

public enum CompactionKind
{
    /// <summary>Runs of one level become one run of the next.</summary>
    Tier,

    /// <summary>All runs above the base are merged into it.</summary>
    Base,
}

/// <summary>What a <see cref="Compaction"/> is to do.</summary>
/// <param name="Kind">Tier or base.</param>
/// <param name="Inputs">Numbers of the tables that are merged and gone at the end; the base's own are not among them.</param>
/// <param name="OutputLevel">Level of what is written.</param>
/// <param name="FirstLsn">First LSN that the output stands for.</param>
/// <param name="LastLsn">Last LSN that it stands for.</param>
/// <param name="IsBottom">Nothing older exists: deletions are dropped and patches resolved.</param>
/// <param name="BytesTotal">Bytes of all tables that may have to be read.</param>
public sealed record CompactionPlan(
    CompactionKind Kind,
    IReadOnlyList<long> Inputs,
    int OutputLevel,
    long FirstLsn,
    long LastLsn,
    bool IsBottom,
    long BytesTotal);
