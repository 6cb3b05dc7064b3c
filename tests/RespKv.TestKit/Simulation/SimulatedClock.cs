namespace RespKv.TestKit.Simulation;

/// <summary>A clock that moves with the steps of a simulation. It outlives the simulated process, as a machine's does. Timers fire on threads of their own.</summary>
public sealed class SimulatedClock : TimeProvider
{
    private readonly List<SimulatedTimer> _timers = [];

    /// <param name="startMillis">Unix milliseconds.</param>
    public SimulatedClock(long startMillis) => NowMicros = startMillis * 1000;

    /// <summary>Unix microseconds.</summary>
    public long NowMicros { get; private set; }

    public long NowMillis => NowMicros / 1000;

    public override long TimestampFrequency => 1_000_000;

    internal long NextTimerMicros
    {
        get
        {
            long next = long.MaxValue;
            foreach (SimulatedTimer timer in _timers)
            {
                next = Math.Min(next, timer.DueMicros);
            }

            return next;
        }
    }

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddTicks(NowMicros * TimeSpan.TicksPerMicrosecond);

    public override long GetTimestamp() => NowMicros;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new SimulatedTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>A new process begins on the machine: the timers of the last one are gone.</summary>
    public void Restart() => _timers.Clear();

    internal void Step(long micros, SimulatedThreads threads)
    {
        NowMicros += micros;
        for (int i = 0; i < _timers.Count; i++)
        {
            SimulatedTimer timer = _timers[i];
            if (timer.DueMicros > NowMicros)
            {
                continue;
            }

            if (timer.PeriodMicros > 0)
            {
                timer.DueMicros = NowMicros + timer.PeriodMicros;
            }
            else
            {
                _timers.RemoveAt(i--);
            }

            threads.Post(static state => ((SimulatedTimer)state!).Fire(), timer);
        }
    }

    private sealed class SimulatedTimer(SimulatedClock clock, TimerCallback callback, object? state) : ITimer
    {
        public long DueMicros { get; set; }

        public long PeriodMicros { get; private set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            clock._timers.Remove(this);
            PeriodMicros = period > TimeSpan.Zero ? (long)period.TotalMicroseconds : 0;
            if (dueTime != Timeout.InfiniteTimeSpan)
            {
                DueMicros = clock.NowMicros + (long)dueTime.TotalMicroseconds;
                clock._timers.Add(this);
            }

            return true;
        }

        public void Dispose() => clock._timers.Remove(this);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
