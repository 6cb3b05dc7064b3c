using RespKv.Engine.Sessions;
using RespKv.Engine.Space;
using RespKv.Storage.Files;
using RespKv.Storage.Threading;
using RespKv.Storage.Wal;

namespace RespKv.Engine.Commit;

/// <summary>
/// The way from the turn to the disk (decisions 4 and 5). Two batches: the turn fills one while the single WAL writer writes and
/// syncs the other; then they swap.
/// </summary>
/// <remarks>
/// D2: DurableLsn moves only to what <see cref="WalLog.Sync"/> returned. D3: a failed write or sync ends the writer thread, moves
/// nothing and releases nobody, for good. ReleasedLsn is what replies wait for: DurableLsn with <c>appendfsync always</c>,
/// the LSN handed to the operating system otherwise (D10: nothing else differs). D11: a write is admitted only when the log has claimed
/// room for all that it may write (<see cref="DiskSpace"/>).
/// </remarks>
internal sealed class CommitPipeline : IDisposable
{
    /// <summary>
    /// Bytes of records that may wait for the writer. Turns stop taking writes above it: two syncs' worth on a disk of 500 MB/s.
    /// One command may exceed it, since it is looked at before a command.
    /// </summary>
    public const int FillBytesPause = 8 * 1024 * 1024;

    private readonly RespEngine _engine;
    private readonly IWakeEvent _wake;
    private readonly Cohort _cohort = new();
    private readonly BatchWaiters _waiters;

    // Guarded by the turn.
    private WalBatch _fill = new();
    private long _fillNumber;
    private int _fillWriters;
    private WriterState _writerState = WriterState.Busy;
    private int _gatherTarget;
    private bool _stopRequested;
    private readonly PostponedClients _postponed = new();

    // The writer thread's own.
    private WalBatch _writing = new();
    private readonly List<Session> _resumed = [];

    private long _durableLsn;
    private long _releasedLsn;
    private WalLog? _log;
    private IThread? _writerThread;
    private ITimer? _intervalSync;
    private int _syncNowRuns;

    public CommitPipeline(RespEngine engine)
    {
        _engine = engine;
        _wake = engine.Threads.CreateWakeEvent();
        _waiters = new BatchWaiters(engine.Threads);
        Space = new DiskSpace(engine);
        Gate = new WriteGate(this, Space, _postponed);
        _fill.Reset(1);
    }

    /// <summary>What the writer does when a turn ends: decides whether the turn has to wake it.</summary>
    private enum WriterState
    {
        Busy,

        /// <summary>Sleeps until there is a record.</summary>
        Idle,

        /// <summary>Has records, and gives the clients that it has just answered a moment to join (decision 5).</summary>
        Gathering,
    }

    public InFlightTable InFlight { get; } = new();

    public CommitStats Stats { get; } = new();

    /// <summary>What the log has claimed on the disk (D11).</summary>
    public DiskSpace Space { get; }

    /// <summary>Which writes may go on. Guarded by the turn.</summary>
    public WriteGate Gate { get; }

    /// <summary>The batch that turns append to. Guarded by the turn.</summary>
    public WalBatch Fill => _fill;

    /// <summary>LSN of the last complete record. Guarded by the turn.</summary>
    public long AppendedLsn => _fill.LastLsn;

    /// <summary>All writes up to it are on disk (D2). Any thread.</summary>
    public long DurableLsn => Volatile.Read(ref _durableLsn);

    /// <summary>Replies that carry an LSN up to it may leave. Any thread.</summary>
    public long ReleasedLsn => Volatile.Read(ref _releasedLsn);

    /// <summary>Whether turns must stop taking writes until the writer has caught up. Guarded by the turn.</summary>
    public bool IsFull => _fill.ByteCount >= Space.PauseBytes;

    /// <summary>Clients with replies that wait for the disk. Any thread.</summary>
    public int HeldClients => _waiters.Count;

    /// <summary>The open log, null until recovery has finished.</summary>
    public WalLog? Log => Volatile.Read(ref _log);

    /// <summary>Begins to accept records behind what the log holds, all of which recovery has made durable. The caller holds the turn.</summary>
    public void Start(WalLog log)
    {
        Volatile.Write(ref _durableLsn, log.LastLsn);
        Volatile.Write(ref _releasedLsn, log.LastLsn);
        _fill.Reset(log.LastLsn + 1);
        _stopRequested = false;
        _writerState = WriterState.Busy;
        Volatile.Write(ref _log, log);
        log.ClaimChanged += OnClaimChanged;
        Space.Start(log, _engine.Config.WalSegmentBytes, FillBytesPause);
        _writerThread = _engine.Threads.Start("wal-writer", WriterLoop);
        if (_engine.Config.AppendFsync == Configuration.AppendFsync.EverySec)
        {
            var period = TimeSpan.FromMilliseconds(_engine.Config.AppendFsyncIntervalMillis);
            _intervalSync = _engine.Time.CreateTimer(static state => ((CommitPipeline)state!).SyncNow(), this, period, period);
        }
    }

