namespace RespKv.Storage.Tests;

internal static class Allocations
{
    /// <summary>
    /// The fewest bytes that one of some runs allocates on this thread: the runtime now and then adds a table of its own,
    /// code that allocates does so in every run.
    /// </summary>
    internal static long Least(Action run)
    {
        long least = long.MaxValue;
        for (int count = 0; count < 10; count++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            run();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
