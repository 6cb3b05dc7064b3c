namespace RespKv.HostileClients;

/// <summary>What is run, as the command line says.</summary>
internal sealed record Options
{
    public const string Help = """
        Starts a server for each way to misuse one, misuses it, and measures what that costs: the server's memory against the limit that
        bounds it, and what a well-behaved client sees meanwhile.

          dotnet run -c Release --project tests/RespKv.HostileClients -- [options]

          --case NAME       one case only; --list names them
          --short           a tenth of the clients and of the bytes: less than half a minute in all
          --server CMD      command that starts a server; {port}, {dir} and {appendfsync} are filled in, and appended as directives
                            where they are missing. Without it, the server built from this tree
          --list            names the cases and says what they do

        10,000 connections need a limit of 10,500 open files or so (ulimit -n), here and in the server; with less there are fewer, and
        the program says so.

        Exit code: 0 every bound was kept and others were served; 1 not; 2 the run itself went wrong.
        """;

    public string? Case { get; init; }

    public bool Short { get; init; }

    public string? Server { get; init; }

    public bool ListWanted { get; init; }

    public bool HelpWanted { get; init; }

    /// <exception cref="FormatException">An option is unknown or has a bad value; the message says which.</exception>
    public static Options Parse(IReadOnlyList<string> args)
    {
        var options = new Options();
        for (int i = 0; i < args.Count; i++)
        {
            string name = args[i];
            string Value() => ++i < args.Count ? args[i] : throw new FormatException($"{name} needs a value");
            options = name switch
            {
                "--case" => options with { Case = Value() },
                "--short" => options with { Short = true },
                "--server" => options with { Server = Value() },
                "--list" => options with { ListWanted = true },
                "--help" or "-h" => options with { HelpWanted = true },
                _ => throw new FormatException($"unknown option {name}"),
            };
        }

        return options;
    }
}
