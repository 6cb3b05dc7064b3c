namespace RespKv.Engine.Observation;

/// <summary>Counters behind INFO stats and errorstats. Guarded by the turn, but the connection counters, which are interlocked.</summary>
internal sealed class EngineStats
{
    /// <summary>Distinct error codes that are counted; more would let a client fill memory (Redis 7.0.15: no bound; 7.2: 128).</summary>
    public const int ErrorCodesMax = 128;

    private readonly Dictionary<string, long> _errors = new(StringComparer.Ordinal);
    private long _connectionsReceived;
    private long _connectionsRejected;
    private long _netInputBytes;
    private long _netOutputBytes;
    private long _reads;
    private long _writes;

    public long CommandsProcessed { get; set; }

    public long KeyspaceHits { get; private set; }

    public long KeyspaceMisses { get; private set; }

    public long ExpiredKeys { get; set; }

    public long ExpireCycles { get; set; }

    public long ErrorReplies { get; private set; }

    public long ConnectionsReceived => Interlocked.Read(ref _connectionsReceived);

    public long ConnectionsRejected => Interlocked.Read(ref _connectionsRejected);

    public long NetInputBytes => Interlocked.Read(ref _netInputBytes);

    /// <summary>Receives and sends.</summary>
    public long Reads => Interlocked.Read(ref _reads);

    public long Writes => Interlocked.Read(ref _writes);

    public long NetOutputBytes => Interlocked.Read(ref _netOutputBytes);

    /// <summary>used_memory when the server started, and the highest that was seen since.</summary>
    public long StartupMemoryBytes { get; } = GC.GetTotalMemory(forceFullCollection: false);

    public long UsedMemoryPeakBytes { get; private set; }

    /// <summary>Clients cut at client-query-buffer-limit and client-output-buffer-limit.</summary>
    public long QueryBufferLimitDisconnections { get; set; }

    public long OutputBufferLimitDisconnections { get; set; }

    /// <summary>Commands per second over the last sampled 1.6 seconds, as Redis's instantaneous_ops_per_sec.</summary>
    public RateSampler OpsPerSecond { get; } = new();

    public RateSampler InputBytesPerSecond { get; } = new();

    public RateSampler OutputBytesPerSecond { get; } = new();

    /// <summary>Replied errors by code (the first word).</summary>
    public IReadOnlyDictionary<string, long> Errors => _errors;

    public void NoteUsedMemory(long bytes) => UsedMemoryPeakBytes = Math.Max(UsedMemoryPeakBytes, bytes);

    public void CountLookup(bool found)
    {
        if (found)
        {
            KeyspaceHits++;
        }
        else
        {
            KeyspaceMisses++;
        }
    }

    public void CountError(string text)
    {
        ErrorReplies++;
        int space = text.IndexOf(' ');
        string code = space < 0 ? text : text[..space];
        if (_errors.TryGetValue(code, out long count))
        {
            _errors[code] = count + 1;
        }
        else if (_errors.Count < ErrorCodesMax)
        {
            _errors[code] = 1;
        }
    }

    public void CountConnection() => Interlocked.Increment(ref _connectionsReceived);

    public void CountRejectedConnection() => Interlocked.Increment(ref _connectionsRejected);

    /// <summary>Bytes of one receive.</summary>
    public void CountInput(long bytes)
    {
        Interlocked.Add(ref _netInputBytes, bytes);
        Interlocked.Increment(ref _reads);
    }

    /// <summary>Bytes of one send.</summary>
    public void CountOutput(long bytes)
    {
        Interlocked.Add(ref _netOutputBytes, bytes);
        Interlocked.Increment(ref _writes);
    }

    /// <summary>CONFIG RESETSTAT.</summary>
    public void Reset()
    {
        _errors.Clear();
        CommandsProcessed = KeyspaceHits = KeyspaceMisses = ExpiredKeys = ExpireCycles = ErrorReplies = 0;
        QueryBufferLimitDisconnections = OutputBufferLimitDisconnections = 0;
        Interlocked.Exchange(ref _connectionsReceived, 0);
        Interlocked.Exchange(ref _connectionsRejected, 0);
        Interlocked.Exchange(ref _reads, 0);
        Interlocked.Exchange(ref _writes, 0);
        Interlocked.Exchange(ref _netInputBytes, 0);
        Interlocked.Exchange(ref _netOutputBytes, 0);
    }
}
