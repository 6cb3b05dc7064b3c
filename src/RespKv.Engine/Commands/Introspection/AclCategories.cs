namespace RespKv.Engine.Commands.Introspection;

/// <summary>The ACL categories of a command, derived from its declaration.</summary>
internal static class AclCategories
{
    /// <summary>All categories in the order in which Redis lists those of a command.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        "keyspace", "read", "write", "set", "sortedset", "list", "hash", "string", "bitmap", "hyperloglog", "geo", "stream",
        "pubsub", "admin", "fast", "slow", "blocking", "dangerous", "connection", "transaction", "scripting",
    ];

    /// <summary>Without the <c>@</c>, in Redis's order.</summary>
    public static IReadOnlyList<string> Of(CommandEntry entry)
    {
        var categories = new HashSet<string>(entry.Declaration.Categories.Split(' ', StringSplitOptions.RemoveEmptyEntries), StringComparer.Ordinal);
        AddByFlags(entry, categories);

        // A container does nothing itself, so its group says nothing about it.
        if (entry.Read is not null || entry.Write is not null)
        {
            AddByGroup(entry.Declaration.Group, categories);
        }

        return [.. All.Where(categories.Contains)];
    }

    private static void AddByFlags(CommandEntry entry, HashSet<string> categories)
    {
        Add(CommandFlags.Write, "write");
        Add(CommandFlags.ReadOnly, "read");
        Add(CommandFlags.Admin, "admin");
        Add(CommandFlags.Admin, "dangerous");
        Add(CommandFlags.PubSub, "pubsub");
        Add(CommandFlags.Blocking, "blocking");
        categories.Add(entry.Has(CommandFlags.Fast) ? "fast" : "slow");

        void Add(CommandFlags flag, string category)
        {
            if (entry.Has(flag))
            {
                categories.Add(category);
            }
        }
    }

    private static void AddByGroup(string group, HashSet<string> categories)
    {
        // Generic and server commands name their categories themselves, those of pub/sub have a flag.
        string? category = group switch
        {
            "sorted-set" => "sortedset",
            "transactions" => "transaction",
            "set" or "list" or "hash" or "string" or "bitmap" or "hyperloglog" or "geo" or "stream" or "connection" or "scripting" => group,
            _ => null,
        };
        if (category is not null)
        {
            categories.Add(category);
        }
    }
}
