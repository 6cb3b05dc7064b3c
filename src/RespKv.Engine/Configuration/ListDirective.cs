namespace RespKv.Engine.Configuration;

/// <summary>A list of words, checked as a whole. An empty one is written as <c>""</c>.</summary>
internal sealed class ListDirective(string name, Func<ServerConfig, string> read, Action<ServerConfig, string> write) : Directive(name)
{
    public required string Default { get; init; }

    /// <summary>What it takes.</summary>
    public required string Meaning { get; init; }

    /// <summary>Returns what is wrong, or null; and the list as CONFIG GET shows it.</summary>
    public required ListCheck Check { get; init; }

    /// <summary>Words of one line of a configuration file, of which there may be several; 0: all stand in one line.</summary>
    public int WordsPerLine { get; init; }

    public override bool TakesMany => true;

    public override string Takes => Meaning;

    public override string Get(ServerConfig config) => read(config);

    public override void Reset(ServerConfig config) => write(config, Default);

    public override string RewriteValue(ServerConfig config) => read(config).Length == 0 ? "\"\"" : read(config);

    public override IEnumerable<RewriteLine> RewriteLines(ServerConfig config)
    {
        bool isForced = Get(config) != Default;
        string[] words = Get(config).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (WordsPerLine == 0 || words.Length <= WordsPerLine)
        {
            return [new RewriteLine($"{Name} {RewriteValue(config)}", isForced)];
        }

        return words.Chunk(WordsPerLine).Select(line => new RewriteLine($"{Name} {string.Join(' ', line)}", isForced));
    }

    /// <summary>In a configuration file a line adds to the line before it, and one that says <c>""</c> takes all of them back.</summary>
    public override string? PrepareLine(ServerConfig config, IReadOnlyList<string> words, out Action? apply)
    {
        bool adds = WordsPerLine > 0 && config.WrittenLists.Contains(Name) && words is not [""];
        IReadOnlyList<string> all = adds ? [.. Get(config).Split(' ', StringSplitOptions.RemoveEmptyEntries), .. words] : words;
        string? error = Prepare(config, all, out Action? change);
        apply = () =>
        {
            config.WrittenLists.Add(Name);
            change!();
        };
        return error;
    }

    protected override string? PrepareMany(ServerConfig config, IReadOnlyList<string> words, out Action? apply)
    {
        string? error = Check(words, out string shown);
        apply = () => write(config, shown);
        return error;
    }
}

/// <summary>Checks a list of words.</summary>
internal delegate string? ListCheck(IReadOnlyList<string> words, out string shown);
