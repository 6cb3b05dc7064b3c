namespace RespKv.Engine.Commands;

/// <summary>
/// The one declaration of a command, on the method that executes it (or on the class, for a container such as CONFIG, whose
/// methods declare <c>config|get</c> and so on). COMMAND, COMMAND DOCS, the dispatch table, ACL categories and the README's
/// table are derived from it.
/// </summary>
/// <param name="name">Lower case; a subcommand is <c>container|sub</c>.</param>
/// <param name="arity">As in Redis: positive is exact, negative is at least; the name (and the container's name) count.</param>
/// <param name="flags">What it may do.</param>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class)]
internal sealed class CommandAttribute(string name, int arity, CommandFlags flags) : Attribute
{
    public string Name { get; } = name;

    public int Arity { get; } = arity;

    public CommandFlags Flags { get; } = flags;

    /// <summary>
    /// Where the keys are: one part per key specification, separated by <c>;</c>, in the syntax of <see cref="KeySpec"/>. Examples, RENAME:
    /// <c>1,1,1 RW access delete; 2,2,1 OW update</c>; ZUNIONSTORE: <c>1,1,1 OW update; keynum:2 RO access</c>; the second one of GEORADIUS:
    /// <c>keyword:STORE,6 OW update</c>; the last one of SORT: <c>unknown OW update (a note)</c>.
    /// </summary>
    public string Keys { get; init; } = "";

    /// <summary>COMMAND DOCS group: string, generic, connection, server ...</summary>
    public string Group { get; init; } = "generic";

    /// <summary>Redis version that brought the command.</summary>
    public string Since { get; init; } = "1.0.0";

    public string Complexity { get; init; } = "";

    public string Summary { get; init; } = "";

    /// <summary>
    /// The arguments as the Redis manual prints them, for example <c>key value [NX | XX] [GET] [EX seconds | PX milliseconds | KEEPTTL]</c>.
    /// COMMAND DOCS' argument tree is parsed from it.
    /// </summary>
    public string Syntax { get; init; } = "";

    /// <summary>ACL categories beside those that flags and group imply, separated by spaces, for example <c>keyspace dangerous</c>.</summary>
    public string Categories { get; init; } = "";

    /// <summary>COMMAND INFO tips, separated by spaces, for example <c>nondeterministic_output request_policy:all_shards</c>.</summary>
    public string Tips { get; init; } = "";
}
