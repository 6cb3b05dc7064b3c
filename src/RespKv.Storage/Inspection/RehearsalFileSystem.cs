using RespKv.Storage.Files;

namespace RespKv.Storage.Inspection;

/// <summary>
/// A disk on which nothing can be changed, and which behaves as if everything could: what is written, renamed or deleted
/// is so for whoever looks through here, and stays in memory. With it start-up is rehearsed by its own code.
///
/// Invariant: the disk behind is only listed and read. Thread safe.
/// </summary>
public sealed class RehearsalFileSystem(IFileSystem disk) : IFileSystem
{
    // Guards the names. A null is a file that was deleted here.
    private readonly Lock _gate = new();
    private readonly Dictionary<string, RehearsalNode?> _nodes = new(StringComparer.Ordinal);
    private readonly HashSet<string> _directories = new(StringComparer.Ordinal);

    public IFile Open(string path, FileOpenKind kind)
    {
        lock (_gate)
        {
            RehearsalNode? node = Find(path);
            if (kind == FileOpenKind.CreateNew)
            {
                if (node is not null)
                {
                    throw new StorageException("open", path, Errno.EEXIST);
                }

                node = new RehearsalNode(null, 0);
                _nodes[path] = node;
            }

            if (node is null)
            {
                throw new StorageException("open", path, Errno.ENOENT);
            }

            IFile? source = node.DiskPath is null ? null : disk.Open(node.DiskPath, FileOpenKind.Read);
            return new RehearsalFile(path, node, source);
        }
    }

    public bool FileExists(string path)
    {
        lock (_gate)
        {
            return _nodes.TryGetValue(path, out RehearsalNode? node)
                ? node is not null
                : _directories.Contains(path) || disk.FileExists(path);
        }
    }

    public void CreateDirectory(string path)
    {
        lock (_gate)
        {
            _directories.Add(path);
        }
    }

    public IReadOnlyList<string> ListFiles(string directory)
    {
        lock (_gate)
        {
            var names = new SortedSet<string>(StringComparer.Ordinal);
            if (!_directories.Contains(directory) || disk.FileExists(directory))
            {
                names.UnionWith(disk.ListFiles(directory));
            }

            foreach ((string path, RehearsalNode? node) in _nodes)
            {
                if (Path.GetDirectoryName(path) != directory)
                {
                    continue;
                }

                _ = node is null ? names.Remove(Path.GetFileName(path)) : names.Add(Path.GetFileName(path));
            }

            return [.. names];
        }
    }

    public void Rename(string from, string to)
    {
        lock (_gate)
        {
            _nodes[to] = Find(from) ?? throw new StorageException("rename", from, Errno.ENOENT);
            _nodes[from] = null;
        }
    }

    public void Delete(string path)
    {
        lock (_gate)
        {
            _ = Find(path) ?? throw new StorageException("unlink", path, Errno.ENOENT);
            _nodes[path] = null;
        }
    }

    public void SyncDirectory(string path)
    {
        // Nothing here outlives the process.
    }

    public IDisposable LockDirectory(string path) => throw new NotSupportedException("a rehearsal takes no lock");

    public long FreeBytes(string directory) => disk.FreeBytes(directory);

    private RehearsalNode? Find(string path)
    {
        if (_nodes.TryGetValue(path, out RehearsalNode? node))
        {
            return node;
        }

        if (!disk.FileExists(path))
        {
            return null;
        }

        using IFile file = disk.Open(path, FileOpenKind.Read);
        node = new RehearsalNode(path, file.Length);
        _nodes[path] = node;
        return node;
    }

    private sealed class RehearsalFile(string path, RehearsalNode node, IFile? source) : IFile
    {
        public string Path { get; } = path;

        public long Length => node.Length;

        public int Read(Span<byte> buffer, long offset) => node.Read(source, buffer, offset);

        public void Write(ReadOnlySpan<byte> data, long offset) => node.Write(source, data, offset);

        public void SyncData()
        {
            // Nothing here outlives the process.
        }

        public void SetLength(long length) => node.SetLength(length);

        public void DropCache() => source?.DropCache();

        public void Dispose() => source?.Dispose();
    }
}
