using System.Buffers.Text;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace RespKv.Protocol;

/// <summary>C's %.17Lf of an 80-bit long double without trailing zeros, as Redis's ld2string prints for humans.</summary>
internal static class LongDoubleText
{
    private const int FractionDigits = 17;
    private const ulong FractionScale = 100_000_000_000_000_000;

    /// <summary>A mantissa times <see cref="FractionScale"/> has at most 121 bits: shifted by more than that it rounds to zero.</summary>
    private const int ShiftMax = 121;

    /// <summary>Returns the length of the text.</summary>
    public static int Format(in BinaryFloat number, Span<byte> destination)
    {
        if (number.Exponent > 0)
        {
            BigInteger integer = (BigInteger)number.Mantissa << number.Exponent;
            return Encoding.ASCII.GetBytes((number.IsNegative ? -integer : integer).ToString(CultureInfo.InvariantCulture), destination);
        }

        (ulong whole, ulong fraction) = Split(number);
        int length = 0;
        if (number.IsNegative && (whole | fraction) != 0)
        {
            destination[length++] = (byte)'-';
        }

        Utf8Formatter.TryFormat(whole, destination[length..], out int written);
        length += written;
        return fraction == 0 ? length : length + FormatFraction(fraction, destination[length..]);
    }

    /// <summary>Rounds to 17 digits behind the point, ties to even, as glibc does.</summary>
    private static (ulong Whole, ulong Fraction) Split(in BinaryFloat number)
    {
        int shift = -number.Exponent;
        if (shift > ShiftMax)
        {
            return (0, 0);
        }

        UInt128 scaled = (UInt128)number.Mantissa * FractionScale;
        UInt128 quotient = scaled >> shift;
        UInt128 remainder = scaled - (quotient << shift);
        UInt128 half = shift == 0 ? UInt128.Zero : UInt128.One << (shift - 1);
        if (shift > 0 && (remainder > half || (remainder == half && UInt128.IsOddInteger(quotient))))
        {
            quotient++;
        }

        (UInt128 whole, UInt128 fraction) = UInt128.DivRem(quotient, FractionScale);
        return ((ulong)whole, (ulong)fraction);
    }

    private static int FormatFraction(ulong fraction, Span<byte> destination)
    {
        int digits = FractionDigits;
        while (fraction % 10 == 0)
        {
            fraction /= 10;
            digits--;
        }

        destination[0] = (byte)'.';
        for (int i = digits; i > 0; i--)
        {
            destination[i] = (byte)('0' + (fraction % 10));
            fraction /= 10;
        }

        return digits + 1;
    }
}
