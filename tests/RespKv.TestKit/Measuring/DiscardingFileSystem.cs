using System.Collections.Concurrent;
using RespKv.Storage.Files;
using RespKv.Storage.Manifest;

namespace RespKv.TestKit.Measuring;

/// <summary>
/// A disk for measurements: no call takes time or memory. What is written is thrown away, only a file's length is kept, so that a log may
/// grow for ever; it reads as zeros, and cannot be recovered. The manifest alone is kept as it is. Thread safe, as the door promises.
/// </summary>
public sealed class DiscardingFileSystem : IFileSystem
{
    private static readonly string[] KeptNames = [ManifestNames.Current, ManifestNames.CurrentTemporary, "MANIFEST-"];

    private readonly ConcurrentDictionary<string, Node> _files = new(StringComparer.Ordinal);

    public IFile Open(string path, FileOpenKind kind)
    {
        if (kind != FileOpenKind.CreateNew)
        {
            return new DiscardingFile(path, _files.TryGetValue(path, out Node? found) ? found : throw new StorageException("open", path, Errno.ENOENT));
        }

        bool isKept = KeptNames.Any(name => Path.GetFileName(path).StartsWith(name, StringComparison.Ordinal));
        var node = new Node(isKept);
        return _files.TryAdd(path, node) ? new DiscardingFile(path, node) : throw new StorageException("open", path, Errno.EEXIST);
    }

    public bool FileExists(string path) => _files.ContainsKey(path);

    public void CreateDirectory(string path)
    {
    }

    public IReadOnlyList<string> ListFiles(string directory)
        => [.. _files.Keys.Where(path => Path.GetDirectoryName(path) == directory).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    public void Rename(string from, string to)
    {
        if (!_files.TryRemove(from, out Node? node))
        {
            throw new StorageException("rename", from, Errno.ENOENT);
        }

        _files[to] = node;
    }

    public void Delete(string path)
    {
        if (!_files.TryRemove(path, out _))
        {
            throw new StorageException("unlink", path, Errno.ENOENT);
        }
    }

    public void SyncDirectory(string path)
    {
    }

    /// <summary>Everybody gets it: there is one engine on such a disk.</summary>
    public IDisposable LockDirectory(string path) => new MemoryStream();

    public long FreeBytes(string directory) => 1L << 50;

    private sealed class Node(bool isKept)
    {
        private readonly Lock _gate = new();
        private byte[] _bytes = [];
        private long _length;

        public long Length
        {
            get
            {
                lock (_gate)
                {
                    return _length;
                }
            }
        }

        public int Read(Span<byte> buffer, long offset)
        {
            lock (_gate)
            {
                int count = (int)Math.Clamp(_length - offset, 0, buffer.Length);
                if (isKept)
                {
                    _bytes.AsSpan((int)offset, count).CopyTo(buffer);
                }
                else
                {
                    buffer[..count].Clear();
                }

                return count;
            }
        }

        public void Write(ReadOnlySpan<byte> data, long offset)
        {
            lock (_gate)
            {
                if (offset + data.Length > _length)
                {
                    Extend(offset + data.Length);
                }

                if (isKept)
                {
                    data.CopyTo(_bytes.AsSpan((int)offset));
                }
            }
        }

        public void SetLength(long length)
        {
            lock (_gate)
            {
                Extend(length);
            }
        }

        private void Extend(long length)
        {
            _length = length;
            if (isKept)
            {
                Array.Resize(ref _bytes, (int)length);
            }
        }
    }

    private sealed class DiscardingFile(string path, Node node) : IFile
    {
        public string Path => path;

        public long Length => node.Length;

        public int Read(Span<byte> buffer, long offset) => node.Read(buffer, offset);

        public void Write(ReadOnlySpan<byte> data, long offset) => node.Write(data, offset);

        public void SyncData()
        {
        }

        public void SetLength(long length) => node.SetLength(length);

        public void DropCache()
        {
        }

        public void Dispose()
        {
        }
    }
}
