namespace RespKv.Engine.Sessions;

/// <summary>Reply bytes from <paramref name="StartOffset"/> on may leave once ReleasedLsn has reached <paramref name="Lsn"/>.</summary>
internal readonly record struct FenceMark(long StartOffset, long Lsn);

/// <summary>Tells how far replies may leave.</summary>
public interface IReleasePoint
{
    /// <summary>Replies that carry an LSN up to this may leave. With <c>appendfsync always</c> it equals DurableLsn.</summary>
    long ReleasedLsn { get; }
}