    /// <summary>
    /// A client's record was appended. The caller holds the turn.
    /// </summary>
    public void NoteWriter(Session session)
    {
        if (session.WroteToBatch != _fillNumber)
        {
            session.WroteToBatch = _fillNumber;
            _fillWriters++;
        }
    }

    /// <summary>Has the client's queue released when the LSN is. The caller holds the turn and releases the queue once after it.</summary>
    public void Await(Session session, long lsn)
    {
        bool inFill = lsn >= _fill.FirstLsn;
        long batch = inFill ? _fillNumber : _fillNumber - 1;
        if (session.WaitsForBatch >= batch)
        {
            return;
        }

        if (inFill)
        {
            _waiters.AddToFill(session);
        }
        else
        {
            _waiters.AddToWriting(session, lsn, this);
        }

        session.WaitsForBatch = batch;
    }

    /// <summary>
    /// The turn ends: says whether the writer has to be woken, which the caller does after it has left the turn (<see cref="Wake"/>).
    /// </summary>
    public bool EndTurn()
    {
        if (_writerState == WriterState.Busy || _fill.RecordCount == 0
            || (_writerState == WriterState.Gathering && _fillWriters < _gatherTarget))
        {
            return false;
        }

        _writerState = WriterState.Busy;
        return true;
    }

    public void Wake() => _wake.Signal();

    /// <summary>Writes and syncs what was accepted, closes the log and ends the writer. The caller has stopped all turns.</summary>
    public async Task StopAsync()
    {
        lock (_engine.Turn)
        {
            _stopRequested = true;
        }

        if (_log is not { } log || _writerThread is not { } writer)
        {
            return;
        }

        Wake();
        await writer.JoinAsync().ConfigureAwait(false);
        if (_intervalSync is not null)
        {
            await _intervalSync.DisposeAsync().ConfigureAwait(false);
        }

        lock (_engine.Turn)
        {
            Space.Stop();
        }

        // Nobody syncs any more from here on, and whoever does it now is awaited: the file is about to be closed.
        Interlocked.Exchange(ref _log, null);
        while (Volatile.Read(ref _syncNowRuns) != 0)
        {
            await _engine.Threads.Switch();
        }

        log.ClaimChanged -= OnClaimChanged;
        if (!_engine.HasFailed)
        {
            try
            {
                log.Close(log.Sync());
            }
            catch (StorageException e)
            {
                _engine.FailStop(e);
            }
        }

        log.Dispose();
        _writerThread = null;
    }

    public void Dispose()
    {
        lock (_engine.Turn)
        {
            Space.Stop();
        }

        _intervalSync?.Dispose();
        _wake.Dispose();
        _log?.Dispose();
    }

    private void WriterLoop()
    {
        try
        {
            _engine.PlaceThread();
            MakePrompt();
            while (WaitForRecords())
            {
                Gather();
                if (SwapBatches())
                {
                    CommitWriting();
                }
            }
        }
        catch (Exception e)
        {
            // D3, whatever it was: nothing was published, nobody is released.
            _engine.FailStop(e);
        }
    }

    private void MakePrompt()
    {
        try
        {
            WakeEvent.SetPreciseTimers();
            PromptThread.Apply();
        }
        catch (StorageException e)
        {
            // A sandbox may forbid it: waits then end up to 50 microseconds late, and a busy machine lets the thread wait for a core.
            _engine.Log.Write(EngineLogLevel.Verbose, e.Message);
        }
    }

    /// <summary>False: stop was requested and nothing is left.</summary>
    private bool WaitForRecords()
    {
        while (true)
        {
            bool releases;
            lock (_engine.Turn)
            {
                Space.Written();
                _postponed.TakeForRoom(_resumed);
                if (_fill.RecordCount > 0)
                {
                    break;
                }

                if (_stopRequested)
                {
                    return false;
                }

                releases = Space.BeginRelease(isAwaited: _resumed.Count > 0);
                _writerState = WriterState.Idle;
            }

            if (releases)
            {
                ReleaseLargeClaim();
            }

            ResumeTaken();
            _wake.Wait(Space.NeedsTick ? DiskSpace.TickMicros : -1);
            TickSpace();
        }

        ResumeTaken();
        TickSpace();
        return true;
    }

    private void ReleaseLargeClaim()
    {
        _log!.ReleaseLarge();
        lock (_engine.Turn)
        {
            Space.EndRelease();
            _postponed.TakeForRoom(_resumed);
        }
    }

    private void TickSpace()
    {
        if (Space.NeedsTick)
        {
            Space.Tick();
        }
    }

    private void Gather()
    {
        if (_engine.Config.AppendFsync != Configuration.AppendFsync.Always)
        {
            return;
        }

        long waitMicros;
        lock (_engine.Turn)
        {
            waitMicros = _stopRequested ? 0 : _cohort.WaitMicros(_fillWriters, _engine.Clients.Count, out _gatherTarget);
            if (waitMicros <= 0)
            {
                return;
            }

            _writerState = WriterState.Gathering;
        }

        _wake.Wait(waitMicros);
    }

