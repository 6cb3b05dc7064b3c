using RespKv.Engine.Configuration;

namespace RespKv.Server;

/// <summary>What the process was asked to do.</summary>
internal enum Verb
{
    Serve,
    Help,
    Version,
    Ping,
    PrintConfig,
    PrintCommands,
    PrintCompatibility,
}

/// <summary>
/// The command line as redis-server reads it: an optional configuration file first, then directives as options, each with the
/// words up to the next option as its value. A value may start with one dash (-1, -::1), not with two.
/// </summary>
/// <param name="Verb">What to do.</param>
/// <param name="File">The configuration file, null for none.</param>
/// <param name="Options">Directives in their order, names without dashes.</param>
internal sealed record CommandLine(Verb Verb, string? File, IReadOnlyList<(string Name, IReadOnlyList<string> Values)> Options)
{
    /// <exception cref="ConfigException">A word belongs to nothing.</exception>
    public static CommandLine Parse(IReadOnlyList<string> args)
    {
        var verb = Verb.Serve;
        string? file = null;
        var options = new List<(string Name, IReadOnlyList<string> Values)>();
        List<string>? values = null;
        for (int i = 0; i < args.Count; i++)
        {
            string word = args[i];
            if (ParseVerb(word, isFirst: i == 0) is { } asked)
            {
                verb = verb == Verb.Serve ? asked : verb;
                values = null;
            }
            else if (word.StartsWith("--", StringComparison.Ordinal) && word.Length > 2)
            {
                values = [];
                options.Add((word[2..], values));
            }
            else if (values is not null)
            {
                values.Add(word);
            }
            else if (i == 0 && word.Length > 0 && word[0] != '-')
            {
                file = word;
            }
            else
            {
                throw new ConfigException(
                    ConfigOrigin.CommandLine,
                    word,
                    "unexpected argument; expected: respkv-server [file] [--directive value ...], see respkv-server --help");
            }
        }

        return new CommandLine(verb, file, options);
    }

    private static Verb? ParseVerb(string word, bool isFirst) => word switch
    {
        "--help" => Server.Verb.Help,
        "--version" => Server.Verb.Version,
        "--ping" => Server.Verb.Ping,
        "--print-config" => Server.Verb.PrintConfig,
        "--print-commands" => Server.Verb.PrintCommands,
        "--print-compatibility" => Server.Verb.PrintCompatibility,
        "-h" when isFirst => Server.Verb.Help,
        "-v" when isFirst => Server.Verb.Version,
        _ => null,
    };
}
