using RespKv.Storage.Files;

namespace RespKv.Tool.Backup;

/// <summary>Copies a file durably, but for the directory's sync, which is the caller's (D4).</summary>
internal static class FileCopy
{
    private const int BufferBytes = 1 << 20;

    /// <summary>Synced at a time: a bound on what is dirty at once on a machine where a server works.</summary>
    private const long SyncEveryBytes = 64L << 20;

    /// <returns>Bytes copied.</returns>
    internal static long Copy(IFileSystem files, string from, string to, CancellationToken cancel, Action<long>? progress = null)
    {
        using IFile source = files.Open(from, FileOpenKind.Read);
        using IFile target = files.Open(to, FileOpenKind.CreateNew);
        byte[] buffer = GC.AllocateUninitializedArray<byte>((int)Math.Clamp(source.Length, 1, BufferBytes));
        long offset = 0;
        int count;
        while ((count = source.Read(buffer, offset)) > 0)
        {
            cancel.ThrowIfCancellationRequested();
            target.Write(buffer.AsSpan(0, count), offset);
            offset += count;
            if (offset % SyncEveryBytes < count)
            {
                target.SyncData();
            }

            progress?.Invoke(offset);
        }

        target.SyncData();
        return offset;
    }
}