    private bool SwapBatches()
    {
        bool any;
        lock (_engine.Turn)
        {
            // A turn may have signalled just as the wait timed out: the stale signal costs one empty round of a later wait, no more.
            _writerState = WriterState.Busy;
            any = _fill.RecordCount > 0;
            if (any)
            {
                long nextLsn = _fill.LastLsn + 1;
                (_fill, _writing) = (_writing, _fill);
                _fill.Reset(nextLsn);
                Space.Taken(_writing.PaddedBytes);
                _cohort.Taken(_fillWriters);
                _fillWriters = 0;
                _fillNumber++;
                _waiters.Swap();
            }

            _postponed.TakeAll(_resumed);
        }

        ResumeTaken();
        return any;
    }

    /// <summary>Outside turns.</summary>
    private void ResumeTaken()
    {
        foreach (Session session in _resumed)
        {
            session.Transport.Resume();
        }

        _resumed.Clear();
    }

    private void CommitWriting()
    {
        long lastLsn = _writing.LastLsn;
        int records = _writing.RecordCount;
        int bytes = _writing.ByteCount;
        long started = _engine.Time.GetTimestamp();
        WalLog log = _log!;
        WriteToLog(log);
        if (_engine.Config.AppendFsync == Configuration.AppendFsync.Always)
        {
            long durable = log.Sync();
            long syncMicros = (long)_engine.Time.GetElapsedTime(started).TotalMicroseconds;
            _cohort.Synced(syncMicros);
            Stats.RecordSync(syncMicros);
            Volatile.Write(ref _durableLsn, durable);
            lastLsn = durable;
        }

        Stats.RecordBatch(records, bytes);
        Volatile.Write(ref _releasedLsn, lastLsn);
        _waiters.Release();
        _engine.DurableMoved();

        // Gives a buffer that has grown for one large command back now, not when it is next filled.
        _writing.Reset(_writing.LastLsn + 1);
    }

    /// <summary>
    /// D11: a full disk does not get as far as here, unless somebody else has taken what was claimed. Then the segment that
    /// could not be made is tried again until it can be; nothing is released meanwhile. Any other failure is for good (D3).
    /// </summary>
    private void WriteToLog(WalLog log)
    {
        while (true)
        {
            try
            {
                log.Write(_writing, DurableLsn);
                return;
            }
            catch (StorageException e) when (e.Kind == StorageErrorKind.NoSpace)
            {
                if (!AwaitsSpace(log, e))
                {
                    throw;
                }

                ResumeTaken();
                Space.Tick();
                _wake.Wait(DiskSpace.TickMicros);
            }
        }
    }

    /// <summary>False: stop was requested, and what was accepted cannot be written. Throws when the failure was in writing, not in making room.</summary>
    private bool AwaitsSpace(WalLog log, StorageException failure)
    {
        // Has nothing to sync; but a log that a failed write has ended says so.
        log.Sync();
        lock (_engine.Turn)
        {
            Space.WriterIsStuck(failure);
            _postponed.TakeForRoom(_resumed);
            return !_stopRequested;
        }
    }

    /// <summary>On the log's own thread, which must not wait for a turn: who closes the log waits for it.</summary>
    private void OnClaimChanged() => _engine.Threads.Post(static commit => ((CommitPipeline)commit!).TakeClaim(), this);

    private void TakeClaim()
    {
        List<Session> resumed = [];
        lock (_engine.Turn)
        {
            if (!Space.ClaimChanged())
            {
                return;
            }

            _postponed.TakeForRoom(resumed);

            // It may have to tell something, or to look for room from now on. In the turn, because the pipeline may be disposed of behind it.
            Wake();
        }

        resumed.ForEach(static session => session.Transport.Resume());
    }

    /// <summary>Syncs what was written so far, where nobody else would (everysec, WAITAOF under <c>appendfsync no</c>). Blocks; not for a turn.</summary>
    public void SyncNow()
    {
        // A sync that takes longer than the interval must not gather the pool's threads behind it, one a tick.
        if (Interlocked.Exchange(ref _syncNowRuns, 1) != 0)
        {
            return;
        }

        try
        {
            if (_engine.HasFailed || Volatile.Read(ref _log) is not { } log)
            {
                return;
            }

            long started = _engine.Time.GetTimestamp();
            long durable = log.Sync();
            if (durable > DurableLsn)
            {
                Stats.RecordSync((long)_engine.Time.GetElapsedTime(started).TotalMicroseconds);
                Volatile.Write(ref _durableLsn, durable);
                _engine.DurableMoved();
            }
        }
        catch (StorageException e)
        {
            _engine.FailStop(e);
        }
        finally
        {
            Volatile.Write(ref _syncNowRuns, 0);
        }
    }
}
