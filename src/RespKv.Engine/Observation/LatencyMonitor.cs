namespace RespKv.Engine.Observation;

/// <summary>Latency events above latency-monitor-threshold (LATENCY). Guarded by the turn.</summary>
internal sealed class LatencyMonitor
{
    /// <summary>Samples kept of an event, as in Redis.</summary>
    private const int SamplesMax = 160;

    private readonly Dictionary<string, LatencyEvent> _events = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, LatencyEvent> Events => _events;

    public void Add(string name, long unixSeconds, long millis)
    {
        if (!_events.TryGetValue(name, out LatencyEvent? latencyEvent))
        {
            _events[name] = latencyEvent = new LatencyEvent();
        }

        latencyEvent.Add(unixSeconds, millis, SamplesMax);
    }

    /// <summary>Number of events that were forgotten. Null: all of them.</summary>
    public int Reset(string? name)
    {
        if (name is not null)
        {
            return _events.Remove(name) ? 1 : 0;
        }

        int count = _events.Count;
        _events.Clear();
        return count;
    }
}

/// <summary>The samples of one latency event, oldest first: at most one a second, the worst of it.</summary>
internal sealed class LatencyEvent
{
    private readonly List<(long UnixSeconds, long Millis)> _samples = [];

    public IReadOnlyList<(long UnixSeconds, long Millis)> Samples => _samples;

    public long MaxMillis { get; private set; }

    public void Add(long unixSeconds, long millis, int samplesMax)
    {
        MaxMillis = Math.Max(MaxMillis, millis);
        if (_samples.Count > 0 && _samples[^1].UnixSeconds == unixSeconds)
        {
            _samples[^1] = (unixSeconds, Math.Max(_samples[^1].Millis, millis));
            return;
        }

        if (_samples.Count == samplesMax)
        {
            _samples.RemoveAt(0);
        }

        _samples.Add((unixSeconds, millis));
    }
}
