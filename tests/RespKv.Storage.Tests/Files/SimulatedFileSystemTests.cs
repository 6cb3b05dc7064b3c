using RespKv.Storage.Files;
using RespKv.Storage.Tests.Wal;
using RespKv.TestKit.Files;

namespace RespKv.Storage.Tests.Files;

/// <summary>The simulated disk forgets what a real one may forget. A test disk that remembers too much proves nothing.</summary>
public sealed class SimulatedFileSystemTests
{
    private const string Path = "/d/a";
    private readonly SimulatedFileSystem _files = new();

    public SimulatedFileSystemTests() => _files.CreateDirectory("/d");

    [Fact]
    public void Synced_file_in_a_synced_directory_survives_every_crash()
    {
        using IFile file = Create(Path, 3000);

        Assert.All(Crashes(), crashed => Assert.Equal(_files.ReadFile(Path), crashed.ReadFile(Path)));
    }

    [Fact]
    public void Unsynced_sectors_are_kept_dropped_or_garbled_each_for_itself()
    {
        using IFile file = Create(Path, 512 * 4);
        byte[] before = _files.ReadFile(Path);
        file.Write(Filled(512 * 2, 2), 512);
        List<byte[]> results = [.. Crashes().Select(crashed => crashed.ReadFile(Path))];

        Assert.All(results, bytes => Assert.Equal(before[..512], bytes[..512]));
        Assert.All(results, bytes => Assert.Equal(before[1536..], bytes[1536..]));
        Assert.Contains(results, bytes => bytes.SequenceEqual(before));
        Assert.Contains(results, bytes => bytes.SequenceEqual(_files.ReadFile(Path)));
        Assert.Contains(results, bytes => bytes[512] == 1 && bytes[1024] == 2);
        Assert.Contains(results, bytes => bytes[512] == 2 && bytes[1535] == 1);
        Assert.Contains(results, bytes => bytes.AsSpan().ContainsAnyExcept((byte)1, (byte)2));
    }

    [Fact]
    public void Unsynced_length_is_kept_or_lost()
    {
        using IFile file = Create(Path, 512);
        file.Write(Filled(512, 2), 512);

        Assert.Equal([512, 1024], Crashes().Select(crashed => crashed.ReadFile(Path).Length).Distinct().Order());
    }

    [Fact]
    public void Unsynced_names_are_kept_or_lost_even_when_the_file_was_synced()
    {
        using IFile created = _files.Open(Path, FileOpenKind.CreateNew);
        created.Write(Filled(512, 1), 0);
        created.SyncData();
        using IFile renamed = Create("/d/old", 512);
        _files.Rename("/d/old", "/d/new");
        using IFile deleted = Create("/d/gone", 512, syncDirectory: false);
        _files.SyncDirectory("/d");
        _files.Rename("/d/new", "/d/newer");
        _files.Delete("/d/gone");
        using IFile late = _files.Open("/d/late", FileOpenKind.CreateNew);

        List<SimulatedFileSystem> crashes = Crashes();

        Assert.All(crashes, crashed => Assert.True(crashed.FileExists(Path)));
        Assert.All(crashes, crashed => Assert.NotEqual(crashed.FileExists("/d/new"), crashed.FileExists("/d/newer")));
        Assert.Equal(2, crashes.Select(crashed => crashed.FileExists("/d/newer")).Distinct().Count());
        Assert.Equal(2, crashes.Select(crashed => crashed.FileExists("/d/gone")).Distinct().Count());
        Assert.Equal(2, crashes.Select(crashed => crashed.FileExists("/d/late")).Distinct().Count());
    }

    [Fact]
    public void Pending_sectors_are_exactly_those_written_since_the_last_sync()
    {
        using IFile file = Create(Path, 512 * 200);
        var random = new Random(3);
        HashSet<int> pending = [];
        for (int round = 0; round < 2_000; round++)
        {
            if (random.Next(40) == 0)
            {
                file.SyncData();
                pending.Clear();
                Assert.Equal(_files.ReadFile(Path), _files.Crash(round).ReadFile(Path));
            }

            int offset = random.Next(512 * 200);
            int bytes = Math.Min(random.Next(1, 3_000), (512 * 200) - offset);
            file.Write(Filled(bytes, (byte)round), offset);
            pending.UnionWith(Enumerable.Range(offset / 512, ((offset + bytes - 1) / 512) - (offset / 512) + 1));
            Assert.Equal(pending.Count, _files.PendingSectors(Path));
        }
    }

    [Fact]
    public void Equal_seeds_give_equal_crashes()
    {
        using IFile file = Create(Path, 512 * 8);
        file.Write(Filled(512 * 8, 2), 0);

        Assert.Equal(_files.Crash(5).ReadAll(), _files.Crash(5).ReadAll());
    }

