using RespKv.Engine.Configuration;
using RespKv.Engine.Execution;
using RespKv.Engine.Observation;

namespace RespKv.Engine.Commands.Info;

/// <summary>INFO memory.</summary>
internal static class MemorySection
{
    public static void Write(ReadContext c, InfoText text)
    {
        MemoryFigures figures = MemoryFigures.Take(c.Engine);
        text.Bytes("used_memory", figures.UsedBytes);
        text.Bytes("used_memory_rss", figures.ResidentBytes);
        text.Bytes("used_memory_peak", figures.PeakBytes);
        text.Field("used_memory_peak_perc", Percent(100.0 * figures.UsedBytes / figures.PeakBytes));
        text.Field("used_memory_overhead", figures.OverheadBytes);
        text.Field("used_memory_startup", figures.StartupBytes);
        text.Field("used_memory_dataset", figures.DatasetBytes);
        text.Field("used_memory_dataset_perc", Percent(figures.DatasetPercent));
        text.Field("used_memory_index", figures.IndexBytes);
        text.Field("used_memory_large_values", figures.LargeBytes);
        text.Field("slab_unused_bytes", figures.UnusedSlabBytes);
        text.Field("allocator_allocated", figures.HeapBytes);
        text.Field("allocator_active", figures.CommittedBytes);
        text.Field("allocator_resident", figures.ResidentBytes);
        text.Bytes("total_system_memory", figures.SystemBytes);
        foreach (string script in (ReadOnlySpan<string>)["used_memory_lua", "used_memory_scripts", "used_memory_vm_total"])
        {
            text.Bytes(script, 0);
        }

        foreach (string script in (ReadOnlySpan<string>)["used_memory_vm_eval", "used_memory_vm_functions", "used_memory_scripts_eval",
            "used_memory_functions", "number_of_cached_scripts", "number_of_functions", "number_of_libraries"])
        {
            text.Field(script, 0);
        }

        text.Bytes("maxmemory", c.Engine.Config.MaxMemoryBytes);
        text.Field("maxmemory_policy", MaxMemoryPolicies.NameOf(c.Engine.Config.MaxMemoryPolicy));
        text.Ratio("allocator_frag_ratio", (double)figures.CommittedBytes / Math.Max(1, figures.HeapBytes));
        text.Field("allocator_frag_bytes", figures.CommittedBytes - figures.HeapBytes);
        text.Ratio("allocator_rss_ratio", (double)figures.ResidentBytes / Math.Max(1, figures.CommittedBytes));
        text.Field("allocator_rss_bytes", figures.ResidentBytes - figures.CommittedBytes);
        text.Ratio("rss_overhead_ratio", 1);
        text.Field("rss_overhead_bytes", 0);
        text.Ratio("mem_fragmentation_ratio", figures.FragmentationRatio);
        text.Field("mem_fragmentation_bytes", figures.ResidentBytes - figures.UsedBytes);
        text.Field("mem_not_counted_for_evict", Math.Max(0, figures.UsedBytes - c.Engine.Evictor.CountedBytes));
        text.Field("mem_replication_backlog", 0);
        text.Field("mem_total_replication_buffers", 0);
        text.Field("mem_cluster_links", 0);
        text.Field("mem_clients_slaves", 0);
        text.Field("mem_clients_normal", c.Engine.Clients.All.Sum(s => s.QueryBufferBytes + s.TransactionBytes + s.Output.HeldBytes));
        text.Field("mem_aof_buffer", c.Engine.Commit.FillBytes());
        text.Field("mem_allocator", "dotnet");
        text.Field("active_defrag_running", 0);
        text.Field("lazyfree_pending_objects", c.Engine.Databases.ReleasedCount);
        text.Field("lazyfreed_objects", c.Engine.Databases.Memory.ReleasedCollections);
        WriteCollector(text, figures);
    }

    private static void WriteCollector(InfoText text, MemoryFigures figures)
    {
        text.Field("gc_heap_bytes", figures.HeapBytes);
        text.Field("gc_committed_bytes", figures.CommittedBytes);
        text.Field("gc_gen0_collections", GC.CollectionCount(0));
        text.Field("gc_gen1_collections", GC.CollectionCount(1));
        text.Field("gc_gen2_collections", GC.CollectionCount(2));
        text.Field("gc_pause_total_ms", (long)GC.GetTotalPauseDuration().TotalMilliseconds);
    }

    private static string Percent(double value) => FormattableString.Invariant($"{value:F2}%");
}
