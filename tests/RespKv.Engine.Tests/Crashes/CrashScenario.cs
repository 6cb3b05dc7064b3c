using System.Globalization;
using System.Text.RegularExpressions;
using RespKv.Engine.Tests.Commands;

namespace RespKv.Engine.Tests.Crashes;

/// <summary>One line of a scenario.</summary>
/// <param name="Words">The command; of a move of the clock its milliseconds.</param>
/// <param name="Kind">What is done with it.</param>
internal sealed record CrashStep(string[] Words, CrashStepKind Kind);

internal enum CrashStepKind
{
    /// <summary>Before what is tested.</summary>
    Setup,

    /// <summary>What is tested: a crash while and after it is made durable.</summary>
    Tested,

    /// <summary>Sent by a client of its own that is not waited for: it blocks until a later step serves it.</summary>
    Waiting,

    /// <summary>Moves the clock.</summary>
    Clock,
}

/// <summary>A scenario of testdata/crashes: a state, and commands that change it. The format is described there.</summary>
internal sealed partial record CrashScenario(string File, string Title, IReadOnlyList<CrashStep> Steps)
{
    /// <summary>The command that it is about.</summary>
    public string Command => Title.Split(':')[0];

    private static string DirectoryPath => Path.Combine(AppContext.BaseDirectory, "testdata", "crashes");

    public static IReadOnlyList<CrashScenario> All { get; } =
    [
        .. Directory.GetFiles(DirectoryPath, "*.txt").Order(StringComparer.Ordinal).SelectMany(path => Parse(Path.GetFileName(path), System.IO.File.ReadAllLines(path))),
    ];

    internal static IEnumerable<CrashScenario> Parse(string file, string[] lines)
    {
        string? title = null;
        var steps = new List<CrashStep>();
        foreach (string line in lines)
        {
            if (line.StartsWith("== ", StringComparison.Ordinal))
            {
                if (title is not null)
                {
                    yield return new CrashScenario(file, title, steps);
                }

                title = line[3..];
                steps = [];
            }
            else if (line.Length > 0 && line[0] != '#')
            {
                steps.Add(title is not null ? Step(line) : throw new FormatException($"{file}: a step without a scenario: {line}"));
            }
        }

        if (title is not null)
        {
            yield return new CrashScenario(file, title, steps);
        }
    }

    private static CrashStep Step(string line)
    {
        return line switch
        {
            ['>', ' ', .. var command] => new CrashStep(Words(command), CrashStepKind.Tested),
            ['2', '>', ' ', .. var command] => new CrashStep(Words(command), CrashStepKind.Waiting),
            ['!', ' ', 'c', 'l', 'o', 'c', 'k', ' ', '+', .. var millis] => new CrashStep([millis], CrashStepKind.Clock),
            _ => new CrashStep(Words(line), CrashStepKind.Setup),
        };
    }

    private static string[] Words(string line) => [.. KeyScript.Split(line).SelectMany(Expand)];

    /// <summary>x{1..3}: x1 x2 x3.</summary>
    private static IEnumerable<string> Expand(string word)
    {
        Match match = Range().Match(word);
        if (!match.Success)
        {
            return [word];
        }

        int first = int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
        int last = int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture);
        return Enumerable.Range(first, last - first + 1).Select(number => word.Replace(match.Value, number.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal));
    }

    [GeneratedRegex(@"\{(\d+)\.\.(\d+)\}")]
    private static partial Regex Range();
}
