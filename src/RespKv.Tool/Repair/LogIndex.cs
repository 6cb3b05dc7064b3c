using RespKv.Storage.Files;
using RespKv.Storage.Inspection;
using RespKv.Tool.Check;

namespace RespKv.Tool.Repair;

/// <summary>A sound batch of the log.</summary>
/// <param name="Path">The file.</param>
/// <param name="Offset">Where it stands.</param>
/// <param name="FirstLsn">Its first record.</param>
/// <param name="Count">Its records; 0 for a seal.</param>
internal readonly record struct IndexedBatch(string Path, long Offset, long FirstLsn, int Count)
{
    internal long NextLsn => FirstLsn + Count;
}

/// <summary>
/// Every sound batch of one log in a directory, in segments and in files that wait to be used again: those hold what they
/// held until they are. In the order of LSNs. One entry a batch: 40 bytes for what is at least a sector on the disk.
/// </summary>
internal sealed class LogIndex
{
    private readonly List<IndexedBatch> _batches = [];

    private LogIndex(ulong logId)
    {
        LogId = logId;
    }

    /// <summary>0 when there is no log.</summary>
    internal ulong LogId { get; }

    internal IReadOnlyList<IndexedBatch> Batches => _batches;

    /// <param name="files">The disk.</param>
    /// <param name="directory">The data directory.</param>
    /// <param name="logId">Whose batches; 0 takes the log of the last segment that says so.</param>
    /// <param name="cancel">Ends it early.</param>
    internal static LogIndex Read(IFileSystem files, string directory, ulong logId, CancellationToken cancel)
    {
        List<string> paths = [.. files.ListFiles(directory).Where(IsLog).Select(name => Path.Combine(directory, name))];
        var index = new LogIndex(logId != 0 ? logId : FindLogId(files, paths));
        foreach (string path in paths)
        {
            index.Add(files, path, cancel);
        }

        // Equal LSNs: the segment before the file that waits, whose copy may be about to be written over.
        index._batches.Sort((a, b) => a.FirstLsn != b.FirstLsn
            ? a.FirstLsn.CompareTo(b.FirstLsn)
            : a.Count != b.Count ? b.Count.CompareTo(a.Count) : string.CompareOrdinal(b.Path, a.Path));
        return index;
    }

    /// <summary>LSN behind the records that follow each other from this one on.</summary>
    internal long EndOfChain(long fromLsn)
    {
        long next = fromLsn;
        foreach (IndexedBatch batch in _batches)
        {
            if (batch.FirstLsn > next)
            {
                break;
            }

            next = Math.Max(next, batch.NextLsn);
        }

        return next;
    }

    /// <summary>The first record that is there; 0 when none is.</summary>
    internal long FirstLsn => _batches.Count == 0 ? 0 : _batches[0].FirstLsn;

    private static bool IsLog(string name) => DirectoryNames.IsSegment(name) || DirectoryNames.IsSpare(name);

    private static ulong FindLogId(IFileSystem files, List<string> paths)
    {
        ulong found = 0;
        foreach (string path in paths.Where(path => DirectoryNames.IsSegment(Path.GetFileName(path))))
        {
            using var walk = new WalFileWalk(files, path);
            if (walk.Facts.HeaderProblem is null)
            {
                found = walk.Facts.LogId;
            }
            else if (found == 0 && walk.Next() && walk.Kind == WalPieceKind.Batch)
            {
                found = walk.LogId;
            }
        }

        return found;
    }

    private void Add(IFileSystem files, string path, CancellationToken cancel)
    {
        using var walk = new WalFileWalk(files, path);
        while (walk.Next())
        {
            cancel.ThrowIfCancellationRequested();
            if (walk.Kind == WalPieceKind.Batch && walk.LogId == LogId)
            {
                _batches.Add(new IndexedBatch(path, walk.Offset, walk.FirstLsn, walk.Count));
            }
        }
    }
}
