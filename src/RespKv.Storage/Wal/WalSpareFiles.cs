using RespKv.Storage.Files;

namespace RespKv.Storage.Wal;

/// <summary>The work of making segments. The two files that may become the next segment. Each call works on one of them; the caller sees to it that no other does.</summary>
internal sealed class WalSpareFiles(IFileSystem files, string directory)
{
    internal string OrdinaryPath { get; } = Path.Combine(directory, WalNames.Spare);

    internal string LargePath { get; } = Path.Combine(directory, WalNames.LargeSpare);

    /// <summary>A segment of zeros without a batch, durable under its name; there is none by that name yet.</summary>
    internal static void CreateSegment(IFileSystem files, string directory, WalSegmentHeader header)
    {
        using (IFile file = files.Open(Path.Combine(directory, WalNames.Segment(header.FirstLsn)), FileOpenKind.CreateNew))
        {
            Span<byte> sector = stackalloc byte[WalFormat.SegmentHeaderBytes];
            header.Write(sector);
            file.Write(sector, 0);
            ZeroWriter.Write(file, sector.Length, header.SegmentBytes, ZeroWriter.ForegroundSyncBytes, CancellationToken.None);
        }

        files.SyncDirectory(directory);
    }

    /// <summary>A retired file when there is one, else zeros.</summary>
    /// <returns>Whether it holds older batches.</returns>
    internal bool MakeOrdinary(WalRetired retired, long segmentBytes, int syncBytes, CancellationToken cancel)
    {
        if (retired.TryTake(out WalRetiredFile file))
        {
            files.Rename(file.Path, OrdinaryPath);
            if (file.IsKnown)
            {
                return true;
            }
        }

        Fill(OrdinaryPath, 0, segmentBytes, segmentBytes, keptBytes: 0, syncBytes, cancel);
        return false;
    }

    /// <summary>Extends the large file with zeros.</summary>
    /// <param name="from">What is there already.</param>
    /// <param name="to">Where this step ends.</param>
    /// <param name="wantedBytes">Where the last one will end: refused at once when there is no room for all of it.</param>
    /// <param name="keptBytes">What stays after a failure.</param>
    /// <param name="syncBytes">Synced at a time.</param>
    /// <param name="cancel">Ends it after a slice.</param>
    internal void MakeLarge(long from, long to, long wantedBytes, long keptBytes, int syncBytes, CancellationToken cancel)
    {
        Fill(LargePath, from, to, wantedBytes, keptBytes, syncBytes, cancel);
    }

    /// <summary>Best effort: what is left is written over, or removed at the next start.</summary>
    internal void DeleteLarge() => TryCut(LargePath, 0);

    // A leftover of an earlier run is written over from its start: how far it got, or what it was, is not known.
    private void Fill(string path, long from, long to, long wantedBytes, long keptBytes, int syncBytes, CancellationToken cancel)
    {
        try
        {
            FileOpenKind kind = files.FileExists(path) ? FileOpenKind.OpenExisting : FileOpenKind.CreateNew;
            using IFile file = files.Open(path, kind);
            if (from == 0 && file.Length > wantedBytes)
            {
                file.SetLength(wantedBytes);
            }

            // Asked first, so that a nearly full disk is not filled up by each attempt.
            if (wantedBytes - file.Length > files.FreeBytes(directory))
            {
                throw new StorageException("pwrite", path, Errno.ENOSPC);
            }

            ZeroWriter.Write(file, from, to, syncBytes, cancel);
        }
        catch (StorageException failure) when (failure.Kind == StorageErrorKind.NoSpace)
        {
            TryCut(path, keptBytes);
            throw;
        }
    }

    private void TryCut(string path, long bytes)
    {
        try
        {
            if (bytes == 0)
            {
                files.Delete(path);
                return;
            }

            using IFile file = files.Open(path, FileOpenKind.OpenExisting);
            file.SetLength(bytes);
        }
        catch (StorageException)
        {
            // Only room is lost by it, and the failure that is being reported says more.
        }
    }
}
