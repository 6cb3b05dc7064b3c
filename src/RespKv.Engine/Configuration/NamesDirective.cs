namespace RespKv.Engine.Configuration;

/// <summary>One of a few names, or several of them together; kept as text. For what the code acts on there is <see cref="ChoiceDirective{T}"/>.</summary>
internal sealed class NamesDirective(string name, Func<ServerConfig, string> read, Action<ServerConfig, string> write) : Directive(name)
{
    /// <summary>In the order in which Redis lists them in its error text, and several of them.</summary>
    public required IReadOnlyList<string> Names { get; init; }

    public required string Default { get; init; }

    /// <summary>Several may be given. The first name stands for none of the others.</summary>
    public bool Combines { get; init; }

    /// <summary>Names that contradict each other, and what is said then.</summary>
    public (string First, string Second, string Error)? Contradiction { get; init; }

    public override bool TakesMany => Combines;

    public override string Takes => $"{(Combines ? "some" : "one")} of: {string.Join(", ", Names)}";

    public override bool ErrorSaysWhatIsRight => true;

    public override string Get(ServerConfig config) => read(config);

    public override void Reset(ServerConfig config) => write(config, Default);

    public override string RewriteValue(ServerConfig config) => Combines ? Get(config) : base.RewriteValue(config);

    protected override string? PrepareOne(ServerConfig config, string word, out Action? apply) => PrepareMany(config, [word], out apply);

    protected override string? PrepareMany(ServerConfig config, IReadOnlyList<string> words, out Action? apply)
    {
        apply = null;
        if (words.Count == 0 || !words.All(word => Names.Contains(word, StringComparer.OrdinalIgnoreCase)))
        {
            return $"argument(s) must be one of the following: {string.Join(", ", Names)}";
        }

        List<string> chosen = [.. Names.Where(each => words.Contains(each, StringComparer.OrdinalIgnoreCase))];
        if (Contradiction is { } c && chosen.Contains(c.First) && chosen.Contains(c.Second))
        {
            return c.Error;
        }

        if (chosen.Count > 1)
        {
            chosen.Remove(Names[0]);
        }

        string value = string.Join(' ', chosen);
        apply = () => write(config, value);
        return null;
    }
}
