using System.Text;
using RespKv.Engine.Commands;

namespace RespKv.Engine.Tests.Commands;

public sealed class KeyGlobPatternTests
{
    [Theory]
    [InlineData("", "", true)]
    [InlineData("", "a", false)]
    [InlineData("a", "", false)]
    [InlineData("abc", "abc", true)]
    [InlineData("abc", "abd", false)]
    [InlineData("abc", "ABC", false)]
    [InlineData("*", "a", true)]
    [InlineData("**", "a", true)]
    [InlineData("a*", "a", true)]
    [InlineData("a**", "a", true)]
    [InlineData("*a", "a", true)]
    [InlineData("*b", "abab", true)]
    [InlineData("*b", "aba", false)]
    [InlineData("a*b*c", "a-b-b-c", true)]
    [InlineData("a*b*c", "a-c-b", false)]
    [InlineData("?", "a", true)]
    [InlineData("??", "a", false)]
    [InlineData("*?", "a", true)]
    [InlineData("a?c", "abc", true)]
    [InlineData("[abc]", "b", true)]
    [InlineData("[abc]", "d", false)]
    [InlineData("[^abc]", "d", true)]
    [InlineData("[^abc]", "a", false)]
    [InlineData("[a-c]x", "bx", true)]
    [InlineData("[c-a]x", "bx", true)]
    [InlineData("[a-c]x", "dx", false)]
    [InlineData("[-a]", "-", true)]
    [InlineData("[a-]", "-", false)]
    [InlineData("[a-]", "]", true)]
    [InlineData("[]", "a", false)]
    [InlineData("[^]", "a", true)]
    [InlineData("[\\]]", "]", true)]
    [InlineData("[\\a-z]", "-", true)]
    [InlineData("[\\a-z]", "b", false)]
    [InlineData("[abc", "c", true)]
    [InlineData("[abc", "d", false)]
    [InlineData("[", "[", false)]
    [InlineData("[^", "x", true)]
    [InlineData("[a-", "-", true)]
    [InlineData("[\\", "\\", true)]
    [InlineData("[a-c]*[0-9]", "b-7", true)]
    [InlineData("\\*", "*", true)]
    [InlineData("\\*", "a", false)]
    [InlineData("\\?a", "?a", true)]
    [InlineData("\\a", "a", true)]
    [InlineData("\\", "\\", true)]
    [InlineData("a\\", "a\\", true)]
    [InlineData("\u00e9*", "\u00e9t\u00e9", true)]
    [InlineData("[\u0001-\u00ff]", "\u0000", true)]
    [InlineData("[\u0001-\u00ff]", "a", false)]
    public void Matches_as_redis_does(string pattern, string text, bool expected)
        => Assert.Equal(expected, GlobPattern.Matches(Encoding.Latin1.GetBytes(pattern), Encoding.Latin1.GetBytes(text)));

    [Theory]
    [InlineData("*")]
    [InlineData("**")]
    [InlineData("?")]
    [InlineData("[^a]")]
    public void An_empty_text_matches_the_empty_pattern_only(string pattern)
        => Assert.False(GlobPattern.Matches(Encoding.Latin1.GetBytes(pattern), []));

    [Fact]
    public void Random_patterns_agree_with_a_matcher_that_tries_everything()
    {
        var random = new Random(20250101);
        for (int i = 0; i < 200_000; i++)
        {
            byte[] pattern = Choose(random, "ab*?*[]^-\\", random.Next(8));
            byte[] text = Choose(random, "ab-]\\", random.Next(1, 7));
            bool expected = Reference(pattern, text);
            Assert.True(
                expected == GlobPattern.Matches(pattern, text),
                $"pattern '{Encoding.Latin1.GetString(pattern)}', text '{Encoding.Latin1.GetString(text)}': expected {expected}");
        }
    }

    [Fact]
    public void A_hostile_pattern_takes_no_more_than_its_length_times_the_text()
    {
        // A matcher that backs up at every star would need more than 10^50 steps here.
        byte[] pattern = Encoding.Latin1.GetBytes(string.Concat(Enumerable.Repeat("a*", 500)) + "b");
        byte[] text = Encoding.Latin1.GetBytes(new string('a', 5000));
        Assert.False(GlobPattern.Matches(pattern, text));
    }

    private static byte[] Choose(Random random, string alphabet, int length)
        => [.. Enumerable.Range(0, length).Select(_ => (byte)alphabet[random.Next(alphabet.Length)])];

    /// <summary>One element at a time, with every way that a star can go. Texts are short, so this ends.</summary>
    private static bool Reference(ReadOnlySpan<byte> pattern, ReadOnlySpan<byte> text)
    {
        if (pattern.IsEmpty)
        {
            return text.IsEmpty;
        }

        if (pattern[0] == '*')
        {
            for (int i = 0; i <= text.Length; i++)
            {
                if (Reference(pattern[1..], text[i..]))
                {
                    return true;
                }
            }

            return false;
        }

        int length = ElementLength(pattern);
        return !text.IsEmpty && MatchesElement(pattern[..length], text[0]) && Reference(pattern[length..], text[1..]);
    }

    private static int ElementLength(ReadOnlySpan<byte> pattern)
    {
        if (pattern[0] == '\\')
        {
            return Math.Min(2, pattern.Length);
        }

        if (pattern[0] != '[')
        {
            return 1;
        }

        int i = pattern.Length > 1 && pattern[1] == '^' ? 2 : 1;
        while (i < pattern.Length && pattern[i] != ']')
        {
            bool isEscape = pattern[i] == '\\' && i + 1 < pattern.Length;
            bool isRange = !isEscape && i + 2 < pattern.Length && pattern[i + 1] == '-';
            i += isEscape ? 2 : isRange ? 3 : 1;
        }

        return Math.Min(i + 1, pattern.Length);
    }

    private static bool MatchesElement(ReadOnlySpan<byte> element, byte b)
    {
        if (element[0] == '?')
        {
            return true;
        }

        if (element[0] == '\\')
        {
            return element[^1] == b;
        }

        if (element[0] != '[')
        {
            return element[0] == b;
        }

        bool isNegated = element.Length > 1 && element[1] == '^';
        var members = new HashSet<byte>();
        int i = isNegated ? 2 : 1;
        while (i < element.Length && element[i] != ']')
        {
            if (element[i] == '\\' && i + 1 < element.Length)
            {
                members.Add(element[i + 1]);
                i += 2;
            }
            else if (i + 2 < element.Length && element[i + 1] == '-')
            {
                int low = Math.Min(element[i], element[i + 2]);
                int high = Math.Max(element[i], element[i + 2]);
                members.UnionWith(Enumerable.Range(low, high - low + 1).Select(v => (byte)v));
                i += 3;
            }
            else
            {
                members.Add(element[i]);
                i++;
            }
        }

        return members.Contains(b) != isNegated;
    }
}
