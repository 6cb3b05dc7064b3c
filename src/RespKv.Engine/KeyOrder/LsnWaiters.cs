namespace RespKv.Engine.KeyOrder;

/// <summary>Background work that waits until the log has been written up to an LSN. Any thread.</summary>
internal sealed class LsnWaiters(Func<long> writtenLsn)
{
    private readonly Lock _gate = new();
    private readonly List<(long Lsn, TaskCompletionSource Done)> _waiting = [];
    private int _count;

    public async Task WhenAsync(long lsn, CancellationToken cancel)
    {
        if (writtenLsn() >= lsn)
        {
            return;
        }

        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            _waiting.Add((lsn, done));
            Volatile.Write(ref _count, _waiting.Count);
        }

        // The writer publishes the LSN before it looks at the count, this looks after it has counted itself: one sees the other.
        Moved();
        await done.Task.WaitAsync(cancel).ConfigureAwait(false);
    }

    /// <summary>The LSN has been published.</summary>
    public void Moved()
    {
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _count) == 0)
        {
            return;
        }

        lock (_gate)
        {
            long written = writtenLsn();
            for (int i = _waiting.Count - 1; i >= 0; i--)
            {
                if (_waiting[i].Lsn <= written)
                {
                    _waiting[i].Done.TrySetResult();
                    _waiting.RemoveAt(i);
                }
            }

            Volatile.Write(ref _count, _waiting.Count);
        }
    }

    /// <summary>Nobody is left who waits: they were cancelled.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _waiting.Clear();
            Volatile.Write(ref _count, 0);
        }
    }
}
