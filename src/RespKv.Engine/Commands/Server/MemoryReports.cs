using System.Text;
using RespKv.Engine.Commands.Info;
using RespKv.Engine.Execution;
using RespKv.Engine.Observation;
using RespKv.Engine.Sessions;
using RespKv.Protocol;

namespace RespKv.Engine.Commands.Server;

/// <summary>MEMORY DOCTOR, STATS, MALLOC-STATS and PURGE: the memory of the whole server.</summary>
internal static class MemoryReports
{
    /// <summary>Below it figures say nothing, as in Redis.</summary>
    private const long DoctorBytesMin = 5 * 1024 * 1024;

    /// <summary>Excess that is worth a word, as in Redis.</summary>
    private const double DoctorPeakRatio = 1.5;
    private const double DoctorResidentRatio = 1.4;

    /// <summary>The runtime itself takes some 60 MiB, which is no finding.</summary>
    private const long DoctorResidentBytes = 128 * 1024 * 1024;

    private const string Tips = "nondeterministic_output request_policy:all_shards response_policy:special";

    [Command("memory|doctor", 2, CommandFlags.None, Group = "server", Since = "4.0.0", Complexity = "O(1)",
        Summary = "Outputs memory problems report", Tips = Tips)]
    internal static void Doctor(ReadContext c, RequestArgs args)
    {
        _ = args;
        MemoryFigures figures = MemoryFigures.Take(c.Engine);
        var text = new StringBuilder();
        if (figures.UsedBytes < DoctorBytesMin)
        {
            text.Append("The server is empty or uses very little memory: there is nothing to look at.\n");
        }
        else
        {
            AppendFindings(text, figures);
        }

        c.Reply.Verbatim("txt"u8, Encoding.UTF8.GetBytes(text.ToString()));
    }

    [Command("memory|malloc-stats", 2, CommandFlags.None, Group = "server", Since = "4.0.0",
        Complexity = "Depends on how much memory is allocated, could be slow", Summary = "Show allocator internal stats", Tips = Tips)]
    internal static void MallocStats(ReadContext c, RequestArgs args)
    {
        _ = args;
        MemoryFigures figures = MemoryFigures.Take(c.Engine);
        string text = $"Slabs: {figures.EntryBytes} bytes in entries, {figures.LargeBytes} in large values, {figures.IndexBytes} in indexes, {figures.UnusedSlabBytes} allocated and free.\n"
            + $"Heap: {figures.HeapBytes} bytes, {figures.CommittedBytes} committed.\n";
        c.Reply.Verbatim("txt"u8, Encoding.UTF8.GetBytes(text));
    }

