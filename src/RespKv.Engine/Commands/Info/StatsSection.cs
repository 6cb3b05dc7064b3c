using RespKv.Engine.Execution;
using RespKv.Engine.Observation;
using RespKv.Engine.PubSub;

namespace RespKv.Engine.Commands.Info;

/// <summary>INFO stats.</summary>
internal static class StatsSection
{
    public static void Write(ReadContext c, InfoText text)
    {
        EngineStats stats = c.Engine.Stats;
        text.Field("total_connections_received", stats.ConnectionsReceived);
        text.Field("total_commands_processed", stats.CommandsProcessed);
        text.Field("instantaneous_ops_per_sec", (long)stats.OpsPerSecond.PerSecond);
        text.Field("total_net_input_bytes", stats.NetInputBytes);
        text.Field("total_net_output_bytes", stats.NetOutputBytes);
        text.Ratio("instantaneous_input_kbps", stats.InputBytesPerSecond.PerSecond / 1024);
        text.Ratio("instantaneous_output_kbps", stats.OutputBytesPerSecond.PerSecond / 1024);
        text.Field("rejected_connections", stats.ConnectionsRejected);
        text.Field("expired_keys", stats.ExpiredKeys);
        text.Ratio("expired_stale_perc", 100 * c.Engine.Expiry.StalePortion);
        text.Field("expired_time_cap_reached_count", c.Engine.Expiry.TimeCapReached);
        text.Field("expire_cycle_cpu_milliseconds", (long)c.Engine.Expiry.Worked.TotalMilliseconds);
        text.Field("evicted_keys", c.Engine.Evictor.EvictedKeys);
        text.Field("evicted_clients", 0);
        text.Field("total_eviction_exceeded_time", (long)(c.Engine.Evictor.ExceededBefore + c.Engine.Evictor.ExceededFor).TotalMilliseconds);
        text.Field("current_eviction_exceeded_time", (long)c.Engine.Evictor.ExceededFor.TotalMilliseconds);
        text.Field("keyspace_hits", stats.KeyspaceHits);
        text.Field("keyspace_misses", stats.KeyspaceMisses);
        text.Field("total_error_replies", stats.ErrorReplies);
        text.Field("client_query_buffer_limit_disconnections", stats.QueryBufferLimitDisconnections);
        text.Field("client_output_buffer_limit_disconnections", stats.OutputBufferLimitDisconnections);
        WriteOthers(c.Engine, text);
    }

    /// <summary>What tools read, among them things that do not exist here: no forks, no replicas.</summary>
    private static void WriteOthers(RespEngine engine, InfoText text)
    {
        text.Field("total_net_repl_input_bytes", 0);
        text.Field("total_net_repl_output_bytes", 0);
        text.Ratio("instantaneous_input_repl_kbps", 0);
        text.Ratio("instantaneous_output_repl_kbps", 0);
        text.Field("total_active_defrag_time", 0);
        text.Field("current_active_defrag_time", 0);
        text.Field("unexpected_error_replies", 0);
        text.Field("dump_payload_sanitizations", 0);
        text.Field("total_reads_processed", engine.Stats.Reads);
        text.Field("total_writes_processed", engine.Stats.Writes);
        text.Field("io_threaded_reads_processed", 0);
        text.Field("io_threaded_writes_processed", 0);
        text.Field("reply_buffer_shrinks", 0);
        text.Field("reply_buffer_expands", 0);
        text.Field("sync_full", 0);
        text.Field("sync_partial_ok", 0);
        text.Field("sync_partial_err", 0);
        text.Field("pubsub_channels", engine.PubSub.Of(ChannelKind.Channel).Count);
        text.Field("pubsub_patterns", engine.PubSub.Of(ChannelKind.Pattern).Count);
        text.Field("pubsubshard_channels", engine.PubSub.Of(ChannelKind.Shard).Count);
        text.Field("latest_fork_usec", 0);
        text.Field("total_forks", 0);
        text.Field("migrate_cached_sockets", 0);
        text.Field("slave_expires_tracked_keys", 0);
        text.Field("active_defrag_hits", 0);
        text.Field("active_defrag_misses", 0);
        text.Field("active_defrag_key_hits", 0);
        text.Field("active_defrag_key_misses", 0);
        text.Field("tracking_total_keys", engine.Tracking.KeyCount);
        text.Field("tracking_total_items", engine.Tracking.ItemCount);
        text.Field("tracking_total_prefixes", engine.Tracking.PrefixCount);
    }
}
