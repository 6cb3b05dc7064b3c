namespace RespKv.Http.Metrics;

/// <summary>What the runtime and the system tell of the process.</summary>
/// <param name="UserSeconds">Processor time outside the kernel.</param>
/// <param name="SystemSeconds">Processor time inside it.</param>
/// <param name="Collections">Garbage collections of generations 0, 1 and 2.</param>
/// <param name="PauseSeconds">All pauses by the collector.</param>
/// <param name="AllocatedBytes">Managed memory that was ever allocated.</param>
/// <param name="PoolThreads">Threads of the pool, which serves HTTP and background work.</param>
/// <param name="PoolQueue">Work that waits for one.</param>
/// <param name="DiskBytes">Size of the disk that the data is on; null: unknown.</param>
/// <param name="LastScrape">How long the last answer of /metrics took to make.</param>
internal sealed record ProcessFigures(
    double UserSeconds,
    double SystemSeconds,
    IReadOnlyList<int> Collections,
    double PauseSeconds,
    long AllocatedBytes,
    int PoolThreads,
    long PoolQueue,
    long? DiskBytes,
    TimeSpan LastScrape)
{
    /// <param name="directory">Of the data.</param>
    /// <param name="lastScrape">See <see cref="LastScrape"/>.</param>
    public static ProcessFigures Take(string directory, TimeSpan lastScrape)
    {
        Environment.ProcessCpuUsage usage = Environment.CpuUsage;
        return new ProcessFigures(
            usage.UserTime.TotalSeconds,
            usage.PrivilegedTime.TotalSeconds,
            [GC.CollectionCount(0), GC.CollectionCount(1), GC.CollectionCount(2)],
            GC.GetTotalPauseDuration().TotalSeconds,
            GC.GetTotalAllocatedBytes(),
            ThreadPool.ThreadCount,
            ThreadPool.PendingWorkItemCount,
            DiskBytesOf(directory),
            lastScrape);
    }

    private static long? DiskBytesOf(string directory)
    {
        try
        {
            return new DriveInfo(directory).TotalSize;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }
}
