using RespKv.Storage.Tables;

namespace RespKv.Engine.Checkpoints;

/// <summary>
/// Keeps the checkpoint thread's disk I/O out of the way of the log's fsync: after each slice that was written and synced it
/// rests for a multiple of the time that the slice took, so that the disk is the log's for most of any moment, however fast or slow
/// it is. The further the checkpoint is behind, the less it rests; nothing rests while nobody writes.
/// The checkpoint thread's own, except <see cref="Interrupt"/>.
/// </summary>
internal sealed class CheckpointPacer(RespEngine engine, CancellationToken cancel) : IWritePacer
{
    /// <summary>
    /// Rest for each unit of work. With 4 the disk's queue is the log's for 80 % of the time, so that its p99 moves little.
    /// </summary>
    private const double RestPerWork = 4;

    /// <summary>The longest rest: a disk that hangs for a second must not stop checkpoints for a minute.</summary>
    private static readonly TimeSpan RestMax = TimeSpan.FromMilliseconds(500);

    private readonly object _gate = new();
    private long _sliceStarted = engine.Time.GetTimestamp();
    private long _batches;

    /// <summary>0: take all the time; 1: there is no time to rest (the log has outgrown its bound).</summary>
    public double Urgency { get; set; }

    /// <summary>Work begins that was not preceded by a slice of it.</summary>
    public void Begin() => _sliceStarted = engine.Time.GetTimestamp();

    /// <inheritdoc/>
    public void Wrote(int bytes)
    {
        cancel.ThrowIfCancellationRequested();
        long batches = engine.Commit.Stats.Batches;
        bool othersWrite = batches != _batches;
        _batches = batches;
        if (othersWrite && Urgency < 1)
        {
            TimeSpan rest = engine.Time.GetElapsedTime(_sliceStarted) * (RestPerWork * (1 - Urgency));
            Rest(rest < RestMax ? rest : RestMax);
            cancel.ThrowIfCancellationRequested();
        }

        _sliceStarted = engine.Time.GetTimestamp();
    }

    /// <summary>Ends a rest after a cancellation. Any thread.</summary>
    public void Interrupt()
    {
        lock (_gate)
        {
            engine.Threads.PulseAll(_gate);
        }
    }

    private void Rest(TimeSpan rest)
    {
        lock (_gate)
        {
            if (!cancel.IsCancellationRequested)
            {
                engine.Threads.Wait(_gate, (int)rest.TotalMilliseconds);
            }
        }
    }
}
