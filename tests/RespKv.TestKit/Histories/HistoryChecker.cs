using RespKv.TestKit.Model;

namespace RespKv.TestKit.Histories;

/// <param name="IsLinearizable">There is an order of the calls that explains every answer, and the end.</param>
/// <param name="GaveUp">The search would have taken more states than allowed: nothing is known.</param>
/// <param name="Explanation">The shortest part that cannot be explained; empty when all is well.</param>
public sealed record HistoryVerdict(bool IsLinearizable, bool GaveUp, string Explanation);

/// <summary>
/// Judges whether what clients saw can be explained by a server that executes one command (or MULTI block) after another, in the
/// order of each connection, each at some moment between its start and its answer; unanswered ones at any time after their start or
/// never, but whole. What was shown or acknowledged is then in the end state: the end has to be where the explanation leads.
/// Expiry is not judged: histories hold no times, or times centuries away (EXAT, PXAT, EXPIREAT, PEXPIREAT).
/// </summary>
public static class HistoryChecker
{
    /// <summary>Enough for some ten thousand calls of a handful of clients; a second or so.</summary>
    public const long DefaultBudgetStates = 1_000_000;

    /// <param name="start">What was there before the first call.</param>
    /// <param name="end">What was read back after all calls, once the server was restarted; null when nobody looked.</param>
    /// <param name="budgetStates">Bound of each search.</param>
    /// <exception cref="NotSupportedException">A command is not in the model.</exception>
    public static HistoryVerdict Check(History history, ServerModel start, ServerModel? end = null, long budgetStates = DefaultBudgetStates)
    {
        IReadOnlyList<HistoryPart> parts = HistoryParts.Divide(history, start.DatabaseCount);
        if (end is not null && UntouchedKeyThatChanged(parts, start, end) is { } untouched)
        {
            return new HistoryVerdict(false, false, untouched);
        }

        foreach (HistoryPart part in parts)
        {
            HistoryVerdict verdict = CheckPart(part, start, end, budgetStates);
            if (!verdict.IsLinearizable)
            {
                return verdict;
            }
        }

        // Calls that overlap on one connection have an order across keys, which no part alone can show to be broken.
        return parts.Count > 1 && HasPipelines(history)
            ? CheckPart(new HistoryPart(null, history), start, end, budgetStates)
            : new HistoryVerdict(true, false, "");
    }

    private static HistoryVerdict CheckPart(HistoryPart part, ServerModel start, ServerModel? end, long budgetStates)
    {
        ServerModel from = start.Only(part.Concerns);
        ServerModel? to = end?.Only(part.Concerns);
        var search = new LinearizationSearch(part.History, from, to);
        return search.Run(budgetStates) switch
        {
            true => new HistoryVerdict(true, false, ""),
            false => new HistoryVerdict(false, false, HistoryExplanation.Of(part, from, to, search, budgetStates)),
            null => new HistoryVerdict(false, true, $"gave up after {budgetStates} states; {search.Furthest.Answered} of {part.History.Entries.Count} calls were explained"),
        };
    }

    private static string? UntouchedKeyThatChanged(IReadOnlyList<HistoryPart> parts, ServerModel start, ServerModel end)
    {
        SortedDictionary<string, string> before = start.Visible(LinearizationSearch.NowMillis);
        SortedDictionary<string, string> after = end.Visible(LinearizationSearch.NowMillis);
        string? name = before.Keys.Union(after.Keys)
            .FirstOrDefault(name => !parts.Any(part => part.Concerns(name)) && before.GetValueOrDefault(name) != after.GetValueOrDefault(name));
        return name is null ? null : $"No call was about {name}, but it was {HistoryExplanation.Show(before, name)} before and {HistoryExplanation.Show(after, name)} in the end.";
    }

    private static bool HasPipelines(History history) => history.Entries
        .GroupBy(entry => entry.Client)
        .Any(client => client.OrderBy(entry => entry.Number).Zip(client.OrderBy(entry => entry.Number).Skip(1)).Any(pair => pair.First.End > pair.Second.Start));
}
