using RespKv.Storage.Threading;

namespace RespKv.TestKit.Simulation;

/// <summary>
/// Threads of which one runs at a time, chosen by a seed: the same seed gives the same interleaving. The turn is given on where a
/// thread waits (for a pulse, a signal, a lock that is held across I/O, an end), and at <see cref="Switch"/>, which the simulated
/// disk calls before every file-system call. The clock moves with the steps, and jumps to the next deadline when nobody can run.
/// </summary>
/// <remarks>Everything is touched by the thread that has the turn only, so there are no locks.</remarks>
public sealed class SimulatedThreads : IThreads
{
    private readonly Random _random;
    private readonly List<SimulatedThread> _runnable = [];
    private readonly List<SimulatedThread> _waiting = [];
    private readonly HashSet<object> _locked = [];
    private readonly HashSet<SimulatedThread> _alive = [];
    private readonly Baton _allEnded = new();
    private SimulatedThread? _current;
    private int _nextId;

    /// <param name="seed">Chooses who runs.</param>
    /// <param name="clock">Moves with the steps.</param>
    public SimulatedThreads(int seed, SimulatedClock clock)
    {
        _random = new Random(seed);
        Clock = clock;
    }

    public SimulatedClock Clock { get; }

    /// <summary>Called on the thread that has the turn, before it may be given on: where a crash is planned.</summary>
    public Action<string>? Switching { get; set; }

    /// <summary>Told who goes on, for a trace.</summary>
    public Action<string>? Switched { get; set; }

    /// <summary>Out of a hundred switch points, at how many another thread may be chosen.</summary>
    public int SwitchPercent { get; set; } = 40;

    /// <summary>What went wrong in a thread that was not to throw.</summary>
    public Exception? Failure { get; private set; }

    public bool HasEnded { get; private set; }

    /// <inheritdoc/>
    public int Parallelism => 2;

    /// <summary>Runs the simulation's first thread, and returns when it has ended; all others end then, wherever they are.</summary>
    public void Run(Action main)
    {
        SimulatedThread first = Create("main", main);
        _runnable.Remove(first);
        _current = first;
        first.Worker!.GiveTurn();
        _allEnded.Take(Timeout.InfiniteTimeSpan);
        if (Failure is not null)
        {
            throw new InvalidOperationException($"a simulated thread failed: {Failure}", Failure);
        }
    }

    /// <inheritdoc/>
    public IThread Start(string name, Action body)
    {
        ThrowIfEnded();
        return Create(name, body);
    }

    /// <inheritdoc/>
    public void Post(Action<object?> work, object? state)
    {
        if (!HasEnded)
        {
            Create("posted", () => work(state));
        }
    }

    /// <inheritdoc/>
    public void LowerPriority()
    {
    }

    /// <inheritdoc/>
    public IWakeEvent CreateWakeEvent() => new SimulatedWakeEvent(this);

    /// <inheritdoc/>
    public void Enter(object gate)
    {
        while (!_locked.Add(gate))
        {
            Block(gate, "lock", Timeout.Infinite);
        }
    }

    /// <inheritdoc/>
    public void Exit(object gate)
    {
        _locked.Remove(gate);
        Wake(gate);
    }

    /// <inheritdoc/>
    public bool Wait(object gate, int timeoutMillis = Timeout.Infinite)
    {
        Monitor.Exit(gate);
        try
        {
            return Block(gate, "wait", timeoutMillis < 0 ? -1 : timeoutMillis * 1000L);
        }
        finally
        {
            Monitor.Enter(gate);
        }
    }

    /// <inheritdoc/>
    public void PulseAll(object gate) => Wake(gate);

    /// <summary>The calling thread does nothing for a while.</summary>
    public void Sleep(long micros) => Block(new object(), "sleep", micros);

    /// <summary>The calling thread waits for a task that another simulated thread completes.</summary>
    public void Await(Task task)
    {
        while (!task.IsCompleted)
        {
            Sleep(_random.Next(20, 200));
        }

        task.GetAwaiter().GetResult();
    }

    /// <summary>A point where another thread may go on. Not inside a <c>lock</c>.</summary>
    public void Switch(string where)
    {
        ThrowIfEnded();
        Switching?.Invoke(where);
        ThrowIfEnded();
        Clock.Step(_random.Next(1, 40), this);
        WakeDue();
        if (_runnable.Count == 0 || _random.Next(100) >= SwitchPercent)
        {
            return;
        }

        SimulatedThread self = _current!;
        _runnable.Add(self);
        SimulatedThread next = Choose(where);
        if (next != self)
        {
            GiveTurn(next, self);
        }
    }

