using RespKv.Storage.Threading;

namespace RespKv.TestKit.Simulation;

/// <summary>One thread of <see cref="SimulatedThreads"/>, which guards it.</summary>
internal sealed class SimulatedThread(SimulatedThreads threads, int id, string name) : IThread
{
    private readonly TaskCompletionSource _ended = new();

    public int Id => id;

    public string Name => name;

    public SimulatedWorker? Worker { get; set; }

    public object? WaitsFor { get; set; }

    public long DeadlineMicros { get; set; }

    public bool WasWoken { get; set; }

    /// <inheritdoc/>
    public void Join()
    {
        while (!_ended.Task.IsCompleted)
        {
            threads.Block(this, "join", Timeout.Infinite);
        }
    }

    /// <summary>What awaits it goes on on the thread that ends, in its last step.</summary>
    public Task JoinAsync() => _ended.Task;

    public void End()
    {
        if (threads.HasEnded)
        {
            return;
        }

        threads.Wake(this);
        _ended.SetResult();
    }
}
