namespace RespKv.Engine.Commands.Introspection;

/// <summary>How commands differ from those of Redis 7.0.15, and what commands of our own are for: for docs/compatibility.md. No entry: not at all.</summary>
internal static class CommandDifferences
{
    private static readonly Dictionary<string, string> Texts = new(StringComparer.Ordinal)
    {
        ["acl|load"] = "Refused inside MULTI.",
        ["acl|log"] = "Three fields more: entry-id and two times, as in Redis 7.2. Names are cut at 1 KiB.",
        ["acl|save"] = "Refused inside MULTI.",
        ["backup"] = "Hands the files of a checkpoint to a client; see tool.md.",
        ["bgrewriteaof"] = "Makes a checkpoint, which is what shortens the log here.",
        ["bgsave"] = "Makes a checkpoint instead of an RDB file.",
        ["client|kill"] = "TYPE finds no masters and replicas: there is no replication.",
        ["client|list"] = "fd, argv-mem, rbs and rbp are 0: buffers belong to the threads that serve sockets, not to clients. Two fields more at the end, lib-name and lib-ver, as in Redis 7.2.",
        ["client|info"] = "As CLIENT LIST.",
        ["client|no-evict"] = "Kept and shown, but clients are never evicted: each has bounds of its own.",
        ["client|no-touch"] = "As in Redis 7.2.",
        ["client|setinfo"] = "As in Redis 7.2.",
        ["config|get"] = "Directives of our own beside Redis's; what those of Redis that change nothing here are kept for stands in conf/respkv.conf.",
        ["config|rewrite"] = "Refused inside MULTI.",
        ["config|set"] = "port, bind, appendfsync and dir are fixed while the server runs; appendonly, cluster-enabled, replicaof and min-replicas-to-write have one possible value. TLS directives are refused inside MULTI. See conf/respkv.conf.",
        ["debug"] = "The subcommands that DEBUG HELP lists. SLEEP is exact to 1/hz seconds.",
        ["hrandfield"] = "A negative count may ask for 16,777,216 fields.",
        ["hscan"] = "Cursors are not Redis's numbers; a field that stays is returned exactly once. A hash of up to 4 KiB and 512 fields comes in one reply.",
        ["info"] = "Fields of our own for the log, checkpoints and the runtime beside Redis's; what does not exist here (replicas, forks, modules) is 0 or left out.",
        ["keyrange"] = "The keys of a range in byte order; see keyrange.md.",
        ["latency|doctor"] = "Its own words.",
        ["latency|graph"] = "Its own picture.",
        ["latency|histogram"] = "Counts are exact to an eighth.",
        ["lolwut"] = "Its own picture.",
        ["memory|doctor"] = "Its own words.",
        ["memory|malloc-stats"] = "What there is to say of slabs and heap.",
        ["memory|purge"] = "Collects garbage. Refused inside MULTI.",
        ["memory|stats"] = "Without the fields of jemalloc.",
        ["memory|usage"] = "Bytes of our own representation.",
        ["monitor"] = "A monitor that does not read is cut at client-output-buffer-limit pubsub; in Redis at that of normal clients, which is none.",
        ["object|encoding"] = "A collection that has lost its compact encoding, and become small again since, may show it again after a restart.",
        ["publish"] = "A message waits until what was written before it is durable. One to the client itself, with RESP3, comes behind the reply, as in Redis 7.2.",
        ["module|loadex"] = "There are no modules, so it is never allowed.",
        ["module|load"] = "There are no modules, so it is never allowed.",
        ["module|unload"] = "There are no modules, so it is never allowed.",
        ["replicaof"] = "There is no replication: only NO ONE is accepted.",
        ["slaveof"] = "As REPLICAOF.",
        ["failover"] = "There is no replication, so it always requires replicas.",
        ["role"] = "Always a master without replicas.",
        ["save"] = "Makes a checkpoint instead of an RDB file, and stops nobody else.",
        ["scan"] = "Cursors are not Redis's numbers; a key that stays is returned exactly once.",
        ["shutdown"] = "ABORT finds nothing to abort: a shutdown cannot be taken back.",
        ["sort"] = "ALPHA compares bytes, as Redis does in the C locale. Elements and weights may have 1 GiB together.",
        ["sort_ro"] = "As SORT.",
        ["spublish"] = "As PUBLISH.",
        ["srandmember"] = "A negative count may ask for 16,777,216 members.",
        ["sscan"] = "As HSCAN.",
        ["wait"] = "There are no replicas, so it ends by its timeout only.",
        ["waitaof"] = "As in Redis 7.2; 1 means synced to the log.",
        ["zrandmember"] = "A negative count may ask for 16,777,216 members.",
    };

    /// <summary>Empty when there is nothing to say.</summary>
    public static string Of(string name)
        => name == "cluster" || name.StartsWith("cluster|", StringComparison.Ordinal) || name is "readonly" or "readwrite" or "asking"
            ? "There is no cluster mode: it answers as a redis-server that is in none."
            : Texts.GetValueOrDefault(name, "");

    /// <summary>The names that something is said of.</summary>
    public static IReadOnlyCollection<string> Names => Texts.Keys;
}
