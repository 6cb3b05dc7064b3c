using System.Runtime.InteropServices;
using RespKv.Engine;
using RespKv.Engine.Observation;
using static RespKv.Http.Metrics.MetricDeclaration;

namespace RespKv.Http.Metrics;

/// <summary>
/// All metrics. Where redis_exporter tells the same thing the name is its name (redis_*), so that dashboards made for it work; names of it that
/// promtool's lint objects to are left out. What Redis does not have is respkv_*.
/// </summary>
internal static class ServerMetrics
{
    /// <summary>Databases that get series of their own: a configuration may have thousands.</summary>
    private const int DatabasesMax = 64;

    public static IReadOnlyList<MetricDeclaration> All { get; } =
    [
        .. Server(), .. Clients(), .. Traffic(), .. Commands(), .. Keyspace(), .. Memory(), .. DurabilityMetrics.All, .. Process(),
    ];

    private static MetricDeclaration[] Server() =>
    [
        Gauge("redis_up", "1", "The server answers.", _ => 1),
        Gauge("redis_instance_info", "1", "What the server is, as labels; the value is 1.",
            ["role", "redis_version", "redis_mode", "os", "maxmemory_policy", "tcp_port", "run_id", "process_id"],
            s => [new MetricSample(1, "master", s.Engine.Server.RedisVersion, "standalone", RuntimeInformation.OSDescription, s.Engine.Server.MaxMemoryPolicy, $"{s.Engine.Server.Port}", s.Engine.Server.RunId, $"{s.Engine.Server.ProcessId}")]),
        Gauge("respkv_build_info", "1", "Version of the server and of the runtime, as labels; the value is 1.", ["version", "runtime"],
            s => [new MetricSample(1, s.Engine.Server.Version, RuntimeInformation.FrameworkDescription)]),
        Gauge("redis_uptime_in_seconds", "s", "Time since the server started.", s => s.Engine.Server.UptimeSeconds),
        Gauge("redis_start_time_seconds", "s", "Unix time of the server's start.", s => Math.Round(s.Engine.Server.StartedAtMillis / 1000.0)),
        Gauge("respkv_ready", "1", "1: reads and writes are served. 0: /health/ready says why not.", s => Bit(s.Readiness.IsReady)),
        Gauge("respkv_state", "1", "1 for the state that the server is in.", ["state"],
            s => States.Select(state => new MetricSample(Bit(state == s.Readiness.Status), state))),
        Gauge("redis_loading_dump_file", "1", "1: the data is being read from disk.", s => Bit(s.Engine.Server.State == EngineState.Loading)),
        Gauge("respkv_loading_read_bytes", "By", "Bytes that the running or last start has read.", s => s.Engine.Server.LoadingBytesDone),
        Gauge("respkv_loading_expected_bytes", "By", "Bytes that it has to read, as far as known.", s => s.Engine.Server.LoadingBytesTotal),
    ];

    private static readonly string[] States = ["ready", "loading", "disk-full", "stopping", "stopped", "failed"];

    private static MetricDeclaration[] Clients() =>
    [
        Gauge("redis_connected_clients", "{client}", "Clients that are connected.", s => s.Engine.Clients.Connected),
        Gauge("redis_blocked_clients", "{client}", "Clients that wait for a key, an acknowledgement or the end of a pause.", s => s.Engine.Clients.Blocked),
        Gauge("redis_tracking_clients", "{client}", "Clients that are told of changes of the keys that they have read.", s => s.Engine.Clients.Tracking),
        Gauge("redis_config_maxclients", "{client}", "Clients that may be connected.", s => s.Engine.Clients.Max),
        Gauge("redis_connected_slaves", "{replica}", "Replicas: there is no replication yet.", _ => 0),
        Gauge("redis_pubsub_channels", "{channel}", "Channels that somebody has subscribed to.", s => s.Engine.Clients.Channels),
        Gauge("redis_pubsub_patterns", "{pattern}", "Patterns that somebody has subscribed to.", s => s.Engine.Clients.Patterns),
        Gauge("respkv_event_streams", "{stream}", "Streams of GET /v1/events that are open.", s => s.Engine.Clients.EventStreams),
        Counter("redis_connections_received_total", "{connection}", "Connections that were accepted.", s => s.Engine.Traffic.ConnectionsReceived),
        Counter("redis_rejected_connections_total", "{connection}", "Connections that were refused: maxclients, protected mode.", s => s.Engine.Traffic.ConnectionsRejected),
        Counter("respkv_output_buffer_disconnections_total", "{client}", "Clients that were cut because they did not read (client-output-buffer-limit).", s => s.Engine.Traffic.OutputBufferDisconnections),
        Counter("respkv_query_buffer_disconnections_total", "{client}", "Clients that were cut because a request was too long (client-query-buffer-limit).", s => s.Engine.Traffic.QueryBufferDisconnections),
    ];

