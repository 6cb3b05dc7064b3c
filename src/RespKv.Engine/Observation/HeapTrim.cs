namespace RespKv.Engine.Observation;

/// <summary>
/// Has garbage collected that the runtime would leave lying: it looks at large arrays only when many more are allocated, so what a
/// checkpoint or a mass deletion has left would stay resident. Almost nothing in the heap holds references, so a collection costs about
/// a millisecond of pauses, most of it in the background. One thread at a time.
/// </summary>
internal sealed class HeapTrim
{
    /// <summary>Less than this is not worth a collection.</summary>
    private const long GarbageBytesMin = 16L << 20;

    private long _allocatedBytes = GC.GetTotalAllocatedBytes();
    private long _droppedBytes;

    /// <summary>Collects if so much was allocated since the last time that much of it may be garbage. Call it when work has ended.</summary>
    public void AfterWork()
    {
        long allocatedBytes = GC.GetTotalAllocatedBytes();
        if (allocatedBytes - _allocatedBytes >= GarbageBytesMin)
        {
            _allocatedBytes = allocatedBytes;
            Collect();
        }
    }

    /// <summary>Collects if the keyspace has let go of so much since the last time.</summary>
    /// <param name="droppedBytes">All that it ever let go of.</param>
    public void AfterDrops(long droppedBytes)
    {
        if (droppedBytes - _droppedBytes >= GarbageBytesMin)
        {
            _droppedBytes = droppedBytes;
            Collect();
        }
    }

    private static void Collect() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: false, compacting: false);
}
