using System.Text;
using RespKv.Protocol;
using RespKv.TestKit.Histories;

namespace RespKv.TestKit.Tests.Histories;

/// <summary>What is taken down, and when.</summary>
public sealed class HistoryRecorderTests
{
    private readonly HistoryRecorder _recorder = new();

    [Fact]
    public void Calls_have_the_order_of_their_starts_and_numbers_of_their_clients()
    {
        HistoryCall first = _recorder.Begin(1, ["GET", "a"]);
        HistoryCall second = _recorder.Begin(2, ["GET", "b"]);
        second.Ok(Reply());
        first.Failed(Reply());
        _recorder.Begin(1, ["GET", "c"]);

        HistoryEntry[] entries = [.. _recorder.Take().Entries];

        Assert.Equal(["a", "b", "c"], entries.Select(entry => entry.Command[1]));
        Assert.Equal([1, 1, 2], entries.Select(entry => entry.Number));
        Assert.Equal([CallOutcome.Failed, CallOutcome.Ok, CallOutcome.Unknown], entries.Select(entry => entry.Outcome));
        Assert.True(entries[1].End < entries[0].End);
        Assert.True(entries[0].End < entries[2].Start);
        Assert.Equal(HistoryEntry.NoEnd, entries[2].End);
    }

    [Fact]
    public void Of_a_copied_machine_nothing_is_known_that_came_after_the_copy()
    {
        HistoryCall answeredBefore = _recorder.Begin(1, ["GET", "a"]);
        HistoryCall answeredAfter = _recorder.Begin(2, ["GET", "b"]);
        answeredBefore.Ok(Reply());
        long before = _recorder.Mark();
        HistoryCall begunMeanwhile = _recorder.Begin(3, ["GET", "c"]);
        begunMeanwhile.Ok(Reply());
        long after = _recorder.Mark();
        _recorder.Begin(4, ["GET", "d"]).Ok(Reply());
        answeredAfter.Ok(Reply());

        HistoryEntry[] entries = [.. _recorder.TakeCopied(before, after).Entries];

        Assert.Equal(["a", "b", "c"], entries.Select(entry => entry.Command[1]));
        Assert.Equal([CallOutcome.Ok, CallOutcome.Unknown, CallOutcome.Unknown], entries.Select(entry => entry.Outcome));
    }

    private static RespValue Reply()
    {
        Assert.True(RespReplyReader.TryRead(Encoding.ASCII.GetBytes("$-1\r\n"), out RespValue? value, out _));
        return value;
    }
}
