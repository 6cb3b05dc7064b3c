using RespKv.Engine.Commit;
using RespKv.Engine.Configuration;
using RespKv.Engine.Execution;
using RespKv.Engine.Recovery;
using RespKv.Storage.Wal;

namespace RespKv.Engine.Commands.Info;

/// <summary>
/// INFO persistence: what is on disk and what is not yet. It does not wait for the disk itself, so it still answers when a sync hangs;
/// LSNs that are not durable are called so.
/// </summary>
internal static class PersistenceSection
{
    public static void Write(ReadContext c, InfoText text)
    {
        WriteLoading(c, text);
        WriteDurability(c, text);
        WriteLog(c.Engine.Commit, text);
        WriteRecovery(c.Engine, text);
        WriteRedisFields(c, text);
    }

    private static void WriteLoading(ReadContext c, InfoText text)
    {
        bool loading = c.Engine.State == EngineState.Loading;
        text.Field("loading", loading ? 1 : 0);
        text.Field("async_loading", 0);
        if (!loading)
        {
            return;
        }

        RecoveryProgress progress = c.Engine.RecoveryProgress;
        long done = progress.BytesDone;
        long total = progress.BytesTotal;
        double share = total == 0 ? 0 : (double)done / total;
        long elapsedMillis = Math.Max(0, c.NowMillis - progress.StartedAtMillis);
        text.Field("loading_start_time", progress.StartedAtMillis / 1000);
        text.Field("loading_total_bytes", total);
        text.Field("loading_loaded_bytes", done);
        text.Ratio("loading_loaded_perc", 100 * share);
        text.Field("loading_eta_seconds", share == 0 ? 0 : (long)(elapsedMillis / share * (1 - share) / 1000));
    }

    private static void WriteDurability(ReadContext c, InfoText text)
    {
        CommitPipeline commit = c.Engine.Commit;
        ServerConfig config = c.Engine.Config;
        long appended = commit.AppendedLsn;
        long durable = commit.DurableLsn;
        long released = commit.ReleasedLsn;
        text.Field("appendfsync", AppendFsyncName(config.AppendFsync));
        text.Field("durability", Durability(config));
        text.Field("appended_lsn", appended);
        text.Field("durable_lsn", durable);
        if (released != durable)
        {
            text.Field("released_lsn", released);
        }

        text.Field("in_flight_writes", Math.Max(0, appended - durable));
    }

    private static string AppendFsyncName(AppendFsync mode) => mode switch
    {
        AppendFsync.Always => "always",
        AppendFsync.EverySec => "everysec",
        _ => "no",
    };

    private static string Durability(ServerConfig config) => config.AppendFsync switch
    {
        AppendFsync.Always => "always",
        AppendFsync.EverySec => $"everysec (a power cut loses up to {config.AppendFsyncIntervalMillis} ms)",
        _ => "no (a power cut loses what the operating system has not written yet, often half a minute)",
    };

    private static void WriteLog(CommitPipeline commit, InfoText text)
    {
        CommitStats stats = commit.Stats;
        text.Field("wal_batches", stats.Batches);
        text.Field("wal_records", stats.Records);
        text.Field("wal_bytes", stats.Bytes);
        text.Field("wal_segments", commit.Log?.SegmentCount ?? 0);
        text.Field("wal_fsyncs", stats.SyncMicros.Total);
        text.Field("wal_fsync_usec_p50", stats.SyncMicros.Quantile(0.5));
        text.Field("wal_fsync_usec_p99", stats.SyncMicros.Quantile(0.99));
        text.Field("wal_fsync_usec_p999", stats.SyncMicros.Quantile(0.999));
        text.Field("wal_fsync_usec_max", stats.SyncMicros.Max);
        text.Field("wal_batch_records_p50", stats.BatchRecords.Quantile(0.5));
        text.Field("wal_batch_records_p99", stats.BatchRecords.Quantile(0.99));
        text.Field("wal_batch_records_max", stats.BatchRecords.Max);
    }

    private static void WriteRecovery(RespEngine engine, InfoText text)
    {
        if (engine.RecoveryReport is not { } report || engine.RecoveryProgress.Duration is not { } duration)
        {
            return;
        }

        text.Field("recovery_duration_ms", (long)duration.TotalMilliseconds);
        text.Field("recovery_records", report.Records);
        text.Field("recovery_batches", report.Batches);
        text.Field("recovery_bytes", report.Bytes);
        text.Field("recovery_last_lsn", report.LastLsn);
        text.Field("recovery_clean_shutdown", report.CleanShutdown ? 1 : 0);
        text.Field("recovery_torn_tails", report.TornTails.Count);
        text.Field("recovery_torn_bytes", report.TornTails.Sum(tail => tail.Bytes));
        foreach (WalTornTail tail in report.TornTails)
        {
            text.Field("recovery_torn_tail", $"lsn={tail.Lsn},file={Path.GetFileName(tail.File)},offset={tail.Offset},bytes={tail.Bytes}");
        }
    }

    /// <summary>
    /// What tools made for Redis look at. The log is told as the append-only file, which it is to them; there are no snapshots and no
    /// rewrites, and the only changes that a "last save" can be behind by are those that are not durable yet.
    /// </summary>
    private static void WriteRedisFields(ReadContext c, InfoText text)
    {
        CommitPipeline commit = c.Engine.Commit;
        string status = c.Engine.HasFailed ? "err" : "ok";
        text.Field("rdb_changes_since_last_save", Math.Max(0, commit.AppendedLsn - commit.DurableLsn));
        text.Field("rdb_bgsave_in_progress", 0);
        text.Field("rdb_last_save_time", c.Engine.StartedAtMillis / 1000);
        text.Field("rdb_last_bgsave_status", status);
        text.Field("rdb_last_bgsave_time_sec", -1);
        text.Field("rdb_current_bgsave_time_sec", -1);
        text.Field("rdb_saves", 0);
        text.Field("rdb_last_cow_size", 0);
        text.Field("aof_enabled", 1);
        text.Field("aof_rewrite_in_progress", 0);
        text.Field("aof_rewrite_scheduled", 0);
        text.Field("aof_last_rewrite_time_sec", -1);
        text.Field("aof_current_rewrite_time_sec", -1);
        text.Field("aof_last_bgrewrite_status", "ok");
        text.Field("aof_last_write_status", status);
        text.Field("aof_last_cow_size", 0);
        text.Field("aof_current_size", (c.Engine.RecoveryReport?.Bytes ?? 0) + (commit.Log?.BytesWritten ?? 0));
        text.Field("aof_buffer_length", commit.FillBytes());
        text.Field("aof_pending_bio_fsync", 0);
        text.Field("module_fork_in_progress", 0);
    }
}
