using System.Text;
using RespKv.Engine.Commands.Strings;

namespace RespKv.Engine.Tests.Commands;

public sealed class StringLcsTests
{
    [Fact]
    public void Random_strings_agree_with_the_whole_table()
    {
        var random = new Random(7);
        for (int i = 0; i < 2_000; i++)
        {
            byte[] first = Text(random);
            byte[] second = Text(random);
            var common = new LongestCommonSubsequence(first, second, lengthOnly: false);
            byte[] text = new byte[common.Length];
            var ranges = new List<CommonRange>();
            common.Trace(text, ranges);

            (string expectedText, List<CommonRange> expectedRanges) = Reference(first, second);
            Assert.Equal(expectedText, Encoding.Latin1.GetString(text));
            Assert.Equal(expectedRanges, ranges);
            Assert.Equal(common.Length, new LongestCommonSubsequence(first, second, lengthOnly: true).Length);
        }
    }

    [Fact]
    public void Ranges_name_the_bytes_of_the_subsequence_in_both_strings()
    {
        byte[] first = "xxabcxxdexx"u8.ToArray();
        byte[] second = "abcyyyde"u8.ToArray();
        var common = new LongestCommonSubsequence(first, second, lengthOnly: false);
        var ranges = new List<CommonRange>();
        common.Trace(new byte[common.Length], ranges);
        Assert.Equal([new CommonRange(7, 8, 6, 7), new CommonRange(2, 4, 0, 2)], ranges);
    }

    private static byte[] Text(Random random) => [.. Enumerable.Range(0, random.Next(20)).Select(_ => (byte)('a' + random.Next(3)))];

    /// <summary>The textbook table, walked back from its end; a tie is a step in the second string.</summary>
    private static (string Text, List<CommonRange> Ranges) Reference(byte[] first, byte[] second)
    {
        int[,] table = new int[first.Length + 1, second.Length + 1];
        for (int i = 1; i <= first.Length; i++)
        {
            for (int j = 1; j <= second.Length; j++)
            {
                table[i, j] = first[i - 1] == second[j - 1] ? table[i - 1, j - 1] + 1 : Math.Max(table[i - 1, j], table[i, j - 1]);
            }
        }

        var pairs = new List<(int First, int Second)>();
        for (int i = first.Length, j = second.Length; i > 0 && j > 0;)
        {
            if (first[i - 1] == second[j - 1])
            {
                pairs.Add((--i, --j));
            }
            else if (table[i - 1, j] > table[i, j - 1])
            {
                i--;
            }
            else
            {
                j--;
            }
        }

        var ranges = new List<CommonRange>();
        foreach ((int a, int b) in pairs)
        {
            bool extends = ranges.Count > 0 && ranges[^1].FirstStart == a + 1 && ranges[^1].SecondStart == b + 1;
            if (extends)
            {
                ranges[^1] = ranges[^1] with { FirstStart = a, SecondStart = b };
            }
            else
            {
                ranges.Add(new CommonRange(a, a, b, b));
            }
        }

        return (string.Concat(pairs.AsEnumerable().Reverse().Select(p => (char)first[p.First])), ranges);
    }
}
