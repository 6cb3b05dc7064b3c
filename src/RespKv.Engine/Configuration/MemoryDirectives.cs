using System.Globalization;

namespace RespKv.Engine.Configuration;

/// <summary>Directives about memory, the representation of collections, and observation. A part of <see cref="DirectiveTable"/>.</summary>
internal static class MemoryDirectives
{
    public static IReadOnlyList<DirectiveSection> Sections { get; } =
    [
        new("Memory",
        [
            new MemoryDirective("maxmemory", c => c.MaxMemoryBytes, (c, v) => c.MaxMemoryBytes = v)
            {
                Doc = "Memory for keys and values; above it keys are evicted as maxmemory-policy says, or writes that may grow data refused. 0 is no\n"
                    + "bound. What counts is the keyspace: entries, large values and indexes; not clients, the log's buffers or the runtime.",
                Min = 0,
                Max = long.MaxValue,
                Default = 0,
                Mutable = true,
            },
            new ChoiceDirective<MaxMemoryPolicy>("maxmemory-policy", c => c.MaxMemoryPolicy, (c, v) => c.MaxMemoryPolicy = v)
            {
                Doc = "Which keys are evicted: volatile-* those with an expiry, allkeys-* all; the least recently used, the least frequently used, any,\n"
                    + "or the one that expires next. An eviction is a deletion: it is logged, and gone after a restart too.",
                Choices = MaxMemoryPolicies.Names,
                Default = MaxMemoryPolicy.NoEviction,
                Mutable = true,
            },
            Number("maxmemory-samples", c => c.MaxMemorySamples, (c, v) => c.MaxMemorySamples = (int)v, 1, int.MaxValue, 5,
                "Keys that are looked at for each that is evicted: more choose better, and cost more. More than 64 count as 64."),
            Number("maxmemory-eviction-tenacity", c => c.MaxMemoryEvictionTenacity, (c, v) => c.MaxMemoryEvictionTenacity = (int)v, 0, 100, 10,
                "How much one command may evict before it runs although memory is still full: up to 10 half a millisecond, 100 without a bound."),
            Number("lfu-log-factor", c => c.LfuLogFactor, (c, v) => c.LfuLogFactor = (int)v, 0, int.MaxValue, 10,
                "How slowly a key's count of accesses grows towards 255 under an lfu policy."),
            Number("lfu-decay-time", c => c.LfuDecayMinutes, (c, v) => c.LfuDecayMinutes = (int)v, 0, int.MaxValue, 1,
                "Minutes after which that count goes down by one. 0: never."),
            Number("active-expire-effort", c => c.ActiveExpireEffort, (c, v) => c.ActiveExpireEffort = (int)v, 1, 10, 1,
                "How much of its time the server gives to keys that have expired: 1 a quarter of each period of hz, 10 twice that share."),
        ]),
        new("Representation of collections: from which size on OBJECT ENCODING shows the general encoding, as in Redis",
        [
            Number("hash-max-listpack-entries", c => c.HashMaxListpackEntries, (c, v) => c.HashMaxListpackEntries = v, 0, long.MaxValue, 512,
                "Fields of a hash.", alias: "hash-max-ziplist-entries"),
            Size("hash-max-listpack-value", c => c.HashMaxListpackValueBytes, (c, v) => c.HashMaxListpackValueBytes = v, 64,
                "Bytes of a field or value of a hash.", alias: "hash-max-ziplist-value"),
            Number("list-max-listpack-size", c => c.ListMaxListpackSize, (c, v) => c.ListMaxListpackSize = (int)v, int.MinValue, int.MaxValue, -2,
                "Elements of one node of a list; or its size: -1 to -5 are 4kb, 8kb, 16kb, 32kb, 64kb.", alias: "list-max-ziplist-size"),
            Number("set-max-intset-entries", c => c.SetMaxIntsetEntries, (c, v) => c.SetMaxIntsetEntries = v, 0, long.MaxValue, 512,
                "Members of a set of integers."),
            Number("zset-max-listpack-entries", c => c.ZSetMaxListpackEntries, (c, v) => c.ZSetMaxListpackEntries = v, 0, long.MaxValue, 128,
                "Members of a sorted set.", alias: "zset-max-ziplist-entries"),
            Size("zset-max-listpack-value", c => c.ZSetMaxListpackValueBytes, (c, v) => c.ZSetMaxListpackValueBytes = v, 64,
                "Bytes of a member of a sorted set.", alias: "zset-max-ziplist-value"),
            Size("hll-sparse-max-bytes", c => c.HllSparseBytesMax, (c, v) => c.HllSparseBytesMax = v, 3000,
                "Bytes up to which a HyperLogLog stays in its sparse form."),
        ]),
        new("Saving and observation",
        [
            new ListDirective("save", c => c.SavePoints, (c, v) => c.SavePoints = v)
            {
                Doc = "Seconds and changes, once or more: a checkpoint is also made when so many writes came since the last one, and that is so old.\n"
                    + "Nothing that was acknowledged waits for it: a checkpoint only shortens the log.",
                Meaning = "pairs of seconds and changes; \"\" means none; lines of a configuration file add up",
                Default = "",
                Check = CheckSave,
                WordsPerLine = 2,
                Mutable = true,
            },
            new SwitchDirective("latency-tracking", c => c.LatencyTracking, (c, v) => c.LatencyTracking = v)
            {
                Doc = "Whether it is kept how long commands take, for INFO latencystats and LATENCY HISTOGRAM.",
                Default = true,
                Mutable = true,
            },
            new ListDirective("latency-tracking-info-percentiles", c => c.LatencyPercentiles, (c, v) => c.LatencyPercentiles = v)
            {
                Doc = "Percentiles that INFO latencystats shows.",
                Meaning = "numbers from 0 to 100; \"\" means none",
                Default = "50 99 99.9",
                Check = CheckPercentiles,
                Mutable = true,
            },
        ]),
    ];

    private static IntegerDirective Number(
        string name, Func<ServerConfig, long> read, Action<ServerConfig, long> write, long min, long max, long standard, string doc, string alias = "")
        => new(name, read, write) { Doc = doc, Min = min, Max = max, Default = standard, Alias = alias, Mutable = true };

    private static MemoryDirective Size(
        string name, Func<ServerConfig, long> read, Action<ServerConfig, long> write, long standard, string doc, string alias = "")
        => new(name, read, write) { Doc = doc, Min = 0, Max = long.MaxValue, Default = standard, Alias = alias, Mutable = true };

    private static string? CheckSave(IReadOnlyList<string> words, out string shown)
    {
        shown = string.Join(' ', words);
        bool isRight = words.Count % 2 == 0;
        for (int i = 0; i < words.Count && isRight; i++)
        {
            isRight = long.TryParse(words[i], NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number >= (i % 2 == 0 ? 1 : 0);
        }

        return isRight ? null : "Invalid save parameters";
    }

    private static string? CheckPercentiles(IReadOnlyList<string> words, out string shown)
    {
        var shortened = new List<string>(words.Count);
        shown = "";
        foreach (string word in words)
        {
            if (!double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out double percentile))
            {
                return "Invalid latency-tracking-info-percentiles parameters";
            }

            if (percentile is not (>= 0 and <= 100))
            {
                return "latency-tracking-info-percentiles parameters should sit between [0.0,100.0]";
            }

            shortened.Add(percentile.ToString("0.######", CultureInfo.InvariantCulture));
        }

        shown = string.Join(' ', shortened);
        return null;
    }
}
