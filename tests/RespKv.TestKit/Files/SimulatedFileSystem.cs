using RespKv.Storage.Files;

namespace RespKv.TestKit.Files;

/// <summary>
/// A disk in memory that can fail, fill up, stall and lose power. What was not synced is kept apart from what was:
/// <see cref="Crash"/> gives the machine after a power cut, where each pending sector was kept, dropped or garbled and each
/// unsynced create, rename and delete happened or did not; <see cref="Kill"/> gives it after a SIGKILL, where the cache
/// lives on. Both leave this one as it is, so that one state can be crashed in many ways. Thread safe.
/// </summary>
public sealed class SimulatedFileSystem : IFileSystem
{
    // Guards everything below and all inodes.
    private readonly object _gate = new();
    private readonly SimulatedFaults _faults = new();
    private readonly SimulatedNames _names;
    private readonly HashSet<string> _directories;
    private readonly HashSet<string> _locked = new(StringComparer.Ordinal);
    private readonly SimulatedHold _hold;
    private int _openFiles;

    public SimulatedFileSystem()
        : this(new SimulatedNames(), ["/"])
    {
    }

    private SimulatedFileSystem(SimulatedNames names, HashSet<string> directories)
    {
        _names = names;
        _directories = directories;
        _hold = new SimulatedHold(_gate);
    }

    /// <summary>Bytes that all files together may have; more is ENOSPC.</summary>
    public long CapacityBytes { get; set; } = long.MaxValue;

    /// <summary>Handles that were opened and not disposed.</summary>
    public int OpenFiles => Locked(() => _openFiles);

    /// <summary>Calls so far, those that failed included.</summary>
    public long Count(FileOperation operation) => Locked(() => _faults.Count(operation));

    /// <summary>The next such call on a path that contains the part fails. A write that fails has written its first half.</summary>
    public void FailNext(FileOperation operation, Errno errno, string pathPart = "") => FailAt(operation, 1, errno, pathPart);

    /// <summary>The n-th such call from now on fails (1 is the next).</summary>
    public void FailAt(FileOperation operation, long call, Errno errno, string pathPart = "")
    {
        lock (_gate)
        {
            _faults.Add(operation, call, errno, pathPart, forGood: false);
        }
    }

    /// <summary>The n-th such call from now on fails, and all after it.</summary>
    public void FailFrom(FileOperation operation, long call, Errno errno, string pathPart = "")
    {
        lock (_gate)
        {
            _faults.Add(operation, call, errno, pathPart, forGood: true);
        }
    }

    public void ClearFaults()
    {
        lock (_gate)
        {
            _faults.Clear();
        }
    }

    /// <summary>
    /// From now on SyncData of files whose path contains the part blocks until <see cref="ReleaseSyncs"/>. Unless told
    /// otherwise these are the log's segments, and not the one that is made ahead in the background: a test that waits for
    /// a held sync means the former.
    /// </summary>
    public void HoldSyncs(string pathPart = "wal-")
    {
        lock (_gate)
        {
            _hold.Set(pathPart);
        }
    }

    /// <summary>Lets the held syncs go; they meet the faults that are set by then.</summary>
    public void ReleaseSyncs()
    {
        lock (_gate)
        {
            _hold.Release();
        }
    }

    /// <summary>Done as soon as a sync is being held.</summary>
    public Task SyncHeldAsync()
    {
        lock (_gate)
        {
            return _hold.HeldAsync();
        }
    }

    /// <summary>The same for a thread. False when none was held in time.</summary>
    public bool WaitForHeldSync(TimeSpan limit) => SyncHeldAsync().Wait(limit);

    /// <summary>The machine after a power cut and a restart. Equal seeds give equal results.</summary>
    public SimulatedFileSystem Crash(int seed)
    {
        lock (_gate)
        {
            var random = new Random(seed);
            return new SimulatedFileSystem(_names.Survivor(random, CrashOdds.Draw(random.Next())), [.. _directories]);
        }
    }

