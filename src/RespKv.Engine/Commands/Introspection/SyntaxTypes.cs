namespace RespKv.Engine.Commands.Introspection;

/// <summary>
/// The type of an argument, by its name. The manual's syntax line does not say types; its names are chosen from a small set, though, in
/// which each name stands for one type.
/// </summary>
internal static class SyntaxTypes
{
    private static readonly HashSet<string> Integers = new(StringComparer.Ordinal)
    {
        "client-id", "count", "cursor", "db", "decrement", "destination-db", "end", "increment", "index", "index1", "index2", "len",
        "milliseconds", "numlocal", "numreplicas", "offset", "protover", "seconds", "start", "stop", "timeout", "version",
    };

    private static readonly HashSet<string> Keys = new(StringComparer.Ordinal) { "key", "key1", "key2", "newkey", "source", "destination" };

    public static bool IsKey(string name) => Keys.Contains(name);

    public static string OfValue(string name, string command) => name switch
    {
        "pattern" => "pattern",
        "increment" when command.EndsWith("float", StringComparison.Ordinal) => "double",
        _ when name.StartsWith("unix-time", StringComparison.Ordinal) => "unix-time",
        _ when Integers.Contains(name) => "integer",
        _ => "string",
    };
}
