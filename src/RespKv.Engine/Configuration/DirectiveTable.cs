using System.Diagnostics.CodeAnalysis;
using RespKv.Storage.Tables;

namespace RespKv.Engine.Configuration;

/// <summary>A heading of conf/respkv.conf and what stands under it.</summary>
internal sealed record DirectiveSection(string Title, IReadOnlyList<Directive> Directives);

/// <summary>
/// Every directive, declared once: name, type, range, default, documentation, where the value lives. Ranges and error texts are
/// those of Redis 7.0 unless a comment says why not. Add a directive here, and it is known everywhere.
/// </summary>
internal static class DirectiveTable
{
    private const int PortMax = 65_535;

    /// <summary>Each database costs an index of a few KiB when it is first used; nobody needs more, and a typo must not eat the memory.</summary>
    private const int DatabasesMax = 16_384;

    /// <summary>A value, and the WAL batch that carries it, each live in one array, which .NET bounds at 2 GiB. Redis takes more.</summary>
    private const long ProtoMaxBulkBytesMax = MemorySize.GiB;

    /// <summary>As in Redis: below it, ordinary requests would be refused.</summary>
    private const long ProtocolBytesMin = MemorySize.MiB;

    /// <summary>A segment holds a batch header and some records at least; small ones are for tests.</summary>
    private const long WalSegmentBytesMin = 64 * MemorySize.KiB;

    /// <summary>A segment is written once with zeros before its first use: more than this takes many seconds on ordinary disks.</summary>
    private const long WalSegmentBytesMax = 4 * MemorySize.GiB;

    /// <summary>A segment is a whole number of pages, and of sectors of any disk.</summary>
    private const long WalSegmentBytesStep = 4 * MemorySize.KiB;

    /// <summary>An hour: beyond it "no" says more plainly what happens.</summary>
    private const int AppendFsyncIntervalMillisMax = 3_600_000;

    /// <summary>A year: more is never.</summary>
    private const int CheckpointIntervalSecondsMax = 366 * 86_400;

    /// <summary>As in Redis: higher values are accepted and mean 500.</summary>
    private const int HzMax = 500;

