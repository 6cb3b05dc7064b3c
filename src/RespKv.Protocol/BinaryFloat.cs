using System.Numerics;

namespace RespKv.Protocol;

/// <summary>A binary floating-point format. Exponents are those of the last bit of the mantissa.</summary>
/// <param name="MantissaBits">Bits of a normal number, the leading one included.</param>
/// <param name="ExponentMin">Exponent of the smallest denormal number.</param>
/// <param name="ExponentMax">Exponent of the largest number's last bit.</param>
internal readonly record struct FloatFormat(int MantissaBits, int ExponentMin, int ExponentMax)
{
    /// <summary>IEEE 754 binary64.</summary>
    public static readonly FloatFormat Double = new(53, -1074, 971);

    /// <summary>The x87's 80-bit format, C's long double on x86-64.</summary>
    public static readonly FloatFormat LongDouble = new(64, -16445, 16320);
}

/// <summary>A finite number: mantissa times two to the exponent.</summary>
internal readonly record struct BinaryFloat(bool IsNegative, ulong Mantissa, int Exponent)
{
    /// <summary>
    /// Rounds a fraction to the nearest number of a format, ties to even, as every operation of IEEE 754 does. False when the
    /// result would be infinite, or zero though the fraction is not.
    /// </summary>
    public static bool TryRound(bool negative, BigInteger numerator, BigInteger denominator, in FloatFormat format, out BinaryFloat result)
    {
        result = new BinaryFloat(negative, 0, 0);
        if (numerator.IsZero)
        {
            return true;
        }

        // The first guess makes a quotient of MantissaBits or one bit more.
        long guess = numerator.GetBitLength() - denominator.GetBitLength() - format.MantissaBits;
        int exponent = (int)Math.Max(guess, format.ExponentMin);
        BigInteger quotient = Divide(numerator, denominator, exponent, out int half);
        if (quotient.GetBitLength() > format.MantissaBits)
        {
            exponent++;
            quotient = Divide(numerator, denominator, exponent, out half);
        }

        if (half > 0 || (half == 0 && !quotient.IsEven))
        {
            quotient += 1;
            if (quotient.GetBitLength() > format.MantissaBits)
            {
                quotient >>= 1;
                exponent++;
            }
        }

        result = new BinaryFloat(negative, (ulong)quotient, exponent);
        return !quotient.IsZero && exponent <= format.ExponentMax;
    }

    /// <summary>The sum, rounded once. False when it is too large for the format.</summary>
    public static bool TryAdd(in BinaryFloat left, in BinaryFloat right, in FloatFormat format, out BinaryFloat sum)
    {
        int exponent = Math.Min(left.Exponent, right.Exponent);
        BigInteger exact = left.Scaled(exponent) + right.Scaled(exponent);
        BigInteger magnitude = BigInteger.Abs(exact);
        return exponent >= 0
            ? TryRound(exact.Sign < 0, magnitude << exponent, BigInteger.One, format, out sum)
            : TryRound(exact.Sign < 0, magnitude, BigInteger.One << -exponent, format, out sum);
    }

    /// <summary>A finite double, exactly.</summary>
    public static BinaryFloat FromDouble(double value)
    {
        const int mantissaBits = 52;
        const ulong mantissaMask = (1UL << mantissaBits) - 1;
        ulong bits = BitConverter.DoubleToUInt64Bits(value);
        int exponent = (int)(bits >> mantissaBits) & 0x7FF;
        ulong mantissa = bits & mantissaMask;
        return new BinaryFloat(
            double.IsNegative(value),
            exponent == 0 ? mantissa : mantissa | (mantissaMask + 1),
            Math.Max(exponent, 1) + FloatFormat.Double.ExponentMin - 1);
    }

    /// <summary>The number as a double, when it was rounded to that format.</summary>
    public double ToDouble()
    {
        double magnitude = Math.ScaleB((double)Mantissa, Exponent);
        return IsNegative ? -magnitude : magnitude;
    }

    private BigInteger Scaled(int exponent)
    {
        BigInteger magnitude = (BigInteger)Mantissa << (Exponent - exponent);
        return IsNegative ? -magnitude : magnitude;
    }

    /// <summary>numerator / (denominator * 2^exponent). <paramref name="half"/>: how the remainder compares to one half.</summary>
    private static BigInteger Divide(BigInteger numerator, BigInteger denominator, int exponent, out int half)
    {
        if (exponent >= 0)
        {
            denominator <<= exponent;
        }
        else
        {
            numerator <<= -exponent;
        }

        BigInteger quotient = BigInteger.DivRem(numerator, denominator, out BigInteger remainder);
        half = (remainder << 1).CompareTo(denominator);
        return quotient;
    }
}
