using System.Buffers.Text;
using System.Globalization;
using System.Numerics;

namespace RespKv.Protocol;

/// <summary>What came of <see cref="RespNumber.TryAddLongDouble"/>.</summary>
public enum LongDoubleStatus
{
    /// <summary>The sum was written.</summary>
    Ok,

    /// <summary>One of the operands is no number ("ERR value is not a valid float").</summary>
    NotAFloat,

    /// <summary>"ERR increment would produce NaN or Infinity".</summary>
    NotFinite,
}

/// <summary>Redis's rules for numbers in commands and replies. Text is ASCII; nothing here depends on a culture.</summary>
public static class RespNumber
{
    /// <summary>Room that <see cref="FormatInt64"/> needs.</summary>
    public const int Int64BytesMax = 20;

    /// <summary>Room that <see cref="FormatDouble"/> needs: sign, 17 digits, point, exponent.</summary>
    public const int DoubleBytesMax = 32;

    /// <summary>Room that <see cref="FormatHumanDouble"/> needs: sign, 309 digits, point, 17 digits.</summary>
    public const int HumanDoubleBytesMax = 328;

    /// <summary>Room that <see cref="TryAddLongDouble"/> needs: sign, 4,933 digits, point, 17 digits. As Redis's MAX_LONG_DOUBLE_CHARS.</summary>
    public const int LongDoubleBytesMax = FloatText.LongDoubleBytesMax;

    /// <summary>Digits of long.MaxValue.</summary>
    private const int Int64DigitsMax = 19;

    /// <summary>Text that is short enough for the library's parser to see all of its digits and of its exponent.</summary>
    private const int ShortFloatBytesMax = 64;

    /// <summary>From here on %.17g switches to an exponent.</summary>
    private const double PlainIntegerMax = 1e17;

    /// <summary>Canonical decimal text only, as Redis's string2ll: no plus, no leading zeros, no spaces, no -0.</summary>
    public static bool TryParseInt64(ReadOnlySpan<byte> text, out long value)
    {
        value = 0;
        bool negative = text is [(byte)'-', ..];
        ReadOnlySpan<byte> digits = negative ? text[1..] : text;
        if ((uint)(digits.Length - 1) >= Int64DigitsMax)
        {
            return false;
        }

        if (digits[0] == (byte)'0')
        {
            return text.Length == 1;
        }

        // 19 digits always fit into 64 bits without a sign.
        ulong magnitude = 0;
        foreach (byte digit in digits)
        {
            uint number = digit - (uint)'0';
            if (number > 9)
            {
                return false;
            }

            magnitude = (magnitude * 10) + number;
        }

        if (magnitude > (negative ? 1UL << 63 : long.MaxValue))
        {
            return false;
        }

        value = negative ? -(long)magnitude : (long)magnitude;
        return true;
    }

    /// <summary>
    /// As Redis's string2d: all of the text as C's strtod takes it (decimal, hexadecimal, inf, infinity, in any case), without
    /// blanks. Refuses nan, and finite text that rounds to infinity or, not being zero, to zero.
    /// </summary>
    public static bool TryParseDouble(ReadOnlySpan<byte> text, out double value)
    {
        value = 0;
        if (!FloatText.TryRead(text, out FloatText number))
        {
            return false;
        }

        if (number.IsInfinity)
        {
            value = number.IsNegative ? double.NegativeInfinity : double.PositiveInfinity;
            return true;
        }

        // The library's parser rounds correctly too, but takes an overflow for infinity and an underflow for zero.
        if (number.IsDecimal && text.Length <= ShortFloatBytesMax
            && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value)
            && double.IsFinite(value) && value != 0)
        {
            return true;
        }

