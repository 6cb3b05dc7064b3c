namespace RespKv.Storage.Files;

/// <summary>
/// An open file. Reads, writes and syncs of one file may run at the same time on different threads; Dispose may not
/// overlap with any of them. Every failure is a <see cref="StorageException"/>.
/// </summary>
public interface IFile : IDisposable
{
    string Path { get; }

    /// <summary>Bytes.</summary>
    long Length { get; }

    /// <summary>Fills the buffer from the offset on. Returns the bytes read: fewer than asked for only at the end of the file.</summary>
    int Read(Span<byte> buffer, long offset);

    /// <summary>Writes all of the data, extending the file when needed. Not durable before <see cref="SyncData"/>.</summary>
    void Write(ReadOnlySpan<byte> data, long offset);

    /// <summary>
    /// fdatasync: bytes written before the call, and the length, are durable when it returns. After a failure nothing is
    /// known about them, and a second call proves nothing (D3).
    /// </summary>
    void SyncData();

    /// <summary>Truncates, or extends with a hole.</summary>
    void SetLength(long length);

    /// <summary>
    /// Lets go of cached pages, so that the next read sees what the disk holds. Call after <see cref="SyncData"/>: after
    /// a sync that failed (in an earlier process) the cache shows bytes that the disk never got. Best effort.
    /// </summary>
    void DropCache();
}
