using RespKv.Storage.Files;

namespace RespKv.TestKit.Files;

/// <summary>
/// A disk in memory that can fail, fill up, stall and lose power. What was not synced is kept apart from what was:
/// <see cref="Crash(int)"/> gives the machine after a power cut, <see cref="Kill"/> gives it after a SIGKILL, where the cache lives
/// on. Both leave this one as it is and share its pages, so that one state can be crashed in many ways and every state of
/// a run can be crashed. Thread safe.
/// <para>After a power cut, in every combination of:</para>
/// <list type="bullet">
/// <item>each 512-byte sector that was written and not synced is kept, dropped, torn (the beginning new, the rest old) or
/// noise, whatever happened to its neighbours, also when it was being synced, and also when it was written earlier;</item>
/// <item>of the changes of a file's length (writes behind its end, truncations) since its last sync the first so many are
/// kept, whatever happened to its sectors: a length without its data reads as zeros, data without its length is gone;</item>
/// <item>each unsynced create, rename and delete happened or did not, whatever happened to the file's data; a file whose
/// create is lost is gone with all its synced data. Not drawn: what would lose a file that nobody deleted (a new file at
/// the name from which another was renamed away, without that rename), half a rename, half a directory.</item>
/// </list>
/// <para>New directories are durable at once, as the door promises. A failed fdatasync leaves its bytes visible, clean and
/// gone: later syncs do not cover them, a crash or <see cref="IFile.DropCache"/> shows what the disk has. A failed write has
/// written its beginning. An injected fault of any other call leaves no effect; a directory whose sync failed stays
/// unsynced (a journal that cannot be written makes the whole file system read-only: <see cref="FailFrom"/>).</para>
/// </summary>
public sealed class SimulatedFileSystem : IFileSystem
{
    private readonly SimulatedCalls _calls = new();

    // Under the calls' lock.
    private readonly SimulatedNames _names;
    private readonly HashSet<string> _directories;
    private readonly HashSet<string> _locked = new(StringComparer.Ordinal);
    private int _openFiles;

    public SimulatedFileSystem()
        : this(new SimulatedNames(), ["/"])
    {
    }

    private SimulatedFileSystem(SimulatedNames names, HashSet<string> directories)
    {
        _names = names;
        _directories = directories;
    }

    /// <summary>Bytes that all files together may have; more is ENOSPC.</summary>
    public long CapacityBytes { get; set; } = long.MaxValue;

    /// <summary>
    /// Called on the caller's thread before each call takes effect, outside of all locks: where a scheduler switches, and
    /// where a test takes a <see cref="Crash(int)"/> of every state. What a sync is to make durable is taken down before it, so that
    /// bytes written and names changed meanwhile are not covered. May throw, which ends the call without effect.
    /// </summary>
    public Action<FileOperation, string>? Calling
    {
        get => _calls.Calling;
        set => _calls.Calling = value;
    }

    /// <summary>Handles that were opened and not disposed.</summary>
    public int OpenFiles => Locked(() => _openFiles);

    /// <summary>Calls that failed because of an injected fault, and reads that showed a flipped bit.</summary>
    public long FaultsMet => Locked(() => _calls.Faults.Met);

    /// <summary>Calls so far, those that failed and those that go on included.</summary>
    public long Count(FileOperation operation) => _calls.Count(operation);

    /// <summary>The next such call on a path that contains the part fails. A write that fails has written its first half.</summary>
    public void FailNext(FileOperation operation, Errno errno, string pathPart = "") => FailAt(operation, 1, errno, pathPart);

    /// <summary>The n-th such call from now on fails (1 is the next).</summary>
    public void FailAt(FileOperation operation, long call, Errno errno, string pathPart = "")
    {
        lock (_calls.Gate)
        {
            _calls.Faults.Add(operation, call, errno, pathPart, forGood: false);
        }
    }

    /// <summary>The n-th such call from now on fails, and all after it.</summary>
    public void FailFrom(FileOperation operation, long call, Errno errno, string pathPart = "")
    {
        lock (_calls.Gate)
        {
            _calls.Faults.Add(operation, call, errno, pathPart, forGood: true);
        }
    }

    /// <summary>From now on calls fail by the plan; which part of a failed write or sync reached the disk is drawn too.</summary>
    public void FailRandomly(FaultPlan plan)
    {
        lock (_calls.Gate)
        {
            _calls.Faults.Carry(plan);
        }
    }