    public static IReadOnlyList<DirectiveSection> Sections { get; } =
    [
        new("Network",
        [
            new IntegerDirective("port", c => c.Port, (c, v) => c.Port = (int)v)
            {
                Doc = "TCP port. 0 listens on no TCP port at all.",
                FixedBecause = "Unable to listen on this port: it is chosen when the server starts.",
                Min = 0,
                Max = PortMax,
                Default = 6380,
            },
            new BindDirective("bind", c => c.Bind, (c, v) => c.Bind = v)
            {
                Doc = "Addresses to listen on. Before you let other machines in, set requirepass: whoever reaches the port can read and change everything.",
                Default = ["127.0.0.1", "-::1"],
                FixedBecause = ConfigErrors.Immutable,
            },
            new TextDirective("unixsocket", c => c.UnixSocket, (c, v) => c.UnixSocket = v)
            {
                Doc = "Also listen on a unix socket with this path.",
                Meaning = "a path; \"\" means none",
                Default = "",
            },
            new IntegerDirective("tcp-backlog", c => c.TcpBacklog, (c, v) => c.TcpBacklog = (int)v)
            {
                Doc = "Connections that wait to be accepted. The kernel cuts it to /proc/sys/net/core/somaxconn.",
                Min = 0,
                Max = int.MaxValue,
                Default = 511,
            },
            new IntegerDirective("io-threads", c => c.IoThreads, (c, v) => c.IoThreads = (int)v)
            {
                Doc = "Threads that serve sockets: read, parse, execute, send. Commands still run one at a time, so more than one pays off on machines with\nmore cores than two, with many clients that do not pipeline.",
                Min = 1,
                Max = 128,
                Default = 1,
            },
            new TextDirective("server_cpulist", c => c.ServerCpuList, (c, v) => c.ServerCpuList = v)
            {
                Doc = "Processors that the threads which serve sockets, and the one that writes the log, may run on. One processor for all of them saves\nwake-ups from one to another, which are dear on virtual machines; a second server on the machine should get another one.",
                Meaning = "numbers and ranges, 0,2-7:2 for example; \"\" means all",
                Default = "",
                Check = CpuList.Check,
            },
            new IntegerDirective("tcp-keepalive", c => c.TcpKeepAliveSeconds, (c, v) => c.TcpKeepAliveSeconds = (int)v)
            {
                Doc = "Seconds without traffic until the kernel asks whether the client is still there. 0 never asks.\nApplies to connections that are made after a change.",
                Min = 0,
                Max = int.MaxValue,
                Default = 300,
                Mutable = true,
            },
            new IntegerDirective("timeout", c => c.TimeoutSeconds, (c, v) => c.TimeoutSeconds = (int)v)
            {
                Doc = "Seconds after which an idle client is disconnected. 0 keeps it.",
                Min = 0,
                Max = int.MaxValue,
                Default = 0,
                Mutable = true,
            },
        ]),
        new("Clients",
        [
            new TextDirective("requirepass", c => c.RequirePass, (c, v) => c.SetRequirePass(v))
            {
                Doc = "Password that a client has to give with AUTH or HELLO before anything else.\nIn a container, set RESPKV_REQUIREPASS instead: the health check finds it there.",
                Meaning = "a password; \"\" means that none is needed",
                Default = "",
                Mutable = true,
                Secret = true,
            },
            new IntegerDirective("maxclients", c => c.MaxClients, (c, v) => c.MaxClients = v)
            {
                Doc = "Connections at a time; further ones get an error. Lowered at start when the limit of open files is too low for it.",
                Min = 1,
                Max = uint.MaxValue,
                Default = 10_000,
                Mutable = true,
                Check = (c, v) => v <= c.MaxClientsCeiling
                    ? null
                    : $"The operating system is not able to handle the specified number of clients, try with {c.MaxClientsCeiling}",
            },
            new MemoryDirective("proto-max-bulk-len", c => c.ProtoMaxBulkBytes, (c, v) => c.ProtoMaxBulkBytes = v)
            {
                Doc = "Longest value, and longest argument of a command.",
                Min = ProtocolBytesMin,
                Max = ProtoMaxBulkBytesMax,
                Default = 512 * MemorySize.MiB,
                Mutable = true,
            },
            new MemoryDirective("client-query-buffer-limit", c => c.ClientQueryBufferBytesMax, (c, v) => c.ClientQueryBufferBytesMax = v)
            {
                Doc = "Unprocessed input of one client; beyond it the client is disconnected.",
                Min = ProtocolBytesMin,
                Max = long.MaxValue,
                Default = MemorySize.GiB,
                Mutable = true,
            },
            new OutputBufferLimitDirective("client-output-buffer-limit")
            {
                Doc = "Replies that wait for a client that does not read them: at the hard limit it is disconnected at once, above the soft limit after\n"
                    + "that many seconds on end. 0 is no limit. There are no replicas.",
                Default = new(
                    Normal: new(0, 0, 0),
                    Replica: new(256 * MemorySize.MiB, 64 * MemorySize.MiB, 60),
                    PubSub: new(32 * MemorySize.MiB, 8 * MemorySize.MiB, 60)),
                Mutable = true,
            },
            new IntegerDirective("tracking-table-max-keys", c => c.TrackingTableKeysMax, (c, v) => c.TrackingTableKeysMax = v)
            {
                Doc = "Keys that are remembered because clients may have cached them (CLIENT TRACKING). Beyond it some count as changed. 0 is no limit.",
                Min = 0,
                Max = long.MaxValue,
                Default = 1_000_000,
                Mutable = true,
            },
            new KeyspaceEventsDirective("notify-keyspace-events")
            {
                Doc = "Events that are published when keys change. K: to the channel __keyspace@<db>__:<key>, E: to __keyevent@<db>__:<event>; and\n"
                    + "g generic, $ strings, l lists, s sets, h hashes, z sorted sets, x expired, e evicted, t streams, m misses, n new keys, A for g$lshzxetd.",
                Mutable = true,
            },
            new ChoiceDirective<DebugCommandAccess>("enable-debug-command", c => c.EnableDebugCommand, (c, v) => c.EnableDebugCommand = v)
            {
                Doc = "Who may use DEBUG: nobody, everybody, or clients of this machine.",
                Choices = [("no", DebugCommandAccess.No), ("yes", DebugCommandAccess.Yes), ("local", DebugCommandAccess.Local)],
                Default = DebugCommandAccess.No,
            },
        ]),
        SecurityDirectives.Section,
        TlsDirectives.Section,
        HttpDirectives.Section,
        new("Data and durability",
        [
            new TextDirective("dir", c => c.DirAsWritten, (c, v) => c.SetDir(v))
            {
                Doc = "The data directory. It is created when missing, and one process at a time may use it.",
                Meaning = "a path",
                Default = "./data",
                Check = v => v.Length == 0 ? "the data directory needs a path" : null,
                Shown = c => c.Dir,
            },
            new ChoiceDirective<AppendFsync>("appendfsync", c => c.AppendFsync, (c, v) => c.AppendFsync = v)
            {
                Doc = "When a write is done.\n"
                    + "always    a reply leaves when what it tells is on disk: nothing that was acknowledged can be lost\n"
                    + "everysec  replies leave at once, a sync follows every appendfsync-interval-ms: a power cut loses up to that much\n"
                    + "no        replies leave at once, the operating system writes when it likes: a power cut can lose half a minute",
                Choices = [("everysec", AppendFsync.EverySec), ("always", AppendFsync.Always), ("no", AppendFsync.No)],
                FixedBecause = ConfigErrors.Immutable,
                Default = AppendFsync.Always,
            },
            new IntegerDirective("appendfsync-interval-ms", c => c.AppendFsyncIntervalMillis, (c, v) => c.AppendFsyncIntervalMillis = (int)v)
            {
                FixedBecause = ConfigErrors.Immutable,
                Doc = "Milliseconds between two syncs under `appendfsync everysec`.",
                Min = 1,
                Max = AppendFsyncIntervalMillisMax,
                Default = 1000,
            },
            new MemoryDirective("wal-segment-size", c => c.WalSegmentBytes, (c, v) => c.WalSegmentBytes = RoundUp(v, WalSegmentBytesStep))
            {
                FixedBecause = ConfigErrors.Immutable,
                Doc = "Size of one file of the write-ahead log, rounded up to whole pages of 4kb. Files that exist keep their size.",
                Min = WalSegmentBytesMin,
                Max = WalSegmentBytesMax,
                Default = 64 * MemorySize.MiB,
            },
            new MemoryDirective("checkpoint-log-bytes", c => c.CheckpointLogBytes, (c, v) => c.CheckpointLogBytes = v)
            {
                Doc = "Bytes of log after which a checkpoint brings what has changed into the tables, so that the log can be cut.\n"
                    + "It bounds the log, and the time that a start takes to replay it. 0 makes none by size, nor when the disk is full.",
                Min = 0,
                Max = long.MaxValue,
                Default = 256 * MemorySize.MiB,
                Mutable = true,
            },
            new IntegerDirective("checkpoint-interval", c => c.CheckpointIntervalSeconds, (c, v) => c.CheckpointIntervalSeconds = (int)v)
            {
                Doc = "Seconds after which a checkpoint is made whatever the size of the log, if anything was written. 0 makes none by the clock.",
                Min = 0,
                Max = CheckpointIntervalSecondsMax,
                Default = 3600,
                Mutable = true,
            },
            new ChoiceDirective<TableCompression>("table-compression", c => c.TableCompression, (c, v) => c.TableCompression = v)
            {
                FixedBecause = ConfigErrors.Immutable,
                Doc = "How the blocks of new tables are compressed. It saves disk and costs start-up time: unpacking takes 5 to 10 times what reading does.",
                Choices = [("none", TableCompression.None), ("brotli", TableCompression.Brotli), ("deflate", TableCompression.Deflate)],
                Default = TableCompression.None,
            },
            new ChoiceDirective<YesNo>("checkpoint-on-shutdown", c => c.CheckpointOnShutdown ? YesNo.Yes : YesNo.No, (c, v) => c.CheckpointOnShutdown = v == YesNo.Yes)
            {
                Doc = "Whether an orderly stop makes a checkpoint first, so that the next start has no log to replay. SHUTDOWN SAVE and NOSAVE override it.",
                Choices = [("yes", YesNo.Yes), ("no", YesNo.No)],
                Default = YesNo.No,
                Mutable = true,
            },
            new IntegerDirective("databases", c => c.Databases, (c, v) => c.Databases = (int)v)
            {
                Doc = "Number of databases that SELECT chooses from.",
                Min = 1,
                Max = DatabasesMax,
                Default = 16,
            },
        ]),
        new("The server",
        [
            new IntegerDirective("hz", c => c.Hz, (c, v) => c.Hz = (int)Math.Clamp(v, 1, HzMax))
            {
                Doc = "How often a second the background work runs: expiring keys, cutting idle clients. Taken as 1 to 500.",
                Min = 0,
                Max = int.MaxValue,
                Default = 10,
                Mutable = true,
            },
            new ChoiceDirective<EngineLogLevel>("loglevel", c => c.LogLevel, (c, v) => c.LogLevel = v)
            {
                Doc = "The least important lines that are still written to the log.",
                Choices =
                [
                    ("debug", EngineLogLevel.Debug),
                    ("verbose", EngineLogLevel.Verbose),
                    ("notice", EngineLogLevel.Notice),
                    ("warning", EngineLogLevel.Warning),
                ],
                Default = EngineLogLevel.Notice,
                Mutable = true,
            },
            new TextDirective("logfile", c => c.LogFile, (c, v) => c.LogFile = v)
            {
                Doc = "File that the log is appended to. It is opened anew when it was renamed, so log rotation needs no signal.",
                Meaning = "a path; \"\" means standard output",
                Default = "",
            },
            new IntegerDirective("slowlog-log-slower-than", c => c.SlowLogLogSlowerThanMicros, (c, v) => c.SlowLogLogSlowerThanMicros = v)
            {
                Doc = "Commands that execute for longer than this many microseconds enter the slow log. 0 logs every command, -1 none.",
                Min = -1,
                Max = long.MaxValue,
                Default = 10_000,
                Mutable = true,
            },
            new IntegerDirective("slowlog-max-len", c => c.SlowLogMaxLength, (c, v) => c.SlowLogMaxLength = (int)v)
            {
                // Redis takes any 64-bit length; no array holds that.
                Doc = "Entries that the slow log keeps.",
                Min = 0,
                Max = int.MaxValue,
                Default = 128,
                Mutable = true,
            },
            new IntegerDirective("latency-monitor-threshold", c => c.LatencyMonitorThresholdMillis, (c, v) => c.LatencyMonitorThresholdMillis = v)
            {
                Doc = "LATENCY records events of at least this many milliseconds. 0 records none.",
                Min = 0,
                Max = long.MaxValue,
                Default = 0,
                Mutable = true,
            },
        ]),
        .. MemoryDirectives.Sections,
        .. KeptDirectives.Sections,
        new("Accepted for compatibility: tools and configuration files of Redis name these, and each has one possible value here",
        [
            new FixedDirective("replicaof", "")
            {
                Doc = "There is no replication yet.",
                Because = "there is no replication yet",
                Alias = "slaveof",
            },
            new FixedDirective("min-replicas-to-write", "0")
            {
                Doc = "There is no replication yet.",
                Because = "there is no replication yet",
                Alias = "min-slaves-to-write",
                Mutable = true,
            },
            new FixedDirective("cluster-enabled", "no")
            {
                Doc = "There is no cluster mode yet.",
                Because = "there is no cluster mode yet",
            },
            new FixedDirective("syslog-enabled", "no")
            {
                Doc = "The log goes to logfile or standard output.",
                Because = "the log goes to logfile or standard output",
            },
            new FixedDirective("unixsocketperm", "0")
            {
                Doc = "The socket is made under the process's umask.",
                Because = "the socket is made under the process's umask",
            },
            new FixedDirective("daemonize", "no")
            {
                Doc = "The process stays in the foreground; systemd or a container runtime puts it in the background.",
                Because = "the process stays in the foreground",
            },
        ]),
    ];

    public static IReadOnlyList<Directive> All { get; } = [.. Sections.SelectMany(section => section.Directives)];

    private static readonly Dictionary<string, Directive> ByName = All
        .SelectMany(directive => directive.Alias.Length == 0 ? [(directive.Name, directive)] : new[] { (directive.Name, directive), (directive.Alias, directive) })
        .ToDictionary(pair => pair.Item1, pair => pair.directive, StringComparer.OrdinalIgnoreCase);

    /// <summary>A configuration that nobody changed. Stands last: its constructor reads <see cref="All"/>.</summary>
    public static ServerConfig Defaults { get; } = new();

    public static bool TryFind(string name, [NotNullWhen(true)] out Directive? directive) => ByName.TryGetValue(name, out directive);

    private static long RoundUp(long bytes, long step) => (bytes + step - 1) / step * step;
}
