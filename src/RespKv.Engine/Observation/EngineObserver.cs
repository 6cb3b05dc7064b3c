using System.Diagnostics;
using RespKv.Engine.Checkpoints;
using RespKv.Engine.Commands;
using RespKv.Engine.Commands.Info;
using RespKv.Engine.Commit;
using RespKv.Engine.Configuration;
using RespKv.Engine.Recovery;
using RespKv.Engine.Space;
using RespKv.Storage.Files;
using RespKv.Storage.Manifest;

namespace RespKv.Engine.Observation;

/// <summary>
/// Takes snapshots of the engine for everybody who asks by HTTP or exports metrics. Thread safe.
///
/// Invariants:
/// - The turn is held for copying counters only. What takes system calls, sums or formatting is done outside.
/// - However often one asks, the turn is taken at most once per <see cref="FreshFor"/>.
/// - Numbers of keys show writes, so those are shown that all was durable behind (D1, D8): the last ones known when the disk does not keep up. All
///   else is told although a sync may hang: LSNs that are not durable are called so.
/// </summary>
public sealed class EngineObserver
{
    /// <summary>A snapshot that is not older is given again.</summary>
    public static readonly TimeSpan FreshFor = TimeSpan.FromMilliseconds(100);

    /// <summary>As long as <see cref="TakeAsync"/> waits for the writes that its numbers of keys show.</summary>
    private static readonly TimeSpan ReleasedWithin = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan LookPeriod = TimeSpan.FromMilliseconds(1);

    private readonly RespEngine _engine;
    private readonly CommandEntry[] _entries;
    private readonly Lock _gate = new();

    // Guarded by _gate.
    private readonly int[] _keyedDatabases;
    private EngineSnapshot? _last;
    private long _lastTicks;
    private Keyspace _shown = new(0, []);
    private Keyspace? _pending;

    public EngineObserver(RespEngine engine)
    {
        _engine = engine;
        _entries = [.. engine.Commands.AllWithSubcommands()];
        _keyedDatabases = new int[engine.Databases.Count];

        // The first one compiles what runs in the turn: before anybody waits for a turn.
        TakeNow();
    }

    /// <summary>Whether clients can be served. Takes no turn: answers while the engine is busy, loads or hangs.</summary>
    public Readiness Readiness()
    {
        switch (_engine.State)
        {
            case EngineState.Loading:
                RecoveryProgress progress = _engine.RecoveryProgress;
                long total = progress.BytesTotal;
                string share = total == 0 ? "" : FormattableString.Invariant($": {100.0 * progress.BytesDone / total:F1} % of {total} bytes");
                return new Readiness(false, "loading", $"reading the data from disk{share}");
            case EngineState.Stopping:
                return new Readiness(false, "stopping", "the server is shutting down");
            case EngineState.Stopped:
                return new Readiness(false, "stopped", "the engine has stopped");
            case EngineState.Failed:
                return new Readiness(false, "failed", "a write or sync of the log has failed: the engine has stopped for good");
            default:
                DiskSpace space = _engine.Commit.Space;
                return space.State >= DiskSpaceState.Full
                    ? new Readiness(false, "disk-full", $"writes are refused: {space.Reason}")
                    : new Readiness(true, "ready", "");
        }
    }

    /// <summary>A snapshot that is at most <see cref="FreshFor"/> old. Its numbers of keys may be those of the last one.</summary>
    public EngineSnapshot Take()
    {
        lock (_gate)
        {
            if (_last is not null && _engine.Time.GetElapsedTime(_lastTicks) < FreshFor)
            {
                return _last;
            }

            _last = TakeNow();
            _lastTicks = _engine.Time.GetTimestamp();
            return _last;
        }
    }

    /// <summary>As <see cref="Take"/>, but gives the writes that the numbers of keys show a moment to become durable.</summary>
    public async ValueTask<EngineSnapshot> TakeAsync(CancellationToken cancel)
    {
        EngineSnapshot snapshot = Take();
        long started = _engine.Time.GetTimestamp();
        while (true)
        {
            lock (_gate)
            {
                Settle();
                if (_pending is null)
                {
                    return ReferenceEquals(snapshot.Keyspace, _shown.Databases) ? snapshot : snapshot with { Keyspace = _shown.Databases };
                }
            }

            if (_engine.Time.GetElapsedTime(started) >= ReleasedWithin)
            {
                return snapshot;
            }

            await Task.Delay(LookPeriod, _engine.Time, cancel).ConfigureAwait(false);
        }
    }

