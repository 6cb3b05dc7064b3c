using RespKv.Engine.Execution;
using RespKv.Engine.Keyspace;
using RespKv.Storage.Mutations;
using RespKv.Storage.Threading;

namespace RespKv.Engine.Recovery;

/// <summary>
/// Applies records of the log behind the thread that reads them: that one checks, hashes and copies, a second one applies.
/// A log that fits in one batch needs no second thread.
///
/// Invariants:
/// - Every mutation is applied after all before it: one queue, one applying thread, and what is too large for a batch is
///   applied in place when nothing is queued.
/// - A malformed record is refused while it is added, so that its LSN is known; nothing behind it is ever applied.
/// - After a failure nothing more is taken, and the keyspace is of no use.
/// </summary>
internal sealed class ReplayPipeline : IDisposable
{
    /// <summary>One being filled, one being applied, and two so that neither side waits for a slow moment of the other.</summary>
    private const int BatchCount = 4;

    private readonly IThreads _threads;
    private readonly Databases _databases;
    private readonly BatchQueue<ReplayBatch> _queue;

    // Owned by the thread that adds.
    private ReplayBatch? _filling;
    private IThread? _applier;

    /// <summary>Keeps what was read ahead from being optimized away. Owned by the thread that applies.</summary>
    private ulong _seen;

    public ReplayPipeline(IThreads threads, Databases databases)
    {
        _threads = threads;
        _databases = databases;
        _queue = new BatchQueue<ReplayBatch>(threads, [.. Enumerable.Range(0, BatchCount).Select(_ => new ReplayBatch())]);
        _filling = _queue.Rent();
    }

    /// <summary>Takes a record; its bytes are needed during the call only.</summary>
    /// <exception cref="InvalidDataException">The record is not one that this version writes.</exception>
    public void Add(ReadOnlySpan<byte> record)
    {
        var mutation = new MutationReader(record);
        while (mutation.Read())
        {
            _databases.Check(mutation);
            if (!ReplayBatch.CanHold(mutation))
            {
                Finish();
                ulong hash = KeyHash.Compute(mutation.Key);
                _databases.Apply(mutation.Kind, mutation.Database, mutation.Key, hash, mutation.Value, Databases.Number(mutation));
            }
            else if (!Filling.TryAdd(mutation))
            {
                Submit();
                Filling.TryAdd(mutation);
            }
        }
    }

    /// <summary>Returns when everything that was added is applied. More may be added then.</summary>
    public void Finish()
    {
        if (_applier is null)
        {
            ApplyHere(Filling);
            return;
        }

        _queue.Submit(Filling);
        _filling = null;
        _queue.WaitUntilIdle();
        _filling = _queue.Rent();
    }

    /// <summary>Ends the second thread, whatever is still queued.</summary>
    public void Dispose()
    {
        _queue.Stop(failure: null);
        _applier?.Join();
    }

    private ReplayBatch Filling => _filling ?? throw new InvalidOperationException("the replay has failed or was ended");

    private void Submit()
    {
        _applier ??= _threads.Start("log-replay", ApplyAll);

        _queue.Submit(Filling);
        _filling = _queue.Rent();
        if (_filling is null)
        {
            _queue.ThrowIfFailed();
        }
    }

    private void ApplyAll()
    {
        try
        {
            while (_queue.Take() is { } batch)
            {
                ApplyHere(batch);
                _queue.Return(batch);
            }
        }
        catch (Exception failure)
        {
            // The thread that adds throws it on.
            _queue.Stop(failure);
        }
    }

    private void ApplyHere(ReplayBatch batch)
    {
        _seen ^= batch.Apply(_databases);
        batch.Clear();
    }
}
