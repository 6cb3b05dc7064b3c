namespace RespKv.Engine.Commands;

/// <summary>
/// Redis's glob over bytes: <c>*</c>, <c>?</c>, <c>[abc]</c>, <c>[a-z]</c>, <c>[^x]</c>, and <c>\</c> before a byte that stands for itself.
/// </summary>
/// <remarks>
/// A mismatch goes back to the last star only, which then takes one byte more: what stands before it can match in no better way. So the
/// time is at most pattern length times text length, whatever a client sends.
/// </remarks>
internal static class GlobPattern
{
    /// <summary>The pattern that matches every key.</summary>
    public static bool IsAll(ReadOnlySpan<byte> pattern) => pattern is [(byte)'*'];

    public static bool Matches(ReadOnlySpan<byte> pattern, ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
        {
            // As in Redis 7.0, where stars match an empty text only behind something: commands test for a lone star first.
            return pattern.IsEmpty;
        }

        int p = 0;
        int t = 0;
        int starEnd = -1;
        int starText = 0;
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                starEnd = ++p;
                starText = t;
            }
            else if (p < pattern.Length && MatchesOne(pattern, ref p, text[t]))
            {
                t++;
            }
            else if (starEnd >= 0)
            {
                p = starEnd;
                t = ++starText;
            }
            else
            {
                return false;
            }
        }

        return !pattern[p..].ContainsAnyExcept((byte)'*');
    }

    /// <summary>Matches one byte with the element at <paramref name="p"/>, and steps behind that element.</summary>
    private static bool MatchesOne(ReadOnlySpan<byte> pattern, ref int p, byte b)
    {
        switch (pattern[p])
        {
            case (byte)'?':
                p++;
                return true;
            case (byte)'[':
                return MatchesSet(pattern, ref p, b);
            case (byte)'\\' when p + 1 < pattern.Length:
                p += 2;
                return pattern[p - 1] == b;
            default:
                return pattern[p++] == b;
        }
    }

    /// <summary>As in Redis a set without its closing bracket ends with the pattern, and a range may stand the wrong way round.</summary>
    private static bool MatchesSet(ReadOnlySpan<byte> pattern, ref int p, byte b)
    {
        p++;
        bool isNegated = p < pattern.Length && pattern[p] == '^';
        p += isNegated ? 1 : 0;
        bool matches = false;
        while (p < pattern.Length && pattern[p] != ']')
        {
            if (pattern[p] == '\\' && p + 1 < pattern.Length)
            {
                matches |= pattern[p + 1] == b;
                p += 2;
            }
            else if (p + 2 < pattern.Length && pattern[p + 1] == '-')
            {
                matches |= IsWithin(b, pattern[p], pattern[p + 2]);
                p += 3;
            }
            else
            {
                matches |= pattern[p] == b;
                p++;
            }
        }

        p += p < pattern.Length ? 1 : 0;
        return matches != isNegated;
    }

    /// <summary>Bytes above 127 come before the others, since Redis compares C's char, which is signed on x86-64.</summary>
    private static bool IsWithin(byte b, byte end, byte otherEnd)
    {
        sbyte low = Math.Min((sbyte)end, (sbyte)otherEnd);
        sbyte high = Math.Max((sbyte)end, (sbyte)otherEnd);
        return (sbyte)b >= low && (sbyte)b <= high;
    }
}
