using RespKv.Engine.Execution;
using RespKv.Engine.KeyOrder;
using RespKv.Engine.Space;
using RespKv.Storage.Checkpoints;
using RespKv.Storage.Files;
using RespKv.Storage.Manifest;
using RespKv.Storage.Threading;
using RespKv.Storage.Wal;

namespace RespKv.Engine.Checkpoints;

/// <summary>
/// Decides when a checkpoint is due and has its thread make it (decision 14). The thread reads the log behind the last
/// checkpoint, never the keyspace: turns do nothing for it. It alone changes tables and manifest; between checkpoints it compacts.
/// </summary>
/// <remarks>
/// A failed checkpoint stops nothing: the log still has everything. It is said, and tried again.
/// Locks: <c>_gate</c> is a leaf; it may be taken with the turn held, never the other way round.
/// </remarks>
internal sealed class CheckpointService : ICheckpointView, IDisposable
{
    /// <summary>An integer takes eight bytes in memory, and up to so many more as the text that tables hold.</summary>
    private const int IntegerTextBytesMax = 12;

    /// <summary>Pause after a failed attempt, doubled with each further one.</summary>
    private const long RetryMillisMin = 1_000;

    private const long RetryMillisMax = 60_000;

    /// <summary>How long the thread waits for a record to become durable before it looks, or syncs, again.</summary>
    private const int AwaitMillis = 20;

    /// <summary>While the log can claim no room, a checkpoint is due this long after the last one even for a few deletions.</summary>
    private const long FullDiskPauseMillis = 5_000;

    /// <summary>A step folds a buffer into a table; blocks, index and filter take little more.</summary>
    private const long ReserveBytesMax = 40L << 20;

    private readonly RespEngine _engine;
    private readonly IFileSystem _files;

    // Guarded by _gate.
    private readonly object _gate = new();
    private readonly List<Waiter> _waiters = [];
    private long _targetLsn;
    private long _awaitedLsn;
    private bool _compactionMayBeDue;
    private bool _stopping;
    private long _retryAtMillis;
    private int _failuresInARow;

    private CheckpointReserve? _reserve;
    private IThread? _thread;
    private CancellationTokenSource? _cancel;
    private CheckpointPacer? _pacer;
    private WalLog? _log;
    private TableSet? _tables;

    /// <summary>BytesWritten of the log when the last checkpoint's target was chosen; negative by what recovery replayed.</summary>
    private long _logBytesCovered;
    private long _checkpointLsn;
    private long _liveBytesMax;

    public CheckpointService(RespEngine engine, IFileSystem files)
    {
        _engine = engine;
        _files = files;
    }

    public CheckpointStatus Status { get; } = new();

    /// <summary>The open tables, null while the engine loads. Any thread.</summary>
    public TableSet? Tables => Volatile.Read(ref _tables);

    /// <summary>All records up to it are in the tables. Any thread.</summary>
    public long CheckpointLsn => Volatile.Read(ref _checkpointLsn);

    /// <summary>Bytes of log that a start would replay. Any thread.</summary>
    public long LogBytes => Volatile.Read(ref _log) is { } log ? log.BytesWritten - Volatile.Read(ref _logBytesCovered) : 0;

    /// <summary>At least what the live data takes in tables, as of the last tick of the housekeeping. Any thread.</summary>
    public long LiveBytesMax => Volatile.Read(ref _liveBytesMax);

    /// <summary>Whether a checkpoint runs or is about to. Any thread.</summary>
    public bool IsBusy
    {
        get
        {
            lock (_gate)
            {
                return _targetLsn > CheckpointLsn;
            }
        }
    }

    /// <summary>Begins to make checkpoints of a log that is open. The caller holds the turn.</summary>
    public void Start(WalLog log, TableSet tables)
    {
        Status.Opened(_engine.NowMillis());
        NoteLive(_engine.Databases);
        _stopping = false;
        _targetLsn = 0;
        _compactionMayBeDue = true;
        _retryAtMillis = 0;
        Volatile.Write(ref _checkpointLsn, tables.State.CheckpointLsn);
        Volatile.Write(ref _logBytesCovered, -log.Recovery.Bytes);
        Volatile.Write(ref _tables, tables);
        Volatile.Write(ref _log, log);
        _cancel = new CancellationTokenSource();
        _pacer = new CheckpointPacer(_engine, _cancel.Token);
        _thread = _engine.Threads.Start("checkpoint", Run);
    }