    [Fact]
    public void Kill_keeps_the_cache_and_the_next_crash_still_takes_what_was_not_synced()
    {
        using IFile file = Create(Path, 512);
        file.Write(Filled(512, 2), 0);
        SimulatedFileSystem killed = _files.Kill();

        Assert.Equal(2, killed.ReadFile(Path)[0]);
        Assert.Contains(Enumerable.Range(0, 50), seed => killed.Crash(seed).ReadFile(Path)[0] == 1);
    }

    [Fact]
    public void Failed_sync_leaves_bytes_that_look_clean_and_are_lost()
    {
        using IFile file = Create(Path, 512);
        file.Write(Filled(512, 2), 0);
        _files.FailNext(FileOperation.SyncData, Errno.EIO);
        Assert.Throws<StorageException>(file.SyncData);
        file.SyncData();

        Assert.Equal(2, _files.ReadFile(Path)[0]);
        Assert.All(Crashes(), crashed => Assert.Equal(1, crashed.ReadFile(Path)[0]));
        file.DropCache();
        Assert.Equal(1, _files.ReadFile(Path)[0]);
    }

    [Fact]
    public void Faults_hit_the_call_that_was_named()
    {
        using IFile file = Create(Path, 512);
        _files.FailAt(FileOperation.Write, 2, Errno.EIO, "a");
        file.Write(Filled(512, 2), 0);
        Assert.Equal(Errno.EIO, Assert.Throws<StorageException>(() => file.Write(Filled(512, 3), 0)).Errno);
        file.Write(Filled(512, 4), 0);

        _files.FailFrom(FileOperation.Any, 2, Errno.EROFS);
        Assert.Equal(512, file.Read(new byte[512], 0));
        Assert.Throws<StorageException>(() => file.Read(new byte[512], 0));
        Assert.Throws<StorageException>(() => _files.SyncDirectory("/d"));
        _files.ClearFaults();
        _files.SyncDirectory("/d");
    }

    [Fact]
    public void Full_disk_refuses_to_extend_and_still_overwrites()
    {
        using IFile file = Create(Path, 512);
        _files.CapacityBytes = 600;

        Assert.Equal(88, _files.FreeBytes("/d"));
        Assert.Equal(StorageErrorKind.NoSpace, Assert.Throws<StorageException>(() => file.Write(new byte[100], 512)).Kind);
        file.Write(Filled(512, 2), 0);
    }

    [Fact]
    public async Task Held_sync_waits_until_released_and_covers_only_what_came_before()
    {
        using IFile file = Create(Path, 1024);
        using IFile other = Create("/d/b", 512);
        file.Write(Filled(512, 2), 0);
        _files.HoldSyncs("/a");
        Task sync = Task.Run(file.SyncData);
        await _files.SyncHeldAsync().WaitAsync(LogMaker.Limit);
        other.SyncData();
        file.Write(Filled(512, 2), 512);
        Assert.False(sync.IsCompleted);

        _files.ReleaseSyncs();
        await sync;

        Assert.Equal(1, _files.PendingSectors(Path));
    }

    [Fact]
    public void Bit_flips_reach_the_disk()
    {
        using IFile file = Create(Path, 512);
        _files.FlipBit(Path, 7, 3);

        Assert.Equal(1 ^ 8, _files.ReadFile(Path)[7]);
        Assert.All(Crashes(), crashed => Assert.Equal(1 ^ 8, crashed.ReadFile(Path)[7]));
    }

    [Fact]
    public void Directory_is_locked_once_and_free_after_a_crash()
    {
        using IDisposable held = _files.LockDirectory("/d");

        Assert.Equal(StorageErrorKind.Locked, Assert.Throws<StorageException>(() => _files.LockDirectory("/d")).Kind);
        _files.Kill().LockDirectory("/d").Dispose();
    }

    [Fact]
    public void Missing_paths_fail_as_on_a_real_disk()
    {
        Assert.Equal(Errno.ENOENT, Assert.Throws<StorageException>(() => _files.Open(Path, FileOpenKind.Read)).Errno);
        Assert.Equal(Errno.ENOENT, Assert.Throws<StorageException>(() => _files.Open("/x/a", FileOpenKind.CreateNew)).Errno);
        Assert.Equal(Errno.ENOENT, Assert.Throws<StorageException>(() => _files.Delete(Path)).Errno);
        Assert.Equal(Errno.ENOENT, Assert.Throws<StorageException>(() => _files.Rename(Path, "/d/b")).Errno);
        Assert.Equal(Errno.ENOENT, Assert.Throws<StorageException>(() => _files.ListFiles("/x")).Errno);
    }

    private static byte[] Filled(int bytes, byte value)
    {
        byte[] filled = new byte[bytes];
        Array.Fill(filled, value);
        return filled;
    }

    private IFile Create(string path, int bytes, bool syncDirectory = true)
    {
        IFile file = _files.Open(path, FileOpenKind.CreateNew);
        file.Write(Filled(bytes, 1), 0);
        file.SyncData();
        if (syncDirectory)
        {
            _files.SyncDirectory("/d");
        }

        return file;
    }

    private List<SimulatedFileSystem> Crashes() => [.. Enumerable.Range(0, 60).Select(_files.Crash)];
}
