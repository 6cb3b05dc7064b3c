using System.Globalization;

namespace RespKv.Engine.Configuration;

/// <summary>Where a setting came from, for error texts.</summary>
/// <param name="Source">A file's path, <c>the command line</c> or an environment variable; null when there is no place to point at.</param>
/// <param name="Line">1-based line in a file; 0 elsewhere.</param>
public readonly record struct ConfigOrigin(string? Source, int Line)
{
    public static ConfigOrigin None => default;

    public static ConfigOrigin CommandLine => new("the command line", 0);

    public static ConfigOrigin Environment(string variable) => new($"the environment variable {variable}", 0);

    public override string ToString() => this switch
    {
        { Source: null } => "",
        { Line: > 0 } => string.Create(CultureInfo.InvariantCulture, $"Reading {Source}, at line {Line}"),
        _ => $"Reading {Source}",
    };
}
