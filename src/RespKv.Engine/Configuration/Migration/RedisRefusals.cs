namespace RespKv.Engine.Configuration.Migration;

/// <summary>What to do about lines that a start would refuse.</summary>
internal static class RedisRefusals
{
    private const string Delete = "delete the line";

    /// <summary>By the name of the directive here.</summary>
    private static readonly Dictionary<string, string> InsteadOf = new(StringComparer.Ordinal)
    {
        ["daemonize"] = $"{Delete}, and let a service manager start the server: conf/respkv.service (Type=notify), or a container",
        ["cluster-enabled"] = "one server takes the place of a cluster if its memory holds all data; there is nothing else yet",
        ["replicaof"] = "copy the data (docs/migration.md), and take backups of the running server: respkv backup --from",
        ["min-replicas-to-write"] = $"{Delete}: an answered write is on this server's disk",
        ["syslog-enabled"] = $"{Delete}, and let the service manager keep standard output (journald), or set logfile",
        ["unixsocketperm"] = $"{Delete}; UMask=0007 in the unit makes the socket 770, or put it into a directory with the permissions that you want",
        ["tls-replication"] = $"{Delete}: there are no replicas",
        ["tls-cluster"] = $"{Delete}: there is no cluster bus",
        ["tls-prefer-server-ciphers"] = $"{Delete}; tls-ciphers and tls-ciphersuites limit what can be chosen",
        ["rename-command"] = $"{Delete}: nobody can call a command that does not exist",
        ["bind"] = "write addresses instead of names",
        ["include"] = "the file has to be readable by who runs the check, and by the server",
    };

    /// <summary>Directives of Redis and its tools that are no values, or that it skips itself: CONFIG GET does not show them.</summary>
    private static readonly Dictionary<string, (string Reason, string Instead)> NotHere = new(StringComparer.OrdinalIgnoreCase)
    {
        ["loadmodule"] = ("There are no modules.", "docs/compatibility.md says which commands there are"),
        ["sentinel"] = ("This is a line for redis-sentinel, which needs replicas: there is no replication yet.", Delete),
        ["list-max-ziplist-entries"] = ("Redis skips this line too, since version 3.2.", Delete),
        ["list-max-ziplist-value"] = ("Redis skips this line too, since version 3.2.", Delete),
    };

    public static RedisJudgement Judge(RedisStatement statement, string refusal)
    {
        if (statement.Error is not null)
        {
            return RedisJudgement.Unsupported(Sentence(refusal), InsteadOf.GetValueOrDefault(statement.Name.ToLowerInvariant(), "correct the line"));
        }

        if (statement.Directive is { } directive)
        {
            string instead = directive is FixedDirective ? Delete : $"write what {directive.Name} takes: {directive.Takes}";
            return RedisJudgement.Unsupported(Sentence(refusal), InsteadOf.GetValueOrDefault(directive.Name, instead));
        }

        if (NotHere.TryGetValue(statement.Name, out (string Reason, string Instead) known))
        {
            return RedisJudgement.Unsupported(known.Reason, known.Instead);
        }

        string? nearest = NearestName.Find(statement.Name, DirectiveTable.All.Select(each => each.Name));
        return RedisJudgement.Unsupported(
            "Neither Redis 7.0 nor RespKv knows this name; later versions or other servers may.",
            nearest is null ? Delete : $"did you mean {nearest}? If not, {Delete}");
    }

    private static string Sentence(string text) => char.ToUpperInvariant(text[0]) + text[1..].TrimEnd('.') + ".";
}
