using System.Globalization;
using RespKv.CrashTests.Strikes;

namespace RespKv.CrashTests;

/// <summary>What is run, as the command line says.</summary>
internal sealed record Options
{
    public const string Help = """
        Cycles of start, load, strike, restart, check: what was acknowledged, and what any client was shown, has to be there again.

          dotnet run -c Release --project tests/RespKv.CrashTests -- [options]

          --strike NAME,...   all (default), or some of
                              kill        SIGKILL at a random moment
                              power       the power of the disk is cut: an ext4 of its own on a loop device, shut down without its
                                          journal being flushed, unmounted and mounted again (needs root, as all that follow with a *)
                              recovery    struck again while it recovers, several times in a row
                              first       struck while it starts for the first time, on an empty directory
                              checkpoint  struck while it makes a checkpoint or merges tables
                              shutdown    struck a moment after SIGTERM or SHUTDOWN
                              recovered*  SIGKILL, restart, everything is read, power cut: what was shown has to stay
                              full*       the disk is filled under load, then a strike; restarted before or after there is room again
                              gone*       the disk goes away under the running server: every access fails with EIO
                              readonly*   the file system finds an error and makes itself read-only: EROFS
                              writeback*  the device under the file system fails: writes succeed, the sync after them says EIO
                              recovery, first, checkpoint, shutdown and full strike by SIGKILL and by power cut, as the seed says
          --cycles N          so many cycles, the strikes in turn (default 50)
          --seconds N         or so long
          --seed N            chooses moments, loads and strikes; printed, so that a run can be repeated
          --load-ms N         the longest load before a strike (default 900)
          --connections N     connections that write numbered keys (default 4); half as many read them meanwhile
          --depth N           requests in a pipeline, at most (default 128)
          --histories N       connections that send commands of every kind to a few keys, whose history is checked for
                              linearizability (default 3; 0 for none)
          --server CMD        command that starts a server; {port}, {dir} and {appendfsync} are filled in, and appended as
                              directives where they are missing. Without it, the server built from this tree
          --appendfsync WHEN  always (default), everysec or no: what the server is told, and what is judged
          --name TEXT         name of the server in the table
          --keep DIR          the data directory of a failing cycle is copied there, as before and after its recovery
          --short             the 30 seconds of a CI run: a few of every strike

        Databases carry over from cycle to cycle, with a fresh directory every so often.

        Exit code: 0 as promised; 1 something acknowledged or shown is missing under always, after a SIGKILL under any setting, or a
        value is damaged, a history cannot be explained, a start failed; 2 the run itself went wrong. Strikes that need a disk are
        SKIPPED, with the reason, where there is no root or no loop device.
        """;

    /// <summary>Short enough to be typed again.</summary>
    private const int SeedsMax = 1_000_000;

    private const int CyclesOfShort = 24;
    private const int SecondsOfShort = 30;

    public IReadOnlyList<StrikeKind> Strikes { get; init; } = StrikeKinds.All;

    public int Cycles { get; init; } = 50;

    public int Seconds { get; init; } = int.MaxValue;

    public int Seed { get; init; } = Random.Shared.Next(SeedsMax);

    public int LoadMillis { get; init; } = 900;

    public int Connections { get; init; } = 4;

    public int Depth { get; init; } = 128;

    public int Histories { get; init; } = 3;

    public string? Server { get; init; }

    public string AppendFsync { get; init; } = "always";

    public string? Name { get; init; }

    public string? Keep { get; init; }

    public bool HelpWanted { get; init; }

    public string Title => Name ?? $"{(Server is null ? "RespKv" : Server.Split(' ')[0])} {AppendFsync}";

    /// <exception cref="FormatException">An option is unknown or has a bad value; the message says which.</exception>
    public static Options Parse(IReadOnlyList<string> args)
    {
        var options = new Options();
        for (int i = 0; i < args.Count; i++)
        {
            string name = args[i];
            string Value() => ++i < args.Count ? args[i] : throw new FormatException($"{name} needs a value");
            int Number(int min = 0) => int.TryParse(Value(), CultureInfo.InvariantCulture, out int n) && n >= min ? n : throw new FormatException($"{name} needs a number from {min}");
            string OneOf(params string[] choices) => Array.Find(choices, Value().Equals) ?? throw new FormatException($"{name} is one of {string.Join(", ", choices)}");
            options = name switch
            {
                "--strike" => options with { Strikes = ParseStrikes(Value()) },
                "--cycles" => options with { Cycles = Number(1) },
                "--seconds" => options with { Seconds = Number(1), Cycles = int.MaxValue },
                "--seed" => options with { Seed = Number() },
                "--load-ms" => options with { LoadMillis = Number(1) },
                "--connections" => options with { Connections = Number(1) },
                "--depth" => options with { Depth = Number(1) },
                "--histories" => options with { Histories = Number() },
                "--server" => options with { Server = Value() },
                "--appendfsync" => options with { AppendFsync = OneOf("always", "everysec", "no") },
                "--name" => options with { Name = Value() },
                "--keep" => options with { Keep = Value() },
                "--short" => options with { Cycles = CyclesOfShort, Seconds = SecondsOfShort },
                "--help" or "-h" => options with { HelpWanted = true },
                _ => throw new FormatException($"unknown option {name}"),
            };
        }

        return options;
    }

    private static IReadOnlyList<StrikeKind> ParseStrikes(string names) => names == "all"
        ? StrikeKinds.All
        : [.. names.Split(',').Select(name => Enum.TryParse(name, ignoreCase: true, out StrikeKind kind) && !int.TryParse(name, CultureInfo.InvariantCulture, out _)
            ? kind
            : throw new FormatException($"there is no strike {name}"))];
}
