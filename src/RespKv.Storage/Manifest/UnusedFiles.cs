using RespKv.Storage.Files;

namespace RespKv.Storage.Manifest;

/// <summary>A file that is to go.</summary>
/// <param name="Path">The file.</param>
/// <param name="TableNumber">0 when it is no table.</param>
/// <param name="Handle">Of a table that was open.</param>
internal sealed record UnusedFile(string Path, long TableNumber, TableHandle? Handle);

/// <summary>
/// Files that are to be deleted once they may be. They are deleted by the background thread, never by the one that
/// lets go of them: giving back the blocks of a large file takes milliseconds.
/// </summary>
internal sealed class UnusedFiles
{
    private readonly IFileSystem _files;
    private readonly Func<UnusedFile, bool> _isDeletable;

    // Owned by the background thread.
    private readonly List<UnusedFile> _waiting = [];

    // Guards the pins; held while a file is deleted, so that none is deleted after Pin has returned.
    private readonly Lock _gate = new();
    private int _pins;

    private volatile StorageException? _failure;

    /// <param name="files">The file system.</param>
    /// <param name="isDeletable">Whether nobody needs the file any more.</param>
    internal UnusedFiles(IFileSystem files, Func<UnusedFile, bool> isDeletable)
    {
        _files = files;
        _isDeletable = isDeletable;
    }

    /// <summary>Of the last sweep.</summary>
    internal StorageException? Failure => _failure;

    /// <summary>In place of an earlier wish for the same file: this one knows who uses it now.</summary>
    internal void Add(UnusedFile file)
    {
        _waiting.RemoveAll(waiting => waiting.Path == file.Path);
        _waiting.Add(file);
    }

    internal IDisposable Pin()
    {
        lock (_gate)
        {
            _pins++;
        }

        return new FilePin(this);
    }

    /// <summary>Deletes what may be deleted. What cannot be is kept for the next time.</summary>
    internal void Sweep()
    {
        _failure = null;
        _waiting.RemoveAll(TryDelete);
    }

    private bool TryDelete(UnusedFile file)
    {
        lock (_gate)
        {
            if (_pins > 0 || !_isDeletable(file))
            {
                return false;
            }

            try
            {
                _files.Delete(file.Path);
                return true;
            }
            catch (StorageException failure) when (failure.Errno == Errno.ENOENT)
            {
                return true;
            }
            catch (StorageException failure)
            {
                _failure = failure;
                return false;
            }
        }
    }

    private sealed class FilePin(UnusedFiles unused) : IDisposable
    {
        private int _disposed;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _disposed, 1) == 0)
            {
                lock (unused._gate)
                {
                    unused._pins--;
                }
            }
        }
    }
}