    private EngineSnapshot TakeNow()
    {
        ServerConfig config = _engine.Config;
        CommitPipeline commit = _engine.Commit;
        long freeBytes = FreeBytes();
        GCMemoryInfo heap = GC.GetGCMemoryInfo();
        long residentBytes = Environment.WorkingSet;
        long heapBytes = GC.GetTotalMemory(forceFullCollection: false);

        TrafficFigures traffic;
        ClientFigures clients;
        ServerMemoryFigures memory;
        KeyValuePair<string, long>[] errors;
        long appendedLsn;
        int fillBytes;
        Keyspace keyspace;
        TimeSpan turnTime;
        lock (_engine.Turn)
        {
            long started = Stopwatch.GetTimestamp();
            traffic = Traffic();
            clients = Clients(config);
            memory = Memory(config, heap, residentBytes, heapBytes);
            errors = [.. _engine.Stats.Errors];
            appendedLsn = commit.AppendedLsn;
            fillBytes = commit.FillBytes();
            keyspace = CopyKeyspace(appendedLsn);
            turnTime = Stopwatch.GetElapsedTime(started);
        }

        if (_pending is null)
        {
            _pending = keyspace;
        }

        Settle();
        if (keyspace.Lsn <= commit.ReleasedLsn)
        {
            _pending = null;
            _shown = keyspace;
        }

        long nowMillis = _engine.NowMillis();
        IReadOnlyList<CommandFigures> commands = Commands(out HistogramFigures latency);
        return new EngineSnapshot
        {
            TakenAtMillis = nowMillis,
            TurnTime = turnTime,
            Server = Server(config, nowMillis),
            Log = Log(commit, appendedLsn, fillBytes),
            Disk = Disk(commit.Space, freeBytes),
            Checkpoints = Checkpoints(),
            Recovery = _engine.RecoveryReport is { } report && _engine.RecoveryProgress.Duration is { } duration ? new RecoveryFigures(duration, report) : null,
            Traffic = traffic with { Latency = latency },
            Clients = clients,
            Memory = memory,
            Commands = commands,
            Errors = errors,
            Keyspace = _shown.Databases,
        };
    }

    /// <summary>Shows what is durable by now.</summary>
    private void Settle()
    {
        if (_pending is not null && _pending.Lsn <= _engine.ReleasedLsn)
        {
            _shown = _pending;
            _pending = null;
        }
    }

    /// <summary>In the turn.</summary>
    private TrafficFigures Traffic()
    {
        EngineStats stats = _engine.Stats;
        return new TrafficFigures
        {
            CommandsProcessed = stats.CommandsProcessed,
            OpsPerSecond = stats.OpsPerSecond.PerSecond,
            ErrorReplies = stats.ErrorReplies,
            KeyspaceHits = stats.KeyspaceHits,
            KeyspaceMisses = stats.KeyspaceMisses,
            ExpiredKeys = stats.ExpiredKeys,
            EvictedKeys = _engine.Evictor.EvictedKeys,
            ConnectionsReceived = stats.ConnectionsReceived,
            ConnectionsRejected = stats.ConnectionsRejected,
            NetInputBytes = stats.NetInputBytes,
            NetOutputBytes = stats.NetOutputBytes,
            OutputBufferDisconnections = stats.OutputBufferLimitDisconnections,
            QueryBufferDisconnections = stats.QueryBufferLimitDisconnections,
            SlowLogLength = _engine.SlowLog.Count,
            Latency = null!,
        };
    }

    /// <summary>In the turn.</summary>
    private ClientFigures Clients(ServerConfig config) => new(
        _engine.Clients.Count,
        _engine.Scheduler.BlockedCount,
        _engine.Tracking.ClientCount,
        config.MaxClients,
        _engine.PubSub.Of(PubSub.ChannelKind.Channel).Count,
        _engine.PubSub.Of(PubSub.ChannelKind.Pattern).Count,
        _engine.EventStreams.Count);

    /// <summary>In the turn.</summary>
    private ServerMemoryFigures Memory(ServerConfig config, GCMemoryInfo heap, long residentBytes, long heapBytes)
    {
        Engine.Keyspace.KeyspaceMemory keyspace = _engine.Databases.Memory;
        long usedBytes = Math.Max(keyspace.UsedBytes, heapBytes - Math.Max(0, keyspace.AllocatedBytes - keyspace.UsedBytes));
        _engine.Stats.NoteUsedMemory(usedBytes);
        return new ServerMemoryFigures(
            usedBytes,
            _engine.Stats.UsedMemoryPeakBytes,
            _engine.Stats.StartupMemoryBytes,
            keyspace.EntryBytes + keyspace.LargeBytes + keyspace.CollectionBytes,
            keyspace.IndexBytes,
            residentBytes,
            heapBytes,
            heap.TotalCommittedBytes,
            heap.TotalAvailableMemoryBytes,
            config.MaxMemoryBytes);
    }

