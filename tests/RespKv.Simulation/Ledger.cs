using RespKv.Protocol;
using RespKv.TestKit.Model;

namespace RespKv.Simulation;

/// <summary>
/// What should be true of one life of a database: every state that it went through, by the model, in the order in which commands were executed; and
/// which of them is the earliest that a recovery may show, because a client was told of it or was shown it.
/// </summary>
internal sealed class Ledger
{
    private static readonly HashSet<string> StopsEarly =
    [
        "MSETNX", "COPY", "MOVE", "RENAME", "RENAMENX", "SWAPDB", "FLUSHDB", "FLUSHALL",
        "LMOVE", "RPOPLPUSH", "SMOVE", "SINTERSTORE", "SUNIONSTORE", "SDIFFSTORE",
    ];

    private readonly ServerModel _now;
    private readonly List<ServerModel> _states;

    /// <summary>"db/key" to the state that the last change of it led to.</summary>
    private readonly Dictionary<string, int> _lastChange = new(StringComparer.Ordinal);

    public Ledger(ServerModel start)
    {
        _now = start.Copy();
        _states = [start];
    }

    /// <summary>Connections whose block has a command that may stop early.</summary>
    private readonly HashSet<ModelSession> _stopsEarly = [];

    /// <summary>States that a command led to; the first is the one that this life began with.</summary>
    public IReadOnlyList<ServerModel> States => _states;

    /// <summary>Nothing before this state may come back.</summary>
    public int Required { get; private set; }

    /// <summary>The reply that made it so.</summary>
    public string RequiredBy { get; private set; } = "it was recovered";

    /// <summary>A command was executed by the engine. Its reply may still be held.</summary>
    public Expectation Execute(ModelSession session, string[] command, long nowMillis)
    {
        if (!ServerModel.Commands.Contains(command[0]))
        {
            // One of the operator's: it shows no data.
            return new Expectation(command, new ModelOutcome(null, Changed: false, []), State: 0, nowMillis);
        }

        if (session.InBlock && StopsEarly.Contains(command[0]))
        {
            _stopsEarly.Add(session);
        }

        bool watches = session.IsWatching;
        ModelOutcome outcome = _now.Execute(session, command, nowMillis);
        if (outcome.Changed && NoteChanges(nowMillis))
        {
            return new Expectation(command, outcome, _states.Count - 1, nowMillis);
        }

        // WATCH shows nothing, and the EXEC behind it only whether there was a change since: the first one may be long durable.
        if (command[0] == "WATCH" || (command[0] == "EXEC" && (watches || outcome.Reply is { Kind: RespKind.Error })))
        {
            return new Expectation(command, outcome, State: 0, nowMillis);
        }

        // Such a command may stop at its first key, or change nothing, and then its reply tells nothing of the others.
        if (StopsEarly.Contains(command[0]) || (command[0] == "EXEC" && _stopsEarly.Remove(session)))
        {
            int least = outcome.Touched is { } touched ? touched.Select(key => _lastChange.GetValueOrDefault(key)).DefaultIfEmpty().Min() : 0;
            return new Expectation(command, outcome, least, nowMillis);
        }

        // A refusal tells nothing of the whole keyspace.
        bool tells = outcome.Touched is not null || outcome.Reply is not { Kind: RespKind.Error };
        return new Expectation(command, outcome, tells ? LastChange(outcome.Touched) : 0, nowMillis);
    }

    /// <summary>The engine had no room for it: it has done nothing.</summary>
    public Expectation Refused(ModelSession session, string[] command, long nowMillis)
    {
        if (session.InBlock && command[0] == "EXEC")
        {
            _now.Execute(session, ["DISCARD"], nowMillis);
        }

        var refused = new ModelOutcome(null, Changed: false, []) { Accepts = static reply => reply.IsError };
        return new Expectation(command, refused, State: 0, nowMillis);
    }

    /// <summary>A client got this reply.</summary>
    public void Shown(Expectation expected, RespValue reply)
    {
        if (!expected.Outcome.IsAcceptable(reply))
        {
            string right = expected.Outcome.Reply is { } value ? ReplyText.Of(value) : "something else";
            throw new SimulationFailedException($"wrong reply to '{ReplyText.Of(expected.Command)}' at {expected.AtMillis}: {ReplyText.Of(reply)} instead of {right}");
        }

        if (expected.State > Required)
        {
            Required = expected.State;
            RequiredBy = $"'{ReplyText.Of(expected.Command)}' was answered with {ReplyText.Of(reply)}";
        }
    }

    /// <summary>Which of the allowed states this is, or null.</summary>
    public ServerModel? Find(ServerModel found, int required, int last, long nowMillis)
    {
        UInt128 fingerprint = found.Fingerprint(nowMillis);
        for (int i = last; i >= required; i--)
        {
            if (_states[i].Fingerprint(nowMillis) == fingerprint)
            {
                return _states[i];
            }
        }

        return null;
    }

    /// <summary>False: all is as it was (an APPEND of nothing).</summary>
    private bool NoteChanges(long nowMillis)
    {
        int state = _states.Count;
        bool any = false;
        foreach (string key in _now.DifferencesFrom(_states[^1], nowMillis))
        {
            _lastChange[key] = state;
            any = true;
        }

        if (any)
        {
            _states.Add(_now.Copy());
        }

        return any;
    }

    /// <summary>The last state in which one of these keys was changed; all keys when null.</summary>
    private int LastChange(IReadOnlyCollection<string>? touched)
        => touched is null ? _states.Count - 1 : touched.Select(key => _lastChange.GetValueOrDefault(key)).DefaultIfEmpty().Max();
}

/// <summary>What a client is to be told.</summary>
/// <param name="Command">The command.</param>
/// <param name="Outcome">What the model says.</param>
/// <param name="State">The state of the ledger that the reply shows.</param>
/// <param name="AtMillis">When it was executed.</param>
internal sealed record Expectation(string[] Command, ModelOutcome Outcome, int State, long AtMillis);
