namespace RespKv.Storage.Wal;

/// <summary>The log contradicts itself: something that had been durable is not there, or not what it was, and it is no torn tail.</summary>
public sealed class WalCorruptionException(string file, long offset, long lsn, string problem, Exception? inner = null)
    : CorruptionException("log", file, offset, $", LSN {lsn}", problem, inner)
{
    /// <summary>The LSN that was expected there.</summary>
    public long Lsn { get; } = lsn;
}
