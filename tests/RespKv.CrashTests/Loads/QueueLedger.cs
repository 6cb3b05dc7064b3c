namespace RespKv.CrashTests.Loads;

/// <summary>
/// What is known of a queue: two lists, jobs and done; numbered jobs are pushed to the one and moved to the other. It outlives the
/// server. Any thread.
/// </summary>
internal sealed class QueueLedger
{
    public const string Jobs = "queue:jobs";
    public const string Done = "queue:done";

    private readonly Lock _gate = new();
    private readonly HashSet<long> _pushed = [];
    private readonly HashSet<long> _refused = [];
    private readonly HashSet<long> _moved = [];
    private long _first;
    private long _sent = -1;

    /// <summary>The number of the next job to push.</summary>
    public long Next()
    {
        lock (_gate)
        {
            return ++_sent;
        }
    }

    /// <summary>A push was answered.</summary>
    public void Pushed(long job, bool isRefused)
    {
        lock (_gate)
        {
            (isRefused ? _refused : _pushed).Add(job);
        }
    }

    /// <summary>A client was told that this job is its now.</summary>
    public void Moved(long job)
    {
        lock (_gate)
        {
            _moved.Add(job);
        }
    }

    /// <summary>Holds what was found against what was told: nothing lost, nothing twice, everything in its order.</summary>
    public QueueFindings Judge(IReadOnlyList<long> jobs, IReadOnlyList<long> done)
    {
        lock (_gate)
        {
            long[] all = [.. done, .. jobs];
            HashSet<long> found = [.. all];
            HashSet<long> finished = [.. done];
            long disorder = all.Zip(all.Skip(1)).LongCount(pair => pair.First >= pair.Second);
            long strange = found.LongCount(job => job < _first || job > _sent || _refused.Contains(job));
            return new QueueFindings(
                Acknowledged: _pushed.Count + _moved.Count,
                LostAcknowledged: _pushed.LongCount(job => !found.Contains(job)),
                LostShown: _moved.LongCount(job => !finished.Contains(job)),
                Damaged: disorder + strange);
        }
    }

    /// <summary>A new life begins with what was found.</summary>
    public void Begin(IReadOnlyList<long> jobs, IReadOnlyList<long> done)
    {
        lock (_gate)
        {
            _pushed.Clear();
            _refused.Clear();
            _moved.Clear();
            _pushed.UnionWith(jobs);
            _pushed.UnionWith(done);
            _moved.UnionWith(done);
            _first = _pushed.Count > 0 ? _pushed.Min() : _sent + 1;
        }
    }
}

/// <summary>How much of what was told is there.</summary>
internal sealed record QueueFindings(long Acknowledged, long LostAcknowledged, long LostShown, long Damaged);
