using System.Globalization;

namespace RespKv.Engine.Configuration;

/// <summary>
/// Directives of Redis that change nothing here, but that tools and configuration files set and ask for: their values are checked as Redis
/// does, kept, shown and rewritten. Each says why nothing follows from it. A part of <see cref="DirectiveTable"/>.
/// </summary>
internal static class KeptDirectives
{
    private const string NoReplication = "There is no replication yet.";
    private const string NoCluster = "There is no cluster mode yet.";
    private const string NoFork = "Checkpoints are made from the log, by a thread of the server: there is no child process and no RDB file.";
    private const string NoAof = "The log has segments of its own; checkpoints cut it.";
    private const string NoDefrag = "Entries lie in slabs whose cells are reused.";
    private const string NoLazy = "Freed cells are reused and slabs given back as a whole, so that freeing does not stop anybody.";
    private const string NoSyslog = "The log goes to logfile or standard output.";
    private const string NoList = "Lists are not compressed.";
    private const string NoStreams = "There are no streams yet.";
    private const string NoScripts = "There are no scripts yet.";

    public static IReadOnlyList<DirectiveSection> Sections { get; } =
    [
        new("Kept for compatibility: checked, shown and rewritten as Redis does, but nothing follows from them here",
        [
            Flag("appendonly", true, "Every write goes to the log, whatever it says; appendfsync says when."),
            Flag("rdbchecksum", true, "Tables and log have checksums in any case.", mutable: false),
            Flag("io-threads-do-reads", false, "Threads that serve sockets do all of it: see io-threads.", mutable: false),
            Flag("always-show-logo", false, "There is no logo.", mutable: false),
            Flag("rdbcompression", true, "See table-compression."),
            Flag("rdb-del-sync-files", false, NoReplication),
            Flag("activerehashing", true, "Indexes grow page by page, as they are written to."),
            Flag("stop-writes-on-bgsave-error", true, "A failed checkpoint is tried again; the log goes on meanwhile."),
            Flag("set-proc-title", true, "The process keeps its name.", mutable: false),
            Flag("dynamic-hz", true, "hz stays as it is."),
            Flag("lazyfree-lazy-eviction", false, NoLazy),
            Flag("lazyfree-lazy-expire", false, NoLazy),
            Flag("lazyfree-lazy-server-del", false, NoLazy),
            Flag("lazyfree-lazy-user-del", false, NoLazy),
            Flag("lazyfree-lazy-user-flush", false, NoLazy),
            Flag("repl-disable-tcp-nodelay", false, NoReplication),
            Flag("repl-diskless-sync", true, NoReplication),
            Flag("aof-rewrite-incremental-fsync", true, NoAof),
            Flag("no-appendfsync-on-rewrite", false, NoAof),
            Flag("cluster-require-full-coverage", true, NoCluster),
            Flag("rdb-save-incremental-fsync", true, NoFork),
            Flag("aof-load-truncated", true, "A torn tail of the log is cut, and said; anything else that is damaged stops the start."),
            Flag("aof-use-rdb-preamble", true, NoAof),
            Flag("aof-timestamp-enabled", false, NoAof),
            Flag("cluster-replica-no-failover", false, NoCluster, alias: "cluster-slave-no-failover"),
            Flag("replica-lazy-flush", false, NoReplication, alias: "slave-lazy-flush"),
            Flag("replica-serve-stale-data", true, NoReplication, alias: "slave-serve-stale-data"),
            Flag("replica-read-only", true, NoReplication, alias: "slave-read-only"),
            Flag("replica-ignore-maxmemory", true, NoReplication, alias: "slave-ignore-maxmemory"),
            Flag("jemalloc-bg-thread", true, "The runtime's memory has its own ways."),
            Flag("activedefrag", false, NoDefrag),
            Flag("cluster-allow-reads-when-down", false, NoCluster),
            Flag("cluster-allow-pubsubshard-when-down", true, NoCluster),
            Flag("crash-log-enabled", true, "What the runtime says of a crash is in the log."),
            Flag("crash-memcheck-enabled", true, "There is no such check."),
            Flag("use-exit-on-panic", false, "For Redis's own tests.", hidden: true),
            Flag("disable-thp", true, "The kernel's setting stays.", mutable: false),
            Flag("cluster-allow-replica-migration", true, NoCluster),
            Flag("replica-announced", true, NoReplication),
            Flag("aof-disable-auto-gc", false, NoAof),
            Flag("replica-ignore-disk-write-errors", false, NoReplication),

            Text("pidfile", "", "systemd and container runtimes know the process.", mutable: false),
            Text("replica-announce-ip", "", NoReplication, alias: "slave-announce-ip"),
            Text("masteruser", "", NoReplication, secret: true),
            Text("masterauth", "", NoReplication, secret: true),
            Text("cluster-announce-ip", "", NoCluster),
            Text("cluster-config-file", "nodes.conf", NoCluster, mutable: false),
            Text("cluster-announce-hostname", "", NoCluster),
            Text("syslog-ident", "redis", NoSyslog, mutable: false),
            Text("dbfilename", "dump.rdb", NoFork),
            Text("appendfilename", "appendonly.aof", NoAof, mutable: false),
            Text("appenddirname", "appendonlydir", NoAof, mutable: false),
            Text("bio_cpulist", "", "See server_cpulist.", mutable: false),
            Text("aof_rewrite_cpulist", "", NoFork, mutable: false),
            Text("bgsave_cpulist", "", NoFork, mutable: false),
            Text("ignore-warnings", "", "Nothing is refused for the kernel's sake."),
            Text("proc-title-template", "{title} {listen-addr} {server-mode}", "The process keeps its name."),
            Text("bind-source-addr", "", "The server makes no connections."),

            Names("supervised", ["upstart", "systemd", "auto", "no"], "no", "systemd is told when NOTIFY_SOCKET is there.", mutable: false),
            Names("syslog-facility", ["user", "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7"], "local0", NoSyslog, mutable: false),
            Names("repl-diskless-load", ["disabled", "on-empty-db", "swapdb"], "disabled", NoReplication),
            Names("oom-score-adj", ["no", "yes", "relative", "absolute"], "no", "The kernel's score stays as the service manager has set it."),
            Names("sanitize-dump-payload", ["no", "yes", "clients"], "no", "What RESTORE is given is checked in full in any case."),
            Names("enable-protected-configs", ["no", "yes", "local"], "no", "dir and dbfilename cannot be changed at runtime.", mutable: false),
            Names("enable-module-command", ["no", "yes", "local"], "no", "There are no modules.", mutable: false),
            Names("cluster-preferred-endpoint-type", ["ip", "hostname", "unknown-endpoint"], "ip", NoCluster),
            Names("propagation-error-behavior", ["ignore", "panic", "panic-on-replicas"], "ignore", NoReplication),
            ShutdownFlags("shutdown-on-sigint"),
            ShutdownFlags("shutdown-on-sigterm"),

            Number("auto-aof-rewrite-percentage", 0, int.MaxValue, 100, "See checkpoint-log-bytes."),
            Number("cluster-replica-validity-factor", 0, int.MaxValue, 10, NoCluster, alias: "cluster-slave-validity-factor"),
            Number("cluster-migration-barrier", 0, int.MaxValue, 1, NoCluster),
            Number("active-defrag-cycle-min", 1, 99, 1, NoDefrag),
            Number("active-defrag-cycle-max", 1, 99, 25, NoDefrag),
            Number("active-defrag-threshold-lower", 0, 1000, 10, NoDefrag),
            Number("active-defrag-threshold-upper", 0, 1000, 100, NoDefrag),
            Number("active-defrag-max-scan-fields", 1, long.MaxValue, 1000, NoDefrag),
            Size("active-defrag-ignore-bytes", 1, 100 * MemorySize.MiB, NoDefrag),
            Number("replica-priority", 0, int.MaxValue, 100, NoReplication, alias: "slave-priority"),
            Number("repl-diskless-sync-delay", 0, int.MaxValue, 5, NoReplication),
            Number("repl-diskless-sync-max-replicas", 0, int.MaxValue, 0, NoReplication),
            Number("replica-announce-port", 0, 65_535, 0, NoReplication, alias: "slave-announce-port"),
            Number("cluster-port", 0, 65_535, 0, NoCluster, mutable: false),
            Number("cluster-announce-bus-port", 0, 65_535, 0, NoCluster),
            Number("cluster-announce-port", 0, 65_535, 0, NoCluster),
            Number("cluster-announce-tls-port", 0, 65_535, 0, NoCluster),
            Number("repl-timeout", 1, int.MaxValue, 60, NoReplication),
            Number("repl-ping-replica-period", 1, int.MaxValue, 10, NoReplication, alias: "repl-ping-slave-period"),
            Number("repl-backlog-ttl", 0, long.MaxValue, 3600, NoReplication),
            Size("repl-backlog-size", 1, MemorySize.MiB, NoReplication),
            Number("min-replicas-max-lag", 0, int.MaxValue, 10, NoReplication, alias: "min-slaves-max-lag"),
            Number("list-compress-depth", 0, int.MaxValue, 0, NoList),
            Number("rdb-key-save-delay", int.MinValue, int.MaxValue, 0, "For Redis's own tests.", hidden: true),
            Number("key-load-delay", int.MinValue, int.MaxValue, 0, "For Redis's own tests.", hidden: true),
            Number("watchdog-period", 0, int.MaxValue, 0, "For Redis's own tests.", hidden: true),
            Number("loading-process-events-interval-bytes", 1024, int.MaxValue, 2 * MemorySize.MiB, "Clients are served while recovery runs.", hidden: true),
            Number("shutdown-timeout", 0, int.MaxValue, 10, "What was accepted is synced, however long that takes."),
            Number("socket-mark-id", 0, uint.MaxValue, 0, "Sockets are not marked.", mutable: false),
            Number("busy-reply-threshold", 0, long.MaxValue, 5000, NoScripts, alias: "lua-time-limit"),
            Number("cluster-node-timeout", 0, long.MaxValue, 15_000, NoCluster),
            Size("cluster-link-sendbuf-limit", 0, 0, NoCluster),
            Number("stream-node-max-entries", 0, long.MaxValue, 100, NoStreams),
            Size("stream-node-max-bytes", 0, 4096, NoStreams),
            Size("auto-aof-rewrite-min-size", 0, 64 * MemorySize.MiB, "See checkpoint-log-bytes."),
            new MemoryDirective("maxmemory-clients", c => c.Kept.Number("maxmemory-clients"), (c, v) => c.Kept.Set("maxmemory-clients", v))
            {
                Doc = "Each client has bounds of its own: client-query-buffer-limit and client-output-buffer-limit.",
                Min = -100,
                Max = long.MaxValue,
                Default = 0,
                TakesPercent = true,
                Mutable = true,
            },
            new ListDirective("oom-score-adj-values", c => c.Kept.Text("oom-score-adj-values"), (c, v) => c.Kept.Set("oom-score-adj-values", v))
            {
                Doc = "See oom-score-adj.",
                Meaning = "three numbers from -2000 to 2000",
                Default = "0 200 800",
                Check = CheckOomScores,
                Mutable = true,
            },
        ]),
    ];

