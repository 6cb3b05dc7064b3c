namespace RespKv.Engine.Checkpoints;

/// <summary>What the checkpoint thread is doing.</summary>
internal enum CheckpointPhase
{
    Idle,

    /// <summary>Writing what the log says has changed into tables.</summary>
    Checkpoint,

    /// <summary>Merging tables.</summary>
    Compaction,
}

/// <summary>
/// How checkpoints and compactions go, for INFO and LASTSAVE. Written by the checkpoint thread, read by anyone: every field is one
/// machine word, and a reader may see one a little older than the next.
/// </summary>
internal sealed class CheckpointStatus
{
    private long _phaseDone;
    private long _phaseTotal;
    private long _lastSaveAtMillis;
    private string _lastError = "";
    private int _phase;

    public CheckpointPhase Phase => (CheckpointPhase)Volatile.Read(ref _phase);

    /// <summary>When the running phase began, Unix milliseconds.</summary>
    public long PhaseStartedAtMillis { get; private set; }

    /// <summary>Of the running phase; its unit is the phase's own (records, bytes).</summary>
    public double PhasePercent
    {
        get
        {
            long total = Volatile.Read(ref _phaseTotal);
            return total <= 0 ? 0 : Math.Min(100, 100.0 * Volatile.Read(ref _phaseDone) / total);
        }
    }

    /// <summary>Unix milliseconds; the start of the server before the first one, as in Redis.</summary>
    public long LastSaveAtMillis => Volatile.Read(ref _lastSaveAtMillis);

    /// <summary>Milliseconds that the last checkpoint took, -1 before the first.</summary>
    public long LastDurationMillis { get; private set; } = -1;

    /// <summary>Bytes of tables that the last checkpoint wrote.</summary>
    public long LastTableBytes { get; private set; }

    /// <summary>Entries that it wrote.</summary>
    public long LastEntries { get; private set; }

    /// <summary>Empty when the last attempt went well.</summary>
    public string LastError => Volatile.Read(ref _lastError);

    public long Checkpoints { get; private set; }

    public long Failures { get; private set; }

    public long Compactions { get; private set; }

    /// <summary>Bytes that compactions have read.</summary>
    public long CompactionBytes { get; private set; }

    public string LastCompactionError { get; private set; } = "";

    public void Opened(long nowMillis) => Volatile.Write(ref _lastSaveAtMillis, nowMillis);

    public void Begin(CheckpointPhase phase, long total, long nowMillis)
    {
        Volatile.Write(ref _phaseDone, 0);
        Volatile.Write(ref _phaseTotal, total);
        PhaseStartedAtMillis = nowMillis;
        Volatile.Write(ref _phase, (int)phase);
    }

    public void Progress(long done, long total)
    {
        Volatile.Write(ref _phaseTotal, total);
        Volatile.Write(ref _phaseDone, done);
    }

    public void Rest() => Volatile.Write(ref _phase, (int)CheckpointPhase.Idle);

    public void CheckpointSucceeded(long nowMillis, long durationMillis, long tableBytes, long entries)
    {
        Volatile.Write(ref _lastError, "");
        Volatile.Write(ref _lastSaveAtMillis, nowMillis);
        LastDurationMillis = durationMillis;
        LastTableBytes = tableBytes;
        LastEntries = entries;
        Checkpoints++;
    }

    public void CheckpointFailed(string error)
    {
        Volatile.Write(ref _lastError, error);
        Failures++;
    }

    public void CompactionSucceeded(long bytes)
    {
        LastCompactionError = "";
        Compactions++;
        CompactionBytes += bytes;
    }

    public void CompactionFailed(string error)
    {
        LastCompactionError = error;
        Failures++;
    }
}
