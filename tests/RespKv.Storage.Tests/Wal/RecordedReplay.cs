using RespKv.Storage.Wal;

namespace RespKv.Storage.Tests.Wal;

/// <summary>Keeps what recovery hands over, and checks that the LSNs are 1, 2, 3 ..., or those behind a checkpoint.</summary>
internal sealed class RecordedReplay(long checkpointLsn = 0) : IWalReplay
{
    internal List<byte[]> Records { get; } = [];

    internal List<WalReplayProgress> Steps { get; } = [];

    /// <summary>Called with each LSN before the record is kept.</summary>
    internal Action<long> OnApply { get; init; } = _ => { };

    public void Apply(long lsn, ReadOnlySpan<byte> record)
    {
        Assert.Equal(checkpointLsn + Records.Count + 1, lsn);
        OnApply(lsn);
        Records.Add(record.ToArray());
    }

    public void Progress(in WalReplayProgress progress) => Steps.Add(progress);
}
