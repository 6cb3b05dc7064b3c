using System.Buffers.Binary;
using System.Buffers.Text;

namespace RespKv.Engine.Keyspace;

/// <summary>
/// Integers stored as eight bytes. Only texts that come back byte for byte qualify: no sign but a minus, no leading
/// zeros, no "-0", within 64 bits.
/// </summary>
internal static class CanonicalInteger
{
    /// <summary>"-9223372036854775808".</summary>
    public const int TextBytesMax = 20;

    public static bool TryParse(ReadOnlySpan<byte> text, out long value)
    {
        value = 0;
        if (text.IsEmpty || text.Length > TextBytesMax)
        {
            return false;
        }

        bool isNegative = text[0] == '-';
        ReadOnlySpan<byte> digits = isNegative ? text[1..] : text;
        if (digits.IsEmpty || (digits[0] == '0' && (isNegative || digits.Length > 1)))
        {
            return false;
        }

        ulong magnitude = 0;
        foreach (byte character in digits)
        {
            uint digit = (uint)character - '0';
            if (digit > 9 || magnitude > (ulong.MaxValue - digit) / 10)
            {
                return false;
            }

            magnitude = (magnitude * 10) + digit;
        }

        ulong magnitudeMax = isNegative ? 1UL << 63 : long.MaxValue;
        value = isNegative ? (long)(0 - magnitude) : (long)magnitude;
        return magnitude <= magnitudeMax;
    }

    public static int Format(long value, Span<byte> text)
    {
        bool fits = Utf8Formatter.TryFormat(value, text, out int written);
        return fits ? written : throw new ArgumentException($"an integer takes {TextBytesMax} bytes", nameof(text));
    }

    public static long Read(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadInt64LittleEndian(bytes);

    public static void Write(Span<byte> bytes, long value) => BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
}
