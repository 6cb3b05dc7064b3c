using RespKv.Storage.Wal;

namespace RespKv.Engine.Observation;

/// <summary>What the server can tell of itself at one moment, for statistics, metrics and health checks. See <see cref="EngineObserver"/>.</summary>
/// <remarks>Figures from different threads may differ by what happened within a millisecond.</remarks>
public sealed record EngineSnapshot
{
    /// <summary>Unix milliseconds.</summary>
    public long TakenAtMillis { get; init; }

    /// <summary>How long taking it held the turn, during which no command runs.</summary>
    public TimeSpan TurnTime { get; init; }

    public required ServerFigures Server { get; init; }

    public required LogFigures Log { get; init; }

    public required DiskFigures Disk { get; init; }

    public required CheckpointFigures Checkpoints { get; init; }

    /// <summary>Null until recovery has finished.</summary>
    public RecoveryFigures? Recovery { get; init; }

    public required TrafficFigures Traffic { get; init; }

    public required ClientFigures Clients { get; init; }

    /// <summary>In bytes.</summary>
    public required ServerMemoryFigures Memory { get; init; }

    /// <summary>Commands that were called, refused or failed, by their name.</summary>
    public required IReadOnlyList<CommandFigures> Commands { get; init; }

    /// <summary>Replied errors by their first word; a bounded number of them.</summary>
    public required IReadOnlyList<KeyValuePair<string, long>> Errors { get; init; }

    /// <summary>Databases that hold keys.</summary>
    public required IReadOnlyList<DatabaseFigures> Keyspace { get; init; }
}

/// <summary>The process and how it was configured.</summary>
/// <param name="Version">Of this server.</param>
/// <param name="RedisVersion">Of the Redis that it follows.</param>
/// <param name="ProcessId">Its number.</param>
/// <param name="RunId">New for every process.</param>
/// <param name="StartedAtMillis">Unix milliseconds.</param>
/// <param name="UptimeSeconds">Since then.</param>
/// <param name="State">Of the engine.</param>
/// <param name="LoadingBytesDone">What recovery has read so far.</param>
/// <param name="LoadingBytesTotal">What it is going to read, as far as known; 0: nothing known.</param>
/// <param name="Dir">Directory of the data.</param>
/// <param name="AppendFsync"><c>always</c>, <c>everysec</c> or <c>no</c>.</param>
/// <param name="MaxMemoryPolicy">As in the configuration.</param>
/// <param name="Port">Where it speaks RESP; 0: not on TCP.</param>
public sealed record ServerFigures(
    string Version,
    string RedisVersion,
    int ProcessId,
    string RunId,
    long StartedAtMillis,
    long UptimeSeconds,
    EngineState State,
    long LoadingBytesDone,
    long LoadingBytesTotal,
    string Dir,
    string AppendFsync,
    string MaxMemoryPolicy,
    int Port);

/// <summary>The write-ahead log.</summary>
/// <param name="AppendedLsn">The last record that was made; what lies behind <see cref="DurableLsn"/> may still be lost.</param>
/// <param name="DurableLsn">All up to it is on disk.</param>
/// <param name="ReleasedLsn">Replies wait until it reaches theirs.</param>
/// <param name="Batches">That were written.</param>
/// <param name="Records">In them.</param>
/// <param name="Bytes">In them.</param>
/// <param name="Segments">Files of the log.</param>
/// <param name="FillBytes">Records that wait for the writer.</param>
/// <param name="HeldClients">Clients with replies that wait for the disk.</param>
/// <param name="Fsync">Seconds of a write and its sync.</param>
/// <param name="BatchRecords">Records of a batch.</param>
public sealed record LogFigures(
    long AppendedLsn,
    long DurableLsn,
    long ReleasedLsn,
    long Batches,
    long Records,
    long Bytes,
    int Segments,
    long FillBytes,
    int HeldClients,
    HistogramFigures Fsync,
    HistogramFigures BatchRecords)
{
    /// <summary>Writes that were executed and are not durable yet.</summary>
    public long InFlightWrites => Math.Max(0, AppendedLsn - DurableLsn);
}

/// <summary>The disk that the data is on.</summary>
/// <param name="FreeBytes">What the server may still claim of it; -1: unknown.</param>
/// <param name="IsLow">The next segment of the log cannot be claimed; what is claimed still takes every write.</param>
/// <param name="IsFull">Writes are refused.</param>
/// <param name="Reason">Why no more can be claimed; empty when it can.</param>
/// <param name="ClaimedBytes">Room that the log has for sure.</param>
/// <param name="ReserveBytes">The part of it that is kept for deletions.</param>
/// <param name="RejectedWrites">Commands that were refused for want of room.</param>
public sealed record DiskFigures(long FreeBytes, bool IsLow, bool IsFull, string Reason, long ClaimedBytes, long ReserveBytes, long RejectedWrites);