    /// <summary>The machine after the process was killed: nothing lost, no locks, no faults.</summary>
    public SimulatedFileSystem Kill()
    {
        lock (_gate)
        {
            return new SimulatedFileSystem(_names.Copy(), [.. _directories]);
        }
    }

    /// <summary>Flips a bit on the disk, as an ageing disk does.</summary>
    public void FlipBit(string path, long offset, int bit = 0)
    {
        byte[] bytes = ReadFile(path);
        bytes[offset] ^= (byte)(1 << bit);
        Overwrite(path, offset, bytes.AsSpan((int)offset, 1));
    }

    /// <summary>Changes bytes on the disk, durably and unseen.</summary>
    public void Overwrite(string path, long offset, ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            Find("overwrite", path).Damage(bytes, offset);
        }
    }

    /// <summary>Cuts a file on the disk, durably and unseen.</summary>
    public void Truncate(string path, long length)
    {
        lock (_gate)
        {
            Find("truncate", path).DamageLength(length);
        }
    }

    /// <summary>The bytes of a file as a process sees them.</summary>
    public byte[] ReadFile(string path)
    {
        lock (_gate)
        {
            SimulatedInode inode = Find("read", path);
            byte[] bytes = new byte[inode.Length];
            inode.Read(bytes, 0);
            return bytes;
        }
    }

    /// <summary>Every file by its path.</summary>
    public SortedDictionary<string, byte[]> ReadAll()
    {
        lock (_gate)
        {
            var all = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
            foreach (string path in _names.Paths)
            {
                all[path] = ReadFile(path);
            }

            return all;
        }
    }

    /// <summary>Sectors of a file that a crash could take.</summary>
    public long PendingSectors(string path) => Locked(() => Find("pending", path).PendingSectors);

    public IFile Open(string path, FileOpenKind kind)
    {
        lock (_gate)
        {
            Enter(FileOperation.Open, "open", path);
            SimulatedInode? inode = _names.Find(path);
            if (kind == FileOpenKind.CreateNew)
            {
                if (inode is not null)
                {
                    throw new StorageException("open", path, Errno.EEXIST);
                }

                CheckDirectory("open", Path.GetDirectoryName(path) ?? "");
                inode = new SimulatedInode();
                _names.Create(path, inode);
            }

            inode ??= Find("open", path);
            _openFiles++;
            return new SimulatedFile(this, path, inode, kind == FileOpenKind.Read);
        }
    }

    public bool FileExists(string path)
    {
        lock (_gate)
        {
            Enter(FileOperation.Exists, "access", path);
            return _names.Find(path) is not null || _directories.Contains(path);
        }
    }

    public void CreateDirectory(string path)
    {
        lock (_gate)
        {
            Enter(FileOperation.CreateDirectory, "mkdir", path);
            for (string? part = path; part is not null; part = Path.GetDirectoryName(part))
            {
                _directories.Add(part);
            }
        }
    }

    public IReadOnlyList<string> ListFiles(string directory)
    {
        lock (_gate)
        {
            Enter(FileOperation.ListFiles, "opendir", directory);
            CheckDirectory("opendir", directory);
            return [.. _names.Paths.Where(path => Path.GetDirectoryName(path) == directory).Select(path => Path.GetFileName(path))];
        }
    }

    public void Rename(string from, string to)
    {
        lock (_gate)
        {
            Enter(FileOperation.Rename, "rename", from);
            Find("rename", from);
            _names.Rename(from, to);
        }
    }

    public void Delete(string path)
    {
        lock (_gate)
        {
            Enter(FileOperation.Delete, "unlink", path);
            Find("unlink", path);
            _names.Delete(path);
        }
    }

    public void SyncDirectory(string path)
    {
        lock (_gate)
        {
            Enter(FileOperation.SyncDirectory, "fsync", path);
            CheckDirectory("fsync", path);
            _names.Sync(path);
        }
    }

    public IDisposable LockDirectory(string path)
    {
        lock (_gate)
        {
            Enter(FileOperation.LockDirectory, "flock", path);
            CheckDirectory("flock", path);
            string lockPath = Path.Combine(path, "LOCK");
            if (!_locked.Add(path))
            {
                throw StorageException.Locked(lockPath, "");
            }

            if (_names.Find(lockPath) is null)
            {
                _names.Create(lockPath, new SimulatedInode());
            }

            return new DirectoryLock(this, path);
        }
    }

    public long FreeBytes(string directory)
    {
        lock (_gate)
        {
            Enter(FileOperation.FreeBytes, "statvfs", directory);
            return CapacityBytes - UsedBytes();
        }
    }

    internal long LengthOf(SimulatedFile file) => Locked(() => file.Inode.Length);

    internal int Read(SimulatedFile file, Span<byte> buffer, long offset)
    {
        lock (_gate)
        {
            Enter(FileOperation.Read, "pread", file.Path);
            return file.Inode.Read(buffer, offset);
        }
    }

    internal void Write(SimulatedFile file, ReadOnlySpan<byte> data, long offset)
    {
        lock (_gate)
        {
            _faults.CountCall(FileOperation.Write);
            Errno error = _faults.Check(FileOperation.Write, file.Path);
            long more = Math.Max(0, offset + data.Length - file.Inode.Length);
            if (error == Errno.None && more > 0 && more > CapacityBytes - UsedBytes())
            {
                error = Errno.ENOSPC;
            }

            if (error != Errno.None)
            {
                if (more == 0)
                {
                    file.Inode.Write(data[..(data.Length / 2)], offset);
                }

                throw new StorageException("pwrite", file.Path, error);
            }

            file.Inode.Write(data, offset);
        }
    }

    internal void SyncData(SimulatedFile file)
    {
        lock (_gate)
        {
            _faults.CountCall(FileOperation.SyncData);
            SectorRanges sectors = file.Inode.Pending();
            _hold.Pass(file.Path);
            Errno error = _faults.Check(FileOperation.SyncData, file.Path);
            if (error != Errno.None)
            {
                file.Inode.FailSync(sectors);
                throw new StorageException("fdatasync", file.Path, error);
            }

            file.Inode.Sync(sectors);
        }
    }

    internal void SetLength(SimulatedFile file, long length)
    {
        lock (_gate)
        {
            Enter(FileOperation.SetLength, "ftruncate", file.Path);
            file.Inode.SetLength(length);
        }
    }

    internal void DropCache(SimulatedFile file)
    {
        lock (_gate)
        {
            Enter(FileOperation.DropCache, "posix_fadvise", file.Path);
            file.Inode.DropCache();
        }
    }

    internal void Closed()
    {
        lock (_gate)
        {
            _openFiles--;
        }
    }

    private void Enter(FileOperation operation, string name, string path)
    {
        _faults.CountCall(operation);
        Errno error = _faults.Check(operation, path);
        if (error != Errno.None)
        {
            throw new StorageException(name, path, error);
        }
    }

    private SimulatedInode Find(string operation, string path)
    {
        return _names.Find(path) ?? throw new StorageException(operation, path, Errno.ENOENT);
    }

    private void CheckDirectory(string operation, string path)
    {
        if (!_directories.Contains(path))
        {
            throw new StorageException(operation, path, Errno.ENOENT);
        }
    }

    private long UsedBytes() => _names.Inodes.Sum(inode => inode.Length);

    private T Locked<T>(Func<T> read)
    {
        lock (_gate)
        {
            return read();
        }
    }

    private sealed class DirectoryLock(SimulatedFileSystem files, string path) : IDisposable
    {
        public void Dispose()
        {
            lock (files._gate)
            {
                files._locked.Remove(path);
            }
        }
    }
}
