using System.Globalization;

namespace RespKv.Engine.Configuration.Migration;

/// <summary>
/// What the lines mean that a start would take. A directive is the same as in Redis unless a rule here says otherwise; those of
/// <see cref="KeptDirectives"/> are ignored, for the reason that they give themselves.
/// </summary>
internal static class RedisRules
{
    /// <summary>More samples than the eviction looks at.</summary>
    private const int SamplesMax = 64;

    private const string OnlyShown = "It decides what OBJECT ENCODING shows, not how a collection is kept.";

    private const string AppendFsyncWithoutLog
        = "Redis does not look at it while appendonly is no. Here it takes back the promise that an answered write is on disk.";

    private delegate RedisJudgement Rule(RedisStatement statement, RedisDirectives all);

    /// <summary>By the name of the directive here.</summary>
    private static readonly Dictionary<string, Rule> Rules = new(StringComparer.Ordinal)
    {
        ["appendonly"] = (_, all) => all.IsOn("appendonly")
            ? RedisJudgement.Same("The log is always on.")
            : RedisJudgement.Different(
                "Every write goes to the log all the same, and is answered when it is on disk: nothing turns the log off.",
                "for a cache whose content may be lost: appendfsync no, and maxmemory with a policy"),
        ["appendfsync"] = AppendFsyncOf,
        ["save"] = (statement, _) => statement.Value.Length == 0
            ? RedisJudgement.Same()
            : RedisJudgement.Different(
                "A checkpoint of what has changed is made then, without a fork, and no dump.rdb. It only shortens the log: what was answered is safe without it.",
                "keep it, or delete it: checkpoint-log-bytes and checkpoint-interval make checkpoints too"),
        ["dir"] = (_, all) => RedisPaths.Judge(all),
        ["maxmemory"] = (_, all) => all.Config.MaxMemoryBytes == 0
            ? RedisJudgement.Same()
            : RedisJudgement.Different(
                "Keys, values and indexes count. Redis also counts the buffers of clients and what its allocator takes; here the process takes more than maxmemory.",
                "leave room for it, and watch used_memory and used_memory_rss in INFO"),
        ["maxmemory-samples"] = (_, all) => all.Config.MaxMemorySamples <= SamplesMax
            ? RedisJudgement.Same()
            : RedisJudgement.Different($"More than {SamplesMax} samples count as {SamplesMax}."),
        ["maxmemory-clients"] = (_, all) => all.Config.Kept.Number("maxmemory-clients") == 0
            ? RedisJudgement.Same()
            : RedisJudgement.Different(
                "Nothing bounds the buffers of all clients together. Each has its own bounds.", "client-query-buffer-limit, client-output-buffer-limit and maxclients"),
        ["io-threads"] = (_, all) => all.Config.IoThreads == 1
            ? RedisJudgement.Same()
            : RedisJudgement.Different(
                "Each of these threads does all that its clients need: it reads, parses, executes and sends. In Redis they send, and read if io-threads-do-reads says so.",
                "begin with 1: docs/scaling.md says when more pay off"),
        ["server_cpulist"] = (_, all) => all.Config.ServerCpuList.Length == 0
            ? RedisJudgement.Same()
            : RedisJudgement.Different("It also holds for the thread that writes the log, and not for the threads of the runtime."),
        ["hash-max-listpack-entries"] = Encoding,
        ["hash-max-listpack-value"] = Encoding,
        ["list-max-listpack-size"] = Encoding,
        ["set-max-intset-entries"] = Encoding,
        ["zset-max-listpack-entries"] = Encoding,
        ["zset-max-listpack-value"] = Encoding,
        ["aof-load-truncated"] = (_, all) => all.IsOn("aof-load-truncated")
            ? RedisJudgement.Same("What was being written when the server died, and was not answered, is cut off.")
            : RedisJudgement.Different(
                "A torn tail of the log is cut at start, and said: nobody was told of what it held. Anything else that is damaged stops the start."),
        ["socket-mark-id"] = (_, all) => all.Config.Kept.Number("socket-mark-id") == 0
            ? RedisJudgement.Same()
            : RedisJudgement.Different("Sockets are not marked: rules of a firewall that look for the mark do not match.", "match the port, or the unit's user or control group"),
        ["shutdown-on-sigterm"] = ShutdownOf,
        ["shutdown-on-sigint"] = ShutdownOf,
        ["supervised"] = (_, all) => all.Config.Kept.Text("supervised") == "upstart"
            ? RedisJudgement.Ignored("upstart is not told. systemd is, whenever NOTIFY_SOCKET is there.")
            : RedisJudgement.Same("systemd is told whenever NOTIFY_SOCKET is there."),
        ["oom-score-adj"] = (_, all) => all.Config.Kept.Text("oom-score-adj") == "no"
            ? RedisJudgement.Same()
            : RedisJudgement.Ignored("The kernel's score stays as the service manager has set it.", "OOMScoreAdjust= in the unit"),
        ["aclfile"] = (_, all) => all.Config.AclFile.Length == 0
            ? RedisJudgement.Same()
            : RedisJudgement.Same("The file is not read by this check; the start does, and refuses what it cannot use. Rules may name commands that do not exist here."),
        ["unixsocket"] = (_, _) => RedisJudgement.Same("The socket is made under the process's umask."),
        ["tls-ciphers"] = (statement, _) => statement.Value.Length == 0
            ? RedisJudgement.Same()
            : RedisJudgement.Same("Names of suites only: a start refuses OpenSSL's words for groups of them."),
    };

