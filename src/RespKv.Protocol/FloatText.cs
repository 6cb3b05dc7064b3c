using System.Numerics;

namespace RespKv.Protocol;

/// <summary>
/// Number text as C's strtod and strtold take it: <c>[sign] digits [. digits] [e [sign] digits]</c>, <c>0x</c> with hexadecimal
/// digits and a binary exponent after <c>p</c>, <c>inf</c>, <c>infinity</c>. Not nan, and no blanks: Redis refuses both.
/// </summary>
internal readonly ref struct FloatText
{
    /// <summary>Redis refuses longer text for long doubles (MAX_LONG_DOUBLE_CHARS, with its final NUL).</summary>
    public const int LongDoubleBytesMax = 5 * 1024;

    /// <summary>
    /// Digits that are taken as they are. No number of either format, and no tie between two, has as many; what follows only
    /// matters as "not zero". Bounds the time for a text of megabytes.
    /// </summary>
    private const int DigitsMax = 12_000;

    /// <summary>Where an exponent saturates: more than the digits of the longest argument could make up for.</summary>
    private const long ExponentBound = 1_000_000_000;

    /// <summary>Digits of either base that fit into 64 bits at once.</summary>
    private const int ChunkDigits = 15;

    private readonly ReadOnlySpan<byte> _whole;
    private readonly ReadOnlySpan<byte> _fraction;
    private readonly long _exponent;
    private readonly bool _hexadecimal;

    private FloatText(bool negative, bool infinity)
    {
        IsNegative = negative;
        IsInfinity = infinity;
    }

    private FloatText(bool negative, bool hexadecimal, ReadOnlySpan<byte> whole, ReadOnlySpan<byte> fraction, long exponent)
    {
        IsNegative = negative;
        _hexadecimal = hexadecimal;
        _whole = whole;
        _fraction = fraction;
        _exponent = exponent;
    }

    public bool IsNegative { get; }

    public bool IsInfinity { get; }

    /// <summary>Neither hexadecimal nor infinite.</summary>
    public bool IsDecimal => !IsInfinity && !_hexadecimal;

    public static bool TryRead(ReadOnlySpan<byte> text, out FloatText number)
    {
        number = default;
        bool negative = text is [(byte)'-', ..];
        ReadOnlySpan<byte> rest = text is [(byte)'-' or (byte)'+', ..] ? text[1..] : text;
        if (System.Text.Ascii.EqualsIgnoreCase(rest, "inf"u8) || System.Text.Ascii.EqualsIgnoreCase(rest, "infinity"u8))
        {
            number = new FloatText(negative, infinity: true);
            return true;
        }

        bool hexadecimal = rest is [(byte)'0', (byte)'x' or (byte)'X', ..];
        if (hexadecimal)
        {
            rest = rest[2..];
        }

        ReadOnlySpan<byte> whole = TakeDigits(ref rest, hexadecimal);
        ReadOnlySpan<byte> fraction = default;
        if (rest is [(byte)'.', ..])
        {
            rest = rest[1..];
            fraction = TakeDigits(ref rest, hexadecimal);
        }

        if (whole.Length + fraction.Length == 0 || !TryTakeExponent(ref rest, hexadecimal, out long exponent) || !rest.IsEmpty)
        {
            return false;
        }

        number = new FloatText(negative, hexadecimal, whole, fraction, exponent);
        return true;
    }

    /// <summary>Redis's string2ld. The number is zero when it is infinite.</summary>
    public static bool TryReadLongDouble(ReadOnlySpan<byte> text, out bool infinite, out BinaryFloat number)
    {
        number = default;
        infinite = false;
        if (text.Length >= LongDoubleBytesMax || !TryRead(text, out FloatText read))
        {
            return false;
        }

        infinite = read.IsInfinity;
        return infinite || read.TryRound(FloatFormat.LongDouble, out number);
    }

    /// <summary>The nearest number of a format. False where C says ERANGE: too large, or not zero but too small.</summary>
    public bool TryRound(in FloatFormat format, out BinaryFloat number)
    {
        ReadOnlySpan<byte> whole = _whole.TrimStart((byte)'0');
        ReadOnlySpan<byte> fraction = _fraction.TrimEnd((byte)'0');
        int zerosBeforeFraction = 0;
        int wholeDigits = whole.Length;
        if (fraction.IsEmpty)
        {
            whole = whole.TrimEnd((byte)'0');
        }
        else if (whole.IsEmpty)
        {
            zerosBeforeFraction = fraction.IndexOfAnyExcept((byte)'0');
            fraction = fraction[zerosBeforeFraction..];
        }

        if (whole.IsEmpty && fraction.IsEmpty)
        {
            number = new BinaryFloat(IsNegative, 0, 0);
            return true;
        }

        // Exponents count decimal digits, or bits.
        long unitsPerDigit = _hexadecimal ? 4 : 1;
        long lead = _exponent + (unitsPerDigit * (wholeDigits - zerosBeforeFraction));
        if (Math.Abs(lead) > LeadBound(format))
        {
            number = default;
            return false;
        }

        BigInteger digits = ReadDigits(whole, fraction, out int digitCount);
        int exponent = (int)(lead - (unitsPerDigit * digitCount));
        BigInteger scale = _hexadecimal ? BigInteger.One << Math.Abs(exponent) : BigInteger.Pow(10, Math.Abs(exponent));
        return exponent >= 0
            ? BinaryFloat.TryRound(IsNegative, digits * scale, BigInteger.One, format, out number)
            : BinaryFloat.TryRound(IsNegative, digits, scale, format, out number);
    }

    /// <summary>
    /// How far from the point, in digits or in bits, the first digit of a number of the format can stand. Beyond it nothing is computed, whose size
    /// would be that of the exponent.
    /// </summary>
    private long LeadBound(in FloatFormat format)
    {
        const double decimalDigitsPerBit = 0.30103;
        const long slack = 8;
        long bits = Math.Max(format.ExponentMax + format.MantissaBits, -format.ExponentMin);
        return slack + (_hexadecimal ? bits : (long)(bits * decimalDigitsPerBit));
    }

    /// <summary>All digits as one whole number. The last one is not zero, so what is left out beyond the bound is not either.</summary>
    private BigInteger ReadDigits(ReadOnlySpan<byte> whole, ReadOnlySpan<byte> fraction, out int count)
    {
        BigInteger value = BigInteger.Zero;
        if (whole.Length + fraction.Length <= DigitsMax)
        {
            count = whole.Length + fraction.Length;
            AppendDigits(ref value, whole);
            AppendDigits(ref value, fraction);
            return value;
        }

        whole = whole[..Math.Min(whole.Length, DigitsMax)];
        AppendDigits(ref value, whole);
        AppendDigits(ref value, fraction[..(DigitsMax - whole.Length)]);
        AppendDigits(ref value, "1"u8);
        count = DigitsMax + 1;
        return value;
    }

    private void AppendDigits(ref BigInteger value, ReadOnlySpan<byte> digits)
    {
        uint radix = _hexadecimal ? 16u : 10u;
        while (!digits.IsEmpty)
        {
            int count = Math.Min(digits.Length, ChunkDigits);
            ulong chunk = 0;
            ulong scale = 1;
            foreach (byte digit in digits[..count])
            {
                chunk = (chunk * radix) + (uint)HexDigits.Value(digit);
                scale *= radix;
            }

            value = (value * scale) + chunk;
            digits = digits[count..];
        }
    }

    private static ReadOnlySpan<byte> TakeDigits(scoped ref ReadOnlySpan<byte> rest, bool hexadecimal)
    {
        int count = 0;
        while (count < rest.Length && (hexadecimal ? char.IsAsciiHexDigit((char)rest[count]) : char.IsAsciiDigit((char)rest[count])))
        {
            count++;
        }

        ReadOnlySpan<byte> digits = rest[..count];
        rest = rest[count..];
        return digits;
    }

    private static bool TryTakeExponent(scoped ref ReadOnlySpan<byte> rest, bool hexadecimal, out long exponent)
    {
        exponent = 0;
        if (rest.IsEmpty || (rest[0] | 0x20) != (hexadecimal ? 'p' : 'e'))
        {
            return true;
        }

        rest = rest[1..];
        bool negative = rest is [(byte)'-', ..];
        if (rest is [(byte)'-' or (byte)'+', ..])
        {
            rest = rest[1..];
        }

        ReadOnlySpan<byte> digits = TakeDigits(ref rest, hexadecimal: false);
        foreach (byte digit in digits)
        {
            exponent = Math.Min((10 * exponent) + digit - '0', ExponentBound);
        }

        exponent = negative ? -exponent : exponent;
        return !digits.IsEmpty;
    }
}
