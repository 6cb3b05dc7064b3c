namespace RespKv.TestKit.Files;

/// <summary>Keeps syncs waiting until a test lets them go. Guarded by the file system's lock, which it waits on.</summary>
internal sealed class SimulatedHold(object gate)
{
    private readonly List<TaskCompletionSource> _waiters = [];
    private string? _pathPart;
    private int _held;

    internal void Set(string pathPart) => _pathPart = pathPart;

    internal void Release()
    {
        _pathPart = null;
        Monitor.PulseAll(gate);
    }

    /// <summary>Done as soon as one is waiting.</summary>
    internal Task HeldAsync()
    {
        if (_held > 0)
        {
            return Task.CompletedTask;
        }

        var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiters.Add(waiter);
        return waiter.Task;
    }

    internal void Pass(string path)
    {
        if (!Holds(path))
        {
            return;
        }

        _held++;
        _waiters.ForEach(waiter => waiter.TrySetResult());
        _waiters.Clear();
        while (Holds(path))
        {
            Monitor.Wait(gate);
        }

        _held--;
    }

    private bool Holds(string path) => _pathPart is not null && path.Contains(_pathPart, StringComparison.Ordinal);
}