    /// <summary>
    /// Of a line with another meaning here: whether a new file is better without it. An appendfsync that Redis did not look at would take back the
    /// promise, and nothing turns the log off.
    /// </summary>
    public static bool IsBetterLeftOut(RedisConfigLine line) => line.Directive == "appendonly" || line.Reason == AppendFsyncWithoutLog;

    /// <summary>What becomes of a line that was taken.</summary>
    public static RedisJudgement Judge(RedisStatement statement, RedisDirectives all)
    {
        Directive directive = statement.Directive!;
        if (all.Overriding(statement) is { } later)
        {
            return RedisJudgement.Ignored(string.Create(CultureInfo.InvariantCulture, $"Line {later.Origin.Line} of {later.Origin.Source} takes its place."));
        }

        if (Rules.TryGetValue(directive.Name, out Rule? rule))
        {
            return rule(statement, all);
        }

        return KeptDirectives.Has(directive) ? RedisJudgement.Ignored(directive.Doc.ReplaceLineEndings(" ")) : RedisJudgement.Same();
    }

    private static RedisJudgement AppendFsyncOf(RedisStatement statement, RedisDirectives all)
    {
        if (all.Config.AppendFsync == AppendFsync.Always)
        {
            return RedisJudgement.Same("Readers do not wait for the disk, unless they look at what is not there yet.");
        }

        if (!all.RedisAppends)
        {
            return RedisJudgement.Different(
                AppendFsyncWithoutLog,
                "delete the line: always is the default");
        }

        return all.Config.AppendFsync == AppendFsync.EverySec
            ? RedisJudgement.Different(
                "A power cut loses what was answered in the last appendfsync-interval-ms (1000) and while a sync was under way; a killed process loses nothing. It is fixed while the server runs.",
                "delete the line to lose nothing: always is the default, and one sync serves all writers of a batch")
            : RedisJudgement.Same("A power cut can lose half a minute of answered writes.");
    }

    private static RedisJudgement Encoding(RedisStatement statement, RedisDirectives all)
    {
        Directive directive = statement.Directive!;
        return directive.Get(all.Config) == directive.Get(DirectiveTable.Defaults) ? RedisJudgement.Same(OnlyShown) : RedisJudgement.Different(OnlyShown);
    }

    private static RedisJudgement ShutdownOf(RedisStatement statement, RedisDirectives all)
    {
        string value = all.Config.Kept.Text(statement.Directive!.Name);
        const string InOrder = "The signal ends the server in order: what was answered is on disk.";
        return value.Split(' ').Contains("save")
            ? RedisJudgement.Different(InOrder + " It makes no checkpoint by itself.", "checkpoint-on-shutdown yes, if the next start is to be as fast as it can be")
            : RedisJudgement.Ignored(InOrder);
    }
}
