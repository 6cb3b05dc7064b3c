using RespKv.TestKit.Model;

namespace RespKv.TestKit.Histories;

/// <summary>
/// Looks for an order of the calls that explains all answers (Wing and Gong, Testing and Verifying Concurrent Objects, 1993), with
/// the states that were tried remembered (Lowe, Testing for Linearizability, 2017). The order keeps the order of each client and
/// the order of calls that did not overlap; an unanswered call is in it or not, but then nothing that its client called later is
/// either.
/// </summary>
internal sealed class LinearizationSearch
{
    /// <summary>
    /// Time stands still in a search: later than all times that have passed, earlier than those of centuries to come. So a history
    /// says nothing about expiry.
    /// </summary>
    public const long NowMillis = 4_102_444_800_000;

    /// <summary>Broken watches are bits of one word.</summary>
    private const int ClientsMax = 64;

    /// <summary>Ends that were not the right one are kept to show the closest.</summary>
    private const int OtherEndsMax = 64;

    private static readonly HashSet<string> ReadOnly =
    [
        "GET", "MGET", "STRLEN", "GETRANGE", "SUBSTR", "EXISTS", "TOUCH", "TYPE", "TTL", "PTTL", "EXPIRETIME", "PEXPIRETIME",
        "LLEN", "LRANGE", "LINDEX", "SCARD", "SISMEMBER", "SMEMBERS", "HGET", "HMGET", "HLEN", "HEXISTS", "HGETALL", "ZSCORE", "ZCARD", "ZRANGE",
        "KEYS", "DBSIZE", "RANDOMKEY", "SELECT", "PING", "ECHO", "TIME", "MULTI", "DISCARD", "UNWATCH",
    ];

    private readonly HistoryEntry[][] _calls;

    /// <summary>For each client and position the earliest end among its calls from there on.</summary>
    private readonly long[][] _earliestEnds;

    private readonly UInt128? _end;
    private readonly int _answered;
    private readonly HashSet<SearchState> _seen = [];
    private readonly Stack<SearchNode> _open = new();

    public LinearizationSearch(History history, ServerModel start, ServerModel? end)
    {
        _calls = [.. history.Entries.GroupBy(entry => entry.Client).OrderBy(group => group.Key).Select(group => group.OrderBy(entry => entry.Number).ToArray())];
        ArgumentOutOfRangeException.ThrowIfGreaterThan(_calls.Length, ClientsMax);
        _earliestEnds = [.. _calls.Select(EarliestEnds)];
        _end = end?.Fingerprint(NowMillis);
        _answered = history.Entries.Count(entry => entry.Outcome != CallOutcome.Unknown);
        var root = new SearchNode(null, null, 0, new int[_calls.Length], start, [.. _calls.Select(_ => new ModelSession())], 0);
        _open.Push(root);
        Furthest = root;
    }

    /// <summary>The node that explains most answers; once the search has succeeded, one that explains all and leads to the end.</summary>
    public SearchNode Furthest { get; private set; }

    /// <summary>Models that all answers lead to, a few of them, none of them the end.</summary>
    public List<SearchNode> OtherEnds { get; } = [];

    public long States { get; private set; }

    /// <summary>True when an order was found, false when there is none, null when the budget was spent.</summary>
    public bool? Run(long budgetStates)
    {
        while (_open.TryPop(out SearchNode? node))
        {
            if (++States > budgetStates)
            {
                return null;
            }

            node = TakeHarmless(node);
            if (node.Answered > Furthest.Answered)
            {
                Furthest = node;
            }

            if (IsGoal(node))
            {
                Furthest = node;
                return true;
            }

            if (_seen.Add(StateOf(node)))
            {
                OpenNext(node);
            }
        }

        return false;
    }

    /// <summary>The calls that could come next, and the same with what the model says where it differs from what was answered.</summary>
    public IEnumerable<(HistoryEntry Call, ModelOutcome? Expected)> Refused(SearchNode node)
    {
        for (int client = 0; client < _calls.Length; client++)
        {
            if (CanComeNext(node, client))
            {
                HistoryEntry call = _calls[client][node.Positions[client]];
                yield return (call, call.Outcome == CallOutcome.Ok ? Apply(node, client).Outcome : null);
            }
        }
    }

    private static long[] EarliestEnds(HistoryEntry[] calls)
    {
        var ends = new long[calls.Length + 1];
        ends[^1] = HistoryEntry.NoEnd;
        for (int i = calls.Length - 1; i >= 0; i--)
        {
            ends[i] = Math.Min(ends[i + 1], calls[i].End);
        }

        return ends;
    }

