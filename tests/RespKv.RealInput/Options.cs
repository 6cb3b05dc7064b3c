using System.Globalization;

namespace RespKv.RealInput;

/// <summary>What is run, as the command line says.</summary>
internal sealed record Options
{
    public const string Help = """
        Loads every stanza of Debian's package index into a server, strikes in the middle, restarts, and compares.

          dotnet run -c Release --project tests/RespKv.RealInput -- [options]

          --server CMD        command that starts a server; {port}, {dir} and {appendfsync} are filled in, and appended as
                              directives where they are missing. Without it, the server built from this tree
          --records N         the first N records only
          --via WAY           cli (redis-cli --pipe), stackexchange (StackExchange.Redis, pipelined) or both (default)
          --appendfsync WHEN  always (default), everysec or no
          --interval-ms N     appendfsync-interval-ms, for everysec
          --power-cut         the strike is a power cut, on an ext4 of its own on a loop device (needs root), not a SIGKILL
          --checkpoints       with small segments and a checkpoint for every 256 kB of log, so that the strike meets checkpoints,
                              compactions and the retirement of segments
          --seed N            chooses the moment of the strike; printed, so that a run can be repeated
          --rounds N          so many times, with one seed after another

        The full runs:
          ... --                                                   SIGKILL, nothing may be lost
          ... -- --power-cut                                       power cut, nothing may be lost
          ... -- --appendfsync everysec                            SIGKILL: the operating system still has what was written
          ... -- --appendfsync everysec --power-cut                shows what everysec can lose

        Key: the package's name; a name that comes again (another version or archive) gets `name@version@architecture`. Where even
        those are equal, the last stanza counts. Value: the stanza, byte for byte.

        Exit code: 0 as promised; 1 something acknowledged is missing under always, or a value is damaged under any setting;
        2 the run itself went wrong. SKIPPED and 0 where --power-cut has no root or no loop device.
        """;

    /// <summary>Short enough to be typed again.</summary>
    private const int SeedsMax = 1_000_000;

    public string? Server { get; init; }

    public int Records { get; init; } = int.MaxValue;

    public IReadOnlyList<string> Ways { get; init; } = ["cli", "stackexchange"];

    public string AppendFsync { get; init; } = "always";

    public int? IntervalMillis { get; init; }

    public bool PowerCut { get; init; }

    public bool Checkpoints { get; init; }

    public int Seed { get; init; } = Random.Shared.Next(SeedsMax);

    public int Rounds { get; init; } = 1;

    public bool HelpWanted { get; init; }

    /// <exception cref="FormatException">An option is unknown or has a bad value; the message says which.</exception>
    public static Options Parse(IReadOnlyList<string> args)
    {
        var options = new Options();
        for (int i = 0; i < args.Count; i++)
        {
            string name = args[i];
            string Value() => ++i < args.Count ? args[i] : throw new FormatException($"{name} needs a value");
            int Number() => int.TryParse(Value(), CultureInfo.InvariantCulture, out int n) && n >= 0 ? n : throw new FormatException($"{name} needs a number");
            string OneOf(params string[] choices) => Array.Find(choices, Value().Equals) ?? throw new FormatException($"{name} is one of {string.Join(", ", choices)}");
            options = name switch
            {
                "--server" => options with { Server = Value() },
                "--records" => options with { Records = Number() },
                "--via" => options with { Ways = OneOf("cli", "stackexchange", "both") is var way && way == "both" ? ["cli", "stackexchange"] : [way] },
                "--appendfsync" => options with { AppendFsync = OneOf("always", "everysec", "no") },
                "--interval-ms" => options with { IntervalMillis = Number() },
                "--power-cut" => options with { PowerCut = true },
                "--checkpoints" => options with { Checkpoints = true },
                "--seed" => options with { Seed = Number() },
                "--rounds" => options with { Rounds = Number() },
                "--help" or "-h" => options with { HelpWanted = true },
                _ => throw new FormatException($"unknown option {name}"),
            };
        }

        return options;
    }
}
