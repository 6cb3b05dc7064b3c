namespace RespKv.Engine.Commands.Introspection;

/// <summary>An argument of a command in COMMAND DOCS.</summary>
/// <param name="Name">Lower case.</param>
/// <param name="Type">string, integer, double, key, pattern, unix-time, pure-token, oneof or block.</param>
internal sealed record SyntaxArgument(string Name, string Type)
{
    /// <summary>The literal word in front of the value, or, for a pure-token, the word itself.</summary>
    public string? Token { get; init; }

    /// <summary>Redis version that brought it, when that was later than the command.</summary>
    public string Since { get; init; } = "";

    /// <summary>Redis version since which it is not to be used any more.</summary>
    public string DeprecatedSince { get; init; } = "";

    public bool IsOptional { get; init; }

    /// <summary>May be repeated.</summary>
    public bool IsMultiple { get; init; }

    /// <summary>The token is repeated with each value.</summary>
    public bool IsMultipleToken { get; init; }

    /// <summary>Which key specification finds it, -1 for what is no key.</summary>
    public int KeySpecIndex { get; init; } = -1;

    /// <summary>Choices of a oneof, parts of a block.</summary>
    public IReadOnlyList<SyntaxArgument> Arguments { get; init; } = [];
}
