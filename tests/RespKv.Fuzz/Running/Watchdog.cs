namespace RespKv.Fuzz.Running;

/// <summary>
/// Ends the program when one input takes too long: a reader that hangs cannot be stopped otherwise. The input is written to a
/// file before.
/// </summary>
internal sealed class Watchdog : IDisposable
{
    /// <summary>
    /// Processor time of one input: it takes some hundred microseconds, some milliseconds with compiling and collecting. Not the clock's time,
    /// because the machine may have others to serve.
    /// </summary>
    public static readonly TimeSpan ProcessorTimeMax = TimeSpan.FromSeconds(10);

    /// <summary>A reader that waits for something takes no processor time; the targets have nothing to wait for.</summary>
    public static readonly TimeSpan WaitMax = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);

    private readonly Timer _timer;
    private readonly Action _stuck;
    private long _inputs;

    // Of the timer's thread.
    private long _inputsSeen = -1;
    private TimeSpan _processorTimeSeen;
    private long _seenAt;

    /// <param name="stuck">Called on a thread of its own when the input at work has not ended within a bound.</param>
    public Watchdog(Action stuck)
    {
        _stuck = stuck;
        _timer = new Timer(_ => Look(), null, LookEvery, LookEvery);
    }

    /// <summary>An input begins.</summary>
    public void Next() => Volatile.Write(ref _inputs, _inputs + 1);

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        long inputs = Volatile.Read(ref _inputs);
        TimeSpan processorTime = Environment.CpuUsage.TotalTime;
        if (inputs != _inputsSeen)
        {
            _inputsSeen = inputs;
            _processorTimeSeen = processorTime;
            _seenAt = Environment.TickCount64;
        }
        else if (processorTime - _processorTimeSeen > ProcessorTimeMax || Environment.TickCount64 - _seenAt > WaitMax.TotalMilliseconds)
        {
            _stuck();
        }
    }
}
