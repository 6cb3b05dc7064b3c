namespace RespKv.TestKit.Model;

/// <summary>Commands about the time at which a key expires.</summary>
internal static class ExpiryModel
{
    public const long Missing = -2;

    public static IEnumerable<ModelCommand> Commands { get; } =
    [
        new("EXPIRE", -3, KeyPlaces.One, call => Expire(call, 1000, relative: true)),
        new("PEXPIRE", -3, KeyPlaces.One, call => Expire(call, 1, relative: true)),
        new("EXPIREAT", -3, KeyPlaces.One, call => Expire(call, 1000, relative: false)),
        new("PEXPIREAT", -3, KeyPlaces.One, call => Expire(call, 1, relative: false)),
        new("PERSIST", 2, KeyPlaces.One, Persist),
        new("TTL", 2, KeyPlaces.One, call => Time(call, at => Seconds(at - call.NowMillis))),
        new("PTTL", 2, KeyPlaces.One, call => Time(call, at => at - call.NowMillis)),
        new("EXPIRETIME", 2, KeyPlaces.One, call => Time(call, Seconds)),
        new("PEXPIRETIME", 2, KeyPlaces.One, call => Time(call, at => at)),
    ];

    private static ModelReply Expire(ModelCall call, long unitMillis, bool relative)
    {
        HashSet<string> conditions = [];
        foreach (string word in call.Words.Skip(3))
        {
            if (word.ToUpperInvariant() is not ("NX" or "XX" or "GT" or "LT"))
            {
                return ModelReply.Error($"ERR Unsupported option {word}");
            }

            conditions.Add(word.ToUpperInvariant());
        }

        if (conditions.Contains("NX") && conditions.Count > 1)
        {
            return ModelReply.Error("ERR NX and XX, GT or LT options at the same time are not compatible");
        }

        if (conditions.Contains("GT") && conditions.Contains("LT"))
        {
            return ModelReply.Error("ERR GT and LT options at the same time are not compatible");
        }

        if (!ModelCall.TryInteger(call[2], out long time))
        {
            return ModelReply.NotAnInteger;
        }

        Int128 at = ((Int128)time * unitMillis) + (relative ? call.NowMillis : 0);
        if (at > long.MaxValue || (Int128)time * unitMillis < long.MinValue)
        {
            return ModelReply.Error($"ERR invalid expire time in '{call.Name.ToLowerInvariant()}' command");
        }

        if (call.Find(call[1]) is not { } entry || !Holds(conditions, entry, (long)at))
        {
            return ModelReply.Integer(0);
        }

        if (at <= call.NowMillis)
        {
            call.Remove(call[1]);
        }
        else
        {
            call.Put(call[1], entry with { ExpireAtMillis = (long)at });
        }

        return ModelReply.Integer(1);
    }

    /// <summary>A key without an expiry lives longer than any with one.</summary>
    private static bool Holds(HashSet<string> conditions, ModelEntry entry, long at) =>
        !(conditions.Contains("NX") && entry.HasExpiry)
        && !(conditions.Contains("XX") && !entry.HasExpiry)
        && !(conditions.Contains("GT") && (!entry.HasExpiry || at <= entry.ExpireAtMillis))
        && !(conditions.Contains("LT") && entry.HasExpiry && at >= entry.ExpireAtMillis);

    private static ModelReply Persist(ModelCall call)
    {
        if (call.Find(call[1]) is not { HasExpiry: true } entry)
        {
            return ModelReply.Integer(0);
        }

        call.Put(call[1], entry with { ExpireAtMillis = ModelEntry.Never });
        return ModelReply.Integer(1);
    }

    private static ModelReply Time(ModelCall call, Func<long, long> show) => ModelReply.Integer(call.Find(call[1]) switch
    {
        null => Missing,
        { HasExpiry: true } entry => show(entry.ExpireAtMillis),
        _ => ModelEntry.Never,
    });

    private static long Seconds(long millis) => (millis + 500) / 1000;
}
