using System.Buffers;
using RespKv.Storage.Files;

namespace RespKv.Storage.Wal;

/// <summary>
/// The changes that recovery makes once it has judged the log sound. Order (D9): what is cut is copied and durable under
/// another name before its place is zeroed; and zeroed and synced before the log goes on, so that no leftover can ever be
/// taken for a later batch.
/// </summary>
internal sealed class WalRepair
{
    private const int CopyBytes = 1 << 20;

    private readonly IFileSystem _files;
    private readonly string _directory;

    internal WalRepair(IFileSystem files, string directory)
    {
        _files = files;
        _directory = directory;
    }

    /// <summary>Cuts what stands behind the end of the log, up to an offset.</summary>
    internal void Cut(WalSegment segment, IFile file, WalChainEnd end, long cutEnd, long nextLsn, List<WalTornTail> torn)
    {
        if (cutEnd <= end.Offset)
        {
            return;
        }

        string evidence = WalNames.FreeEvidencePath(_files, _directory, nextLsn);
        try
        {
            Copy(file, end.Offset, cutEnd, evidence);
        }
        catch (StorageException full) when (full.Kind == StorageErrorKind.NoSpace)
        {
            // A full disk must not keep a sound log from being opened: what is kept for later use is no evidence.
            DeleteIfThere(evidence);
            DeleteIfThere(Path.Combine(_directory, WalNames.Spare));
            DeleteIfThere(Path.Combine(_directory, WalNames.LargeSpare));
            _files.SyncDirectory(_directory);
            Copy(file, end.Offset, cutEnd, evidence);
        }

        _files.SyncDirectory(_directory);
        ZeroWriter.Write(file, end.Offset, cutEnd, ZeroWriter.ForegroundSyncBytes, CancellationToken.None);
        torn.Add(new WalTornTail(segment.Path, end.Offset, nextLsn, cutEnd - end.Offset, evidence, end.Description));
    }

    /// <summary>Brings a file that ends early back to its size.</summary>
    internal static void Extend(WalSegment segment, IFile file, WalChainEnd end, long nextLsn, List<WalTornTail> torn)
    {
        if (!segment.IsShort)
        {
            return;
        }

        long size = segment.Header!.Value.SegmentBytes;
        ZeroWriter.Write(file, segment.FileBytes, size, ZeroWriter.ForegroundSyncBytes, CancellationToken.None);
        if (torn.Count == 0)
        {
            string reason = $"the file ends after {segment.FileBytes} of {size} bytes";
            torn.Add(new WalTornTail(segment.Path, end.Offset, nextLsn, 0, "", reason));
        }
    }

    /// <summary>
    /// Takes a segment whose header never became durable out of the log: as evidence, or for use as the next one when it is
    /// empty, or a recycled file that nothing was written to since.
    /// </summary>
    internal void MoveAside(WalSegment orphan, WalTailScan scan, ulong logId, long nextLsn, List<WalTornTail> torn)
    {
        bool isUntouched = orphan.Header is { } older && older.LogId == logId && scan.NewerEnd == 0;
        if (scan.NonZeroEnd == 0 || isUntouched)
        {
            _files.Rename(orphan.Path, Path.Combine(_directory, WalNames.Spare));
            return;
        }

        string evidence = WalNames.FreeEvidencePath(_files, _directory, nextLsn);
        _files.Rename(orphan.Path, evidence);
        torn.Add(new WalTornTail(orphan.Path, 0, nextLsn, orphan.FileBytes, evidence, "no segment header"));
    }

    private void DeleteIfThere(string path)
    {
        if (_files.FileExists(path))
        {
            _files.Delete(path);
        }
    }

    private void Copy(IFile source, long start, long end, string path)
    {
        using IFile target = _files.Open(path, FileOpenKind.CreateNew);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(CopyBytes);
        try
        {
            long offset = start;
            while (offset < end)
            {
                int count = source.Read(buffer.AsSpan(0, (int)Math.Min(buffer.Length, end - offset)), offset);
                if (count == 0)
                {
                    throw new StorageException("pread", source.Path, Errno.EIO);
                }

                target.Write(buffer.AsSpan(0, count), offset - start);
                offset += count;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        target.SyncData();
    }
}
