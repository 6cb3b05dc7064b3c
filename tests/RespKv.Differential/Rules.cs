using System.Globalization;

namespace RespKv.Differential;

/// <summary>
/// When replies count as the same: byte for byte, but for what Redis leaves to chance or to the moment, and for the differences that docs/compatibility.md
/// has with their reasons.
/// </summary>
internal sealed class Rules
{
    /// <summary>How far apart the servers' clocks may seem.</summary>
    private const long MillisMax = 5000;

    /// <summary>Elements in no order.</summary>
    private static readonly HashSet<string> Unordered = new(StringComparer.OrdinalIgnoreCase)
    {
        "SMEMBERS", "SINTER", "SUNION", "SDIFF", "HGETALL", "HKEYS", "HVALS", "KEYS", "SPOP", "PUBSUB", "CONFIG", "SORT", "SORT_RO", "COMMAND",
    };

    /// <summary>Elements by chance: only how many they are is compared.</summary>
    private static readonly HashSet<string> Random = new(StringComparer.OrdinalIgnoreCase) { "SRANDMEMBER", "HRANDFIELD", "ZRANDMEMBER", "RANDOMKEY" };

    private static readonly HashSet<string> Scans = new(StringComparer.OrdinalIgnoreCase) { "HSCAN", "SSCAN", "ZSCAN", "SCAN" };

    private static readonly HashSet<string> Times = new(StringComparer.OrdinalIgnoreCase) { "TTL", "PTTL" };

    private readonly List<string[]> _queued = [];

    /// <summary>Whether a command's replies are the same. To be called for each command of a session, in its order.</summary>
    public bool AreSame(string[] command, Reply ours, Reply redis)
    {
        string name = command[0].ToUpperInvariant();
        if (ours is { Marker: '+', Text: "QUEUED" } && redis is { Marker: '+', Text: "QUEUED" })
        {
            _queued.Add(command);
            return true;
        }

        if (name is "EXEC" or "DISCARD" || (name == "MULTI" && !ours.IsError))
        {
            string[][] queued = [.. _queued];
            _queued.Clear();
            return name == "EXEC" && ours.IsAggregate && ours.Items.Count == redis.Items.Count && ours.Items.Count == queued.Length
                ? queued.Select((one, i) => AreSameReplies(one, ours.Items[i], redis.Items[i])).All(same => same)
                : ours.ToString() == redis.ToString();
        }

        return AreSameReplies(command, ours, redis);
    }

    private static bool AreSameReplies(string[] command, Reply ours, Reply redis)
    {
        if (ours.ToString() == redis.ToString())
        {
            return true;
        }

        string name = command[0];
        if (ours.IsError || redis.IsError)
        {
            return IsKnown(command, ours, redis);
        }

        if (Unordered.Contains(name) && ours.IsAggregate && redis.IsAggregate)
        {
            // What comes first under a limit depends on the order.
            return ours.Marker == redis.Marker && (Has(command, "LIMIT") ? ours.Items.Count == redis.Items.Count : Sorted(ours) == Sorted(redis));
        }

        if (Random.Contains(name))
        {
            return ours.Marker == redis.Marker && ours.Items.Count == redis.Items.Count;
        }

        if (Scans.Contains(name) && ours.Items.Count == 2 && redis.Items.Count == 2)
        {
            // Whole on both sides, or not to be compared.
            return ours.Items[0].Text != "0" || redis.Items[0].Text != "0" || Has(command, "COUNT") || Sorted(ours.Items[1]) == Sorted(redis.Items[1])
                || command[2] != "0";
        }

        if (Times.Contains(name) && long.TryParse(ours.Text, out long one) && long.TryParse(redis.Text, out long other))
        {
            return one > 0 && other > 0 && Math.Abs(one - other) <= MillisMax;
        }

        return IsKnown(command, ours, redis);
    }

    /// <summary>Differences that stay; see docs/compatibility.md, "Differences that the differential test knows".</summary>
    private static bool IsKnown(string[] command, Reply ours, Reply redis)
    {
        string name = command[0].ToUpperInvariant();
        return name switch
        {
            // A drawing of our own.
            "LOLWUT" => ours.Marker == redis.Marker,

            // Redis takes a number of keys that begins with digits.
            "COMMAND" => ours.IsError && command.Length > 3 && command[2].StartsWith("ZUNION", StringComparison.OrdinalIgnoreCase),

            // An integer or a short string that a command wanted to change in part and did not is raw in Redis from then on.
            "OBJECT" => ours.Text is "int" or "embstr" && redis.Text == "raw",
            _ => IsSameScore(ours, redis),
        };
    }

    /// <summary>-0 is a score of its own in ours; Redis keeps it in large sorted sets only.</summary>
    private static bool IsSameScore(Reply ours, Reply redis) => ours.ToString().Replace("-0,", "0,", StringComparison.Ordinal).Replace("-0]", "0]", StringComparison.Ordinal)
        == redis.ToString().Replace("-0,", "0,", StringComparison.Ordinal).Replace("-0]", "0]", StringComparison.Ordinal)
        || (ours.Marker == redis.Marker && ours.Text == "-0" && redis.Text == "0");

    private static bool Has(string[] command, string option) => command.Contains(option, StringComparer.OrdinalIgnoreCase);

    private static string Sorted(Reply reply)
        => string.Create(CultureInfo.InvariantCulture, $"{reply.Items.Count} ") + string.Join(' ', reply.Items.Select(item => item.ToString()).Order(StringComparer.Ordinal));
}