    /// <summary>
    /// Has everything up to an LSN brought into the tables. Done when it is durable there; fails with what the attempt failed with.
    /// Any thread, with or without the turn.
    /// </summary>
    public Task RequestAsync(long lsn)
    {
        lock (_gate)
        {
            if (_stopping || _thread is null)
            {
                return Task.FromException(NotServing());
            }

            if (lsn <= CheckpointLsn)
            {
                return Task.CompletedTask;
            }

            var waiter = new Waiter(lsn);
            _waiters.Add(waiter);
            _targetLsn = Math.Max(_targetLsn, lsn);
            _retryAtMillis = 0;
            _engine.Threads.PulseAll(_gate);
            return waiter.Done.Task;
        }
    }

    /// <inheritdoc/>
    long ICheckpointView.WrittenLsn => Volatile.Read(ref _log)?.LastLsn ?? 0;

    /// <inheritdoc/>
    TableSnapshot ICheckpointView.Acquire() => Tables?.Acquire() ?? throw NotServing();

    /// <inheritdoc/>
    WalTailReader ICheckpointView.OpenLog(long afterLsn) => (Volatile.Read(ref _log) ?? throw NotServing()).OpenReader(afterLsn);

    /// <inheritdoc/>
    Task ICheckpointView.CheckpointAsync(long lsn) => RequestAsync(lsn);

    /// <summary>Takes down how much is live. The caller holds the turn.</summary>
    public void NoteLive(Databases databases)
    {
        long keys = databases.KeyCount;
        long bytes = databases.Memory.EntryBytes + databases.Memory.LargeBytes + (keys * IntegerTextBytesMax);
        Volatile.Write(ref _liveBytesMax, SpaceBound.LiveBytesMax(keys, bytes));
    }

    /// <summary>
    /// Looks whether a checkpoint is due: by the size of the log, by the clock, or because the log can claim no more room while it
    /// holds segments that a checkpoint would free (D11). Housekeeping calls it.
    /// </summary>
    public void Tick(long nowMillis)
    {
        long intervalMillis = _engine.Config.CheckpointIntervalSeconds * 1000L;
        long bytesMax = _engine.Config.CheckpointLogBytes;
        bool isDue = (bytesMax > 0 && LogBytes >= bytesMax)
            || (bytesMax > 0 && _engine.Commit.Space.State != DiskSpaceState.Ok
                && (LogBytes >= _engine.Config.WalSegmentBytes || nowMillis - Status.LastSaveAtMillis >= FullDiskPauseMillis))
            || (intervalMillis > 0 && nowMillis - Status.LastSaveAtMillis >= intervalMillis)
            || IsDueBySavePoints(nowMillis - Status.LastSaveAtMillis);

        // Under `appendfsync no` nobody syncs but the checkpoint itself.
        long writtenLsn = _engine.Commit.ReleasedLsn;
        lock (_gate)
        {
            if (_retryAtMillis > nowMillis)
            {
                return;
            }

            if (_retryAtMillis != 0)
            {
                // Wakes the thread for what it gave up before.
                _retryAtMillis = 0;
                _compactionMayBeDue = true;
                _engine.Threads.PulseAll(_gate);
            }

            if (isDue && _targetLsn <= CheckpointLsn && writtenLsn > CheckpointLsn)
            {
                _targetLsn = writtenLsn;
                _engine.Threads.PulseAll(_gate);
            }
        }
    }

