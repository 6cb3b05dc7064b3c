using System.Buffers.Text;

namespace RespKv.Engine.Commands.Keys;

/// <summary>The text of SCAN's cursor, an unsigned 64-bit number.</summary>
internal static class ScanCursor
{
    /// <summary>18446744073709551615.</summary>
    public const int TextBytesMax = 20;

    /// <summary>
    /// Reads it as C's strtoul does, since Redis takes whatever that takes: nothing at all is 0, a sign may stand in front (minus
    /// counts down from 2^64), zeros too, and a NUL ends it. White space in front is refused.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out ulong cursor)
    {
        cursor = 0;
        int end = text.IndexOf((byte)0);
        ReadOnlySpan<byte> digits = end >= 0 ? text[..end] : text;
        if (digits.IsEmpty)
        {
            return true;
        }

        bool isNegative = digits[0] == '-';
        digits = isNegative || digits[0] == '+' ? digits[1..] : digits;
        foreach (byte character in digits)
        {
            uint digit = (uint)character - '0';
            if (digit > 9 || cursor > (ulong.MaxValue - digit) / 10)
            {
                return false;
            }

            cursor = (cursor * 10) + digit;
        }

        cursor = isNegative ? 0 - cursor : cursor;
        return !digits.IsEmpty;
    }

    public static int Format(ulong cursor, Span<byte> text)
    {
        Utf8Formatter.TryFormat(cursor, text, out int length);
        return length;
    }
}
