using RespKv.Storage.Files;

namespace RespKv.Storage.Wal;

/// <summary>A file that may become the next segment.</summary>
/// <param name="Path">The file.</param>
/// <param name="IsKnown">
/// Retired by this process: it holds nothing but batches of this log that lie below every segment to come, so it may be used
/// as it is. Any other is written over with zeros first; whose directory it was, and what became of it since, is not known.
/// </param>
internal readonly record struct WalRetiredFile(string Path, bool IsKnown);

/// <summary>
/// Segments that a checkpoint has made superfluous (D6), kept under other names to be used again: their blocks are
/// allocated and written, so the next segment needs neither room nor zeros (decision 10).
///
/// Invariants:
/// - A file is offered only after the directory was synced behind its renaming (D4).
/// - At most so many are kept; the rest is deleted.
///
/// Files are added by one thread at a time and taken by any.
/// </summary>
internal sealed class WalRetired
{
    private readonly IFileSystem _files;
    private readonly string _directory;
    private readonly WalOptions _options;
    private readonly Lock _gate = new();
    private readonly Queue<WalRetiredFile> _kept = new();

    internal WalRetired(IFileSystem files, string directory, WalOptions options)
    {
        _files = files;
        _directory = directory;
        _options = options;
    }

    internal int Count
    {
        get
        {
            lock (_gate)
            {
                return _kept.Count;
            }
        }
    }

    internal bool TryTake(out WalRetiredFile file)
    {
        lock (_gate)
        {
            return _kept.TryDequeue(out file);
        }
    }

    /// <summary>
    /// Takes segments of this log out of it, oldest first, until there is none that the checkpoint covers. What was done
    /// before a failure stays done; its files are then not offered, since the directory was not synced.
    /// </summary>
    /// <returns>How many were retired.</returns>
    internal int Retire(WalSegmentList segments, long checkpointLsn, long durableLsn)
    {
        var renamed = new List<WalRetiredFile>();
        int retired = 0;
        int free = _options.RetiredSegmentsMax - Count;
        while (segments.FindRetirable(checkpointLsn, durableLsn) is { } segment)
        {
            if (segment.SegmentBytes == _options.SegmentBytes && renamed.Count < free)
            {
                renamed.Add(new WalRetiredFile(Rename(segment.Path, segment.FirstLsn), IsKnown: true));
            }
            else
            {
                _files.Delete(segment.Path);
            }

            segments.Remove(segment);
            retired++;
        }

        Offer(renamed, isChanged: retired > 0);
        return retired;
    }

    /// <summary>At start-up: files that an earlier process has retired, or was about to retire when it ended.</summary>
    /// <param name="leftovers">Retired files.</param>
    /// <param name="superfluous">Segments that the checkpoint covers.</param>
    internal void Adopt(IReadOnlyList<string> leftovers, IReadOnlyList<(string Path, long FirstLsn)> superfluous)
    {
        var kept = new List<WalRetiredFile>();
        foreach (string path in leftovers)
        {
            if (KeepOrDelete(path, kept.Count))
            {
                kept.Add(new WalRetiredFile(path, IsKnown: false));
            }
        }

        foreach ((string path, long firstLsn) in superfluous)
        {
            if (KeepOrDelete(path, kept.Count))
            {
                kept.Add(new WalRetiredFile(Rename(path, firstLsn), IsKnown: false));
            }
        }

        Offer(kept, isChanged: leftovers.Count + superfluous.Count > 0);
    }

    /// <summary>Deletes all that are kept.</summary>
    /// <returns>How many there were.</returns>
    internal int Release()
    {
        int released = 0;
        while (TryTake(out WalRetiredFile file))
        {
            _files.Delete(file.Path);
            released++;
        }

        if (released > 0)
        {
            _files.SyncDirectory(_directory);
        }

        return released;
    }

    private bool KeepOrDelete(string path, int kept)
    {
        long bytes;
        using (IFile file = _files.Open(path, FileOpenKind.Read))
        {
            bytes = file.Length;
        }

        if (bytes == _options.SegmentBytes && kept < _options.RetiredSegmentsMax)
        {
            return true;
        }

        _files.Delete(path);
        return false;
    }

    private string Rename(string path, long firstLsn)
    {
        string retired = Path.Combine(_directory, WalNames.Retired(firstLsn));
        _files.Rename(path, retired);
        return retired;
    }

    private void Offer(List<WalRetiredFile> files, bool isChanged)
    {
        if (!isChanged)
        {
            return;
        }

        _files.SyncDirectory(_directory);
        lock (_gate)
        {
            files.ForEach(_kept.Enqueue);
        }
    }
}
