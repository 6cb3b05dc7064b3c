namespace RespKv.Engine.Configuration;

/// <summary>What a server was started with. Defaults come first, then the file, then the environment, then the options; later ones win.</summary>
/// <param name="File">Path of the configuration file, null for none.</param>
/// <param name="ReadText">Reads a whole text file; throws IOException when it cannot.</param>
/// <param name="Environment">All environment variables of the process; the RESPKV_ ones count.</param>
/// <param name="Options">The directives of the command line in their order, names without dashes.</param>
public sealed record ConfigSources(
    string? File,
    Func<string, string> ReadText,
    IEnumerable<KeyValuePair<string, string>> Environment,
    IReadOnlyList<(string Name, IReadOnlyList<string> Values)> Options)
{
    /// <summary>The files that a pattern (* ? [) of an include line matches; null: such a line names a file by that name.</summary>
    public Func<string, IReadOnlyList<string>>? FindFiles { get; init; }
}

/// <summary>Builds the configuration of a server from its sources and checks it as a whole.</summary>
public static class ConfigLoader
{
    private const string SecretBlank = "(hidden)";

    /// <exception cref="ConfigException">Something in a source cannot be used, or the whole makes no sense.</exception>
    public static ServerConfig Load(ConfigSources sources)
    {
        var config = new ServerConfig();
        if (sources.File is not null)
        {
            new ConfigFileReader(new ConfigLinesOf(config), sources.ReadText, sources.FindFiles).Read(sources.File);
            config.ConfigFile = Path.GetFullPath(sources.File);
        }

        ConfigEnvironment.Apply(config, sources.Environment);
        foreach ((string name, IReadOnlyList<string> values) in sources.Options)
        {
            Apply(config, name, values, ConfigOrigin.CommandLine);
        }

        CheckWhole(config);
        return config;
    }

    /// <summary>Applies one directive, mutable at runtime or not.</summary>
    internal static void Apply(ServerConfig config, string name, IReadOnlyList<string> values, ConfigOrigin origin)
    {
        if (!DirectiveTable.TryFind(name, out Directive? directive))
        {
            string? nearest = NearestName.Find(name, DirectiveTable.All.Select(each => each.Name));
            string hint = nearest is null ? "respkv-server --print-config lists all directives" : $"did you mean '{nearest}'?";
            throw new ConfigException(origin, Line(name, values, secret: false), $"unknown directive '{name}'; {hint}");
        }

        string? error = directive.PrepareLine(config, values, out Action? apply);
        if (error is not null)
        {
            string hint = values.Any(value => value.StartsWith('#')) ? " (a comment needs a line of its own)" : "";
            bool complete = directive.ErrorSaysWhatIsRight && error != ConfigErrors.WrongNumberOfArguments;
            string right = complete ? "" : $"; {directive.Name} takes {directive.Takes}";
            throw new ConfigException(origin, Line(name, values, directive.Secret), $"{error}{hint}{right}");
        }

        apply!();
    }

    /// <summary>A line for an error text when it cannot be split into words: cut off behind the name of a secret.</summary>
    internal static string BlankSecret(string line)
    {
        string name = line.Split(' ', '\t')[0];
        return ServerConfig.IsSecret(name) ? $"{name} {SecretBlank}" : line;
    }

    /// <summary>A line for an error text or a report.</summary>
    internal static string Line(string name, IReadOnlyList<string> values, bool secret) =>
        secret && values.Count > 0 ? $"{name} {SecretBlank}" : string.Join(' ', [name, .. values.Select(ConfigText.Quote)]);

    private static void CheckWhole(ServerConfig config)
    {
        if (WrongWithWhole(config) is { } error)
        {
            throw new ConfigException(error);
        }
    }

    /// <summary>What directives say against each other; null: nothing.</summary>
    internal static string? WrongWithWhole(ServerConfig config)
    {
        bool tcp = (config.Port != 0 || config.TlsPort != 0) && config.Bind.Count > 0;
        if (!tcp && config.UnixSocket.Length == 0)
        {
            return "Configured to not listen anywhere: set port or tls-port, and bind; or unixsocket";
        }

        return config.Port != 0 && config.Port == config.TlsPort ? "port and tls-port must differ" : null;
    }
}
