using System.Text;
using RespKv.TestKit.Model;

namespace RespKv.TestKit.Histories;

/// <summary>Says in words why a part of a history cannot be explained.</summary>
internal static class HistoryExplanation
{
    /// <summary>The calls just before the contradiction; earlier ones hardly help.</summary>
    private const int CallsShownMax = 20;

    private const int KeysShownMax = 12;

    public static string Of(HistoryPart part, ServerModel start, ServerModel? end, LinearizationSearch search, long budgetStates)
    {
        var text = new StringBuilder();
        string keys = part.Names is null ? "the whole keyspace" : string.Join(", ", part.Names.Order(StringComparer.Ordinal).Take(KeysShownMax));
        text.AppendLine($"There is no order of the calls that explains what clients saw of {keys}.");
        if (search.OtherEnds.Count > 0)
        {
            AddEnd(text, search, end!);
            return text.ToString();
        }

        (History prefix, LinearizationSearch failed) = ShortestPrefix(part.History, start, search, budgetStates);
        HistoryEntry last = prefix.Entries.Where(entry => entry.End != HistoryEntry.NoEnd).MaxBy(entry => entry.End)!;
        text.AppendLine($"It can be explained up to this answer: {last}");
        AddPath(text, "The order that explains most before it:", start, failed.Furthest.Path());
        text.AppendLine("Then there is: " + State(failed.Furthest.Model));
        text.AppendLine("What could come next:");
        foreach ((HistoryEntry call, ModelOutcome? expected) in failed.Refused(failed.Furthest))
        {
            text.AppendLine($"  {call}{Expectation(call, expected)}");
        }

        return text.ToString();
    }

    public static string Show(SortedDictionary<string, string> state, string name)
        => state.TryGetValue(name, out string? value) ? $"\"{ReplyText.Cut(value)}\"" : "not there";

    private static string Expectation(HistoryEntry call, ModelOutcome? expected)
    {
        if (expected is null)
        {
            return "";
        }

        return expected.IsAcceptable(call.Reply!)
            ? "   would fit, but leads nowhere"
            : $"   does not fit: should be {(expected.Reply is null ? "something else" : ReplyText.Of(expected.Reply))}";
    }

    /// <summary>A beginning of a history that can be explained can be explained, so the end of the shortest bad one can be bisected.</summary>
    private static (History Prefix, LinearizationSearch Search) ShortestPrefix(History history, ServerModel start, LinearizationSearch whole, long budgetStates)
    {
        long[] ticks = [.. history.Entries.Where(entry => entry.End != HistoryEntry.NoEnd).Select(entry => entry.End + 1).Order()];
        (History Prefix, LinearizationSearch Search) best = (history, whole);
        int good = -1;
        int bad = ticks.Length - 1;
        while (bad - good > 1)
        {
            int middle = (good + bad) / 2;
            History prefix = history.Before(ticks[middle]);
            var search = new LinearizationSearch(prefix, start, null);
            if (search.Run(budgetStates) == false)
            {
                bad = middle;
                best = (prefix, search);
            }
            else
            {
                good = middle;
            }
        }

        return best;
    }

    private static void AddEnd(StringBuilder text, LinearizationSearch search, ServerModel end)
    {
        SortedDictionary<string, string> found = end.Visible(LinearizationSearch.NowMillis);
        SearchNode closest = search.OtherEnds.MinBy(node => Differences(node.Model, found).Count)!;
        HashSet<string> differ = Differences(closest.Model, found);
        SortedDictionary<string, string> expected = closest.Model.Visible(LinearizationSearch.NowMillis);
        text.AppendLine("Every answer can be explained, but not what was there in the end. At best:");
        foreach (string name in differ.Order(StringComparer.Ordinal).Take(KeysShownMax))
        {
            text.AppendLine($"  {name} should be {Show(expected, name)} and is {Show(found, name)}");
        }

        AddPath(text, "The order of calls that leads there:", null, closest.Path());
    }

    private static HashSet<string> Differences(ServerModel model, SortedDictionary<string, string> found)
    {
        SortedDictionary<string, string> expected = model.Visible(LinearizationSearch.NowMillis);
        return [.. expected.Keys.Union(found.Keys).Where(name => expected.GetValueOrDefault(name) != found.GetValueOrDefault(name))];
    }

    private static void AddPath(StringBuilder text, string title, ServerModel? start, IReadOnlyList<SearchNode> path)
    {
        text.AppendLine(title);
        if (path.Count > CallsShownMax)
        {
            text.AppendLine($"  ({path.Count - CallsShownMax} calls before these)");
        }
        else if (start is not null)
        {
            text.AppendLine("  at first: " + State(start));
        }

        foreach (SearchNode node in path.Skip(path.Count - CallsShownMax))
        {
            text.AppendLine($"  {node}");
        }
    }

    private static string State(ServerModel model)
    {
        SortedDictionary<string, string> state = model.Visible(LinearizationSearch.NowMillis);
        string more = state.Count > KeysShownMax ? $" and {state.Count - KeysShownMax} more keys" : "";
        return state.Count == 0 ? "nothing" : string.Join(", ", state.Take(KeysShownMax).Select(pair => $"{pair.Key} = \"{ReplyText.Cut(pair.Value)}\"")) + more;
    }
}
