using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using RespKv.Engine.Observation;
using RespKv.Storage.Wal;

namespace RespKv.Http.Metrics;

/// <summary><c>GET /v1/stats</c>: what INFO tells, as JSON. Whoever may run INFO may read it.</summary>
internal static class StatsEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/v1/stats", WriteAsync);

    private static async Task WriteAsync(HttpContext http)
    {
        if (!await InfoPermission.HasAsync(http).ConfigureAwait(false))
        {
            return;
        }

        var observer = http.RequestServices.GetRequiredService<EngineObserver>();
        EngineSnapshot snapshot = await observer.TakeAsync(http.RequestAborted).ConfigureAwait(false);
        http.Response.ContentType = "application/json";
        http.Response.Headers.CacheControl = "no-store";
        await using var json = new Utf8JsonWriter(http.Response.BodyWriter);
        Write(json, snapshot, observer.Readiness());
    }

    private static void Write(Utf8JsonWriter json, EngineSnapshot snapshot, Readiness readiness)
    {
        json.WriteStartObject();
        WriteServer(json, snapshot, readiness);
        WriteDurability(json, snapshot);
        WriteCommands(json, snapshot.Traffic);
        json.WriteStartObject("clients"u8);
        json.WriteNumber("connected"u8, snapshot.Clients.Connected);
        json.WriteNumber("blocked"u8, snapshot.Clients.Blocked);
        json.WriteNumber("tracking"u8, snapshot.Clients.Tracking);
        json.WriteNumber("eventStreams"u8, snapshot.Clients.EventStreams);
        json.WriteNumber("max"u8, snapshot.Clients.Max);
        json.WriteEndObject();
        json.WriteStartObject("memory"u8);
        json.WriteNumber("usedBytes"u8, snapshot.Memory.UsedBytes);
        json.WriteNumber("peakBytes"u8, snapshot.Memory.PeakBytes);
        json.WriteNumber("rssBytes"u8, snapshot.Memory.ResidentBytes);
        json.WriteNumber("datasetBytes"u8, snapshot.Memory.DatasetBytes);
        json.WriteNumber("maxBytes"u8, snapshot.Memory.MaxBytes);
        json.WriteEndObject();
        WriteKeyspace(json, snapshot);
        json.WriteNumber("hits"u8, snapshot.Traffic.KeyspaceHits);
        json.WriteNumber("misses"u8, snapshot.Traffic.KeyspaceMisses);
        json.WriteNumber("expired"u8, snapshot.Traffic.ExpiredKeys);
        json.WriteNumber("evicted"u8, snapshot.Traffic.EvictedKeys);
        json.WriteEndObject();
    }

    private static void WriteServer(Utf8JsonWriter json, EngineSnapshot snapshot, Readiness readiness)
    {
        ServerFigures server = snapshot.Server;
        json.WriteStartObject("server"u8);
        json.WriteString("version"u8, server.Version);
        json.WriteString("redisVersion"u8, server.RedisVersion);
        json.WriteNumber("pid"u8, server.ProcessId);
        json.WriteString("runId"u8, server.RunId);
        json.WriteNumber("uptimeSeconds"u8, server.UptimeSeconds);
        json.WriteNumber("timeMillis"u8, snapshot.TakenAtMillis);
        json.WriteString("state"u8, readiness.Status);
        json.WriteString("reason"u8, readiness.Reason);
        json.WriteString("dir"u8, server.Dir);
        json.WriteString("appendfsync"u8, server.AppendFsync);
        json.WriteNumber("port"u8, server.Port);
        json.WriteEndObject();
    }

    private static void WriteDurability(Utf8JsonWriter json, EngineSnapshot snapshot)
    {
        LogFigures log = snapshot.Log;
        CheckpointFigures checkpoints = snapshot.Checkpoints;
        json.WriteStartObject("durability"u8);
        json.WriteNumber("appendedLsn"u8, log.AppendedLsn);
        json.WriteNumber("releasedLsn"u8, log.ReleasedLsn);
        json.WriteNumber("durableLsn"u8, log.DurableLsn);
        json.WriteNumber("checkpointLsn"u8, checkpoints.Lsn);
        json.WriteStartObject("fsync"u8);
        json.WriteNumber("count"u8, log.Fsync.Count);
        json.WriteStartObject("micros"u8);
        WriteQuantiles(json, log.Fsync);
        json.WriteNumber("p999"u8, log.Fsync.P999);
        json.WriteNumber("max"u8, log.Fsync.Max);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteStartObject("batch"u8);
        json.WriteNumber("count"u8, log.BatchRecords.Count);
        json.WriteStartObject("records"u8);
        WriteQuantiles(json, log.BatchRecords);
        json.WriteNumber("max"u8, log.BatchRecords.Max);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteNumber("inFlightWrites"u8, log.InFlightWrites);
        json.WriteNumber("clientsHeld"u8, log.HeldClients);
        WriteCheckpoints(json, checkpoints);
        WriteRecovery(json, snapshot.Recovery);
        json.WriteStartObject("disk"u8);
        json.WriteNumber("freeBytes"u8, snapshot.Disk.FreeBytes);
        json.WriteBoolean("full"u8, snapshot.Disk.IsFull);
        json.WriteString("reason"u8, snapshot.Disk.Reason);
        json.WriteNumber("rejectedWrites"u8, snapshot.Disk.RejectedWrites);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteCheckpoints(Utf8JsonWriter json, CheckpointFigures checkpoints)
    {
        json.WriteStartObject("checkpoints"u8);
        json.WriteString("phase"u8, checkpoints.Phase);
        json.WriteNumber("percent"u8, Math.Round(checkpoints.PhasePercent, 1));
        json.WriteNumber("logBytes"u8, checkpoints.LogBytes);
        json.WriteNumber("count"u8, checkpoints.Checkpoints);
        json.WriteNumber("failures"u8, checkpoints.Failures);
        json.WriteString("lastError"u8, checkpoints.LastError);
        json.WriteNumber("tables"u8, checkpoints.Tables);
        json.WriteNumber("tableBytes"u8, checkpoints.TableBytes);
        json.WriteEndObject();
        if (checkpoints.LastMillis < 0)
        {
            json.WriteNull("lastCheckpoint"u8);
            return;
        }

        json.WriteStartObject("lastCheckpoint"u8);
        json.WriteNumber("lsn"u8, checkpoints.Lsn);
        json.WriteNumber("atMillis"u8, checkpoints.LastAtMillis);
        json.WriteNumber("durationMillis"u8, checkpoints.LastMillis);
        json.WriteNumber("bytes"u8, checkpoints.LastBytes);
        json.WriteNumber("entries"u8, checkpoints.LastEntries);
        json.WriteEndObject();
    }

    private static void WriteRecovery(Utf8JsonWriter json, RecoveryFigures? recovery)
    {
        if (recovery is null)
        {
            json.WriteNull("recovery"u8);
            return;
        }

        WalRecoveryReport report = recovery.Report;
        json.WriteStartObject("recovery"u8);
        json.WriteNumber("durationMillis"u8, (long)recovery.Duration.TotalMilliseconds);
        json.WriteNumber("records"u8, report.Records);
        json.WriteNumber("batches"u8, report.Batches);
        json.WriteNumber("bytes"u8, report.Bytes);
        json.WriteNumber("lastLsn"u8, report.LastLsn);
        json.WriteBoolean("cleanShutdown"u8, report.CleanShutdown);
        json.WriteStartArray("tornTails"u8);
        foreach (WalTornTail tail in report.TornTails)
        {
            json.WriteStartObject();
            json.WriteNumber("lsn"u8, tail.Lsn);
            json.WriteString("file"u8, Path.GetFileName(tail.File));
            json.WriteNumber("offset"u8, tail.Offset);
            json.WriteNumber("bytes"u8, tail.Bytes);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteCommands(Utf8JsonWriter json, TrafficFigures traffic)
    {
        json.WriteStartObject("commands"u8);
        json.WriteNumber("processed"u8, traffic.CommandsProcessed);
        json.WriteNumber("opsPerSecond"u8, Math.Round(traffic.OpsPerSecond, 1));
        json.WriteNumber("errors"u8, traffic.ErrorReplies);
        json.WriteStartObject("latencyMicros"u8);
        WriteQuantiles(json, traffic.Latency);
        json.WriteNumber("p999"u8, traffic.Latency.P999);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteKeyspace(Utf8JsonWriter json, EngineSnapshot snapshot)
    {
        json.WriteStartArray("keyspace"u8);
        foreach (DatabaseFigures database in snapshot.Keyspace)
        {
            json.WriteStartObject();
            json.WriteNumber("db"u8, database.Number);
            json.WriteNumber("keys"u8, database.Keys);
            json.WriteNumber("expires"u8, database.Expires);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteQuantiles(Utf8JsonWriter json, HistogramFigures histogram)
    {
        json.WriteNumber("p50"u8, histogram.P50);
        json.WriteNumber("p99"u8, histogram.P99);

        // Of two of these a reader makes the figures of the time in between.
        json.WriteStartObject("histogram"u8);
        json.WriteNumber("count"u8, histogram.Count);
        WriteNumbers(json, "ends"u8, histogram.UpperEnds);
        WriteNumbers(json, "below"u8, histogram.Counts);
        json.WriteEndObject();
    }

    private static void WriteNumbers(Utf8JsonWriter json, ReadOnlySpan<byte> name, IReadOnlyList<long> numbers)
    {
        json.WriteStartArray(name);
        foreach (long number in numbers)
        {
            json.WriteNumberValue(number);
        }

        json.WriteEndArray();
    }
}
