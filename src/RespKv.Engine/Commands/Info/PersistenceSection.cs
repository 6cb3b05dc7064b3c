using RespKv.Engine.Checkpoints;
using RespKv.Engine.Commit;
using RespKv.Engine.Configuration;
using RespKv.Engine.Execution;
using RespKv.Engine.Recovery;
using RespKv.Engine.Space;
using RespKv.Storage.Checkpoints;
using RespKv.Storage.Manifest;
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
        WriteSpace(c.Engine.Commit.Space, text);
        WriteCheckpoints(c, text);
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

    private static void WriteSpace(DiskSpace space, InfoText text)
    {
        DiskSpaceState state = space.State;
        text.Field("disk_space_state", state switch
        {
            DiskSpaceState.Ok => "ok",
            DiskSpaceState.Low => "low",
            DiskSpaceState.Full => "full",
            _ => "reserve_used",
        });
        text.Field("disk_space_claimed_bytes", space.ClaimedBytes);
        text.Field("disk_space_reserve_bytes", space.ReserveBytes);
        text.Field("disk_space_rejected_writes", space.RejectedWrites);
        if (state != DiskSpaceState.Ok)
        {
            text.Field("disk_space_reason", space.Reason.ReplaceLineEndings(" "));
            text.Field("disk_space_since", space.SinceMillis / 1000);
        }
    }

    private static void WriteCheckpoints(ReadContext c, InfoText text)
    {
        CheckpointService checkpoints = c.Engine.Checkpoints;
        CheckpointStatus status = checkpoints.Status;
        CheckpointPhase phase = status.Phase;
        text.Field("checkpoint_lsn", checkpoints.CheckpointLsn);
        text.Field("checkpoint_log_bytes", checkpoints.LogBytes);
        text.Field("checkpoint_running", phase == CheckpointPhase.Checkpoint ? 1 : 0);
        text.Field("checkpoint_phase", phase switch
        {
            CheckpointPhase.Checkpoint => "checkpoint",
            CheckpointPhase.Compaction => "compaction",
            _ => "idle",
        });
        text.Ratio("checkpoint_phase_percent", phase == CheckpointPhase.Idle ? 0 : status.PhasePercent);
        text.Field("checkpoints", status.Checkpoints);
        text.Field("checkpoint_failures", status.Failures);
        text.Field("checkpoint_last_result", status.LastError.Length == 0 ? "ok" : "err");
        if (status.LastError.Length > 0)
        {
            text.Field("checkpoint_last_error", status.LastError.ReplaceLineEndings(" "));
        }

        text.Field("checkpoint_last_duration_ms", status.LastDurationMillis);
        text.Field("checkpoint_last_bytes", status.LastTableBytes);
        text.Field("checkpoint_last_entries", status.LastEntries);
        text.Field("compactions", status.Compactions);
        text.Field("compaction_bytes", status.CompactionBytes);
        text.Field("compaction_last_result", status.LastCompactionError.Length == 0 ? "ok" : "err");
        if (checkpoints.Tables is not { } tables)
        {
            return;
        }

        ManifestState state = tables.State;
        text.Field("tables", state.Tables.Count);
        text.Field("table_bytes", state.TableBytes);
        text.Field("table_bytes_max", SpaceBound.TableBytesMax(checkpoints.LiveBytesMax));
        foreach (IGrouping<int, TableInfo> level in state.Tables.GroupBy(t => t.Level))
        {
            text.Field($"table_level_{level.Key}", $"runs={level.Select(t => t.Run).Distinct().Count()},tables={level.Count()},bytes={level.Sum(t => t.FileBytes)},entries={level.Sum(t => t.Entries)}");
        }
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
    /// What tools made for Redis look at. The log is told as the append-only file, a checkpoint as a snapshot and as a rewrite of that
    /// file; the changes since the last save are the records of the log behind it.
    /// </summary>
    private static void WriteRedisFields(ReadContext c, InfoText text)
    {
        CommitPipeline commit = c.Engine.Commit;
        string status = c.Engine.HasFailed ? "err" : "ok";
        CheckpointService checkpoints = c.Engine.Checkpoints;
        CheckpointStatus saved = checkpoints.Status;
        bool isSaving = checkpoints.IsBusy;
        string saveStatus = saved.LastError.Length == 0 ? status : "err";
        long lastSeconds = saved.LastDurationMillis < 0 ? -1 : saved.LastDurationMillis / 1000;
        long currentSeconds = isSaving ? Math.Max(0, c.NowMillis - saved.PhaseStartedAtMillis) / 1000 : -1;
        text.Field("rdb_changes_since_last_save", Math.Max(0, commit.AppendedLsn - checkpoints.CheckpointLsn));
        text.Field("rdb_bgsave_in_progress", isSaving ? 1 : 0);
        text.Field("rdb_last_save_time", saved.LastSaveAtMillis / 1000);
        text.Field("rdb_last_bgsave_status", saveStatus);
        text.Field("rdb_last_bgsave_time_sec", lastSeconds);
        text.Field("rdb_current_bgsave_time_sec", currentSeconds);
        text.Field("rdb_saves", saved.Checkpoints);
        text.Field("rdb_last_cow_size", 0);
        text.Field("aof_enabled", 1);
        text.Field("aof_rewrite_in_progress", isSaving ? 1 : 0);
        text.Field("aof_rewrite_scheduled", 0);
        text.Field("aof_last_rewrite_time_sec", lastSeconds);
        text.Field("aof_current_rewrite_time_sec", currentSeconds);
        text.Field("aof_last_bgrewrite_status", saveStatus);
        text.Field("aof_last_write_status", commit.Space.State >= DiskSpaceState.Full ? "err" : status);
        text.Field("aof_last_cow_size", 0);
        text.Field("aof_rewrites", saved.Checkpoints);
        text.Field("aof_rewrites_consecutive_failures", saved.LastError.Length == 0 ? 0 : 1);
        text.Field("current_cow_peak", 0);
        text.Field("current_cow_size", 0);
        text.Field("current_cow_size_age", 0);
        text.Ratio("current_fork_perc", 0);
        text.Field("current_save_keys_processed", 0);
        text.Field("current_save_keys_total", 0);
        text.Field("module_fork_last_cow_size", 0);
        text.Field("aof_current_size", checkpoints.LogBytes);
        text.Field("aof_base_size", checkpoints.Tables?.TableBytes ?? 0);
        text.Field("aof_buffer_length", commit.FillBytes());
        text.Field("aof_pending_bio_fsync", 0);
        text.Field("module_fork_in_progress", 0);
    }
}
