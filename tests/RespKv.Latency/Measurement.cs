using RespKv.TestKit.Measuring;

namespace RespKv.Latency;

/// <summary>What one thread saw in one run. Requests that were due before <see cref="From"/> or from <see cref="Until"/> on are not counted.</summary>
internal sealed class Measurement(long from, long until)
{
    public long From { get; } = from;

    public long Until { get; } = until;

    public LatencyHistogram Sets { get; } = new();

    public LatencyHistogram Gets { get; } = new();

    /// <summary>How long after they were due requests were sent.</summary>
    public LatencyHistogram Late { get; } = new();

    /// <summary>Requests with a reply, errors included.</summary>
    public long Answered { get; private set; }

    public long Missing { get; private set; }

    public long Errors { get; private set; }

    /// <summary>Requests without a reply at the end.</summary>
    public long Unanswered { get; private set; }

    /// <summary>When the last reply came; 0 before the first.</summary>
    public long LastReplyAt { get; private set; }

    public string? FirstError { get; private set; }

    public void Sent(long due, long now)
    {
        if (Counts(due))
        {
            Late.Record(now - due);
        }
    }

    public void Reply(long due, bool isGet, long now, ReplyScanner.Outcome outcome, ReplyScanner scanner)
    {
        if (!Counts(due))
        {
            return;
        }

        (isGet ? Gets : Sets).Record(now - due);
        Answered++;
        LastReplyAt = now;
        if (outcome == ReplyScanner.Outcome.Missing)
        {
            Missing++;
        }
        else if (outcome == ReplyScanner.Outcome.Failed)
        {
            Errors++;
            FirstError ??= scanner.ErrorText;
        }
    }

    /// <summary>Counts a request that has waited in vain: it would have taken longer still.</summary>
    public void NoReply(long due, bool isGet, long now)
    {
        if (Counts(due))
        {
            (isGet ? Gets : Sets).Record(now - due);
            Unanswered++;
        }
    }

    public void Add(Measurement other)
    {
        Sets.Add(other.Sets);
        Gets.Add(other.Gets);
        Late.Add(other.Late);
        Answered += other.Answered;
        Missing += other.Missing;
        Errors += other.Errors;
        Unanswered += other.Unanswered;
        LastReplyAt = Math.Max(LastReplyAt, other.LastReplyAt);
        FirstError ??= other.FirstError;
    }

    private bool Counts(long due) => due >= From && due < Until;
}
