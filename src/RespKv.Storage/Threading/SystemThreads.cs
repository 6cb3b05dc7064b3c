using RespKv.Storage.Files;

namespace RespKv.Storage.Threading;

/// <summary>The threads of the operating system.</summary>
public sealed class SystemThreads : IThreads
{
    public static readonly SystemThreads Instance = new();

    private SystemThreads()
    {
    }

    /// <inheritdoc/>
    public int Parallelism => Environment.ProcessorCount;

    /// <inheritdoc/>
    public IThread Start(string name, Action body)
    {
        var thread = new Thread(new ThreadStart(body)) { IsBackground = true, Name = name };
        thread.Start();
        return new SystemThread(thread);
    }

    /// <inheritdoc/>
    public void Post(Action<object?> work, object? state) => ThreadPool.UnsafeQueueUserWorkItem(work, state, preferLocal: false);

    /// <inheritdoc/>
    public void LowerPriority() => BackgroundThread.LowerPriority();

    /// <inheritdoc/>
    public IWakeEvent CreateWakeEvent() => new WakeEvent();

    /// <inheritdoc/>
    public void Enter(object gate) => Monitor.Enter(gate);

    /// <inheritdoc/>
    public void Exit(object gate) => Monitor.Exit(gate);

    /// <inheritdoc/>
    public bool Wait(object gate, int timeoutMillis = Timeout.Infinite) => Monitor.Wait(gate, timeoutMillis);

    /// <inheritdoc/>
    public void PulseAll(object gate) => Monitor.PulseAll(gate);

    private sealed class SystemThread(Thread thread) : IThread
    {
        public void Join() => thread.Join();

        public Task JoinAsync() => Task.Run(thread.Join);
    }
}
