using System.Globalization;

namespace RespKv.Fuzz;

/// <summary>What is run, as the command line says.</summary>
internal sealed record Options
{
    public const string Help = """
        Feeds the readers of RespKv with damaged, crafted and random bytes, and compares what they say with second implementations.

          dotnet run -c Release --project tests/RespKv.Fuzz -- [options]

          --target NAME     resp, reply, wal, table, manifest, config, payload, or all (default)
          --inputs N        so many inputs for each target (default 1000000)
          --seconds N       at most so long for each target
          --seed N          the run's random numbers; printed, so that it can be repeated
          --corpus DIR      where inputs to begin with are, one folder for each target (default: those that come with the program)
          --keep DIR        writes inputs that behaved in a new way there, to choose the corpus from
          --findings DIR    where inputs are written that found something (default: the working directory)
          --replay FILE     runs one such file once, with --target, and tells what happens

        The targets:
          resp      the request parser, cut in any way, against a plain second one: same requests, same errors, same bytes consumed
          reply     the reply reader of the client's side: no prefix of a reply is one, and nothing but its own exception
          wal       recovery of a log: refused, or a prefix of what was written, as a second reader by docs/format/wal.md says;
                    what was recovered goes on, and is there again after that
          table     the table reader: damage is refused, and what is not refused is in order both ways
          manifest  the manifest and CURRENT: refused, or a state that goes on and is there again after that
          payload   the reader of serialized values (RESTORE): refused, or elements that are read back as they were
          config    redis.conf syntax: refused by name, or the same configuration after CONFIG REWRITE

        Each input has a bound for its time and for what it may allocate. Exit code: 0 nothing found; 1 something was found, the
        input is in a file and --replay repeats it; 2 the run itself went wrong.
        """;

    private const int SeedsMax = 1_000_000;

    public IReadOnlyList<string> Targets { get; init; } = TargetList.Names;

    public long Inputs { get; init; } = 1_000_000;

    public TimeSpan Time { get; init; } = TimeSpan.MaxValue;

    public int Seed { get; init; } = Random.Shared.Next(SeedsMax);

    public string Corpus { get; init; } = Path.Combine(AppContext.BaseDirectory, "corpus");

    public string? Keep { get; init; }

    public string Findings { get; init; } = ".";

    public string? Replay { get; init; }

    public bool HelpWanted { get; init; }

    /// <exception cref="FormatException">An option is unknown or has a bad value; the message says which.</exception>
    public static Options Parse(IReadOnlyList<string> args)
    {
        var options = new Options();
        bool hasInputs = false;
        for (int i = 0; i < args.Count; i++)
        {
            string name = args[i];
            string Value() => ++i < args.Count ? args[i] : throw new FormatException($"{name} needs a value");
            long Number() => long.TryParse(Value(), NumberStyles.None, CultureInfo.InvariantCulture, out long n) ? n : throw new FormatException($"{name} needs a number");
            hasInputs |= name == "--inputs";
            options = name switch
            {
                "--target" => options with { Targets = TargetsOf(Value()) },
                "--inputs" => options with { Inputs = Number() },
                "--seconds" => options with { Time = TimeSpan.FromSeconds(Number()) },
                "--seed" => options with { Seed = (int)Math.Min(Number(), int.MaxValue) },
                "--corpus" => options with { Corpus = Value() },
                "--keep" => options with { Keep = Value() },
                "--findings" => options with { Findings = Value() },
                "--replay" => options with { Replay = Value() },
                "--help" or "-h" => options with { HelpWanted = true },
                _ => throw new FormatException($"unknown option {name}"),
            };
        }

        if (options.Replay is not null && options.Targets.Count != 1)
        {
            throw new FormatException("--replay needs one --target");
        }

        return hasInputs || options.Time == TimeSpan.MaxValue ? options : options with { Inputs = long.MaxValue };
    }

    private static IReadOnlyList<string> TargetsOf(string name)
    {
        return name == "all" ? TargetList.Names
            : TargetList.Names.Contains(name) ? [name]
            : throw new FormatException($"--target is one of {string.Join(", ", TargetList.Names)}, all");
    }
}
