using System.Text;
using RespKv.Engine.KeyOrder;

namespace RespKv.Engine.Tests.KeyOrder;

/// <summary>Keys in byte order, the plain way. Keys are Latin-1, so that ordinal order is byte order.</summary>
internal static class OrderedModel
{
    private static readonly string[] Stems = ["", "a", "aa", "user:", "user:1", "\u00ff", "\0", "user:000000"];

    public static byte[] Bytes(string key) => Encoding.Latin1.GetBytes(key);

    public static string Text(ReadOnlySpan<byte> key) => Encoding.Latin1.GetString(key);

    /// <summary>Few enough that keys meet again, with common beginnings longer and shorter than eight bytes, and odd bytes.</summary>
    public static string RandomKey(Random random)
    {
        string stem = Stems[random.Next(Stems.Length)];
        int length = random.Next(3);
        var key = new StringBuilder(stem);
        for (int i = 0; i < length; i++)
        {
            key.Append("\0\u0001ab\u007f\u0080\u00ff"[random.Next(7)]);
        }

        return key.ToString();
    }

    public static string RandomBound(Random random) => random.Next(6) switch
    {
        0 => "-",
        1 => "+",
        2 or 3 => "(" + RandomKey(random),
        _ => "[" + RandomKey(random),
    };

    public static KeyRange RandomRange(Random random)
    {
        while (true)
        {
            KeyRange range = KeyRangeTests.Range(RandomBound(random), RandomBound(random), random.Next(2) == 0);
            if (!range.IsEmpty)
            {
                return range;
            }
        }
    }

    public static string[] Walk(IEnumerable<string> keys, KeyRange range)
    {
        IEnumerable<string> inside = keys.Where(k => range.Contains(Bytes(k))).Order(StringComparer.Ordinal);
        return [.. range.IsReverse ? inside.Reverse() : inside];
    }
}