    private static MetricDeclaration[] Traffic() =>
    [
        Counter("redis_commands_processed_total", "{command}", "Commands that were executed.", s => s.Engine.Traffic.CommandsProcessed),
        Counter("redis_net_input_bytes_total", "By", "Bytes that clients have sent.", s => s.Engine.Traffic.NetInputBytes),
        Counter("redis_net_output_bytes_total", "By", "Bytes that were sent to clients.", s => s.Engine.Traffic.NetOutputBytes),
        Counter("redis_keyspace_hits_total", "{lookup}", "Reads of a key that was there.", s => s.Engine.Traffic.KeyspaceHits),
        Counter("redis_keyspace_misses_total", "{lookup}", "Reads of a key that was not there.", s => s.Engine.Traffic.KeyspaceMisses),
        Counter("redis_expired_keys_total", "{key}", "Keys that were deleted because their time had come.", s => s.Engine.Traffic.ExpiredKeys),
        Counter("redis_evicted_keys_total", "{key}", "Keys that were deleted because maxmemory was reached.", s => s.Engine.Traffic.EvictedKeys),
        Gauge("redis_slowlog_length", "{entry}", "Entries of the slow log.", s => s.Engine.Traffic.SlowLogLength),
        Counter("redis_errors_total", "{reply}", "Error replies by their first word; a bounded number of different ones.", ["err"],
            s => s.Engine.Errors.Select(error => new MetricSample(error.Value, error.Key))),
    ];

    private static MetricDeclaration[] Commands() =>
    [
        Counter("redis_commands_total", "{call}", "Calls of a command.", ["cmd"],
            s => s.Engine.Commands.Select(command => new MetricSample(command.Calls, command.Name))),
        Counter("redis_commands_duration_seconds_total", "s", "Time that a command has taken in all.", ["cmd"],
            s => s.Engine.Commands.Select(command => new MetricSample(command.Time.TotalSeconds, command.Name))),
        Counter("redis_commands_failed_calls_total", "{call}", "Calls that were answered with an error.", ["cmd"],
            s => s.Engine.Commands.Select(command => new MetricSample(command.Failed, command.Name))),
        Counter("redis_commands_rejected_calls_total", "{call}", "Calls that were not executed: wrong arguments, no permission, no memory.", ["cmd"],
            s => s.Engine.Commands.Select(command => new MetricSample(command.Rejected, command.Name))),
        Counter("respkv_commands_total", "{call}", "Calls of a command by their outcome: ok, failed (executed, answered with an error), rejected (not executed).", ["cmd", "outcome"],
            s => s.Engine.Commands.SelectMany(Outcomes)),
        Histogram("respkv_command_duration_seconds", "s", "Time inside a command; waiting for the disk is not part of it.", ["cmd"],
            s => s.Engine.Commands.Where(command => command.Latency is not null).Select(command => new MetricDistribution(command.Latency!, command.Name))),
    ];

    private static MetricDeclaration[] Keyspace() =>
    [
        Gauge("redis_db_keys", "{key}", "Keys of a database, as far as they are durable; of the first 64 that hold any.", ["db"],
            s => s.Engine.Keyspace.Take(DatabasesMax).Select(database => new MetricSample(database.Keys, $"db{database.Number}"))),
        Gauge("redis_db_keys_expiring", "{key}", "Of these, keys with a time to live.", ["db"],
            s => s.Engine.Keyspace.Take(DatabasesMax).Select(database => new MetricSample(database.Expires, $"db{database.Number}"))),
    ];

