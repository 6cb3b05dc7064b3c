using System.Buffers;
using System.Globalization;
using RespKv.Protocol;

namespace RespKv.Engine.Commands.SortedSets;

/// <summary>A range of scores, each end of it included or (a bracket before the number) not.</summary>
internal readonly record struct ScoreRange(double Min, bool ExcludesMin, double Max, bool ExcludesMax)
{
    private static readonly SearchValues<byte> DecimalBytes = SearchValues.Create("0123456789+-.eE"u8);

    public static bool TryParse(ReadOnlySpan<byte> min, ReadOnlySpan<byte> max, out ScoreRange range)
    {
        range = default;
        if (!TryParseEnd(min, out double low, out bool excludesMin) || !TryParseEnd(max, out double high, out bool excludesMax))
        {
            return false;
        }

        range = new ScoreRange(low, excludesMin, high, excludesMax);
        return true;
    }

    private static bool TryParseEnd(ReadOnlySpan<byte> text, out double score, out bool excludes)
    {
        excludes = text is [(byte)'(', ..];
        ReadOnlySpan<byte> number = excludes ? text[1..] : text;
        score = 0;

        // As C's strtod, which Redis leaves these to: nothing is 0, blanks may be in front, and what is too large is infinite.
        if (number.IsEmpty || RespNumber.TryParseDouble(number, out score))
        {
            return true;
        }

        ReadOnlySpan<byte> trimmed = number.TrimStart(" \t\n\v\f\r"u8);
        return RespNumber.TryParseDouble(trimmed, out score)
            || (!trimmed.ContainsAnyExcept(DecimalBytes)
                && double.TryParse(trimmed, NumberStyles.Float, CultureInfo.InvariantCulture, out score));
    }
}
