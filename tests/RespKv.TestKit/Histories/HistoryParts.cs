using System.Globalization;
using RespKv.Protocol;

namespace RespKv.TestKit.Histories;

/// <summary>Calls that have to be judged together, and the "db/key" names that they are about; null for all.</summary>
internal sealed record HistoryPart(IReadOnlySet<string>? Names, History History)
{
    public bool Concerns(string name) => Names is null || Names.Contains(name);
}

/// <summary>
/// Divides a history by keys: two keys are in one part when a command or a MULTI block concerns both, or a chain of such commands
/// joins them. A history whose calls never overlap on one connection can be explained when each of its parts can (linearizability
/// is local). Calls about no key (SELECT, PING) are in every part; a block that changes its client's database is a SELECT in those that its
/// keys are not in.
/// </summary>
internal static class HistoryParts
{
    public static IReadOnlyList<HistoryPart> Divide(History history, int databases)
    {
        var names = new Dictionary<HistoryEntry, IReadOnlyList<string>?>(ReferenceEqualityComparer.Instance);
        var selects = new Dictionary<HistoryEntry, HistoryEntry>(ReferenceEqualityComparer.Instance);
        foreach (IGrouping<int, HistoryEntry> client in history.Entries.GroupBy(entry => entry.Client))
        {
            HistoryEntry[] calls = [.. client.OrderBy(entry => entry.Number)];
            CallKeys keys = CallKeys.Of(calls, databases);
            for (int i = 0; i < calls.Length; i++)
            {
                names[calls[i]] = keys.Names[i];
            }

            foreach ((int index, int database) in keys.Selected)
            {
                selects[calls[index]] = Select(calls[index], database);
            }
        }

        return names.ContainsValue(null) ? [new HistoryPart(null, history)] : Join(history, names!, selects);
    }

    private static List<HistoryPart> Join(History history, Dictionary<HistoryEntry, IReadOnlyList<string>> names, Dictionary<HistoryEntry, HistoryEntry> selects)
    {
        Dictionary<string, HashSet<string>> sets = [];
        foreach (IReadOnlyList<string> keys in names.Values.Where(keys => keys.Count > 0))
        {
            HashSet<string> joined = [.. keys, .. keys.Where(sets.ContainsKey).SelectMany(key => sets[key])];
            foreach (string key in joined)
            {
                sets[key] = joined;
            }
        }

        return sets.Values.Distinct()
            .OrderBy(set => set.Min(StringComparer.Ordinal), StringComparer.Ordinal)
            .Select(set => new HistoryPart(set, new History(history.Entries.Select(entry => InPart(set, entry)).OfType<HistoryEntry>())))
            .ToList();

        HistoryEntry? InPart(HashSet<string> set, HistoryEntry entry)
            => names[entry].Count == 0 || set.Contains(names[entry][0]) ? entry : selects.GetValueOrDefault(entry);
    }

    /// <summary>What is left of an EXEC where its keys do not matter.</summary>
    private static HistoryEntry Select(HistoryEntry exec, int database)
    {
        RespReplyReader.TryRead("+OK\r\n"u8, out RespValue? ok, out _);
        return exec with { Command = ["SELECT", database.ToString(CultureInfo.InvariantCulture)], Reply = exec.Reply is null ? null : ok };
    }
}