    private static MetricDeclaration[] Memory() =>
    [
        Gauge("redis_memory_used_bytes", "By", "Memory that the data and the server's own objects take.", s => s.Engine.Memory.UsedBytes),
        Gauge("redis_memory_used_peak_bytes", "By", "The highest that was seen of it.", s => s.Engine.Memory.PeakBytes),
        Gauge("redis_memory_used_startup_bytes", "By", "What it was when the server started.", s => s.Engine.Memory.StartupBytes),
        Gauge("redis_memory_used_dataset_bytes", "By", "Keys and values.", s => s.Engine.Memory.DatasetBytes),
        Gauge("respkv_memory_index_bytes", "By", "Indexes of all databases.", s => s.Engine.Memory.IndexBytes),
        Gauge("redis_memory_used_rss_bytes", "By", "Memory of the process that is in RAM.", s => s.Engine.Memory.ResidentBytes),
        Gauge("redis_mem_fragmentation_ratio", "1", "RAM of the process by used memory.", s => (double)s.Engine.Memory.ResidentBytes / Math.Max(1, s.Engine.Memory.UsedBytes)),
        Gauge("redis_memory_max_bytes", "By", "Directive maxmemory; 0: no limit.", s => s.Engine.Memory.MaxBytes),
        Gauge("redis_total_system_memory_bytes", "By", "Memory of the machine, or the container's limit.", s => s.Engine.Memory.SystemBytes),
    ];

    private static MetricDeclaration[] Process() =>
    [
        Counter("redis_cpu_user_seconds_total", "s", "Processor time outside the kernel.", s => s.Process.UserSeconds),
        Counter("redis_cpu_sys_seconds_total", "s", "Processor time inside the kernel.", s => s.Process.SystemSeconds),
        Counter("process_cpu_seconds_total", "s", "Processor time in all.", s => s.Process.UserSeconds + s.Process.SystemSeconds),
        Gauge("process_resident_memory_bytes", "By", "Memory of the process that is in RAM.", s => s.Engine.Memory.ResidentBytes),
        Gauge("process_start_time_seconds", "s", "Unix time of the process's start.", s => s.Engine.Server.StartedAtMillis / 1000.0),
        Counter("dotnet_gc_collections_total", "{collection}", "Garbage collections by the oldest generation that was collected.", ["generation"],
            s => s.Process.Collections.Select((count, i) => new MetricSample(count - (i < 2 ? s.Process.Collections[i + 1] : 0), $"{i}"))),
        Counter("dotnet_gc_pause_seconds_total", "s", "Time that the collector has paused the process.", s => s.Process.PauseSeconds),
        Counter("dotnet_gc_allocated_bytes_total", "By", "Managed memory that was ever allocated.", s => s.Process.AllocatedBytes),
        Gauge("dotnet_gc_heap_bytes", "By", "The managed heap, garbage included.", s => s.Engine.Memory.HeapBytes),
        Gauge("dotnet_gc_committed_bytes", "By", "Memory that the runtime has claimed for the heap.", s => s.Engine.Memory.CommittedBytes),
        Gauge("dotnet_threadpool_threads", "{thread}", "Threads of the pool, which serves HTTP and background work.", s => s.Process.PoolThreads),
        Gauge("dotnet_threadpool_queue_length", "{item}", "Work that waits for one of them.", s => s.Process.PoolQueue),
        Gauge("respkv_scrape_duration_seconds", "s", "How long the last answer of /metrics took to make.", s => s.Process.LastScrape.TotalSeconds),
        Gauge("respkv_snapshot_turn_seconds", "s", "How long the figures of this answer kept commands from running.", s => s.Engine.TurnTime.TotalSeconds),
    ];

    private static IEnumerable<MetricSample> Outcomes(CommandFigures command) =>
    [
        new MetricSample(Math.Max(0, command.Calls - command.Failed), command.Name, "ok"),
        new MetricSample(command.Failed, command.Name, "failed"),
        new MetricSample(command.Rejected, command.Name, "rejected"),
    ];

    internal static double Bit(bool value) => value ? 1 : 0;
}
