using System.Globalization;

namespace RespKv.TestKit.Model;

/// <summary>Random words about the time at which a key expires.</summary>
internal sealed class ExpiryMaker(Random random, CommandMakerOptions options)
{
    /// <summary>In the year 2255.</summary>
    private const long FarMillis = 9_000_000_000_000;

    private const long SecondMillis = 1000;
    private const long DayMillis = 86_400 * SecondMillis;

    /// <summary>A command about the expiry of the key.</summary>
    public string[] Command(string key)
    {
        if (options.Expiry == ExpiryKind.Any && random.OneIn(3))
        {
            return random.Next(4) switch
            {
                0 => ["SETEX", key, Text(1 + (RelativeMillis() / SecondMillis)), "setex"],
                1 => ["PSETEX", key, Text(RelativeMillis()), "psetex"],
                2 => ["EXPIRE", key, Text((RelativeMillis() / SecondMillis) - random.Next(2)), .. Condition()],
                _ => ["PEXPIRE", key, Text(RelativeMillis() - (random.OneIn(6) ? DayMillis : 0)), .. Condition()],
            };
        }

        return random.Next(8) switch
        {
            0 or 1 => ["PEXPIREAT", key, Text(AbsoluteMillis()), .. Condition()],
            2 or 3 => ["EXPIREAT", key, Text(AbsoluteMillis() / SecondMillis), .. Condition()],
            4 => ["PERSIST", key],
            5 when options.Expiry == ExpiryKind.Any => [random.Pick("TTL", "PTTL"), key],
            _ => [random.Pick("EXPIRETIME", "PEXPIRETIME"), key],
        };
    }

    public string[] SetOptions() => options.Expiry switch
    {
        ExpiryKind.None => ["KEEPTTL"],
        ExpiryKind.Far => random.Pick<string[]>(["KEEPTTL"], Absolute()),
        _ => random.Pick(["KEEPTTL"], Absolute(), Relative()),
    };

    public string[] GetExOptions() => options.Expiry switch
    {
        ExpiryKind.None => random.Pick<string[]>([], ["PERSIST"]),
        ExpiryKind.Far => random.Pick<string[]>([], ["PERSIST"], Absolute()),
        _ => random.Pick<string[]>([], ["PERSIST"], Absolute(), Relative()),
    };

    public string[] Refused(string key) => random.Next(8) switch
    {
        0 => ["SET", key, "v", "EX", random.Pick("0", "-5", "x", "9223372036854775807")],
        1 => ["SET", key, "v", "PXAT", "1000", "KEEPTTL"],
        2 => ["PSETEX", key, random.Pick("0", "-1", "1.5", "9223372036854775807"), "v"],
        3 => ["PEXPIREAT", key, Text(FarMillis), "NX", random.Pick("XX", "GT", "LT")],
        4 => ["EXPIREAT", key, Text(FarMillis), "GT", "LT"],
        5 => ["EXPIRE", key, random.Pick("9223372036854775807", "-9223372036854775808", "x")],
        6 => ["GETEX", key, .. random.Pick<string[]>(["EX", "0"], ["EX"], ["PXAT", "x"], ["EX", "1", "PERSIST"])],
        _ => ["PEXPIREAT", key, Text(FarMillis), "BOGUS"],
    };

    private string[] Absolute() => random.Pick<string[]>(["PXAT", Text(AbsoluteMillis())], ["EXAT", Text(AbsoluteMillis() / SecondMillis)]);

    private string[] Relative() => random.Pick<string[]>(["PX", Text(RelativeMillis())], ["EX", Text(1 + (RelativeMillis() / SecondMillis))]);

    private long RelativeMillis() => random.Next(4) switch
    {
        0 => random.Next(50, 400),
        1 => random.Next(1_000, 10_000),
        _ => DayMillis + random.Next(1_000_000),
    };

    /// <summary>Every fourth has passed, where such times are wanted.</summary>
    private long AbsoluteMillis() => options.Expiry == ExpiryKind.Any && random.OneIn(2)
        ? options.NowMillis() + (random.OneIn(2) ? -random.Next(1, 1_000_000) : RelativeMillis())
        : FarMillis + random.Next(1_000_000);

    private string[] Condition() => random.Pick<string[]>([], [], ["NX"], ["XX"], ["GT"], ["LT"], ["XX", "GT"]);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
