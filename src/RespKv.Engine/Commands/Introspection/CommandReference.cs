using System.Text;

namespace RespKv.Engine.Commands.Introspection;

/// <summary>
/// The tables of README.md and docs/compatibility.md, from the declarations: <c>respkv-server --print-commands</c> and
/// <c>--print-compatibility</c> print them, and a test holds that the documents have what they print.
/// </summary>
public static class CommandReference
{
    private static readonly (string Group, string Title)[] Groups =
    [
        ("string", "Strings"), ("bitmap", "Bitmaps"), ("hash", "Hashes"), ("list", "Lists"), ("set", "Sets"), ("sorted-set", "Sorted sets"),
        ("hyperloglog", "HyperLogLog"), ("geo", "Geo"), ("stream", "Streams"), ("generic", "Keys"), ("pubsub", "Pub/sub"), ("transactions", "Transactions"),
        ("scripting", "Scripts"), ("connection", "Connections"), ("cluster", "Cluster"), ("server", "The server"),
    ];

    /// <summary>The commands by group, a row each; the subcommands of a container behind it.</summary>
    public static string Overview()
    {
        var text = new StringBuilder("| | |\n| --- | --- |\n");
        IReadOnlyList<CommandEntry> all = BuiltInCommands.Create().All;
        foreach ((string group, string title) in Groups)
        {
            List<string> names = [.. all.Where(entry => entry.Declaration.Group == group).Select(NameWithSubcommands)];
            if (names.Count > 0)
            {
                text.Append("| ").Append(title).Append(" | ").Append(string.Join(", ", names)).Append(" |\n");
            }
        }

        return text.ToString();
    }

    /// <summary>Every command of Redis, and every one that it does not have: full, differs and how, missing, or our own.</summary>
    public static string Compatibility()
    {
        Dictionary<string, CommandEntry> ours = BuiltInCommands.Create().AllWithSubcommands().ToDictionary(entry => entry.Name, StringComparer.Ordinal);
        var redis = new HashSet<string>(RedisCommandNames.All, StringComparer.Ordinal);
        List<string> names = [.. redis.Union(ours.Keys).Order(StringComparer.Ordinal)];
        int full = redis.Count(name => ours.TryGetValue(name, out CommandEntry? entry) && CommandDifferences.Of(name).Length == 0 && entry is not null);
        int missing = redis.Count(name => !ours.ContainsKey(name));
        var text = new StringBuilder($"Of the {redis.Count} names that `COMMAND LIST` of redis-server {RedisCommandNames.Version} tells, {full} are here in full, {redis.Count - full - missing} differ, {missing} are missing.\n\n");
        text.Append("| command | | |\n| --- | --- | --- |\n");
        foreach (string name in names)
        {
            text.Append("| ").Append(Show(name)).Append(" | ").Append(Status(name, ours, redis)).Append(" | ").Append(CommandDifferences.Of(name)).Append(" |\n");
        }

        return text.ToString();
    }

    private static string Status(string name, Dictionary<string, CommandEntry> ours, HashSet<string> redis)
        => !ours.ContainsKey(name) ? "missing"
            : !redis.Contains(name) ? "not in Redis 7.0"
            : CommandDifferences.Of(name).Length > 0 ? "differs"
            : "full";

    private static string NameWithSubcommands(CommandEntry entry)
        => entry.Subcommands is { } subcommands
            ? $"{Show(entry.Name)} ({string.Join(", ", subcommands.All.Select(sub => Show(sub.Name[(entry.Name.Length + 1)..])).Order(StringComparer.Ordinal))})"
            : Show(entry.Name);

    private static string Show(string name) => name.Replace('|', ' ').ToUpperInvariant();
}
