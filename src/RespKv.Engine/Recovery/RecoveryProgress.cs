namespace RespKv.Engine.Recovery;

/// <summary>
/// How far recovery is, for INFO persistence and the log. Written by the recovery thread, read by anyone. Tables are read first, then
/// the log; how much log there is shows only then, so that the total grows once.
/// </summary>
internal sealed class RecoveryProgress
{
    private int _phase;
    private long _startedAtMillis;

    // Of the phases before this one.
    private long _bytesBefore;

    // Of this phase.
    private long _phaseStartedAtMillis;
    private long _phaseBytesDone;
    private long _phaseBytesTotal;
    private long _items;

    public RecoveryPhase Phase => (RecoveryPhase)Volatile.Read(ref _phase);

    /// <summary>Bytes of tables and log that were read.</summary>
    public long BytesDone => Volatile.Read(ref _bytesBefore) + Volatile.Read(ref _phaseBytesDone);

    /// <summary>Bytes to read as far as that is known: an upper bound.</summary>
    public long BytesTotal => Volatile.Read(ref _bytesBefore) + Volatile.Read(ref _phaseBytesTotal);

    /// <summary>Keys from the tables, or records from the log, in this phase.</summary>
    public long Items => Volatile.Read(ref _items);

    public long StartedAtMillis => Volatile.Read(ref _startedAtMillis);

    /// <summary>How long the last recovery took, null while it runs.</summary>
    public TimeSpan? Duration { get; private set; }

    /// <summary>Recovery begins, perhaps not for the first time.</summary>
    public void Start(long nowMillis)
    {
        Duration = null;
        Volatile.Write(ref _phase, (int)RecoveryPhase.None);
        Volatile.Write(ref _bytesBefore, 0);
        Volatile.Write(ref _phaseBytesDone, 0);
        Volatile.Write(ref _phaseBytesTotal, 0);
        Volatile.Write(ref _items, 0);
        Volatile.Write(ref _startedAtMillis, nowMillis);
        Volatile.Write(ref _phaseStartedAtMillis, nowMillis);
    }

    /// <summary>The next phase begins; the one before has read all of its bytes.</summary>
    public void StartPhase(RecoveryPhase phase, long bytesTotal, long nowMillis)
    {
        Volatile.Write(ref _bytesBefore, BytesTotal);
        Volatile.Write(ref _phaseBytesDone, 0);
        Volatile.Write(ref _phaseBytesTotal, bytesTotal);
        Volatile.Write(ref _items, 0);
        Volatile.Write(ref _phaseStartedAtMillis, nowMillis);
        Volatile.Write(ref _phase, (int)phase);
    }

    /// <summary>How far the phase is.</summary>
    public void Update(long bytesDone, long bytesTotal, long items)
    {
        Volatile.Write(ref _phaseBytesTotal, bytesTotal);
        Volatile.Write(ref _phaseBytesDone, Math.Min(bytesDone, bytesTotal));
        Volatile.Write(ref _items, items);
    }

    public void Finish(TimeSpan duration)
    {
        Volatile.Write(ref _phase, (int)RecoveryPhase.Done);
        Duration = duration;
    }

    /// <summary>Keys or records a second in this phase.</summary>
    public long ItemsPerSecond(long nowMillis)
        => Items * 1000 / Math.Max(1, nowMillis - Volatile.Read(ref _phaseStartedAtMillis));

    /// <summary>How much of the phase is done, 0 to 1.</summary>
    public double PhaseShare
    {
        get
        {
            long total = Volatile.Read(ref _phaseBytesTotal);
            return total == 0 ? 0 : (double)Volatile.Read(ref _phaseBytesDone) / total;
        }
    }

    /// <summary>An estimate for what is left of the phase, from its rate so far; null before anything was read.</summary>
    public long? SecondsLeft(long nowMillis)
    {
        double share = PhaseShare;
        long elapsedMillis = Math.Max(0, nowMillis - Volatile.Read(ref _phaseStartedAtMillis));
        return share == 0 ? null : (long)Math.Ceiling(elapsedMillis / share * (1 - share) / 1000);
    }
}