    /// <summary>In the turn. Without keys while the engine loads: recovery fills the databases outside turns.</summary>
    private Keyspace CopyKeyspace(long appendedLsn)
    {
        if (_engine.State == EngineState.Loading || _engine.Scheduler.IsPaused)
        {
            return new Keyspace(0, _shown.Databases);
        }

        int count = 0;
        for (int i = 0; i < _keyedDatabases.Length; i++)
        {
            if (_engine.Databases[i].Count > 0)
            {
                _keyedDatabases[count++] = i;
            }
        }

        var databases = new DatabaseFigures[count];
        for (int i = 0; i < count; i++)
        {
            int number = _keyedDatabases[i];
            databases[i] = new DatabaseFigures(number, _engine.Databases[number].Count, _engine.Databases[number].ExpiryCount);
        }

        return new Keyspace(appendedLsn, databases);
    }

    private ServerFigures Server(ServerConfig config, long nowMillis) => new(
        ServerIdentity.Version,
        ServerIdentity.RedisVersion,
        Environment.ProcessId,
        ServerIdentity.RunId,
        _engine.StartedAtMillis,
        Math.Max(0, nowMillis - _engine.StartedAtMillis) / 1000,
        _engine.State,
        _engine.RecoveryProgress.BytesDone,
        _engine.RecoveryProgress.BytesTotal,
        config.Dir,
        config.AppendFsync switch
        {
            AppendFsync.Always => "always",
            AppendFsync.EverySec => "everysec",
            _ => "no",
        },
        MaxMemoryPolicies.NameOf(config.MaxMemoryPolicy),
        config.Port);

    private static LogFigures Log(CommitPipeline commit, long appendedLsn, int fillBytes)
    {
        CommitStats stats = commit.Stats;
        return new LogFigures(
            appendedLsn,
            commit.DurableLsn,
            commit.ReleasedLsn,
            stats.Batches,
            stats.Records,
            stats.Bytes,
            commit.Log?.SegmentCount ?? 0,
            fillBytes,
            commit.HeldClients,
            HistogramFigures.Of(stats.SyncMicros, HistogramUnit.Micros, HistogramFigures.SyncMicros, stats.SyncMicrosSum),
            HistogramFigures.Of(stats.BatchRecords, HistogramUnit.Records, HistogramFigures.BatchRecords, stats.BatchRecordsSum));
    }

    private static DiskFigures Disk(DiskSpace space, long freeBytes) => new(
        freeBytes,
        space.State >= DiskSpaceState.Low,
        space.State >= DiskSpaceState.Full,
        space.Reason,
        space.ClaimedBytes,
        space.ReserveBytes,
        space.RejectedWrites);

    private CheckpointFigures Checkpoints()
    {
        CheckpointService checkpoints = _engine.Checkpoints;
        CheckpointStatus status = checkpoints.Status;
        CheckpointPhase phase = status.Phase;
        ManifestState? tables = checkpoints.Tables?.State;
        return new CheckpointFigures(
            checkpoints.CheckpointLsn,
            checkpoints.LogBytes,
            phase switch
            {
                CheckpointPhase.Checkpoint => "checkpoint",
                CheckpointPhase.Compaction => "compaction",
                _ => "idle",
            },
            phase == CheckpointPhase.Idle ? 0 : status.PhasePercent,
            phase == CheckpointPhase.Idle ? 0 : status.PhaseStartedAtMillis,
            status.LastSaveAtMillis,
            status.LastDurationMillis,
            status.LastTableBytes,
            status.LastEntries,
            status.LastError.ReplaceLineEndings(" "),
            status.Checkpoints,
            status.Failures,
            status.Compactions,
            status.CompactionBytes,
            status.LastCompactionError.ReplaceLineEndings(" "),
            tables?.Tables.Count ?? 0,
            tables?.TableBytes ?? 0);
    }

    /// <summary>Outside the turn: each counter is one machine word, and a reader may see one a little older than the next.</summary>
    private List<CommandFigures> Commands(out HistogramFigures latency)
    {
        var figures = new List<CommandFigures>();
        var all = new LogHistogram();
        double micros = 0;
        foreach (CommandEntry entry in _entries)
        {
            if (entry.Calls == 0 && entry.RejectedCalls == 0 && entry.FailedCalls == 0)
            {
                continue;
            }

            HistogramFigures? own = null;
            if (entry.LatencyMicros is { Total: > 0 } histogram)
            {
                own = HistogramFigures.Of(histogram, HistogramUnit.Micros, HistogramFigures.CommandMicros, entry.Micros);
                all.Add(histogram);
                micros += entry.Micros;
            }

            figures.Add(new CommandFigures(entry.Name, entry.Calls, entry.FailedCalls, entry.RejectedCalls, TimeSpan.FromMicroseconds(entry.Micros), own));
        }

        latency = HistogramFigures.Of(all, HistogramUnit.Micros, HistogramFigures.CommandMicros, micros);
        return figures;
    }

    private long FreeBytes()
    {
        try
        {
            return _engine.Files.FreeBytes(_engine.Config.Dir);
        }
        catch (StorageException)
        {
            return -1;
        }
    }

    /// <summary>Numbers of keys, and the LSN up to which they show writes.</summary>
    private sealed record Keyspace(long Lsn, IReadOnlyList<DatabaseFigures> Databases);
}
