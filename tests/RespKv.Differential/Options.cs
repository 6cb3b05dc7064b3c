using System.Globalization;

namespace RespKv.Differential;

/// <summary>What is run, as the command line says.</summary>
internal sealed record Options
{
    public const string Help = """
        Sends the same random commands to redis-server and to RespKv and compares their replies byte for byte.

          dotnet run -c Release --project tests/RespKv.Differential -- [options]

          --commands N      so many commands (default 100000), in sessions of some 150 on a fresh connection and an empty keyspace
          --seed N          of the first session; each session's is one more. Printed, so that it can be repeated with --commands 1
          --family NAME     commands of one family only (see Templates.cs)
          --findings N      stops after so many different differences (default 10)
          --ports OURS,REDIS  servers that run already, instead of two of its own

        Exit code: 0 no difference; 1 there are some, each printed with the fewest commands that show it; 2 the run itself went wrong.
        What is known to differ, and why, is in docs/compatibility.md and in Rules.cs.
        """;

    public long Commands { get; init; } = 100_000;

    public int Seed { get; init; } = 1;

    public string? Family { get; init; }

    public int Findings { get; init; } = 10;

    public (int Ours, int Redis)? Ports { get; init; }

    public bool HelpWanted { get; init; }

    /// <exception cref="FormatException">An option is unknown or has a bad value; the message says which.</exception>
    public static Options Parse(IReadOnlyList<string> args)
    {
        var options = new Options();
        for (int i = 0; i < args.Count; i++)
        {
            string name = args[i];
            string Value() => ++i < args.Count ? args[i] : throw new FormatException($"{name} needs a value");
            int Number() => int.TryParse(Value(), NumberStyles.None, CultureInfo.InvariantCulture, out int n) ? n : throw new FormatException($"{name} needs a number");
            options = name switch
            {
                "--commands" => options with { Commands = Number() },
                "--seed" => options with { Seed = Number() },
                "--family" => options with { Family = FamilyOf(Value()) },
                "--findings" => options with { Findings = Number() },
                "--ports" => options with { Ports = PortsOf(Value()) },
                "--help" or "-h" => options with { HelpWanted = true },
                _ => throw new FormatException($"unknown option {name}"),
            };
        }

        return options;
    }

    private static string FamilyOf(string name)
        => Templates.Families.ContainsKey(name) ? name : throw new FormatException($"--family is one of {string.Join(", ", Templates.Families.Keys)}");

    private static (int Ours, int Redis) PortsOf(string text)
        => text.Split(',') is [var ours, var redis] && int.TryParse(ours, out int first) && int.TryParse(redis, out int second)
            ? (first, second)
            : throw new FormatException("--ports needs two numbers");
}