    /// <summary>The process ends here, as by a SIGKILL: no thread takes another step. The caller unwinds like all the others.</summary>
    public void End() => HasEnded = true;

    internal bool Block(object what, string where, long timeoutMicros)
    {
        ThrowIfEnded();
        SimulatedThread self = _current!;
        self.WaitsFor = what;
        self.WasWoken = false;
        self.DeadlineMicros = timeoutMicros < 0 ? long.MaxValue : Clock.NowMicros + timeoutMicros;
        _waiting.Add(self);
        Clock.Step(1, this);
        WakeDue();
        while (_runnable.Count == 0)
        {
            JumpToNextDeadline();
            ThrowIfEnded();
        }

        SimulatedThread next = Choose(where);
        if (next != self)
        {
            GiveTurn(next, self);
        }

        ThrowIfEnded();
        return self.WasWoken;
    }

    internal void Wake(object what)
    {
        for (int i = 0; i < _waiting.Count; i++)
        {
            if (ReferenceEquals(_waiting[i].WaitsFor, what))
            {
                MakeRunnable(i--, wasWoken: true);
            }
        }
    }

    private SimulatedThread Create(string name, Action body)
    {
        var thread = new SimulatedThread(this, _nextId++, name);
        _alive.Add(thread);
        _runnable.Add(thread);
        thread.Worker = SimulatedWorker.Take(() => RunThread(thread, body));
        return thread;
    }

    private void RunThread(SimulatedThread thread, Action body)
    {
        try
        {
            if (!HasEnded)
            {
                body();
            }
        }
        catch (SimulationEndedException)
        {
            // As everybody.
        }
        catch (Exception e)
        {
            Failure ??= e;
            HasEnded = true;
        }

        Ended(thread);
    }

    /// <summary>The thread has the turn for the last time. When the simulation is over the others are unwound one after the other.</summary>
    private void Ended(SimulatedThread thread)
    {
        // What awaits it goes on inside this call, and may switch: it is alive until then.
        thread.End();
        _alive.Remove(thread);
        HasEnded |= thread.Id == 0;
        while (!HasEnded && _runnable.Count == 0)
        {
            JumpToNextDeadline();
        }

        if (!HasEnded)
        {
            Choose("end").Worker!.GiveTurn();
            return;
        }

        _runnable.Clear();
        _waiting.Clear();
        if (_alive.MinBy(t => t.Id) is not { } other)
        {
            _allEnded.Give();
            return;
        }

        _current = other;
        other.Worker!.GiveTurn();
    }

    private SimulatedThread Choose(string where)
    {
        int index = _runnable.Count == 1 ? 0 : _random.Next(_runnable.Count);
        SimulatedThread next = _runnable[index];
        _runnable.RemoveAt(index);
        _current = next;
        Switched?.Invoke($"{where} -> {next.Name} {next.Id} at {Clock.NowMicros}");
        return next;
    }

    private void GiveTurn(SimulatedThread next, SimulatedThread self)
    {
        next.Worker!.GiveTurn();
        self.Worker!.AwaitTurn();
        ThrowIfEnded();
    }

    private void WakeDue()
    {
        long now = Clock.NowMicros;
        for (int i = 0; i < _waiting.Count; i++)
        {
            if (_waiting[i].DeadlineMicros <= now)
            {
                MakeRunnable(i--, wasWoken: false);
            }
        }
    }

    private void MakeRunnable(int index, bool wasWoken)
    {
        SimulatedThread thread = _waiting[index];
        _waiting.RemoveAt(index);
        thread.WasWoken = wasWoken;
        thread.WaitsFor = null;
        _runnable.Add(thread);
    }

    private void JumpToNextDeadline()
    {
        long next = Clock.NextTimerMicros;
        foreach (SimulatedThread thread in _waiting)
        {
            next = Math.Min(next, thread.DeadlineMicros);
        }

        if (next == long.MaxValue)
        {
            HasEnded = true;
            Failure ??= new InvalidOperationException($"deadlock: {string.Join(", ", _waiting.Select(t => $"{t.Name} waits for {t.WaitsFor}"))}");
            return;
        }

        Clock.Step(Math.Max(0, next - Clock.NowMicros), this);
        WakeDue();
    }

    private void ThrowIfEnded()
    {
        if (HasEnded)
        {
            throw new SimulationEndedException();
        }
    }
}
