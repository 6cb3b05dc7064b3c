using RespKv.Engine.Sessions;

namespace RespKv.Engine;

/// <summary>What the server does of itself, <c>hz</c> times a second: expiry, deadlines, idle clients, rates.</summary>
internal sealed class Housekeeping : IDisposable
{
    /// <summary>Elements of deleted collections that one turn frees: about a millisecond.</summary>
    private const int ReleasedElements = 10_000;

    private const int ReleaseTurnsMax = 20;

    private readonly RespEngine _engine;
    private readonly ITimer _timer;
    private readonly Observation.HeapTrim _heap = new();
    private int _running;
    private bool _hasReleased;
    private long _nowMillis;
    private bool _isPaused;

    public Housekeeping(RespEngine engine, TimeProvider time)
    {
        _engine = engine;
        _nowMillis = engine.NowMillis();
        _timer = time.CreateTimer(static state => ((Housekeeping)state!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        engine.Config.Changed += name =>
        {
            if (name == "hz" && engine.State == EngineState.Ready)
            {
                _timer.Change(Period, Period);
            }
        };
    }

    /// <summary>The wall clock as of the last tick: for idle times, where a period more or less does not matter. Any thread.</summary>
    public long NowMillis => Volatile.Read(ref _nowMillis);

    /// <summary>DEBUG PAUSE-CRON: only what clients wait for is done. Any thread.</summary>
    public bool IsPaused
    {
        get => Volatile.Read(ref _isPaused);
        set => Volatile.Write(ref _isPaused, value);
    }

    private TimeSpan Period => TimeSpan.FromSeconds(1.0 / Math.Max(1, _engine.Config.Hz));

    public void Start() => _timer.Change(Period, Period);

    public void Stop() => _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    public void Dispose() => _timer.Dispose();

    private void Tick()
    {
        // A tick that takes longer than the period must not meet the next one.
        if (Interlocked.Exchange(ref _running, 1) != 0)
        {
            return;
        }

        try
        {
            if (_engine.HasFailed)
            {
                return;
            }

            long nowMillis = _engine.NowMillis();
            Volatile.Write(ref _nowMillis, nowMillis);
            _engine.Scheduler.Tick(nowMillis);
            if (IsPaused)
            {
                return;
            }

            _engine.Expiry.Run(Period);
            _engine.Evictor.Run(Period);
            _engine.RunServerTurn(Sample);
            if (_engine.Tracking.IsTooLarge)
            {
                _engine.RunServerTurn(_ => _engine.Tracking.Shrink());
            }

            ReleaseCollections();
            _engine.Checkpoints.Tick(nowMillis);
            _heap.AfterDrops(_engine.Databases.Memory.DroppedBytes);
            SyncForWaiters();
            CutIdleClients(nowMillis);
            CutSlowReaders(nowMillis);
        }
        finally
        {
            Volatile.Write(ref _running, 0);
        }
    }

    /// <summary>
    /// Frees what deleted collections have left, in short turns, for a tenth of the period at most: two million elements a second.
    /// </summary>
    private void ReleaseCollections()
    {
        for (int turn = 1; turn < ReleaseTurnsMax && _hasReleased; turn++)
        {
            _engine.RunServerTurn(_ => Release());
        }
    }

    private void Release() => _hasReleased = _engine.Databases.ReleaseSome(ReleasedElements);

    private void Sample(long nowMillis)
    {
        Release();
        _engine.Effects.MoveAccessClock(nowMillis);
        _engine.Checkpoints.NoteLive(_engine.Databases);
        _engine.Stats.NoteUsedMemory(Observation.MemoryFigures.Used(_engine));
        _engine.Stats.OpsPerSecond.Sample(_engine.Stats.CommandsProcessed, nowMillis);
        _engine.Stats.InputBytesPerSecond.Sample(_engine.Stats.NetInputBytes, nowMillis);
        _engine.Stats.OutputBytesPerSecond.Sample(_engine.Stats.NetOutputBytes, nowMillis);
    }

    /// <summary>Under <c>appendfsync no</c> nobody syncs, but a client that asked for durability (WAITAOF) is not left waiting.</summary>
    private void SyncForWaiters()
    {
        if (_engine.Config.AppendFsync == Configuration.AppendFsync.No && _engine.Scheduler.AwaitsDurable && _engine.DurableLsn < _engine.ReleasedLsn)
        {
            _engine.Threads.Post(static commit => ((Commit.CommitPipeline)commit!).SyncNow(), _engine.Commit);
        }
    }

    private void CutIdleClients(long nowMillis)
    {
        long timeoutMillis = _engine.Config.TimeoutSeconds * 1000L;
        if (timeoutMillis == 0)
        {
            return;
        }

        // Who listens is not idle, as in Redis.
        Session[] idle;
        lock (_engine.Turn)
        {
            idle = [.. _engine.Clients.All.Where(s => s is { IsSuspended: false, IsPostponed: false, IsSubscriber: false, IsMonitor: false } && nowMillis - Math.Max(s.LastCommandAtMillis, s.LastActiveAtMillis) > timeoutMillis)];
        }

        foreach (Session session in idle)
        {
            session.Transport.Abort("timeout");
        }
    }

    /// <summary>The soft limit of client-output-buffer-limit: above it for too long.</summary>
    private void CutSlowReaders(long nowMillis)
    {
        Configuration.OutputBufferLimits limits = _engine.Config.OutputBufferLimits;
        if (limits.Normal.SoftBytes == 0 && limits.PubSub.SoftBytes == 0)
        {
            return;
        }

        lock (_engine.Turn)
        {
            foreach (Session session in _engine.Clients.All.Where(session => !session.IsClosed))
            {
                Configuration.OutputBufferLimit limit = session.OutputLimit(_engine.Config);
                if (limit.SoftBytes == 0 || session.Output.HeldBytes <= limit.SoftBytes)
                {
                    session.SoftLimitSinceMillis = -1;
                }
                else if (session.SoftLimitSinceMillis < 0)
                {
                    session.SoftLimitSinceMillis = nowMillis;
                }
                else if (nowMillis - session.SoftLimitSinceMillis > limit.SoftSeconds * 1000L)
                {
                    _engine.CutForOutput(session);
                }
            }
        }
    }
}