    /// <summary>The next read of a path that contains the part gives one bit wrong, counted from the read's first byte; the disk keeps the right one.</summary>
    public void FlipNextRead(string pathPart = "", long bit = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bit);
        lock (_calls.Gate)
        {
            _calls.Faults.AddFlip(pathPart, bit);
        }
    }

    public void ClearFaults()
    {
        lock (_calls.Gate)
        {
            _calls.Faults.Clear();
        }
    }

    /// <summary>
    /// From now on SyncData of files whose path contains the part blocks until <see cref="ReleaseSyncs"/>. Unless told
    /// otherwise these are the log's segments, and not the one that is made ahead in the background: a test that waits for
    /// a held sync means the former.
    /// </summary>
    public void HoldSyncs(string pathPart = "wal-")
    {
        lock (_calls.Gate)
        {
            _calls.Hold.Set(pathPart);
        }
    }

    /// <summary>Lets the held syncs go; they meet the faults that are set by then.</summary>
    public void ReleaseSyncs()
    {
        lock (_calls.Gate)
        {
            _calls.Hold.Release();
        }
    }

    /// <summary>Done as soon as a sync is being held.</summary>
    public Task SyncHeldAsync()
    {
        lock (_calls.Gate)
        {
            return _calls.Hold.HeldAsync();
        }
    }

    /// <summary>The same for a thread. False when none was held in time.</summary>
    public bool WaitForHeldSync(TimeSpan limit) => SyncHeldAsync().Wait(limit);

    /// <summary>The machine after a power cut and a restart, with odds drawn from the seed. Equal seeds give equal results.</summary>
    public SimulatedFileSystem Crash(int seed)
    {
        var random = new Random(seed);
        return Crash(random, CrashOdds.Draw(random));
    }

    /// <summary>The same with these odds.</summary>
    public SimulatedFileSystem Crash(int seed, CrashOdds odds) => Crash(new Random(seed), odds);

    /// <summary>The machine after the process was killed: nothing lost, no locks, no faults.</summary>
    public SimulatedFileSystem Kill() => Locked(() => new SimulatedFileSystem(_names.Copy(), [.. _directories]));

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
        lock (_calls.Gate)
        {
            Find("overwrite", path).Damage(bytes, offset);
        }
    }

    /// <summary>Cuts a file on the disk, durably and unseen.</summary>
    public void Truncate(string path, long length)
    {
        lock (_calls.Gate)
        {
            Find("truncate", path).DamageLength(length);
        }
    }

    /// <summary>The bytes of a file as a process sees them.</summary>
    public byte[] ReadFile(string path)
    {
        lock (_calls.Gate)
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
        lock (_calls.Gate)
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
        _calls.Announce(FileOperation.Open, path);
        lock (_calls.Gate)
        {
            _calls.Check(FileOperation.Open, "open", path, kind);
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
            return new SimulatedFile(this, _calls, path, inode, kind == FileOpenKind.Read);
        }
    }

    public bool FileExists(string path)
    {
        _calls.Announce(FileOperation.Exists, path);
        lock (_calls.Gate)
        {
            _calls.Check(FileOperation.Exists, "access", path);
            return _names.Find(path) is not null || _directories.Contains(path);
        }
    }

    public void CreateDirectory(string path)
    {
        _calls.Announce(FileOperation.CreateDirectory, path);
        lock (_calls.Gate)
        {
            _calls.Check(FileOperation.CreateDirectory, "mkdir", path);
            for (string? part = path; part is not null; part = Path.GetDirectoryName(part))
            {
                _directories.Add(part);
            }
        }
    }

    public IReadOnlyList<string> ListFiles(string directory)
    {
        _calls.Announce(FileOperation.ListFiles, directory);
        lock (_calls.Gate)
        {
            _calls.Check(FileOperation.ListFiles, "opendir", directory);
            CheckDirectory("opendir", directory);
            return [.. _names.Paths.Where(path => Path.GetDirectoryName(path) == directory).Select(path => Path.GetFileName(path))];
        }
    }

    public void Rename(string from, string to)
    {
        _calls.Announce(FileOperation.Rename, from);
        lock (_calls.Gate)
        {
            _calls.Check(FileOperation.Rename, "rename", from);
            Find("rename", from);
            _names.Rename(from, to);
        }
    }

    public void Delete(string path)
    {
        _calls.Announce(FileOperation.Delete, path);
        lock (_calls.Gate)
        {
            _calls.Check(FileOperation.Delete, "unlink", path);
            Find("unlink", path);
            _names.Delete(path);
        }
    }

    public void SyncDirectory(string path)
    {
        List<SimulatedNames.Change> changes;
        lock (_calls.Gate)
        {
            changes = _names.BeginSync(path);
        }

        _calls.Announce(FileOperation.SyncDirectory, path);
        lock (_calls.Gate)
        {
            _calls.Check(FileOperation.SyncDirectory, "fsync", path);
            CheckDirectory("fsync", path);
            _names.EndSync(changes);
        }
    }

    public IDisposable LockDirectory(string path)
    {
        _calls.Announce(FileOperation.LockDirectory, path);
        lock (_calls.Gate)
        {
            _calls.Check(FileOperation.LockDirectory, "flock", path);
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
        _calls.Announce(FileOperation.FreeBytes, directory);
        lock (_calls.Gate)
        {
            _calls.Check(FileOperation.FreeBytes, "statvfs", directory);
            return CapacityBytes - _names.UsedBytes;
        }
    }

    /// <summary>Under the calls' lock.</summary>
    internal long RoomBytes => CapacityBytes == long.MaxValue ? long.MaxValue : Math.Max(0, CapacityBytes - _names.UsedBytes);

    internal void Closed()
    {
        lock (_calls.Gate)
        {
            _openFiles--;
        }
    }

    private SimulatedFileSystem Crash(Random random, CrashOdds odds)
    {
        return Locked(() => new SimulatedFileSystem(_names.Survivor(random, odds), [.. _directories]));
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

    private T Locked<T>(Func<T> read)
    {
        lock (_calls.Gate)
        {
            return read();
        }
    }

    private sealed class DirectoryLock(SimulatedFileSystem files, string path) : IDisposable
    {
        public void Dispose()
        {
            lock (files._calls.Gate)
            {
                files._locked.Remove(path);
            }
        }
    }
}
