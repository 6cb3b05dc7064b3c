using System.Runtime.ExceptionServices;
using RespKv.Storage.Threading;

namespace RespKv.Engine.Recovery;

/// <summary>
/// Hands filled batches from one or more producers to one consumer, in the order of <see cref="Submit"/>. The batches that
/// exist are given at the start: they bound the memory, and how far the producers run ahead. Whoever fails stops both
/// sides, and the first failure is kept for whoever waits for the end. Thread safe.
/// </summary>
internal sealed class BatchQueue<TBatch>
    where TBatch : class
{
    // All guarded by _gate, which is also what everybody waits on.
    private readonly object _gate = new();
    private readonly IThreads _threads;
    private readonly Stack<TBatch> _free;
    private readonly Queue<TBatch> _filled;
    private readonly int _batches;
    private bool _completed;
    private bool _stopped;
    private Exception? _failure;

    public BatchQueue(IThreads threads, IReadOnlyCollection<TBatch> batches)
    {
        _threads = threads;
        _free = new Stack<TBatch>(batches);
        _filled = new Queue<TBatch>(batches.Count);
        _batches = batches.Count;
    }

    /// <summary>Producer: a free batch, as the consumer left it. Waits for one; null when the queue was stopped.</summary>
    public TBatch? Rent()
    {
        lock (_gate)
        {
            TBatch? batch;
            while (!_free.TryPop(out batch) && !_stopped)
            {
                _threads.Wait(_gate);
            }

            return _stopped ? null : batch;
        }
    }

    /// <summary>Producer: the batch belongs to the consumer from now on.</summary>
    public void Submit(TBatch batch)
    {
        lock (_gate)
        {
            _filled.Enqueue(batch);
            _threads.PulseAll(_gate);
        }
    }

    /// <summary>Nothing will be submitted any more.</summary>
    public void Complete()
    {
        lock (_gate)
        {
            _completed = true;
            _threads.PulseAll(_gate);
        }
    }

    /// <summary>Consumer: the next batch. Waits for it; null at the end, or at once when the queue was stopped.</summary>
    public TBatch? Take()
    {
        lock (_gate)
        {
            TBatch? batch;
            while (!_filled.TryDequeue(out batch) && !_completed && !_stopped)
            {
                _threads.Wait(_gate);
            }

            return _stopped ? null : batch;
        }
    }

    /// <summary>Consumer: the batch is free again.</summary>
    public void Return(TBatch batch)
    {
        lock (_gate)
        {
            _free.Push(batch);
            _threads.PulseAll(_gate);
        }
    }

    /// <summary>Both sides end now; what is in the queue is forgotten.</summary>
    /// <param name="failure">Why. Only the first one counts; null is no failure.</param>
    public void Stop(Exception? failure)
    {
        lock (_gate)
        {
            _stopped = true;
            _failure ??= failure;
            _threads.PulseAll(_gate);
        }
    }

    /// <summary>Waits until every batch is free: the consumer has done all that was submitted.</summary>
    /// <exception cref="Exception">The failure that stopped the queue.</exception>
    public void WaitUntilIdle()
    {
        lock (_gate)
        {
            while (_free.Count < _batches && !_stopped)
            {
                _threads.Wait(_gate);
            }
        }

        ThrowIfFailed();
    }

    /// <exception cref="Exception">The failure that stopped the queue.</exception>
    public void ThrowIfFailed()
    {
        Exception? failure;
        lock (_gate)
        {
            failure = _failure;
        }

        if (failure is not null)
        {
            ExceptionDispatchInfo.Throw(failure);
        }
    }
}