    /// <summary>Directive save.</summary>
    private bool IsDueBySavePoints(long sinceMillis)
    {
        long changes = _engine.Commit.AppendedLsn - CheckpointLsn;
        foreach ((long seconds, long least) in _engine.Config.SaveRules)
        {
            if (changes >= least && sinceMillis / 1000 >= seconds)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The writer has made more durable. Costs a compare when nobody waits for it.</summary>
    public void DurableMoved(long durableLsn)
    {
        long awaited = Volatile.Read(ref _awaitedLsn);
        if (awaited != 0 && durableLsn >= awaited)
        {
            lock (_gate)
            {
                _engine.Threads.PulseAll(_gate);
            }
        }
    }

    /// <summary>The engine has failed: nothing will become durable any more, so nobody waits for it.</summary>
    public void Abort()
    {
        lock (_gate)
        {
            _engine.Threads.PulseAll(_gate);
        }
    }

    /// <summary>Ends the thread at the next step; what is unfinished is as after a crash. Safe to call again.</summary>
    public async Task StopAsync()
    {
        IThread? thread;
        lock (_gate)
        {
            _stopping = true;
            thread = _thread;
            _engine.Threads.PulseAll(_gate);
        }

        if (thread is null)
        {
            return;
        }

        if (_cancel is { } cancel)
        {
            await cancel.CancelAsync().ConfigureAwait(false);
            _pacer!.Interrupt();
        }

        await thread.JoinAsync().ConfigureAwait(false);
        FailWaiters(NotServing());
        lock (_gate)
        {
            _thread = null;
            Volatile.Write(ref _log, null);
            Volatile.Write(ref _tables, null);
        }
    }

    public void Dispose() => _cancel?.Dispose();

    private static IOException NotServing() => new("the server is loading or stopping");

    private void Run()
    {
        LowerPriority();
        CancellationToken cancel = _cancel!.Token;
        CheckpointPacer pacer = _pacer!;
        try
        {
            _reserve = new CheckpointReserve(_files, _engine.Config.Dir, Math.Min(ReserveBytesMax, _engine.Config.WalSegmentBytes));
            _reserve.TryClaim(cancel);
            using var run = new CheckpointRun(_engine, _files, _tables!, _log!, this, pacer);
            while (WaitForWork(out long targetLsn))
            {
                Work(run, pacer, targetLsn, cancel);
            }
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
        catch (Exception e)
        {
            // A fault of ours. The log still has everything, so clients need not suffer; but nobody must overlook it.
            Failed(e);
        }
        finally
        {
            lock (_gate)
            {
                // Nobody is left who would answer a request.
                _stopping = true;
            }

            FailWaiters(NotServing());
        }
    }

    private void LowerPriority()
    {
        try
        {
            _engine.Threads.LowerPriority();
        }
        catch (StorageException e)
        {
            // A sandbox may forbid it: checkpoints then compete with clients for the processor.
            _engine.Log.Write(EngineLogLevel.Verbose, e.Message);
        }
    }

    private void Work(CheckpointRun run, CheckpointPacer pacer, long targetLsn, CancellationToken cancel)
    {
        long logBytesMax = _engine.Config.CheckpointLogBytes;
        pacer.Urgency = logBytesMax <= 0 ? 0 : Math.Clamp(((double)LogBytes / logBytesMax) - 1, 0, 1);
        try
        {
            if (targetLsn > CheckpointLsn)
            {
                long durableLsn = _engine.DurableLsn;
                bool isStuck = _engine.Commit.Space.State != DiskSpaceState.Ok && durableLsn > CheckpointLsn;

                // The writer may be waiting for the room that a checkpoint of what is durable already would make.
                Checkpoint(run, isStuck ? Math.Min(targetLsn, durableLsn) : targetLsn, cancel);
            }
            else if (!run.CompactStep(cancel))
            {
                lock (_gate)
                {
                    _compactionMayBeDue = false;
                }
            }

            _failuresInARow = 0;
        }
        catch (StorageException e) when (e.Kind == StorageErrorKind.NoSpace && Status.Phase == CheckpointPhase.Checkpoint && ReleaseRoom())
        {
            // There is room now that was kept for this: the loop comes here again at once.
            Status.Rest();
            _engine.Log.Write(EngineLogLevel.Notice, $"The disk is full: room that was kept for a checkpoint is used now. {e.Message}");
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Whatever it was: the log has everything, and the next attempt may succeed.
            Failed(e);
        }
    }

    /// <summary>On a disk that is full, gives up what was kept for this moment. False: there was nothing.</summary>
    private bool ReleaseRoom()
    {
        // Segments kept for use again first: they are room for the tables that will free many more.
        return _log!.ReleaseRetired() > 0 || _reserve!.Release();
    }

    private void Checkpoint(CheckpointRun run, long targetLsn, CancellationToken cancel)
    {
        // What is written behind the target counts for the next one. Read first: records may join until the target is reached.
        long logBytes = _log!.BytesWritten;
        if (!AwaitDurable(targetLsn, cancel))
        {
            return;
        }

        run.Checkpoint(targetLsn, lsn => Volatile.Write(ref _checkpointLsn, lsn), cancel);
        Volatile.Write(ref _logBytesCovered, logBytes);
        _reserve!.TryClaim(cancel);
        lock (_gate)
        {
            // Only now: who is told of a checkpoint finds it in INFO.
            _compactionMayBeDue = true;
            CompleteWaiters();
        }
    }

    /// <summary>A checkpoint holds nothing that could still be lost from the log. False: stopping.</summary>
    private bool AwaitDurable(long lsn, CancellationToken cancel)
    {
        while (_engine.DurableLsn < lsn)
        {
            if (_engine.Config.AppendFsync != Configuration.AppendFsync.Always)
            {
                _engine.Commit.SyncNow();
            }

            lock (_gate)
            {
                if (_stopping || _engine.HasFailed)
                {
                    break;
                }

                Volatile.Write(ref _awaitedLsn, lsn);
                if (_engine.DurableLsn < lsn)
                {
                    // In the weaker modes the record may not have been written when it was synced, and nobody says when it is.
                    _engine.Threads.Wait(_gate, AwaitMillis);
                }

                Volatile.Write(ref _awaitedLsn, 0);
            }
        }

        cancel.ThrowIfCancellationRequested();
        return _engine.DurableLsn >= lsn;
    }

    /// <summary>False: stop. The target is 0 when there is only compaction to do.</summary>
    private bool WaitForWork(out long targetLsn)
    {
        lock (_gate)
        {
            while (!_stopping && !_engine.HasFailed && ((_retryAtMillis != 0 && _waiters.Count == 0) || (_targetLsn <= CheckpointLsn && !_compactionMayBeDue)))
            {
                _engine.Threads.Wait(_gate);
            }

            targetLsn = _targetLsn > CheckpointLsn ? _targetLsn : 0;
            return !_stopping && !_engine.HasFailed;
        }
    }

    private void Failed(Exception e)
    {
        int doublings = Math.Min(_failuresInARow++, 16);
        long pauseMillis = Math.Min(RetryMillisMax, RetryMillisMin << doublings);
        bool isCompaction = Status.Phase == CheckpointPhase.Compaction;
        if (isCompaction)
        {
            Status.CompactionFailed(e.Message);
        }
        else
        {
            Status.CheckpointFailed(e.Message);
        }

        Status.Rest();
        string what = isCompaction ? "Compaction" : "Checkpoint";
        _engine.Log.Write(
            EngineLogLevel.Warning,
            $"{what} failed, nothing is lost: the log keeps everything behind LSN {CheckpointLsn}. Next attempt in {pauseMillis} ms. {e.Message}");
        lock (_gate)
        {
            // What was reached before it failed counts.
            CompleteWaiters();
            _retryAtMillis = _engine.NowMillis() + pauseMillis;
        }

        if (!isCompaction)
        {
            FailWaiters(e);
        }
    }

    private void FailWaiters(Exception e)
    {
        lock (_gate)
        {
            foreach (Waiter waiter in _waiters)
            {
                _engine.Threads.Post(_ => waiter.Done.TrySetException(e), null);
            }

            _waiters.Clear();
            if (!_stopping)
            {
                _targetLsn = CheckpointLsn;
            }
        }
    }

    private void CompleteWaiters()
    {
        long lsn = CheckpointLsn;
        for (int i = _waiters.Count - 1; i >= 0; i--)
        {
            if (_waiters[i].Lsn <= lsn)
            {
                _engine.Threads.Post(static waiter => ((Waiter)waiter!).Done.TrySetResult(), _waiters[i]);
                _waiters.RemoveAt(i);
            }
        }
    }

    private sealed record Waiter(long Lsn)
    {
        /// <summary>Completed on a thread of its own: never runs a waiter's code under the gate.</summary>
        public TaskCompletionSource Done { get; } = new();
    }
}
