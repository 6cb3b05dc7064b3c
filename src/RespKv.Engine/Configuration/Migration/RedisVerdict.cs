namespace RespKv.Engine.Configuration.Migration;

/// <summary>What becomes of a line of a redis.conf here.</summary>
public enum RedisVerdict
{
    /// <summary>It means what it means to Redis.</summary>
    Same,

    /// <summary>It is taken, and what follows from it is something else.</summary>
    Different,

    /// <summary>It is taken, and nothing follows from it that anybody would miss.</summary>
    Ignored,

    /// <summary>A server would refuse to start with it.</summary>
    Unsupported,
}

/// <summary>A line of a redis.conf, or of a file that it includes.</summary>
/// <param name="File">The file.</param>
/// <param name="Line">Its number, from 1.</param>
/// <param name="Text">The line; secrets are blanked.</param>
/// <param name="Directive">The directive as it is called here, otherwise the first word of the line.</param>
/// <param name="Verdict">What becomes of it.</param>
/// <param name="Reason">Why; empty where it means the same and nothing is to be said.</param>
/// <param name="Instead">What to do instead; empty when nothing has to be done.</param>
public sealed record RedisConfigLine(string File, int Line, string Text, string Directive, RedisVerdict Verdict, string Reason, string Instead)
{
    /// <summary>The line as it was written, with its secrets.</summary>
    internal string Written { get; init; } = "";
}

/// <summary>A directive that no line names, with another default here than in Redis 7.0.</summary>
/// <param name="Directive">Its name.</param>
/// <param name="Redis">Redis's default, as CONFIG GET shows it.</param>
/// <param name="RespKv">The default here.</param>
/// <param name="Reason">What follows.</param>
/// <param name="IsDifferent">It changes what clients or operators see. False: the same thing in another place.</param>
public sealed record RedisConfigDefault(string Directive, string Redis, string RespKv, string Reason, bool IsDifferent);

/// <summary>What becomes of a redis.conf.</summary>
/// <param name="File">The file.</param>
/// <param name="Lines">Its directives and those of files that it includes, in the order in which they are read.</param>
/// <param name="NotWritten">Directives that it does not name, and whose defaults differ.</param>
/// <param name="Whole">What is wrong with all of it together; null: nothing.</param>
/// <param name="IsComplete">False: a file that it includes could not be read.</param>
public sealed record RedisConfigReport(
    string File,
    IReadOnlyList<RedisConfigLine> Lines,
    IReadOnlyList<RedisConfigDefault> NotWritten,
    string? Whole,
    bool IsComplete)
{
    /// <summary>Nothing is unsupported or different.</summary>
    public bool IsFine => Whole is null
        && Lines.All(line => line.Verdict is RedisVerdict.Same or RedisVerdict.Ignored)
        && !NotWritten.Any(each => each.IsDifferent);

    /// <summary>Lines with a verdict.</summary>
    public int Count(RedisVerdict verdict) => Lines.Count(line => line.Verdict == verdict);
}
