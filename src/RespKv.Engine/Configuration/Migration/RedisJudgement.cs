using RespKv.Storage.Files;

namespace RespKv.Engine.Configuration.Migration;

/// <summary>A verdict with its reason.</summary>
internal readonly record struct RedisJudgement(RedisVerdict Verdict, string Reason, string Instead)
{
    public static RedisJudgement Same(string note = "") => new(RedisVerdict.Same, note, "");

    public static RedisJudgement Different(string reason, string instead = "") => new(RedisVerdict.Different, reason, instead);

    public static RedisJudgement Ignored(string reason, string instead = "") => new(RedisVerdict.Ignored, reason, instead);

    public static RedisJudgement Unsupported(string reason, string instead) => new(RedisVerdict.Unsupported, reason, instead);
}

/// <summary>What the lines say together; for rules about one line that depend on others.</summary>
internal sealed class RedisDirectives
{
    private readonly Dictionary<Directive, RedisStatement> _last = [];

    public RedisDirectives(ServerConfig config, IReadOnlyList<RedisStatement> statements, IFileSystem files)
    {
        Config = config;
        Statements = statements;
        Files = files;
        foreach (RedisStatement statement in statements)
        {
            if (statement.Directive is { } directive)
            {
                _last[directive] = statement;
            }
        }
    }

    /// <summary>What the lines that could be taken add up to.</summary>
    public ServerConfig Config { get; }

    public IReadOnlyList<RedisStatement> Statements { get; }

    public IFileSystem Files { get; }

    public bool IsWritten(string name) => DirectiveTable.TryFind(name, out Directive? directive) && _last.ContainsKey(directive);

    /// <summary>The value of a directive that nothing here reads.</summary>
    public bool IsOn(string name) => Config.Kept.Number(name) != 0;

    /// <summary>Redis wrote a log: its default is not to.</summary>
    public bool RedisAppends => IsWritten("appendonly") && IsOn("appendonly");

    /// <summary>The line that takes the place of this one; null: none.</summary>
    public RedisStatement? Overriding(RedisStatement statement)
    {
        // The lines of these add up.
        if (statement.Directive is null or { IsValue: false } or OutputBufferLimitDirective or ListDirective { WordsPerLine: > 0 })
        {
            return null;
        }

        RedisStatement last = _last[statement.Directive];
        return ReferenceEquals(last, statement) ? null : last;
    }
}
