using System.Buffers.Text;

namespace RespKv.StartupBench;

/// <summary>
/// The keys and values that everything is measured with: 16-byte keys in no order, 64-byte values that do not compress.
/// The same number always makes the same pair, so that Redis and RespKv load the same data.
/// </summary>
internal static class DataSet
{
    public const int KeyBytes = 16;
    public const int ValueBytes = 64;

    private const string ValueAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    /// <summary><c>key:</c> and twelve digits.</summary>
    public static void Key(Span<byte> key, long number)
    {
        "key:"u8.CopyTo(key);
        _ = Utf8Formatter.TryFormat(number, key[4..], out _, new System.Buffers.StandardFormat('D', 12));
    }

    public static void Value(Span<byte> value, long number)
    {
        ulong state = (ulong)number;
        for (int i = 0; i < ValueBytes; i += 8)
        {
            ulong bits = Mix(state += 0x9E37_79B9_7F4A_7C15);
            for (int j = 0; j < 8; j++)
            {
                value[i + j] = (byte)ValueAlphabet[(int)(bits >> (8 * j)) & 63];
            }
        }
    }

    /// <summary>The numbers from 0 to <paramref name="count"/> in an order that has nothing to do with theirs; every one once.</summary>
    public static IEnumerable<long> Shuffled(long count)
    {
        // A multiplier that has no divisor in common with the count visits every number once.
        long step = (long)(count * 0.618) | 1;
        while (Gcd(step, count) != 1)
        {
            step += 2;
        }

        long number = 0;
        for (long i = 0; i < count; i++)
        {
            yield return number;
            number = (number + step) % count;
        }
    }

    /// <summary>splitmix64.</summary>
    public static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9;
        z = (z ^ (z >> 27)) * 0x94D0_49BB_1331_11EB;
        return z ^ (z >> 31);
    }

    private static long Gcd(long a, long b) => b == 0 ? a : Gcd(b, a % b);
}
