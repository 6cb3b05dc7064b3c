using RespKv.Storage.Files;

namespace RespKv.TestKit.Files;

internal sealed class SimulatedFile : IFile
{
    private readonly SimulatedFileSystem _files;
    private readonly SimulatedCalls _calls;
    private readonly SimulatedInode _inode;
    private readonly bool _isReadOnly;
    private bool _disposed;

    internal SimulatedFile(SimulatedFileSystem files, SimulatedCalls calls, string path, SimulatedInode inode, bool isReadOnly)
    {
        _files = files;
        _calls = calls;
        Path = path;
        _inode = inode;
        _isReadOnly = isReadOnly;
    }

    public string Path { get; }

    public long Length
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            lock (_calls.Gate)
            {
                return _inode.Length;
            }
        }
    }

    public int Read(Span<byte> buffer, long offset)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _calls.Announce(FileOperation.Read, Path);
        lock (_calls.Gate)
        {
            _calls.Check(FileOperation.Read, "pread", Path);
            int count = _inode.Read(buffer, offset);
            _calls.Faults.FlipRead(Path, buffer[..count]);
            return count;
        }
    }

    public void Write(ReadOnlySpan<byte> data, long offset)
    {
        ThrowUnlessWritable("pwrite");
        _calls.Announce(FileOperation.Write, Path);
        lock (_calls.Gate)
        {
            Errno error = _calls.Faults.Check(FileOperation.Write, Path);
            int written = error == Errno.None ? data.Length : _calls.Faults.Random?.Next(data.Length + 1) ?? (data.Length / 2);
            int fitting = Fitting(written, offset);
            _inode.Write(data[..fitting], offset);
            if (fitting < written)
            {
                error = Errno.ENOSPC;
            }

            if (error != Errno.None)
            {
                throw new StorageException("pwrite", Path, error);
            }
        }
    }

    public void SyncData()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        SyncInFlight sync;
        lock (_calls.Gate)
        {
            sync = _inode.BeginSync();
        }

        try
        {
            _calls.Announce(FileOperation.SyncData, Path);
        }
        catch
        {
            lock (_calls.Gate)
            {
                _inode.AbandonSync(sync);
            }

            throw;
        }

        lock (_calls.Gate)
        {
            _calls.Hold.Pass(Path);
            Errno error = _calls.Faults.Check(FileOperation.SyncData, Path);
            if (error != Errno.None)
            {
                _inode.FailSync(sync, _calls.Faults.Random);
                throw new StorageException("fdatasync", Path, error);
            }

            _inode.EndSync(sync);
        }
    }

    public void SetLength(long length)
    {
        ThrowUnlessWritable("ftruncate");
        _calls.Announce(FileOperation.SetLength, Path);
        lock (_calls.Gate)
        {
            _calls.Check(FileOperation.SetLength, "ftruncate", Path);
            _inode.SetLength(length);
        }
    }

    public void DropCache()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _calls.Announce(FileOperation.DropCache, Path);
        lock (_calls.Gate)
        {
            _calls.Check(FileOperation.DropCache, "posix_fadvise", Path);
            _inode.DropCache();
        }
    }

    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            _files.Closed();
        }
    }

    // How many of the bytes have room: what lies within the file overwrites.
    private int Fitting(int count, long offset)
    {
        long more = offset + count - _inode.Length;
        if (more <= 0)
        {
            return count;
        }

        long lacking = more - _files.RoomBytes;
        return lacking <= 0 ? count : (int)Math.Max(0, count - lacking);
    }

    private void ThrowUnlessWritable(string operation)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_isReadOnly)
        {
            throw new StorageException(operation, Path, Errno.EBADF);
        }
    }
}
