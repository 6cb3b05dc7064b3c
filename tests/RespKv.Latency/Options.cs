using System.Globalization;

namespace RespKv.Latency;

/// <summary>What is run, as the command line says.</summary>
internal sealed record Options
{
    public const string Help = """
        Loads a server with requests that arrive at a fixed rate, whether earlier ones were answered or not, and measures from the
        moment at which each was due. A client that waits for its reply before it sends again (redis-benchmark) stops asking while
        the server stalls, and so counts one slow request where all that should have come meanwhile were slow.

          dotnet run -c Release --project tests/RespKv.Latency -- --port 6380 --rates 10000,20000,40000

          --host NAME         where the server is; default 127.0.0.1
          --port N            default 6380
          --rate N            requests a second, of all connections together; default 10000
          --rates N,N,...     one run for each
          --connections N     default 50. Requests take turns on them, and do not wait for each other
          --seconds S         of each run; default 10
          --warmup S          before it at the same rate, not counted; default 1
          --command NAME      set, get, or mixed: half of each at random, told apart in the results; default set
          --keys N            chosen at random from so many; default what --load says, else 100000
          --value-bytes N     default 64
          --load N            sets the first N keys before anything else, pipelined
          --threads N         that send and receive; default 1, which does 60,000 requests a second and more
          --spin              never sleeps between arrivals: for machines with cores to spare
          --closed            no rate: each connection sends when its last reply is there, as redis-benchmark does
          --pipeline N        requests that a connection sends at a time with --closed; default 1
          --json FILE         all results, with the buckets of their histograms

        Columns: "late" is how far behind its time a request was sent, a part of its latency: large figures say that this program was
        short of a processor, or that the server took no more bytes. CPU is this program's, as a share of one core; at low rates nearly
        all of it is the kernel's waking up. Durations are in milliseconds, from buckets of 0.8 %; "worst" is exact. Requests without a
        reply 10 s after the last was due count with the time they have waited.

        Exit code: 0 every request was answered; 1 errors, or no reply; 2 the run itself went wrong.
        """;

    public string Host { get; init; } = "127.0.0.1";

    public int Port { get; init; } = 6380;

    /// <summary>Requests a second, a run for each.</summary>
    public IReadOnlyList<double> Rates { get; init; } = [10_000];

    public int Connections { get; init; } = 50;

    public double Seconds { get; init; } = 10;

    public double WarmUpSeconds { get; init; } = 1;

    public CommandMix Command { get; init; } = CommandMix.Set;

    /// <summary>0: not said.</summary>
    public long KeysSaid { get; init; }

    public long Keys => KeysSaid > 0 ? KeysSaid : Load > 0 ? Load : 100_000;

    public int ValueBytes { get; init; } = 64;

    public long Load { get; init; }

    public int Threads { get; init; } = 1;

    public bool Spin { get; init; }

    public bool Closed { get; init; }

    public int Pipeline { get; init; } = 1;

    public string? JsonPath { get; init; }

    public bool HelpWanted { get; init; }

    /// <exception cref="FormatException">An option is unknown or has a bad value; the message says which.</exception>
    public static Options Parse(IReadOnlyList<string> args)
    {
        var options = new Options();
        for (int i = 0; i < args.Count; i++)
        {
            string name = args[i];
            string Value() => ++i < args.Count ? args[i] : throw new FormatException($"{name} needs a value");
            long Count(long min, long max) => Integer(name, Value(), min, max);
            options = name switch
            {
                "--host" => options with { Host = Value() },
                "--port" => options with { Port = (int)Count(1, 65_535) },
                "--rate" or "--rates" => options with { Rates = [.. Value().Split(',').Select(rate => Number(name, rate, 1, 10_000_000))] },
                "--connections" => options with { Connections = (int)Count(1, 10_000) },
                "--seconds" => options with { Seconds = Number(name, Value(), 0.1, 86_400) },
                "--warmup" => options with { WarmUpSeconds = Number(name, Value(), 0, 3_600) },
                "--command" => options with { Command = Mix(Value()) },
                "--keys" => options with { KeysSaid = Count(1, RequestMaker.KeysMax) },
                "--value-bytes" => options with { ValueBytes = (int)Count(0, 1 << 20) },
                "--load" => options with { Load = Count(1, RequestMaker.KeysMax) },
                "--threads" => options with { Threads = (int)Count(1, 64) },
                "--spin" => options with { Spin = true },
                "--closed" => options with { Closed = true },
                "--pipeline" => options with { Pipeline = (int)Count(1, 1_024) },
                "--json" => options with { JsonPath = Value() },
                "--help" or "-h" => options with { HelpWanted = true },
                _ => throw new FormatException($"unknown option {name}"),
            };
        }

        return options.Threads <= options.Connections ? options : throw new FormatException("--threads is at most --connections");
    }

    private static long Integer(string name, string text, long min, long max)
        => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long value) && value >= min && value <= max
            ? value
            : throw new FormatException($"{name} is a number from {min} to {max}");

    private static double Number(string name, string text, double min, double max)
        => double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value) && value >= min && value <= max
            ? value
            : throw new FormatException($"{name} is a number from {min} to {max}");

    private static CommandMix Mix(string text) => text switch
    {
        "set" => CommandMix.Set,
        "get" => CommandMix.Get,
        "mixed" => CommandMix.Mixed,
        _ => throw new FormatException("--command is set, get or mixed"),
    };
}
