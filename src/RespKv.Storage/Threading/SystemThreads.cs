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
        var thread = new SystemThread(name, body);
        thread.Start();
        return thread;
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

    private sealed class SystemThread : IThread
    {
        private readonly Thread _thread;
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public SystemThread(string name, Action body)
        {
            _thread = new Thread(() => Run(body)) { IsBackground = true, Name = name };
        }

        public void Start() => _thread.Start();

        public void Join() => _thread.Join();

        public Task JoinAsync() => _ended.Task;

        private void Run(Action body)
        {
            try
            {
                body();
            }
            finally
            {
                _ended.SetResult();
            }
        }
    }
}
