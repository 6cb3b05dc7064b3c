using RespKv.Engine.Observation;
using static RespKv.Http.Metrics.MetricDeclaration;
using static RespKv.Http.Metrics.ServerMetrics;

namespace RespKv.Http.Metrics;

/// <summary>Metrics of the log, the disk, checkpoints and recovery.</summary>
internal static class DurabilityMetrics
{
    public static IReadOnlyList<MetricDeclaration> All { get; } = [.. Log(), .. Disk(), .. Checkpoints(), .. Recovery()];

    private static MetricDeclaration[] Log() =>
    [
        Gauge("respkv_appendfsync_info", "1", "Directive appendfsync, as a label; the value is 1.", ["mode"], s => [new MetricSample(1, s.Engine.Server.AppendFsync)]),
        Gauge("respkv_appended_lsn", "{record}", "The last record that was made; what is behind the durable LSN may still be lost.", s => s.Engine.Log.AppendedLsn),
        Gauge("respkv_durable_lsn", "{record}", "All records up to it are on disk.", s => s.Engine.Log.DurableLsn),
        Gauge("respkv_released_lsn", "{record}", "Replies wait until it reaches theirs; the durable LSN with appendfsync always.", s => s.Engine.Log.ReleasedLsn),
        Gauge("respkv_in_flight_writes", "{record}", "Writes that were executed and are not durable yet.", s => s.Engine.Log.InFlightWrites),
        Gauge("respkv_held_replies", "{client}", "Clients whose replies are held until the disk has what they tell.", s => s.Engine.Log.HeldClients),
        Gauge("redis_aof_buffer_length", "By", "Records that wait for the log's writer.", s => s.Engine.Log.FillBytes),
        Histogram("respkv_fsync_duration_seconds", "s", "Writing and syncing one batch of the log.", [], s => [new MetricDistribution(s.Engine.Log.Fsync)]),
        Histogram("respkv_batch_records", "{record}", "Records that share one sync.", [], s => [new MetricDistribution(s.Engine.Log.BatchRecords)]),
        Counter("respkv_log_batches_total", "{batch}", "Batches that were written to the log.", s => s.Engine.Log.Batches),
        Counter("respkv_log_records_total", "{record}", "Records that were written to the log.", s => s.Engine.Log.Records),
        Counter("respkv_log_bytes_total", "By", "Bytes that were written to the log.", s => s.Engine.Log.Bytes),
        Gauge("respkv_log_segments", "{file}", "Files of the log.", s => s.Engine.Log.Segments),
    ];

    private static MetricDeclaration[] Disk() =>
    [
        MaybeGauge("respkv_disk_free_bytes", "By", "What the server may still take of its disk.", s => s.Engine.Disk.FreeBytes < 0 ? null : s.Engine.Disk.FreeBytes),
        MaybeGauge("respkv_disk_size_bytes", "By", "Size of that disk.", s => s.Process.DiskBytes),
        Gauge("respkv_disk_claimed_bytes", "By", "Room that the log has for sure.", s => s.Engine.Disk.ClaimedBytes),
        Gauge("respkv_disk_low", "1", "1: the next file of the log cannot be claimed.", s => Bit(s.Engine.Disk.IsLow)),
        Gauge("respkv_disk_full", "1", "1: writes are refused for want of room.", s => Bit(s.Engine.Disk.IsFull)),
        Counter("respkv_disk_rejected_writes_total", "{command}", "Commands that were refused for want of room.", s => s.Engine.Disk.RejectedWrites),
        Gauge("redis_aof_enabled", "1", "1: writes are logged, always.", _ => 1),
        Gauge("redis_aof_last_write_status", "1", "0: writes are refused, or the log has failed.", s => Bit(!s.Engine.Disk.IsFull && s.Readiness.Status != "failed")),
    ];

