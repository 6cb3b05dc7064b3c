using RespKv.Engine.Sessions;
using RespKv.Storage.Threading;

namespace RespKv.Engine.Execution;

/// <summary>
/// Clients whose requests wait: suspended by a command of their own, paused by CLIENT PAUSE, or held while a reload runs. Guarded by
/// the turn, except where a member says otherwise.
/// </summary>
internal sealed class ClientScheduler(RespEngine engine)
{
    private readonly HashSet<Session> _suspended = [];
    private readonly HashSet<Session> _paused = [];
    private int _waitsForDurable;
    private bool _reloading;

    /// <summary>Unix milliseconds until which clients are paused, 0 when they are not.</summary>
    public long PausedUntilMillis { get; private set; }

    /// <summary>CLIENT PAUSE ... WRITE: reads go on.</summary>
    public bool PausesWritesOnly { get; private set; }

    /// <summary>Whether a client waits for DurableLsn. Any thread.</summary>
    public bool AwaitsDurable => Volatile.Read(ref _waitsForDurable) > 0;

    public bool IsPaused => PausedUntilMillis != 0 || _reloading;

    /// <summary>Clients that are suspended.</summary>
    public int SuspendedCount => _suspended.Count;

    /// <summary>Suspended clients that have a deadline.</summary>
    public int DeadlineCount => _suspended.Count(session => session.Suspension is { DeadlineMillis: >= 0 });

    /// <summary>Clients that wait for something: a command of their own, or the end of a pause (INFO's blocked_clients).</summary>
    public int BlockedCount => _suspended.Count + _paused.Count;

    public bool Pauses(bool writes, long nowMillis)
        => _reloading || (PausedUntilMillis > nowMillis && (writes || !PausesWritesOnly));

    public void PostponeForPause(Session session)
    {
        session.IsPostponed = true;
        _paused.Add(session);
    }

    /// <summary>CLIENT PAUSE. As in Redis the end is only ever moved later, and the stronger kind stays while both run.</summary>
    public void Pause(long untilMillis, bool writesOnly)
    {
        bool running = PausedUntilMillis != 0;
        PausesWritesOnly = writesOnly && (!running || PausesWritesOnly);
        PausedUntilMillis = running ? Math.Max(PausedUntilMillis, untilMillis) : untilMillis;
    }

    /// <summary>CLIENT UNPAUSE, or the pause has run out.</summary>
    public void Unpause()
    {
        PausedUntilMillis = 0;
        PausesWritesOnly = false;
        ResumePaused();
    }

    public void Suspend(Session session, Suspension suspension)
    {
        session.Suspension = suspension;
        _suspended.Add(session);
        if (suspension.DurableLsn >= 0)
        {
            Interlocked.Increment(ref _waitsForDurable);
            if (engine.DurableLsn >= suspension.DurableLsn)
            {
                engine.Threads.Post(_ => engine.EndSuspension(session, suspension, SuspensionEnd.Met), null);
            }
        }

        if (suspension.Work is { } work)
        {
            _ = EndAfterAsync(work, session, suspension);
        }
    }

    private async Task EndAfterAsync(Task work, Session session, Suspension suspension)
    {
        // The caller holds the turn.
        await engine.Threads.Switch();
        await work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        engine.EndSuspension(session, suspension, SuspensionEnd.Met);
    }

    /// <summary>The client is gone or runs again.</summary>
    public void Forget(Session session)
    {
        if (_suspended.Remove(session) && session.Suspension is { DurableLsn: >= 0 })
        {
            Interlocked.Decrement(ref _waitsForDurable);
        }

        if (session.Suspension is { Wait: { } wait })
        {
            engine.Mutator.Blocked.Leave(wait);
        }

        session.Suspension = null;
        _paused.Remove(session);
    }

    /// <summary>Any thread; the caller does not hold the turn.</summary>
    public void DurableMoved()
    {
        // DurableLsn was published before; a client that suspends itself counts itself before it reads DurableLsn. One of the two sees
        // the other.
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _waitsForDurable) != 0)
        {
            EndMet(engine.DurableLsn);
        }
    }

    // Of its own, because a method makes the object of its closure when it begins, needed or not.
    private void EndMet(long durable)
        => End(suspension => suspension.DurableLsn >= 0 && suspension.DurableLsn <= durable, SuspensionEnd.Met);

    /// <summary>Ends suspensions and a pause that have run out. The caller does not hold the turn.</summary>
    public void Tick(long nowMillis)
    {
        lock (engine.Turn)
        {
            if (PausedUntilMillis != 0 && PausedUntilMillis <= nowMillis)
            {
                Unpause();
            }
        }

        End(suspension => suspension.DeadlineMillis >= 0 && suspension.DeadlineMillis <= nowMillis, SuspensionEnd.TimedOut);
    }

    /// <summary>The caller does not hold the turn.</summary>
    public void PauseForReload()
    {
        lock (engine.Turn)
        {
            _reloading = true;
        }
    }

    /// <summary>The caller does not hold the turn.</summary>
    public void EndReload()
    {
        lock (engine.Turn)
        {
            _reloading = false;
            ResumePaused();
        }
    }

    private void End(Func<Suspension, bool> ends, SuspensionEnd end)
    {
        (Session Session, Suspension Suspension)[] ended;
        lock (engine.Turn)
        {
            if (_suspended.Count == 0)
            {
                return;
            }

            ended = [.. _suspended.Where(s => s.Suspension is { } suspension && ends(suspension)).OrderBy(s => s.Id).Select(s => (s, s.Suspension!))];
        }

        foreach ((Session session, Suspension suspension) in ended)
        {
            engine.EndSuspension(session, suspension, end);
        }
    }

    private void ResumePaused()
    {
        foreach (Session session in _paused)
        {
            session.IsPostponed = false;
            session.Transport.Resume();
        }

        _paused.Clear();
    }
}
