namespace RespKv.Storage.Wal;

/// <summary>
/// A segment of the open log. Everything below <see cref="WrittenEnd"/> is final: whole batches, written once. It is
/// published before their LSN is, so who knows an LSN to be written sees the end behind it.
/// </summary>
internal sealed class WalSegmentFile(string path, long firstLsn, long segmentBytes, long writtenEnd)
{
    private long _writtenEnd = writtenEnd;

    internal string Path { get; } = path;

    internal long FirstLsn { get; } = firstLsn;

    internal long SegmentBytes { get; } = segmentBytes;

    /// <summary>Where batches end so far. Set by the writer, read by any thread.</summary>
    internal long WrittenEnd
    {
        get => Volatile.Read(ref _writtenEnd);
        set => Volatile.Write(ref _writtenEnd, value);
    }
}