        bool representable = number.TryRound(FloatFormat.Double, out BinaryFloat rounded);
        value = rounded.ToDouble();
        return representable;
    }

    /// <summary>
    /// Seconds in milliseconds, rounded up, as Redis reads a timeout: text that C's strtold takes. What has no room in 64 bits is
    /// <see cref="long.MinValue"/>, as x86's conversion makes it.
    /// </summary>
    public static bool TryParseMillis(ReadOnlySpan<byte> seconds, out long millis)
    {
        millis = long.MinValue;
        if (!FloatText.TryReadLongDouble(seconds, out bool infinite, out BinaryFloat number))
        {
            return false;
        }

        if (infinite || number.Exponent > 64)
        {
            return true;
        }

        BigInteger value = (BigInteger)number.Mantissa * (number.IsNegative ? -1000 : 1000);
        int shift = -number.Exponent;

        // A right shift rounds down, so that of the opposite rounds up. Below the mantissa's bits there is nothing but rounding.
        value = shift <= 0 ? value << -shift : -(-value >> Math.Min(shift, 128));
        millis = value >= long.MinValue && value <= long.MaxValue ? (long)value : long.MinValue;
        return true;
    }

    /// <summary>Decimal text; returns its length, at most <see cref="Int64BytesMax"/>.</summary>
    public static int FormatInt64(long value, Span<byte> destination)
    {
        if ((ulong)value < 10)
        {
            destination[0] = (byte)('0' + value);
            return 1;
        }

        if (!Utf8Formatter.TryFormat(value, destination, out int written))
        {
            ThrowTooShort();
        }

        return written;
    }

    /// <summary>C's %.17g, and inf, -inf, nan; returns the length, at most <see cref="DoubleBytesMax"/>.</summary>
    public static int FormatDouble(double value, Span<byte> destination)
    {
        if (Math.Abs(value) < PlainIntegerMax && value == (long)value && (value != 0 || !double.IsNegative(value)))
        {
            return FormatInt64((long)value, destination);
        }

        if (!double.IsFinite(value))
        {
            ReadOnlySpan<byte> name = double.IsNaN(value) ? "nan"u8 : value > 0 ? "inf"u8 : "-inf"u8;
            name.CopyTo(destination);
            return name.Length;
        }

        if (!value.TryFormat(destination, out int written, "g17", CultureInfo.InvariantCulture))
        {
            ThrowTooShort();
        }

        return written;
    }

    /// <summary>
    /// As Redis writes numbers for humans, coordinates for example: C's %.17Lf without trailing zeros. Returns the length, at most
    /// <see cref="HumanDoubleBytesMax"/>.
    /// </summary>
    public static int FormatHumanDouble(double value, Span<byte> destination)
        => double.IsFinite(value) ? LongDoubleText.Format(BinaryFloat.FromDouble(value), destination) : FormatDouble(value, destination);

    /// <summary>
    /// INCRBYFLOAT: adds as Redis does on x86-64, in 80-bit long doubles (64 bits of mantissa), and writes the sum as %.17Lf
    /// without trailing zeros. <paramref name="result"/> takes <see cref="LongDoubleBytesMax"/> bytes at most. False when
    /// <paramref name="status"/> is not Ok.
    /// </summary>
    public static bool TryAddLongDouble(
        ReadOnlySpan<byte> current, ReadOnlySpan<byte> increment, Span<byte> result, out int written, out LongDoubleStatus status)
    {
        written = 0;
        status = LongDoubleStatus.NotAFloat;
        if (!FloatText.TryReadLongDouble(current, out bool currentInfinite, out BinaryFloat left)
            || !FloatText.TryReadLongDouble(increment, out bool incrementInfinite, out BinaryFloat right))
        {
            return false;
        }

        if (currentInfinite || incrementInfinite || !BinaryFloat.TryAdd(left, right, FloatFormat.LongDouble, out BinaryFloat sum))
        {
            status = LongDoubleStatus.NotFinite;
            return false;
        }

        status = LongDoubleStatus.Ok;
        written = LongDoubleText.Format(sum, result);
        return true;
    }

    private static void ThrowTooShort() => throw new ArgumentException("The destination is too short.");
}
