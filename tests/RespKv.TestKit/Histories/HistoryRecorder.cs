using RespKv.Protocol;

namespace RespKv.TestKit.Histories;

/// <summary>
/// Takes down what clients did. A client is one connection: its calls are executed in the order in which they were begun, and the
/// next may begin before the last was answered. Begin a call before its bytes are sent, end it after its reply was read. Thread
/// safe; the calls of one client are begun by one thread at a time.
/// </summary>
public sealed class HistoryRecorder
{
    private readonly Lock _gate = new();
    private readonly List<HistoryCall> _calls = [];
    private readonly Dictionary<int, int> _numbers = [];
    private long _tick;

    public HistoryCall Begin(int client, IReadOnlyList<string> command)
    {
        lock (_gate)
        {
            int number = _numbers.GetValueOrDefault(client) + 1;
            _numbers[client] = number;
            var call = new HistoryCall(this, new HistoryEntry(client, number, command, ++_tick, HistoryEntry.NoEnd, CallOutcome.Unknown, null));
            _calls.Add(call);
            return call;
        }
    }

    /// <summary>Calls begun so far.</summary>
    public int Calls
    {
        get
        {
            lock (_gate)
            {
                return _calls.Count;
            }
        }
    }

    /// <summary>The time now, in ticks of the recorder.</summary>
    public long Mark()
    {
        lock (_gate)
        {
            return ++_tick;
        }
    }

    /// <summary>Everything so far; the outcome of a call that has not ended is unknown.</summary>
    public History Take()
    {
        lock (_gate)
        {
            return new History(_calls.Select(call => call.Entry));
        }
    }

    /// <summary>
    /// For a machine that is copied while it runs: mark, copy, mark, take. What was answered before the first mark is in the copy, what
    /// was begun after the second is not; the rest may be in it or not.
    /// </summary>
    public History TakeCopied(long before, long after) => new(Take().Entries
        .Where(entry => entry.Start < after)
        .Select(entry => entry.End < before ? entry : entry.AsUnknown()));

    internal void End(HistoryCall call, CallOutcome outcome, RespValue reply)
    {
        lock (_gate)
        {
            call.Entry = call.Entry with { End = ++_tick, Outcome = outcome, Reply = reply };
        }
    }
}

/// <summary>A call that was begun.</summary>
public sealed class HistoryCall
{
    private readonly HistoryRecorder _recorder;

    internal HistoryCall(HistoryRecorder recorder, HistoryEntry entry)
    {
        _recorder = recorder;
        Entry = entry;
    }

    /// <summary>Guarded by the recorder's lock.</summary>
    internal HistoryEntry Entry { get; set; }

    /// <summary>It was answered.</summary>
    public void Ok(RespValue reply) => _recorder.End(this, CallOutcome.Ok, reply);

    /// <summary>It was refused for a reason outside of the model, and so without effect.</summary>
    public void Failed(RespValue reply) => _recorder.End(this, CallOutcome.Failed, reply);

    /// <summary>No answer will come. The same as doing nothing.</summary>
    public void Unknown()
    {
    }
}
