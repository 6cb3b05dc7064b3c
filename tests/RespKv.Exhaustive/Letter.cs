using System.Globalization;

namespace RespKv.Exhaustive;

/// <summary>One operation of the alphabet.</summary>
/// <param name="Name">As sequences are written: SET,SAVE,DEL.</param>
/// <param name="Commands">What is sent at once when it is the n-th of its sequence; values tell the places apart.</param>
internal sealed record Letter(string Name, Func<int, string[][]> Commands)
{
    /// <summary>When every sequence starts. Unix milliseconds.</summary>
    public const long StartMillis = 1_900_000_000_000;

    /// <summary>The key that holds a list; the others hold strings.</summary>
    public const string List = "l";

    /// <summary>Later than any sequence without CLOCK takes.</summary>
    public const long ExpireAtMillis = StartMillis + 5_000;

    /// <summary>How far CLOCK goes: what EXPIRE has set has passed, and a few rounds of the expiry cycle have come.</summary>
    public const long ClockMillis = 8_000;

    /// <summary>Fills a segment of the smallest size on its own, so that the log goes on in the next one.</summary>
    private const int SegmentValueBytes = 60_000;

    /// <summary>More than a segment of the smallest size holds.</summary>
    private const int LargeValueBytes = 70_000;

    public static IReadOnlyList<Letter> Alphabet { get; } =
    [
        new("SET", place => [["SET", "a", Value(place)]]),
        new("DEL", _ => [["DEL", "a"]]),
        new("MSET", place => [["MSET", "a", Value(place), "b", Value(place)]]),
        new("EXPIRE", _ => [["PEXPIREAT", "a", ExpireAtMillis.ToString(CultureInfo.InvariantCulture)]]),
        new("CLOCK", _ => []),
        new("SEGMENT", place => [["SET", "c", new string((char)('0' + place), SegmentValueBytes)]]),
        new("LARGE", place => [["SET", "d", new string((char)('0' + place), LargeValueBytes)]]),
        new("SAVE", _ => [["SAVE"]]),
        new("PUSH", place => [["RPUSH", List, Value(place)]]),
        new("POP", _ => [["LPOP", List]]),
        new("MULTI", place => [["MULTI"], ["SET", "b", Value(place)], ["DEL", "a"], ["INCR", "n"], ["EXEC"]]),
    ];

    /// <summary>Makes a checkpoint; changes nothing that a client could see.</summary>
    public bool IsSave => Name == "SAVE";

    /// <summary>Nobody sends anything, and time goes by.</summary>
    public bool IsClock => Name == "CLOCK";

    private static string Value(int place) => string.Create(CultureInfo.InvariantCulture, $"v{place}");
}