/// <summary>Checkpoints and compactions.</summary>
/// <param name="Lsn">All records up to it are in the tables.</param>
/// <param name="LogBytes">Log that a start would replay.</param>
/// <param name="Phase"><c>idle</c>, <c>checkpoint</c> or <c>compaction</c>.</param>
/// <param name="PhasePercent">How much of the phase is done; 0 when idle.</param>
/// <param name="PhaseStartedAtMillis">Unix milliseconds; 0 when idle.</param>
/// <param name="LastAtMillis">Unix milliseconds of the last checkpoint; the server's start before the first.</param>
/// <param name="LastMillis">How long it took; -1 before the first.</param>
/// <param name="LastBytes">Tables that it wrote.</param>
/// <param name="LastEntries">Entries in them.</param>
/// <param name="LastError">Empty when the last attempt succeeded.</param>
/// <param name="Checkpoints">That were made.</param>
/// <param name="Failures">Of checkpoints and compactions.</param>
/// <param name="Compactions">That were made.</param>
/// <param name="CompactionBytes">That they read.</param>
/// <param name="LastCompactionError">Empty when the last attempt succeeded.</param>
/// <param name="Tables">Files of the keyspace.</param>
/// <param name="TableBytes">Their size.</param>
public sealed record CheckpointFigures(
    long Lsn,
    long LogBytes,
    string Phase,
    double PhasePercent,
    long PhaseStartedAtMillis,
    long LastAtMillis,
    long LastMillis,
    long LastBytes,
    long LastEntries,
    string LastError,
    long Checkpoints,
    long Failures,
    long Compactions,
    long CompactionBytes,
    string LastCompactionError,
    int Tables,
    long TableBytes);

/// <summary>What the last start found.</summary>
/// <param name="Duration">How long it took.</param>
/// <param name="Report">The log that was replayed.</param>
public sealed record RecoveryFigures(TimeSpan Duration, WalRecoveryReport Report);

/// <summary>Counters since the start, or since CONFIG RESETSTAT.</summary>
public sealed record TrafficFigures
{
    public long CommandsProcessed { get; init; }

    /// <summary>Over the last 1.6 seconds.</summary>
    public double OpsPerSecond { get; init; }

    public long ErrorReplies { get; init; }

    public long KeyspaceHits { get; init; }

    public long KeyspaceMisses { get; init; }

    public long ExpiredKeys { get; init; }

    public long EvictedKeys { get; init; }

    public long ConnectionsReceived { get; init; }

    public long ConnectionsRejected { get; init; }

    public long NetInputBytes { get; init; }

    public long NetOutputBytes { get; init; }

    /// <summary>Clients that were cut because they did not read.</summary>
    public long OutputBufferDisconnections { get; init; }

    /// <summary>Clients that were cut because a request was too long.</summary>
    public long QueryBufferDisconnections { get; init; }

    public int SlowLogLength { get; init; }

    /// <summary>Of all commands.</summary>
    public required HistogramFigures Latency { get; init; }
}

/// <summary>Who is connected.</summary>
public sealed record ClientFigures(int Connected, int Blocked, int Tracking, long Max, int Channels, int Patterns, int EventStreams);

/// <summary>Memory in bytes.</summary>
/// <param name="UsedBytes">used_memory: the heap without the free parts of the slabs.</param>
/// <param name="PeakBytes">The highest that was seen of it.</param>
/// <param name="StartupBytes">What it was when the server started.</param>
/// <param name="DatasetBytes">Keys and values.</param>
/// <param name="IndexBytes">Indexes of all databases.</param>
/// <param name="ResidentBytes">Of the process, in RAM.</param>
/// <param name="HeapBytes">The managed heap, with garbage.</param>
/// <param name="CommittedBytes">What the runtime has claimed for it.</param>
/// <param name="SystemBytes">Of the machine, or the container's limit.</param>
/// <param name="MaxBytes">Directive maxmemory; 0: no limit.</param>
public sealed record ServerMemoryFigures(
    long UsedBytes,
    long PeakBytes,
    long StartupBytes,
    long DatasetBytes,
    long IndexBytes,
    long ResidentBytes,
    long HeapBytes,
    long CommittedBytes,
    long SystemBytes,
    long MaxBytes);

/// <summary>One command since the start, or since CONFIG RESETSTAT.</summary>
/// <param name="Name">Lower case, subcommands as <c>container|sub</c>.</param>
/// <param name="Calls">Executed.</param>
/// <param name="Failed">Of these, answered with an error.</param>
/// <param name="Rejected">Not executed: wrong arguments, no permission, no memory.</param>
/// <param name="Time">That it took in all.</param>
/// <param name="Latency">Null: never measured.</param>
public sealed record CommandFigures(string Name, long Calls, long Failed, long Rejected, TimeSpan Time, HistogramFigures? Latency);

/// <summary>One database.</summary>
/// <param name="Number">From 0 on.</param>
/// <param name="Keys">All keys in it.</param>
/// <param name="Expires">Those with a time to live.</param>
public sealed record DatabaseFigures(int Number, long Keys, long Expires);

/// <summary>Whether clients can be served.</summary>
/// <param name="IsReady">Reads and writes are accepted.</param>
/// <param name="Status"><c>ready</c>, <c>loading</c>, <c>disk-full</c>, <c>stopping</c>, <c>stopped</c> or <c>failed</c>.</param>
/// <param name="Reason">In words; empty when ready.</param>
public sealed record Readiness(bool IsReady, string Status, string Reason);
