using System.Globalization;

namespace RespKv.Engine.Configuration;

/// <summary>Processors as Redis's <c>server_cpulist</c> names them: numbers and ranges with commas between them, a range with a step if wanted: <c>0,2-7:2</c>.</summary>
public static class CpuList
{
    /// <summary>The largest number that can be named: what a kernel of today is built for.</summary>
    private const int NumberMax = 8191;

    /// <summary>What is wrong with the text, null when nothing is.</summary>
    public static string? Check(string text)
    {
        try
        {
            _ = Parse(text);
            return null;
        }
        catch (FormatException e)
        {
            return e.Message;
        }
    }

    /// <summary>The numbers, in the order of the text; none of "".</summary>
    /// <exception cref="FormatException">It is not such a list.</exception>
    public static IReadOnlyList<int> Parse(string text)
        => text.Length == 0 ? [] : [.. text.Split(',').SelectMany(Range)];

    private static IEnumerable<int> Range(string text)
    {
        string[] stepped = text.Split(':');
        string[] ends = stepped[0].Split('-');
        int step = stepped.Length == 2 ? Number(stepped[1], text) : 1;
        int first = Number(ends[0], text);
        int last = ends.Length == 2 ? Number(ends[1], text) : first;
        if (stepped.Length > 2 || ends.Length > 2 || step == 0 || last < first)
        {
            throw Wrong(text);
        }

        return Enumerable.Range(0, ((last - first) / step) + 1).Select(i => first + (i * step));
    }

    private static int Number(string digits, string text)
        => int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number <= NumberMax ? number : throw Wrong(text);

    private static FormatException Wrong(string text) => new($"'{text}' is not a processor, or a range as 0-7 or 0-7:2");
}
