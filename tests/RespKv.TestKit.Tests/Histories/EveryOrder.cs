using RespKv.TestKit.Histories;
using RespKv.TestKit.Model;

namespace RespKv.TestKit.Tests.Histories;

/// <summary>The checker written again, in the most obvious way: every order of the calls is tried. For a handful of calls.</summary>
internal static class EveryOrder
{
    private const long NowMillis = 1_700_000_000_000;

    public static bool CanExplain(IReadOnlyList<HistoryEntry> left, ServerModel model, IReadOnlyDictionary<int, ModelSession> sessions, ServerModel end)
    {
        if (left.All(call => call.Outcome == CallOutcome.Unknown) && model.Visible(NowMillis).SequenceEqual(end.Visible(NowMillis)))
        {
            return true;
        }

        return left.Any(call => MayBeNext(call, left) && ExplainsFrom(call, left, model, sessions, end));
    }

    private static bool MayBeNext(HistoryEntry call, IReadOnlyList<HistoryEntry> left)
        => left.All(other => other == call || (other.End > call.Start && (other.Client != call.Client || other.Number > call.Number)));

    private static bool ExplainsFrom(
        HistoryEntry call, IReadOnlyList<HistoryEntry> left, ServerModel model, IReadOnlyDictionary<int, ModelSession> sessions, ServerModel end)
    {
        ServerModel next = model.Copy();
        Dictionary<int, ModelSession> nextSessions = sessions.ToDictionary(pair => pair.Key, pair => pair.Value.Copy());
        ModelOutcome outcome = next.Execute(nextSessions[call.Client], call.Command, NowMillis);
        return (call.Outcome == CallOutcome.Unknown || outcome.IsAcceptable(call.Reply!))
            && CanExplain([.. left.Where(other => other != call)], next, nextSessions, end);
    }
}
