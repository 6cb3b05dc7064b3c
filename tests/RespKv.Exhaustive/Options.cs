using System.Globalization;
using RespKv.Storage.Files;

namespace RespKv.Exhaustive;

/// <summary>What is run, as the command line says.</summary>
internal sealed record Options
{
    public const string Help = """
        Enumerates short lives of a server on a simulated disk: every sequence of operations up to a length, a crash after every call
        to the disk, an error at every call. After each the server is started on what is left, and what it holds is compared with what
        the client was told: what was acknowledged is there, what was not is there whole or not at all, and the server goes on (a
        write, a power cut, another start).

          dotnet run -c Release --project tests/RespKv.Exhaustive -- [options]

          --length N        operations of the longest sequences (3)
          --crash-seeds N   crashes with drawn outcomes at every call (3), besides a kill, nothing pending kept, all of it kept
          --depth N         2: also a crash after every call of the recovery from a crash (1: not), and so on
          --schedules N     interleavings of the server's threads (1): the first runs each thread until it waits, others are drawn
          --error-length N  operations of the longest sequences with errors (as --length)
          --short           as --length 1 --crash-seeds 2, for every change of the code

        One run again, as a failure is printed:
          --start NAME      new (no data directory yet; sequences of one operation at most), used (keys in a table and in the log) or
                            worn (two tables, a log that is nearly full, retired segments; sequences of two at most)
          --sequence A,B,C  out of SET DEL MSET EXPIRE CLOCK SEGMENT LARGE SAVE MULTI; empty for a start and a stop
          --schedule N      that interleaving
          --call N          that call of it fails
          --errno NAME      with EIO, ENOSPC or EROFS

        SET, DEL, EXPIRE (PEXPIREAT) change key a, MSET a and b, SEGMENT writes a value that fills a segment of the log, LARGE one
        that needs a larger segment, SAVE makes a checkpoint, MULTI changes a, b and n in one block, CLOCK lets so much time pass that
        what EXPIRE has set is over.

        Exit code: 0 as promised; 1 not; 2 the run itself went wrong.
        """;

    private const int ShortLength = 1;
    private const int ShortCrashSeeds = 2;

    public int Length { get; init; } = 3;

    public int CrashSeeds { get; init; } = 3;

    public int Depth { get; init; } = 1;

    public int Schedules { get; init; } = 1;

    public int ErrorLength { get; init; } = int.MaxValue;

    public string? Start { get; init; }

    public IReadOnlyList<Letter>? Sequence { get; init; }

    public int? Schedule { get; init; }

    public int? Call { get; init; }

    public Errno? Errno { get; init; }

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
            options = name switch
            {
                "--length" => options with { Length = Number() },
                "--crash-seeds" => options with { CrashSeeds = Number() },
                "--depth" => options with { Depth = Number() },
                "--schedules" => options with { Schedules = Number() },
                "--error-length" => options with { ErrorLength = Number() },
                "--short" => options with { Length = ShortLength, CrashSeeds = ShortCrashSeeds },
                "--start" => options with { Start = Value() },
                "--sequence" => options with { Sequence = Letters(Value()) },
                "--schedule" => options with { Schedule = Number() },
                "--call" => options with { Call = Number() },
                "--errno" => options with { Errno = Enum.TryParse(Value(), out Errno errno) ? errno : throw new FormatException($"{name} needs the name of an error") },
                "--help" or "-h" => options with { HelpWanted = true },
                _ => throw new FormatException($"unknown option {name}"),
            };
        }

        return options;
    }

    private static List<Letter> Letters(string names)
    {
        return [.. names.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(name =>
            Letter.Alphabet.FirstOrDefault(letter => letter.Name == name) ?? throw new FormatException($"{name} is not in the alphabet"))];
    }
}
