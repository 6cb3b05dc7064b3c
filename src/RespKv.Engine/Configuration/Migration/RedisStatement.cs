namespace RespKv.Engine.Configuration.Migration;

/// <summary>A line of a configuration file before anything is said about it.</summary>
/// <param name="Written">The line as it stands there.</param>
/// <param name="Words">Its words; empty when it has none that could be told apart.</param>
/// <param name="Origin">Where it stands.</param>
/// <param name="Error">What is wrong with the line as such; null: nothing.</param>
internal sealed record RedisStatement(string Written, IReadOnlyList<string> Words, ConfigOrigin Origin, ConfigException? Error)
{
    public string Name => Words.Count > 0 ? Words[0] : Written.Split(' ', '\t')[0];

    /// <summary>Null: no such directive.</summary>
    public Directive? Directive => DirectiveTable.TryFind(Name, out Directive? directive) ? directive : null;

    public IReadOnlyList<string> Values => [.. Words.Skip(1)];

    /// <summary>The only value, or all of them with blanks between.</summary>
    public string Value => string.Join(' ', Words.Skip(1));

    /// <summary>Without secrets.</summary>
    public string Shown => Words.Count > 0
        ? ConfigLoader.Line(Name, Values, Directive is { Secret: true })
        : ConfigLoader.BlankSecret(Written);
}

/// <summary>Gathers all lines, the broken ones too.</summary>
internal sealed class RedisStatements : IConfigLines
{
    /// <summary>Nobody writes more: files that include each other over and over end here.</summary>
    private const int CountMax = 10_000;

    /// <summary>Lines that cannot be read cost the reading of files, when those include each other.</summary>
    private const int BrokenMax = 200;

    private int _broken;

    public List<RedisStatement> All { get; } = [];

    /// <summary>False: a file that is included could not be read.</summary>
    public bool IsComplete { get; private set; } = true;

    public void Take(string line, IReadOnlyList<string> words, ConfigOrigin origin) => Add(new RedisStatement(line, words, origin, Error: null));

    public void Broken(string line, ConfigException error)
    {
        bool isInclude = line.StartsWith(ConfigFileReader.IncludeKeyword, StringComparison.OrdinalIgnoreCase);
        IsComplete &= !isInclude;
        Add(new RedisStatement(line, [], error.Origin, error));
    }

    private void Add(RedisStatement statement)
    {
        _broken += statement.Error is null ? 0 : 1;
        if (All.Count == CountMax || _broken > BrokenMax)
        {
            throw new ConfigException(statement.Origin, text: null, $"more than {CountMax} lines, or {BrokenMax} that cannot be read: do files include each other?");
        }

        All.Add(statement);
    }
}
