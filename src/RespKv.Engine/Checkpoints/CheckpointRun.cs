using RespKv.Engine.Observation;
using RespKv.Storage.Checkpoints;
using RespKv.Storage.Files;
using RespKv.Storage.Manifest;
using RespKv.Storage.Tables;
using RespKv.Storage.Wal;

namespace RespKv.Engine.Checkpoints;

/// <summary>The work of the checkpoint thread, in steps, and what is told of it. The checkpoint thread's own.</summary>
internal sealed class CheckpointRun : IDisposable
{
    private readonly RespEngine _engine;
    private readonly IFileSystem _files;
    private readonly TableSet _tables;
    private readonly CheckpointStatus _status;
    private readonly CheckpointService _service;
    private readonly CheckpointPacer _pacer;
    private readonly CheckpointOptions _options;
    private readonly CheckpointWriter _writer;
    private Compaction? _compaction;
    private readonly HeapTrim _heap = new();
    private long _compactionStarted;

    public CheckpointRun(RespEngine engine, IFileSystem files, TableSet tables, WalLog log, CheckpointService service, CheckpointPacer pacer)
    {
        _engine = engine;
        _files = files;
        _tables = tables;
        _status = service.Status;
        _service = service;
        _pacer = pacer;
        _options = new CheckpointOptions { Table = TableOptions.Default with { Compression = engine.Config.TableCompression } };
        _writer = new CheckpointWriter(files, tables, log, _options, pacer);
    }

    /// <summary>Brings the tables up to an LSN, which is durable.</summary>
    /// <param name="advanced">Told after every step how far they are.</param>
    public void Checkpoint(long targetLsn, Action<long> advanced, CancellationToken cancel)
    {
        long started = _engine.Time.GetTimestamp();
        long fromLsn = _writer.Lsn;
        long logBytes = 0;
        long tableBytes = 0;
        long entries = 0;
        int retired = 0;
        _status.Begin(CheckpointPhase.Checkpoint, targetLsn - fromLsn, _engine.NowMillis());
        _pacer.Begin();
        do
        {
            // At least one step: the last attempt may have got there, and failed to retire what the tables hold now.
            CheckpointStep step = _writer.Step(targetLsn, cancel);
            logBytes += step.LogBytes;
            tableBytes += step.TableBytes;
            entries += step.Entries;
            retired += step.SegmentsRetired;
            advanced(step.Lsn);
            _status.Progress(step.Lsn - fromLsn, targetLsn - fromLsn);
            if (IsOverSpaceBound())
            {
                // Otherwise a load that keeps checkpoints busy would leave no time for what bounds the space.
                CompactBetweenSteps(cancel);
                _status.Begin(CheckpointPhase.Checkpoint, targetLsn - fromLsn, _engine.NowMillis());
                _status.Progress(step.Lsn - fromLsn, targetLsn - fromLsn);
            }
        }
        while (_writer.Lsn < targetLsn);

        _heap.AfterWork();
        var elapsed = _engine.Time.GetElapsedTime(started);
        _status.CheckpointSucceeded(_engine.NowMillis(), (long)elapsed.TotalMilliseconds, tableBytes, entries);
        _status.Rest();
        _engine.Log.Write(
            EngineLogLevel.Notice,
            $"Checkpoint: LSN {fromLsn + 1} to {targetLsn} ({logBytes} bytes of log) became {entries} entries in {tableBytes} bytes of tables in {elapsed.TotalSeconds:F3} s, {retired} segments retired");
    }

    /// <summary>One step of the compaction that is due. False when none is.</summary>
    public bool CompactStep(CancellationToken cancel)
    {
        if (_compaction is null)
        {
            if (CompactionPicker.Pick(_tables.State, _options, _service.LiveBytesMax) is not { } plan)
            {
                return false;
            }

            _compaction = new Compaction(_files, _tables, _options, _pacer, plan);
            _compactionStarted = _engine.Time.GetTimestamp();
            _engine.Log.Write(EngineLogLevel.Verbose, $"Compaction: begins, {_compaction.BytesTotal} bytes");
        }

        _status.Begin(CheckpointPhase.Compaction, _compaction.BytesTotal, _engine.NowMillis());
        _status.Progress(_compaction.BytesDone, _compaction.BytesTotal);
        _pacer.Begin();
        bool done;
        try
        {
            done = _compaction.Step(cancel);
        }
        catch
        {
            // The next attempt begins with what the tables are by then.
            _compaction.Dispose();
            _compaction = null;
            throw;
        }

        if (done)
        {
            _status.CompactionSucceeded(_compaction.BytesTotal);
            _engine.Log.Write(
                EngineLogLevel.Verbose,
                $"Compaction: {_compaction.BytesTotal} bytes merged in {_engine.Time.GetElapsedTime(_compactionStarted).TotalSeconds:F3} s");
            _compaction.Dispose();
            _compaction = null;
        }

        _heap.AfterWork();
        _status.Rest();
        return true;
    }

    /// <summary>A compaction that fails is no reason for a checkpoint to fail: the log must be cut all the same.</summary>
    private void CompactBetweenSteps(CancellationToken cancel)
    {
        try
        {
            CompactStep(cancel);
        }
        catch (IOException e)
        {
            _status.CompactionFailed(e.Message);
            _engine.Log.Write(EngineLogLevel.Warning, $"Compaction failed, the checkpoint goes on: {e.Message}");
        }
    }

    public void Dispose()
    {
        _compaction?.Dispose();
        _writer.Dispose();
    }

    private bool IsOverSpaceBound()
    {
        return CompactionPicker.IsUrgent(_tables.State, _options, _service.LiveBytesMax);
    }
}
