namespace RespKv.Storage.Wal;

/// <summary>Receives the log at recovery, record by record in LSN order, on the thread that opens the log.</summary>
public interface IWalReplay
{
    /// <summary>One record; the bytes are valid during the call only. An InvalidDataException is reported as corruption at this LSN.</summary>
    void Apply(long lsn, ReadOnlySpan<byte> record);

    /// <summary>Called now and then, at most once for every <see cref="WalReplayProgress.StepBytes"/>.</summary>
    void Progress(in WalReplayProgress progress);
}

/// <param name="BytesDone">Bytes of the log that were read.</param>
/// <param name="BytesTotal">Bytes of all segment files: an upper bound, the last one is usually not full.</param>
/// <param name="Records">Records that were applied.</param>
/// <param name="LastLsn">LSN of the last one.</param>
public readonly record struct WalReplayProgress(long BytesDone, long BytesTotal, long Records, long LastLsn)
{
    /// <summary>1 MiB: often enough for a progress line, too seldom to cost anything.</summary>
    public const long StepBytes = 1L << 20;
}
