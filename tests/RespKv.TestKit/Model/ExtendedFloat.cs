using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;

namespace RespKv.TestKit.Model;

/// <summary>
/// The long double of x86-64, in which Redis adds: 64 bits of mantissa, round to nearest, ties to even. By way of fractions of any
/// length. Left out: numbers so small that they lose bits, hexadecimal notation.
/// </summary>
internal sealed record ExtendedFloat
{
    private const int MantissaBits = 64;

    /// <summary>Digits behind the point that Redis prints.</summary>
    private const int Decimals = 17;

    private static readonly BigInteger Overflow = BigInteger.One << 16384;
    private static readonly Regex Notation = new(@"^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d{1,5}))?$", RegexOptions.CultureInvariant);

    private readonly BigInteger _numerator;
    private readonly BigInteger _denominator = 1;

    private ExtendedFloat(BigInteger numerator, BigInteger denominator) => (_numerator, _denominator) = Round(numerator, denominator);

    private ExtendedFloat()
    {
    }

    public bool IsFinite { get; private init; } = true;

    /// <summary>Null when it is not a number in Redis's eyes.</summary>
    public static ExtendedFloat? Parse(string text)
    {
        if (text.TrimStart('+', '-').ToUpperInvariant() is "INF" or "INFINITY" && text.Count(c => c is '+' or '-') <= 1)
        {
            return new ExtendedFloat { IsFinite = false };
        }

        Match match = Notation.Match(text);
        string whole = match.Groups[2].Value;
        string fraction = match.Groups[3].Value;
        if (!match.Success || whole.Length + fraction.Length == 0)
        {
            return null;
        }

        BigInteger digits = BigInteger.Parse("0" + whole + fraction, CultureInfo.InvariantCulture);
        int exponent = (match.Groups[4].Success ? int.Parse(match.Groups[4].Value, CultureInfo.InvariantCulture) : 0) - fraction.Length;
        digits = match.Groups[1].Value == "-" ? -digits : digits;
        ExtendedFloat value = exponent >= 0
            ? new ExtendedFloat(digits * BigInteger.Pow(10, exponent), 1)
            : new ExtendedFloat(digits, BigInteger.Pow(10, -exponent));

        // A number out of range is not one, as far as Redis is concerned.
        return BigInteger.Abs(value._numerator) >= Overflow * value._denominator ? null : value;
    }

    public static ExtendedFloat operator +(ExtendedFloat one, ExtendedFloat other)
    {
        if (!one.IsFinite || !other.IsFinite)
        {
            return new ExtendedFloat { IsFinite = false };
        }

        var sum = new ExtendedFloat((one._numerator * other._denominator) + (other._numerator * one._denominator), one._denominator * other._denominator);
        return sum with { IsFinite = BigInteger.Abs(sum._numerator) < Overflow * sum._denominator };
    }

    /// <summary>As "%.17Lf" prints it, without the zeros at the end.</summary>
    public override string ToString()
    {
        BigInteger scaled = DivideToEven(BigInteger.Abs(_numerator) * BigInteger.Pow(10, Decimals), _denominator);
        string digits = scaled.ToString(CultureInfo.InvariantCulture).PadLeft(Decimals + 1, '0');
        string text = $"{digits[..^Decimals]}.{digits[^Decimals..]}".TrimEnd('0').TrimEnd('.');
        return _numerator.Sign < 0 && text != "0" ? "-" + text : text;
    }

    private static (BigInteger Numerator, BigInteger Denominator) Round(BigInteger numerator, BigInteger denominator)
    {
        if (numerator.IsZero)
        {
            return (0, 1);
        }

        // The power of two by which the value has to be multiplied to have exactly 64 bits before the point.
        int shift = MantissaBits - (int)(BigInteger.Abs(numerator).GetBitLength() - denominator.GetBitLength());
        while (true)
        {
            BigInteger mantissa = shift >= 0
                ? DivideToEven(BigInteger.Abs(numerator) << shift, denominator)
                : DivideToEven(BigInteger.Abs(numerator), denominator << -shift);
            if (mantissa.GetBitLength() <= MantissaBits)
            {
                mantissa *= numerator.Sign;
                return shift >= 0 ? (mantissa, BigInteger.One << shift) : (mantissa << -shift, 1);
            }

            shift--;
        }
    }

    private static BigInteger DivideToEven(BigInteger dividend, BigInteger divisor)
    {
        BigInteger quotient = BigInteger.DivRem(dividend, divisor, out BigInteger rest);
        int half = (rest * 2).CompareTo(divisor);
        return half > 0 || (half == 0 && !quotient.IsEven) ? quotient + 1 : quotient;
    }
}