    private static MetricDeclaration[] Checkpoints() =>
    [
        Gauge("respkv_checkpoint_lsn", "{record}", "All records up to it are in the tables.", s => s.Engine.Checkpoints.Lsn),
        Gauge("redis_rdb_changes_since_last_save", "{record}", "Records behind it.", s => Math.Max(0, s.Engine.Log.AppendedLsn - s.Engine.Checkpoints.Lsn)),
        Gauge("redis_aof_current_size_bytes", "By", "Log that a start would have to replay.", s => s.Engine.Checkpoints.LogBytes),
        Gauge("redis_rdb_bgsave_in_progress", "1", "1: a checkpoint runs.", s => Bit(s.Engine.Checkpoints.Phase == "checkpoint")),
        Gauge("redis_rdb_last_save_timestamp_seconds", "s", "Unix time of the last checkpoint; of the start before the first.", s => Math.Round(s.Engine.Checkpoints.LastAtMillis / 1000.0)),
        Gauge("redis_rdb_last_bgsave_status", "1", "1: the last attempt at a checkpoint succeeded.", s => Bit(s.Engine.Checkpoints.LastError.Length == 0)),
        Gauge("respkv_checkpoint_phase", "1", "1 for what the checkpoint thread does.", ["phase"],
            s => Phases.Select(phase => new MetricSample(Bit(phase == s.Engine.Checkpoints.Phase), phase))),
        Gauge("respkv_checkpoint_progress_ratio", "1", "How much of the running checkpoint or compaction is done, 0 to 1; 0 when none runs.", s => s.Engine.Checkpoints.PhasePercent / 100),
        Gauge("respkv_checkpoint_phase_age_seconds", "s", "How long the checkpoint or compaction runs already; 0 when none runs.", s => PhaseAge(s.Engine)),
        Counter("respkv_checkpoints_total", "{checkpoint}", "Checkpoints that were made.", s => s.Engine.Checkpoints.Checkpoints),
        Counter("respkv_checkpoint_failures_total", "{attempt}", "Checkpoints and compactions that failed; they are tried again.", s => s.Engine.Checkpoints.Failures),
        MaybeGauge("respkv_checkpoint_last_duration_seconds", "s", "How long the last checkpoint took.", s => s.Engine.Checkpoints.LastMillis < 0 ? null : s.Engine.Checkpoints.LastMillis / 1000.0),
        Gauge("respkv_checkpoint_last_bytes", "By", "Tables that it wrote.", s => s.Engine.Checkpoints.LastBytes),
        Gauge("respkv_checkpoint_last_entries", "{entry}", "Entries in them.", s => s.Engine.Checkpoints.LastEntries),
        Counter("respkv_compactions_total", "{compaction}", "Compactions that were made.", s => s.Engine.Checkpoints.Compactions),
        Counter("respkv_compaction_bytes_total", "By", "Bytes that they have read.", s => s.Engine.Checkpoints.CompactionBytes),
        Gauge("respkv_tables", "{file}", "Files that hold the keyspace.", s => s.Engine.Checkpoints.Tables),
        Gauge("respkv_table_bytes", "By", "Their size.", s => s.Engine.Checkpoints.TableBytes),
    ];

    private static readonly string[] Phases = ["idle", "checkpoint", "compaction"];

    private static MetricDeclaration[] Recovery() =>
    [
        MaybeGauge("respkv_recovery_duration_seconds", "s", "How long the last start took to read the data.", s => s.Engine.Recovery?.Duration.TotalSeconds),
        MaybeGauge("respkv_recovery_records", "{record}", "Records of the log that it replayed.", s => s.Engine.Recovery?.Report.Records),
        MaybeGauge("respkv_recovery_torn_bytes", "By", "Bytes of an unfinished write that it cut from the log.", s => s.Engine.Recovery?.Report.TornTails.Sum(tail => tail.Bytes)),
        MaybeGauge("respkv_recovery_clean", "1", "1: the server before had ended in order.", s => s.Engine.Recovery is { } recovery ? Bit(recovery.Report.CleanShutdown) : null),
    ];

    private static double PhaseAge(EngineSnapshot snapshot)
        => snapshot.Checkpoints.PhaseStartedAtMillis == 0 ? 0 : Math.Max(0, snapshot.TakenAtMillis - snapshot.Checkpoints.PhaseStartedAtMillis) / 1000.0;
}
