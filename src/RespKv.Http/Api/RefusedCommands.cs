namespace RespKv.Http.Api;

/// <summary>Commands that make a connection into something else, which a request of its own has not got.</summary>
internal static class RefusedCommands
{
    private const string Events = "it needs a connection of the Redis protocol; for keyspace events there is GET /v1/events";
    private const string Login = "a request says who sends it in its header Authorization";
    private const string Block = "send {\"commands\":[...]}: they are executed as one transaction; to act only on what was read, use If-Match";

    /// <summary>Null: it may be used. Otherwise why not, and what to use instead.</summary>
    /// <param name="name">As it is declared, in lower case.</param>
    /// <param name="subcommand">The argument behind it, in any case.</param>
    public static string? Because(string name, string subcommand)
    {
        string? instead = name switch
        {
            "subscribe" or "psubscribe" or "ssubscribe" or "unsubscribe" or "punsubscribe" or "sunsubscribe" or "monitor" => Events,
            "hello" or "auth" => Login,
            "reset" or "quit" => "a request has no state that outlives it",
            "multi" or "exec" or "discard" or "watch" or "unwatch" => Block,
            "select" => "the parameter db selects a database",
            "client" when IsOneOf(subcommand, "reply", "tracking", "caching", "setname", "setinfo", "no-evict", "no-touch") => "it would change the connection, and requests share connections",
            "sync" or "psync" => Events,
            _ => null,
        };
        return instead is null ? null : $"{name.ToUpperInvariant()} is not for HTTP: {instead}";
    }

    private static bool IsOneOf(string word, params ReadOnlySpan<string> words)
    {
        foreach (string each in words)
        {
            if (string.Equals(each, word, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
