using RespKv.Protocol;
using RespKv.TestKit.Model;

namespace RespKv.TestKit.Histories;

/// <summary>What became of a call.</summary>
public enum CallOutcome
{
    /// <summary>No answer came: it took effect or not, as a whole, at any time after its start.</summary>
    Unknown,

    /// <summary>Answered, by an error that the model foresees too.</summary>
    Ok,

    /// <summary>Refused, with an error that means that it had no effect and that the model does not foresee: a full disk, for one.</summary>
    Failed,
}

/// <summary>One command of one client and what became of it.</summary>
/// <param name="Client">One connection.</param>
/// <param name="Number">Place among the client's calls, from 1.</param>
/// <param name="Start">Ticks of one counter: a call that ended before another started came before it.</param>
/// <param name="End"><see cref="long.MaxValue"/> where the outcome is unknown.</param>
public sealed record HistoryEntry(int Client, int Number, IReadOnlyList<string> Command, long Start, long End, CallOutcome Outcome, RespValue? Reply)
{
    /// <summary>It has no end yet.</summary>
    public const long NoEnd = long.MaxValue;

    public override string ToString()
    {
        string answer = Outcome == CallOutcome.Unknown ? "no answer" : ReplyText.Of(Reply!);
        string refused = Outcome == CallOutcome.Failed ? " (refused)" : "";
        return $"client {Client} #{Number}: {ReplyText.Of(Command)} -> {answer}{refused}";
    }

    internal HistoryEntry AsUnknown() => this with { End = NoEnd, Outcome = CallOutcome.Unknown, Reply = null };
}

/// <summary>Calls in the order of their starts.</summary>
public sealed class History(IEnumerable<HistoryEntry> entries)
{
    public IReadOnlyList<HistoryEntry> Entries { get; } = [.. entries.OrderBy(entry => entry.Start)];

    /// <summary>What was known at that tick: calls that began before it; those that ended later have not ended yet.</summary>
    internal History Before(long tick) => new(Entries.Where(entry => entry.Start < tick).Select(entry => entry.End < tick ? entry : entry.AsUnknown()));
}
