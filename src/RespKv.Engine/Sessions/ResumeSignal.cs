namespace RespKv.Engine.Sessions;

/// <summary>
/// Wakes a client's loop when its requests can run again. Latched: a signal that comes before the wait is not lost. The
/// loop goes on on a thread of the pool, because signals come from inside turns and from the WAL writer.
/// </summary>
public sealed class ResumeSignal
{
    private readonly Lock _gate = new();
    private bool _signalled;
    private TaskCompletionSource? _waiter;

    public void Signal()
    {
        TaskCompletionSource? waiter;
        lock (_gate)
        {
            waiter = _waiter;
            _waiter = null;
            _signalled = waiter is null;
        }

        waiter?.SetResult();
    }

    public Task WaitAsync()
    {
        lock (_gate)
        {
            if (_signalled)
            {
                _signalled = false;
                return Task.CompletedTask;
            }

            _waiter ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _waiter.Task;
        }
    }
}