    private bool IsGoal(SearchNode node)
    {
        if (node.Answered < _answered)
        {
            return false;
        }

        if (_end is null || node.Model.Fingerprint(NowMillis) == _end)
        {
            return true;
        }

        if (OtherEnds.Count < OtherEndsMax)
        {
            OtherEnds.Add(node);
        }

        return false;
    }

    /// <summary>
    /// An answered call that fits, and that changes nothing wherever it stands, may as well come at once: what follows is not
    /// affected.
    /// </summary>
    private SearchNode TakeHarmless(SearchNode node)
    {
        int refusedInARow = 0;
        for (int client = 0; refusedInARow < _calls.Length; client = (client + 1) % _calls.Length)
        {
            if (TryHarmless(node, client) is { } next)
            {
                node = next;
                refusedInARow = 0;
            }
            else
            {
                refusedInARow++;
            }
        }

        return node;
    }

    private SearchNode? TryHarmless(SearchNode node, int client)
    {
        if (!CanComeNext(node, client) || !IsHarmless(_calls[client][node.Positions[client]], node.Sessions[client]))
        {
            return null;
        }

        (SearchNode next, ModelOutcome? outcome) = Apply(node, client);
        return Fits(next.Call!, outcome) ? next : null;
    }

    /// <summary>
    /// By its kind or by its answer; that it would change nothing just now is not enough (a FLUSHALL of nothing). WATCH never is: what
    /// EXEC finds depends on when it was.
    /// </summary>
    private static bool IsHarmless(HistoryEntry call, ModelSession session)
    {
        string name = call.Command[0].ToUpperInvariant();
        return call.Outcome switch
        {
            CallOutcome.Unknown => false,
            CallOutcome.Failed => true,
            _ when name == "WATCH" => false,
            _ when name == "EXEC" => call.Reply!.IsError || call.Reply.IsNull,
            _ => session.InBlock || call.Reply!.IsError || ReadOnly.Contains(name),
        };
    }

    private void OpenNext(SearchNode node)
    {
        // The last one that is opened is tried first: unanswered calls after all others, and of those the one that began first. A
        // server executes soon after it was asked, but may gather answers, so that the order of the ends says less.
        IEnumerable<int> clients = Enumerable.Range(0, _calls.Length)
            .Where(client => CanComeNext(node, client))
            .OrderByDescending(client => _calls[client][node.Positions[client]].Outcome == CallOutcome.Unknown)
            .ThenByDescending(client => _calls[client][node.Positions[client]].Start);
        foreach (int client in clients)
        {
            (SearchNode next, ModelOutcome? outcome) = Apply(node, client);
            if (Fits(next.Call!, outcome))
            {
                _open.Push(next);
            }
        }
    }

    /// <summary>No call that is still to come had ended before it began.</summary>
    private bool CanComeNext(SearchNode node, int client)
    {
        if (node.Positions[client] == _calls[client].Length)
        {
            return false;
        }

        long start = _calls[client][node.Positions[client]].Start;
        for (int other = 0; other < _calls.Length; other++)
        {
            if (_earliestEnds[other][node.Positions[other]] < start)
            {
                return false;
            }
        }

        return true;
    }

    private (SearchNode Next, ModelOutcome? Outcome) Apply(SearchNode node, int client)
    {
        HistoryEntry call = _calls[client][node.Positions[client]];
        ServerModel model = node.Model.Copy();
        ModelSession session = node.Sessions[client].Copy();
        ModelOutcome? outcome = null;
        if (call.Outcome == CallOutcome.Failed)
        {
            session.NoteRefused(call.Command);
        }
        else
        {
            outcome = model.Execute(session, call.Command, NowMillis);
        }

        int[] positions = [.. node.Positions];
        positions[client]++;
        ModelSession[] sessions = [.. node.Sessions];
        sessions[client] = session;
        int answered = node.Answered + (call.Outcome == CallOutcome.Unknown ? 0 : 1);
        return (new SearchNode(node, call, client, positions, model, sessions, answered), outcome);
    }

    private static bool Fits(HistoryEntry call, ModelOutcome? outcome)
        => call.Outcome != CallOutcome.Ok || outcome!.IsAcceptable(call.Reply!);

    private static SearchState StateOf(SearchNode node)
    {
        ulong broken = 0;
        for (int client = 0; client < node.Sessions.Length; client++)
        {
            if (node.Sessions[client].IsWatching && node.Sessions[client].IsWatchBroken(node.Model, NowMillis))
            {
                broken |= 1ul << client;
            }
        }

        return new SearchState(node.Positions, node.Model.Fingerprint(NowMillis), broken);
    }
}