    /// <summary>Gives free memory back to the system. Threads stop while the heap is compacted, so only on demand.</summary>
    [Command("memory|purge", 2, CommandFlags.Waits, Group = "server", Since = "4.0.0",
        Complexity = "Depends on how much memory is allocated, could be slow", Summary = "Ask the allocator to release memory",
        Tips = "request_policy:all_shards response_policy:all_succeeded")]
    internal static void Purge(ReadContext c, RequestArgs args)
    {
        _ = args;
        Task work = Task.Run(static () => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true));
        c.Suspend(new Suspension(static (c, _) => c.Reply.Ok(), Work: work));
    }

    [Command("memory|stats", 2, CommandFlags.WholeKeyspace, Group = "server", Since = "4.0.0", Complexity = "O(1)",
        Summary = "Show memory usage details", Tips = Tips)]
    internal static void Stats(ReadContext c, RequestArgs args)
    {
        _ = args;
        MemoryFigures figures = MemoryFigures.Take(c.Engine);
        int databases = Enumerable.Range(0, c.DatabaseCount).Count(i => c.KeyCount(i) > 0);
        long keys = Enumerable.Range(0, c.DatabaseCount).Sum(c.KeyCount);

        RespWriter reply = c.Reply;
        reply.MapHeader(27 + databases);
        Field(reply, "peak.allocated", figures.PeakBytes);
        Field(reply, "total.allocated", figures.UsedBytes);
        Field(reply, "startup.allocated", figures.StartupBytes);
        Field(reply, "replication.backlog", 0);
        Field(reply, "clients.slaves", 0);
        Field(reply, "clients.normal", c.Engine.Clients.All.Sum(s => s.QueryBufferBytes + s.TransactionBytes + s.Output.HeldBytes));
        Field(reply, "cluster.links", 0);
        Field(reply, "aof.buffer", c.Engine.Commit.FillBytes());
        Field(reply, "lua.caches", 0);
        Field(reply, "functions.caches", 0);
        for (int i = 0; i < c.DatabaseCount; i++)
        {
            if (c.KeyCount(i) > 0)
            {
                reply.Bulk($"db.{i}");
                (long keysBytes, long expiriesBytes) = c.IndexBytes(i);
                reply.MapHeader(5);
                Field(reply, "overhead.hashtable.main", keysBytes);
                Field(reply, "overhead.hashtable.expires", expiriesBytes);
                Field(reply, "overhead.hashtable.slot-to-keys", 0);
                Field(reply, "keys.count", c.KeyCount(i));
                Field(reply, "expires.count", c.ExpiryCount(i));
            }
        }

        Field(reply, "overhead.total", figures.OverheadBytes);
        Field(reply, "keys.count", keys);
        Field(reply, "keys.bytes-per-key", keys == 0 ? 0 : figures.DatasetBytes / keys);
        Field(reply, "dataset.bytes", figures.DatasetBytes);
        Ratio(reply, "dataset.percentage", figures.DatasetPercent);
        Ratio(reply, "peak.percentage", 100.0 * figures.UsedBytes / figures.PeakBytes);
        Field(reply, "allocator.allocated", figures.HeapBytes);
        Field(reply, "allocator.active", figures.CommittedBytes);
        Field(reply, "allocator.resident", figures.ResidentBytes);
        Ratio(reply, "allocator-fragmentation.ratio", (double)figures.CommittedBytes / Math.Max(1, figures.HeapBytes));
        Field(reply, "allocator-fragmentation.bytes", figures.CommittedBytes - figures.HeapBytes);
        Ratio(reply, "allocator-rss.ratio", (double)figures.ResidentBytes / Math.Max(1, figures.CommittedBytes));
        Field(reply, "allocator-rss.bytes", figures.ResidentBytes - figures.CommittedBytes);
        Ratio(reply, "rss-overhead.ratio", 1);
        Field(reply, "rss-overhead.bytes", 0);
        Ratio(reply, "fragmentation", figures.FragmentationRatio);
        Field(reply, "fragmentation.bytes", figures.ResidentBytes - figures.UsedBytes);
    }

    private static void AppendFindings(StringBuilder text, MemoryFigures figures)
    {
        int start = text.Length;
        if (figures.PeakBytes > figures.UsedBytes * DoctorPeakRatio)
        {
            text.Append($" * Peak: {figures.PeakBytes} bytes were used at one time, more than {DoctorPeakRatio} times of what is used now. MEMORY PURGE gives free memory back.\n");
        }

        if (figures.FragmentationRatio > DoctorResidentRatio && figures.ResidentBytes - figures.UsedBytes > DoctorResidentBytes)
        {
            text.Append($" * Resident size: the process holds {figures.FragmentationRatio:F2} times of what is used: garbage that was not collected yet, free parts of slabs, the runtime itself. MEMORY PURGE collects.\n");
        }

        if (text.Length == start)
        {
            text.Append("No memory issue was found.\n");
        }
    }

    private static void Field(RespWriter reply, string name, long value)
    {
        reply.Bulk(name);
        reply.Integer(value);
    }

    private static void Ratio(RespWriter reply, string name, double value)
    {
        reply.Bulk(name);
        reply.Double(value);
    }
}
