using System.Globalization;

namespace RespKv.Simulation;

/// <summary>What is run, as the command line says.</summary>
internal sealed record Options
{
    public const string Help = """
        Runs the whole engine (turns, commit, fence, checkpoints, compaction, expiry, recovery) on a simulated disk, under a scheduler and a
        clock that a seed drives, crashes it at random points, recovers, and compares with a model. The same seed does the same.

          dotnet run -c Release --project tests/RespKv.Simulation -- [options]

          --seeds N           so many runs, of one seed after another (default 100)
          --seed N            the first seed (default 1)
          --crashes N         go on until there were so many crashes, however many seeds that takes
          --seconds N         stop after so long, as passed
          --jobs N            so many runs at a time (default: one for each processor)
          --brief             a failure is told, but not made shorter
          --trace             prints every step of the run (one seed, one job)

        A crash: the disk as a power cut (or, for a quarter, a SIGKILL) would leave it at a switch point, recovered and compared. Some of
        these recoveries are crashed again.

        On a failure: seed, commit, what was wrong, and the shortest prefix of that run that still fails.
        Exit code: 0 nothing was lost; 1 something was; 2 the run itself went wrong.
        """;

    public int Seed { get; init; } = 1;

    public int Seeds { get; init; } = 100;

    public int? Crashes { get; init; }

    public int? Seconds { get; init; }

    public int Jobs { get; init; } = Environment.ProcessorCount;

    public bool Brief { get; init; }

    public bool Trace { get; init; }

    public bool HelpWanted { get; init; }

    /// <exception cref="FormatException">An option is unknown or has a bad value; the message says which.</exception>
    public static Options Parse(IReadOnlyList<string> args)
    {
        var options = new Options();
        for (int i = 0; i < args.Count; i++)
        {
            string name = args[i];
            int Number() => ++i < args.Count && int.TryParse(args[i], CultureInfo.InvariantCulture, out int n) && n >= 0 ? n : throw new FormatException($"{name} needs a number");
            options = name switch
            {
                "--seed" => options with { Seed = Number() },
                "--seeds" => options with { Seeds = Number() },
                "--crashes" => options with { Crashes = Number() },
                "--seconds" => options with { Seconds = Number() },
                "--jobs" => options with { Jobs = Math.Max(1, Number()) },
                "--brief" => options with { Brief = true },
                "--trace" => options with { Trace = true },
                "--help" or "-h" => options with { HelpWanted = true },
                _ => throw new FormatException($"unknown option {name}"),
            };
        }

        return options;
    }
}
