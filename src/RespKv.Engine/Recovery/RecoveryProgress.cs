namespace RespKv.Engine.Recovery;

/// <summary>How far recovery is, for INFO persistence. Written by the recovery thread, read by anyone.</summary>
internal sealed class RecoveryProgress
{
    private long _bytesDone;
    private long _bytesTotal;
    private long _startedAtMillis;

    public long BytesDone => Volatile.Read(ref _bytesDone);

    public long BytesTotal => Volatile.Read(ref _bytesTotal);

    public long StartedAtMillis => Volatile.Read(ref _startedAtMillis);

    /// <summary>How long the last recovery took, null while it runs.</summary>
    public TimeSpan? Duration { get; private set; }

    public void Start(long nowMillis) => Volatile.Write(ref _startedAtMillis, nowMillis);

    public void Update(long bytesDone, long bytesTotal)
    {
        Volatile.Write(ref _bytesDone, bytesDone);
        Volatile.Write(ref _bytesTotal, bytesTotal);
    }

    public void Finish(TimeSpan duration) => Duration = duration;
}
