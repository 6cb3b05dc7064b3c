namespace RespKv.TestKit.Histories;

/// <summary>Calls that have to be judged together, and the "db/key" names that they are about; null for all.</summary>
internal sealed record HistoryPart(IReadOnlySet<string>? Names, History History)
{
    public bool Concerns(string name) => Names is null || Names.Contains(name);
}

/// <summary>
/// Divides a history by keys: two keys are in one part when a command or a MULTI block concerns both, or a chain of such commands
/// joins them. A history whose calls never overlap on one connection can be explained when each of its parts can (linearizability
/// is local). Calls about no key (SELECT, PING) are in every part.
/// </summary>
internal static class HistoryParts
{
    public static IReadOnlyList<HistoryPart> Divide(History history, int databases)
    {
        var names = new Dictionary<HistoryEntry, IReadOnlyList<string>?>(ReferenceEqualityComparer.Instance);
        foreach (IGrouping<int, HistoryEntry> client in history.Entries.GroupBy(entry => entry.Client))
        {
            HistoryEntry[] calls = [.. client.OrderBy(entry => entry.Number)];
            foreach ((HistoryEntry call, IReadOnlyList<string>? keys) in calls.Zip(CallKeys.Of(calls, databases)))
            {
                names[call] = keys;
            }
        }

        return names.ContainsValue(null) ? [new HistoryPart(null, history)] : Join(history, names!);
    }

    private static List<HistoryPart> Join(History history, Dictionary<HistoryEntry, IReadOnlyList<string>> names)
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
            .Select(set => new HistoryPart(set, new History(history.Entries.Where(entry => names[entry].Count == 0 || set.Contains(names[entry][0])))))
            .ToList();
    }
}
