namespace RespKv.Engine.Configuration;

/// <summary>
/// One directive: a name with everything that is known about it. A kind of value is a subclass; a directive is one object of it
/// in <see cref="DirectiveTable"/>. The configuration file, the command line, the environment, CONFIG GET, SET and REWRITE and
/// conf/respkv.conf are derived from these objects.
/// </summary>
internal abstract class Directive(string name)
{
    public string Name { get; } = name;

    /// <summary>What it does, in lines that fit a comment of the configuration file.</summary>
    public required string Doc { get; init; }

    /// <summary>Another name of it, which CONFIG GET shows beside this one; empty without.</summary>
    public string Alias { get; init; } = "";

    /// <summary>CONFIG GET shows it only to those who name it in full.</summary>
    public bool Hidden { get; init; }

    /// <summary>
    /// Fixed while the server runs, but a CONFIG SET that leaves it as it is goes through: Redis can change it. This is the answer to one that
    /// would change it. Null for those that Redis cannot change either.
    /// </summary>
    public string? FixedBecause { get; init; }

    /// <summary>CONFIG SET may change it while the server runs.</summary>
    public bool Mutable { get; init; }

    /// <summary>The value is kept out of logs and error texts.</summary>
    public bool Secret { get; init; }

    /// <summary>
    /// It is a value that CONFIG GET shows. False: a statement, of which a file may have many (<c>user</c>, <c>rename-command</c>); CONFIG does not know it.
    /// </summary>
    public virtual bool IsValue => true;

    /// <summary>CONFIG REWRITE leaves its lines as they are.</summary>
    public virtual bool KeepsLines => false;

    /// <summary>What it takes, to be read after "takes": <c>an integer from 0 to 65535</c>.</summary>
    public abstract string Takes { get; }

    /// <summary>What is wrong with a value, as <see cref="Prepare"/> says it, names all that would be right.</summary>
    public virtual bool ErrorSaysWhatIsRight => false;

    /// <summary>The value may be several words; a single word is split at its spaces then, as CONFIG SET passes it.</summary>
    public virtual bool TakesMany => false;

    /// <summary>The value as CONFIG GET shows it.</summary>
    public abstract string Get(ServerConfig config);

    /// <summary>Sets the default.</summary>
    public abstract void Reset(ServerConfig config);

    /// <summary>
    /// Checks a value without changing anything. Returns null and what applies it (which cannot fail), or what is wrong in Redis's words.
    /// </summary>
    public string? Prepare(ServerConfig config, IReadOnlyList<string> words, out Action? apply)
    {
        apply = null;
        if (TakesMany)
        {
            IReadOnlyList<string> many = words.Count == 1
                ? words[0].Split(' ', StringSplitOptions.RemoveEmptyEntries)
                : words;
            return words.Count == 0 ? ConfigErrors.WrongNumberOfArguments : PrepareMany(config, many, out apply);
        }

        return words.Count == 1 ? PrepareOne(config, words[0], out apply) : ConfigErrors.WrongNumberOfArguments;
    }

    /// <summary>As <see cref="Prepare"/>, for a line of a configuration file, where several lines may make up one value.</summary>
    public virtual string? PrepareLine(ServerConfig config, IReadOnlyList<string> words, out Action? apply) => Prepare(config, words, out apply);

    /// <summary>The lines that CONFIG REWRITE writes for it; most directives have one.</summary>
    public virtual IEnumerable<RewriteLine> RewriteLines(ServerConfig config)
    {
        string value = RewriteValue(config);
        yield return new RewriteLine($"{Name} {value}", value != RewriteValue(DirectiveTable.Defaults));
    }

    /// <summary>The value as it stands in a configuration file.</summary>
    public virtual string RewriteValue(ServerConfig config) => ConfigText.Quote(Get(config));

    protected virtual string? PrepareOne(ServerConfig config, string word, out Action? apply) => throw new NotSupportedException();

    protected virtual string? PrepareMany(ServerConfig config, IReadOnlyList<string> words, out Action? apply) => throw new NotSupportedException();
}

/// <summary>A line for the configuration file.</summary>
/// <param name="Text">The line without its end.</param>
/// <param name="Forced">The value is not the default, so the line is written even when the file has none for it.</param>
internal readonly record struct RewriteLine(string Text, bool Forced);

/// <summary>Redis 7's words for what is wrong with a value.</summary>
internal static class ConfigErrors
{
    public const string WrongNumberOfArguments = "wrong number of arguments";
    public const string Immutable = "can't set immutable config";
    public const string NotInteger = "argument couldn't be parsed into an integer";
    public const string NotMemory = "argument must be a memory value";

    public static string NotBetween(long min, long max) => $"argument must be between {min} and {max} inclusive";
}