    private static readonly HashSet<Directive> All = [.. Sections.SelectMany(section => section.Directives)];

    /// <summary>Whether nothing follows from it.</summary>
    public static bool Has(Directive directive) => All.Contains(directive);

    private static SwitchDirective Flag(string name, bool standard, string doc, bool mutable = true, string alias = "", bool hidden = false)
        => new(name, c => c.Kept.Number(name) != 0, (c, v) => c.Kept.Set(name, v ? 1 : 0))
        {
            Doc = doc,
            Default = standard,
            Mutable = mutable,
            Alias = alias,
            Hidden = hidden,
        };

    private static IntegerDirective Number(
        string name, long min, long max, long standard, string doc, bool mutable = true, string alias = "", bool hidden = false)
        => new(name, c => c.Kept.Number(name), (c, v) => c.Kept.Set(name, v))
        {
            Doc = doc,
            Min = min,
            Max = max,
            Default = standard,
            Mutable = mutable,
            Alias = alias,
            Hidden = hidden,
        };

    private static MemoryDirective Size(string name, long min, long standard, string doc)
        => new(name, c => c.Kept.Number(name), (c, v) => c.Kept.Set(name, v)) { Doc = doc, Min = min, Max = long.MaxValue, Default = standard, Mutable = true };

    private static TextDirective Text(string name, string standard, string doc, bool mutable = true, string alias = "", bool secret = false)
        => new(name, c => c.Kept.Text(name), (c, v) => c.Kept.Set(name, v))
        {
            Doc = doc,
            Default = standard,
            Meaning = "text",
            Mutable = mutable,
            Alias = alias,
            Secret = secret,
        };

    private static NamesDirective Names(string name, string[] names, string standard, string doc, bool mutable = true)
        => new(name, c => c.Kept.Text(name), (c, v) => c.Kept.Set(name, v)) { Doc = doc, Names = names, Default = standard, Mutable = mutable };

    private static NamesDirective ShutdownFlags(string name)
        => new(name, c => c.Kept.Text(name), (c, v) => c.Kept.Set(name, v))
        {
            Doc = "The signal ends the server in order, as SHUTDOWN does; see checkpoint-on-shutdown.",
            Names = ["default", "save", "nosave", "now", "force"],
            Default = "default",
            Combines = true,
            Contradiction = ("save", "nosave", "shutdown options SAVE and NOSAVE can't be used simultaneously"),
            Mutable = true,
        };

    private static string? CheckOomScores(IReadOnlyList<string> words, out string shown)
    {
        shown = string.Join(' ', words);
        if (words.Count != 3)
        {
            return ConfigErrors.WrongNumberOfArguments;
        }

        return words.All(word => int.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int score) && score is >= -2000 and <= 2000)
            ? null
            : "Invalid oom-score-adj-values, elements must be between -2000 and 2000.";
    }
}
