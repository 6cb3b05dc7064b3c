using RespKv.Engine.Execution;
using RespKv.Storage.Manifest;
using RespKv.Storage.Tables;
using RespKv.Storage.Wal;

namespace RespKv.Engine.Recovery;

/// <summary>
/// Builds the keyspace, from the tables and from the log behind them, and reports how far it is: a line a second while it is long.
/// Belongs to the recovery thread.
/// </summary>
internal sealed class KeyspaceReplay : IWalReplay, IDisposable
{
    private static readonly TimeSpan ReportEvery = TimeSpan.FromSeconds(1);

    private readonly RespEngine _engine;
    private readonly TimeProvider _time;
    private readonly ReplayPipeline _pipeline;
    private readonly long _started;
    private long _reported;

    public KeyspaceReplay(RespEngine engine, TimeProvider time)
    {
        _engine = engine;
        _time = time;
        _pipeline = new ReplayPipeline(engine.Threads, engine.Databases);
        _started = _reported = time.GetTimestamp();
        Progress.Start(engine.NowMillis());
    }

    private RecoveryProgress Progress => _engine.RecoveryProgress;

    /// <summary>Loads the tables; the databases are empty before. The log comes after this.</summary>
    /// <exception cref="IOException">The tables cannot be loaded: the databases are empty.</exception>
    public void LoadTables(TableSnapshot tables, Databases databases, CancellationToken cancel)
    {
        IReadOnlyList<MergeSource> sources = tables.Sources();
        if (sources.Count == 0)
        {
            return;
        }

        long started = _time.GetTimestamp();
        Progress.StartPhase(RecoveryPhase.Tables, TableLoad.BytesTotal(sources), _engine.NowMillis());
        long keys = new TableLoad(_engine.Threads, databases, Progress, ReportNowAndThen).Run(sources, tables.State.Spaces, cancel);
        double seconds = _time.GetElapsedTime(started).TotalSeconds;
        _engine.Log.Write(
            EngineLogLevel.Notice,
            $"Recovery: {keys} keys from {sources.Count} tables ({tables.State.TableBytes} bytes, checkpoint at LSN {tables.State.CheckpointLsn}) in {seconds:F3} s, {keys / seconds:F0} keys/s");
    }

    /// <inheritdoc/>
    public void Apply(long lsn, ReadOnlySpan<byte> record) => _pipeline.Add(record);

    /// <inheritdoc/>
    void IWalReplay.Progress(in WalReplayProgress progress)
    {
        if (Progress.Phase != RecoveryPhase.Log)
        {
            Progress.StartPhase(RecoveryPhase.Log, progress.BytesTotal, _engine.NowMillis());
        }

        Progress.Update(progress.BytesDone, progress.BytesTotal, progress.Records);
        ReportNowAndThen();
    }

    /// <summary>Waits until all of the log is applied, and writes the result, one line per fact.</summary>
    public void Finished(WalRecoveryReport report)
    {
        _pipeline.Finish();
        Dispose();
        TimeSpan elapsed = _time.GetElapsedTime(_started);
        Progress.Finish(elapsed);
        long keys = _engine.Databases.KeyCount;
        _engine.Log.Write(
            EngineLogLevel.Notice,
            $"Recovery: {keys} keys from {report.Records} records in {report.Batches} batches of {report.Segments} segments ({report.Bytes} bytes) in {elapsed.TotalSeconds:F3} s, last LSN {report.LastLsn}, {(report.CleanShutdown ? "closed in order" : report.LastLsn == 0 ? "new log" : "not closed in order")}");
        foreach (WalTornTail tail in report.TornTails)
        {
            string kept = tail.EvidenceFile.Length == 0 ? "nothing was left of it" : $"moved aside to {tail.EvidenceFile}";
            _engine.Log.Write(
                EngineLogLevel.Warning,
                $"Recovery: torn tail cut at {tail.File} offset {tail.Offset} before LSN {tail.Lsn}: {tail.Bytes} bytes that were not yet durable, {kept} ({tail.Reason})");
        }
    }

    /// <summary>Ends the thread that applies, if the replay was not finished.</summary>
    public void Dispose() => _pipeline.Dispose();

    private void ReportNowAndThen()
    {
        if (_time.GetElapsedTime(_reported) < ReportEvery)
        {
            return;
        }

        _reported = _time.GetTimestamp();
        long now = _engine.NowMillis();
        (string what, string items) = Progress.Phase == RecoveryPhase.Tables ? ("tables", "keys") : ("log", "records");
        string left = Progress.SecondsLeft(now) is { } seconds ? $", about {seconds} s left" : "";
        _engine.Log.Write(
            EngineLogLevel.Notice,
            $"Recovery: {100 * Progress.PhaseShare:F0} % of the {what}, {Progress.Items} {items}, {Progress.ItemsPerSecond(now)} {items}/s{left}");
    }
}
