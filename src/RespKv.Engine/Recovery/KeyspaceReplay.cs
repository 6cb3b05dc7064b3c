using RespKv.Storage.Wal;

namespace RespKv.Engine.Recovery;

/// <summary>Builds the keyspace from the log and reports how far it is: a line a second while it is long.</summary>
internal sealed class KeyspaceReplay : IWalReplay
{
    private static readonly TimeSpan ReportEvery = TimeSpan.FromSeconds(1);

    private readonly RespEngine _engine;
    private readonly TimeProvider _time;
    private readonly long _started;
    private long _reported;

    public KeyspaceReplay(RespEngine engine, TimeProvider time)
    {
        _engine = engine;
        _time = time;
        _started = _reported = time.GetTimestamp();
        engine.RecoveryProgress.Start(engine.NowMillis());
    }

    /// <inheritdoc/>
    public void Apply(long lsn, ReadOnlySpan<byte> record) => _engine.Databases.Replay(record);

    /// <inheritdoc/>
    public void Progress(in WalReplayProgress progress)
    {
        _engine.RecoveryProgress.Update(progress.BytesDone, progress.BytesTotal);
        if (_time.GetElapsedTime(_reported) < ReportEvery)
        {
            return;
        }

        _reported = _time.GetTimestamp();
        double seconds = _time.GetElapsedTime(_started).TotalSeconds;
        double percent = progress.BytesTotal == 0 ? 100 : 100.0 * progress.BytesDone / progress.BytesTotal;
        _engine.Log.Write(EngineLogLevel.Notice, $"Recovery: {percent:F0} % of the log, {progress.Records} records, {progress.Records / seconds:F0} records/s");
    }

    /// <summary>Writes the result, one line per fact.</summary>
    public void Finished(WalRecoveryReport report)
    {
        TimeSpan elapsed = _time.GetElapsedTime(_started);
        _engine.RecoveryProgress.Finish(elapsed);
        long keys = 0;
        for (int i = 0; i < _engine.Databases.Count; i++)
        {
            keys += _engine.Databases[i].Count;
        }

        _engine.Log.Write(
            EngineLogLevel.Notice,
            $"Recovery: {keys} keys from {report.Records} records in {report.Batches} batches of {report.Segments} segments ({report.Bytes} bytes) in {elapsed.TotalSeconds:F3} s, last LSN {report.LastLsn}, {(report.CleanShutdown ? "closed in order" : report.Records == 0 ? "new log" : "not closed in order")}");
        foreach (WalTornTail tail in report.TornTails)
        {
            string kept = tail.EvidenceFile.Length == 0 ? "nothing was left of it" : $"moved aside to {tail.EvidenceFile}";
            _engine.Log.Write(
                EngineLogLevel.Warning,
                $"Recovery: torn tail cut at {tail.File} offset {tail.Offset} before LSN {tail.Lsn}: {tail.Bytes} bytes that were not yet durable, {kept} ({tail.Reason})");
        }
    }
}
