using RespKv.Storage.Files;

namespace RespKv.TestKit.Files;

internal sealed class SimulatedFile : IFile
{
    private readonly SimulatedFileSystem _files;
    private readonly bool _isReadOnly;
    private bool _disposed;

    internal SimulatedFile(SimulatedFileSystem files, string path, SimulatedInode inode, bool isReadOnly)
    {
        _files = files;
        Path = path;
        Inode = inode;
        _isReadOnly = isReadOnly;
    }

    public string Path { get; }

    public long Length
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _files.LengthOf(this);
        }
    }

    internal SimulatedInode Inode { get; }

    public int Read(Span<byte> buffer, long offset)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return _files.Read(this, buffer, offset);
    }

    public void Write(ReadOnlySpan<byte> data, long offset)
    {
        ThrowUnlessWritable("pwrite");
        _files.Write(this, data, offset);
    }

    public void SyncData()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _files.SyncData(this);
    }

    public void SetLength(long length)
    {
        ThrowUnlessWritable("ftruncate");
        _files.SetLength(this, length);
    }

    public void DropCache()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _files.DropCache(this);
    }

    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            _files.Closed();
        }
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
