using System.Numerics;
using System.Runtime.InteropServices;
using RespKv.Storage.Files;

namespace RespKv.Fuzz.Disk;

/// <summary>
/// A disk in memory, as light as can be: one directory, no failures but a full disk, nothing is lost. Its buffers are used again, so that
/// an input costs no allocation here. One thread.
/// </summary>
internal sealed class MemoryFiles : IFileSystem
{
    public const string Directory = "/data";

    /// <summary>All files together: some times what an input can hold, so that a size out of thin air soon meets a full disk.</summary>
    public const int CapacityBytes = 1 << 20;

    private readonly Dictionary<string, Node> _nodes = new(StringComparer.Ordinal);
    private readonly Stack<Node> _unused = new();

    /// <summary>Without a name; maybe still open, so not used again before <see cref="Clear"/>.</summary>
    private readonly List<Node> _nameless = [];

    /// <summary>Handles that were opened and not disposed.</summary>
    public int OpenFiles { get; private set; }

    /// <summary>Names in ordinal order.</summary>
    public IEnumerable<string> Names => _nodes.Keys.Order(StringComparer.Ordinal);

    private int UsedBytes => _nodes.Values.Sum(node => node.Length);

    /// <summary>Empties the disk.</summary>
    public void Clear()
    {
        foreach (Node node in _nodes.Values.Concat(_nameless))
        {
            _unused.Push(node);
        }

        _nodes.Clear();
        _nameless.Clear();
        OpenFiles = 0;
    }

    /// <summary>Content of a file, by its name in the directory.</summary>
    public ReadOnlySpan<byte> this[string name] => _nodes[name].Bytes.AsSpan(0, _nodes[name].Length);

    /// <summary>Changes with any name and any byte.</summary>
    public ulong Digest()
    {
        uint crc = 0;
        foreach (string name in Names)
        {
            Node node = _nodes[name];
            crc = BitOperations.Crc32C(crc, (ulong)string.GetHashCode(name, StringComparison.Ordinal));
            crc = BitOperations.Crc32C(crc, (uint)node.Length);
            ReadOnlySpan<byte> bytes = node.Bytes.AsSpan(0, node.Length);
            foreach (ulong word in MemoryMarshal.Cast<byte, ulong>(bytes))
            {
                crc = BitOperations.Crc32C(crc, word);
            }

            foreach (byte value in bytes[(bytes.Length / sizeof(ulong) * sizeof(ulong))..])
            {
                crc = BitOperations.Crc32C(crc, value);
            }
        }

        return crc;
    }

    /// <summary>Makes a file, or replaces its content.</summary>
    public void Put(string name, ReadOnlySpan<byte> content)
    {
        Node node = _nodes.TryGetValue(name, out Node? old) ? old : _nodes[name] = NewNode();
        node.Resize(content.Length);
        content.CopyTo(node.Bytes);
    }

    public IFile Open(string path, FileOpenKind kind)
    {
        string name = Path.GetFileName(path);
        bool exists = _nodes.TryGetValue(name, out Node? node);
        if (exists == (kind == FileOpenKind.CreateNew))
        {
            throw new StorageException("open", path, exists ? Errno.EEXIST : Errno.ENOENT);
        }

        node ??= _nodes[name] = NewNode();
        OpenFiles++;
        return new Handle(this, path, node);
    }

    public bool FileExists(string path) => _nodes.ContainsKey(Path.GetFileName(path));

    public void CreateDirectory(string path)
    {
    }

    public IReadOnlyList<string> ListFiles(string directory) => [.. Names];

    public void Rename(string from, string to)
    {
        if (!_nodes.Remove(Path.GetFileName(from), out Node? node))
        {
            throw new StorageException("rename", from, Errno.ENOENT);
        }

        if (_nodes.TryGetValue(Path.GetFileName(to), out Node? replaced))
        {
            _nameless.Add(replaced);
        }

        _nodes[Path.GetFileName(to)] = node;
    }

    public void Delete(string path)
    {
        if (!_nodes.Remove(Path.GetFileName(path), out Node? node))
        {
            throw new StorageException("unlink", path, Errno.ENOENT);
        }

        _nameless.Add(node);
    }

    public void SyncDirectory(string path)
    {
    }

    public IDisposable LockDirectory(string path) => new MemoryStream();

    public long FreeBytes(string directory) => CapacityBytes - UsedBytes;

    private Node NewNode()
    {
        Node node = _unused.TryPop(out Node? unused) ? unused : new Node();
        node.Length = 0;
        return node;
    }

    private sealed class Node
    {
        public byte[] Bytes { get; private set; } = new byte[16 << 10];

        public int Length { get; set; }

        /// <summary>New bytes are zeros.</summary>
        public void Resize(int length)
        {
            if (length > Bytes.Length)
            {
                byte[] larger = new byte[Math.Max(length, 2 * Bytes.Length)];
                Bytes.AsSpan(0, Length).CopyTo(larger);
                Bytes = larger;
            }
            else if (length > Length)
            {
                Bytes.AsSpan(Length..length).Clear();
            }

            Length = length;
        }
    }

    private sealed class Handle(MemoryFiles disk, string path, Node node) : IFile
    {
        private bool _disposed;

        public string Path => path;

        public long Length => node.Length;

        public int Read(Span<byte> buffer, long offset)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            ArgumentOutOfRangeException.ThrowIfNegative(offset);
            if (offset >= node.Length)
            {
                return 0;
            }

            int count = (int)Math.Min(buffer.Length, node.Length - offset);
            node.Bytes.AsSpan((int)offset, count).CopyTo(buffer);
            return count;
        }

        public void Write(ReadOnlySpan<byte> data, long offset)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            ArgumentOutOfRangeException.ThrowIfNegative(offset);
            GrowTo(offset + data.Length);
            data.CopyTo(node.Bytes.AsSpan((int)offset));
        }

        public void SyncData()
        {
        }

        public void SetLength(long length)
        {
            GrowTo(length);
            node.Resize((int)length);
        }

        public void DropCache()
        {
        }

        public void Dispose()
        {
            disk.OpenFiles -= _disposed ? 0 : 1;
            _disposed = true;
        }

        private void GrowTo(long length)
        {
            if (length <= node.Length)
            {
                return;
            }

            if (length - node.Length > disk.FreeBytes(Directory))
            {
                throw new StorageException("pwrite", path, Errno.ENOSPC);
            }

            node.Resize((int)length);
        }
    }
}
