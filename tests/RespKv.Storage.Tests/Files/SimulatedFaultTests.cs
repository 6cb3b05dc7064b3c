using RespKv.Storage.Files;
using RespKv.TestKit.Files;

namespace RespKv.Storage.Tests.Files;

/// <summary>What a call that fails on the simulated disk leaves behind, and that faults come from their seed alone.</summary>
public sealed class SimulatedFaultTests
{
    private const string Path = "/d/a";
    private readonly SimulatedFileSystem _files = new();

    public SimulatedFaultTests() => _files.CreateDirectory("/d");

    [Fact]
    public void Every_operation_is_announced_outside_of_the_locks_before_it_takes_effect()
    {
        List<string> calls = [];
        _files.Calling = (operation, path) =>
        {
            // Another thread gets in: nothing is locked.
            Assert.True(Task.Run(() => _files.Crash(1)).Wait(TimeSpan.FromSeconds(30)));
            calls.Add($"{operation} {path}");
        };

        _files.CreateDirectory("/e");
        using IFile file = _files.Open("/e/a", FileOpenKind.CreateNew);
        file.Write(new byte[1], 0);
        file.Read(new byte[1], 0);
        file.SyncData();
        file.SetLength(2);
        file.DropCache();
        _files.FileExists("/e/a");
        _files.ListFiles("/e");
        _files.Rename("/e/a", "/e/b");
        _files.Delete("/e/b");
        _files.SyncDirectory("/e");
        _files.FreeBytes("/e");
        _files.LockDirectory("/e").Dispose();

        Assert.Equal(
            [
                "CreateDirectory /e", "Open /e/a", "Write /e/a", "Read /e/a", "SyncData /e/a", "SetLength /e/a", "DropCache /e/a",
                "Exists /e/a", "ListFiles /e", "Rename /e/a", "Delete /e/b", "SyncDirectory /e", "FreeBytes /e", "LockDirectory /e",
            ],
            calls);
        Assert.Equal(calls.Count + 1, _files.Count(FileOperation.Any));
    }

    [Fact]
    public void Failed_write_has_written_its_first_half_also_behind_the_end()
    {
        using IFile file = Create(512);
        _files.FailNext(FileOperation.Write, Errno.EIO);

        Assert.Throws<StorageException>(() => file.Write(Filled(1024, 2), 256));

        Assert.Equal([.. Filled(256, 1), .. Filled(512, 2)], _files.ReadFile(Path));
        Assert.Equal(1, _files.FaultsMet);
    }

    [Fact]
    public void Full_disk_takes_what_fits()
    {
        using IFile file = Create(512);
        _files.CapacityBytes = 600;

        Assert.Equal(Errno.ENOSPC, Assert.Throws<StorageException>(() => file.Write(Filled(512, 2), 256)).Errno);

        Assert.Equal([.. Filled(256, 1), .. Filled(344, 2)], _files.ReadFile(Path));
        Assert.Equal(0, _files.FreeBytes("/d"));
    }

    [Fact]
    public void Flipped_read_is_wrong_once_and_the_disk_stays_right()
    {
        using IFile file = Create(512);
        byte[] bytes = new byte[100];
        _files.FlipNextRead("/a", bit: 11);

        file.Read(bytes, 200);
        Assert.Equal(1 ^ 8, bytes[1]);
        file.Read(bytes, 200);

        Assert.Equal(Filled(100, 1), bytes);
        Assert.Equal(Filled(512, 1), _files.ReadFile(Path));
        Assert.Equal(Filled(512, 1), _files.Crash(1).ReadFile(Path));
    }

    [Fact]
    public void Equal_plans_fail_the_same_calls_in_the_same_way()
    {
        Assert.Equal(Life(new FaultPlan(5) { Odds = 0.1, FlipOdds = 0.1 }), Life(new FaultPlan(5) { Odds = 0.1, FlipOdds = 0.1 }));
        Assert.NotEqual(Life(new FaultPlan(5) { Odds = 0.1 }), Life(new FaultPlan(6) { Odds = 0.1 }));
    }

    [Fact]
    public void Plans_give_each_operation_only_what_it_may_answer()
    {
        Errno[] all = [Errno.EIO, Errno.ENOSPC, Errno.EROFS, Errno.EINTR];
        var legal = new Dictionary<FileOperation, Errno[]>
        {
            [FileOperation.Write] = [Errno.EIO, Errno.ENOSPC, Errno.EROFS],
            [FileOperation.SetLength] = [Errno.EIO, Errno.ENOSPC, Errno.EROFS],
            [FileOperation.Rename] = [Errno.EIO, Errno.ENOSPC, Errno.EROFS],
            [FileOperation.Delete] = [Errno.EIO, Errno.EROFS],
            [FileOperation.SyncData] = all,
            [FileOperation.SyncDirectory] = all,
            [FileOperation.Read] = [Errno.EIO],
            [FileOperation.ListFiles] = [Errno.EIO],
        };
        foreach ((FileOperation operation, Errno[] errors) in legal)
        {
            IEnumerable<Errno> met = Enumerable.Range(0, 100).Select(seed => ErrorOf(operation, new FaultPlan(seed) { Odds = 1 })).Where(error => error != Errno.None);
            Assert.Equal(errors.Order(), met.Distinct().Order());
        }
    }

    [Fact]
    public void Disk_that_became_read_only_stays_so_and_is_still_read()
    {
        using IFile file = Create(512);
        _files.FailRandomly(new FaultPlan(1) { Odds = 1, Errnos = [Errno.EROFS], FaultsMax = 1 });

        Assert.Throws<StorageException>(() => file.SetLength(1));
        Assert.Equal(Errno.EROFS, Assert.Throws<StorageException>(() => _files.Delete(Path)).Errno);
        Assert.Equal(Errno.EROFS, Assert.Throws<StorageException>(() => _files.Open(Path, FileOpenKind.OpenExisting)).Errno);
        Assert.Equal(Errno.EROFS, Assert.Throws<StorageException>(file.SyncData).Errno);
        using IFile reader = _files.Open(Path, FileOpenKind.Read);
        Assert.Equal(512, reader.Read(new byte[512], 0));
    }

    [Fact]
    public void Plan_ends_after_its_faults_and_keeps_to_its_paths()
    {
        using IFile file = Create(512);
        _files.FailRandomly(new FaultPlan(1) { Odds = 1, Errnos = [Errno.EIO], FaultsMax = 2, PathPart = "/d/a" });

        _files.SyncDirectory("/d");
        Assert.Throws<StorageException>(() => file.SetLength(1));
        Assert.Throws<StorageException>(file.SyncData);
        file.SyncData();
        Assert.Equal(2, _files.FaultsMet);
    }

    [Fact]
    public void Sync_that_failed_by_a_plan_has_brought_some_sectors_and_no_later_one_brings_the_rest()
    {
        HashSet<int> reached = [];
        for (int seed = 0; seed < 50; seed++)
        {
            var files = new SimulatedFileSystem();
            files.CreateDirectory("/d");
            using IFile file = files.Open(Path, FileOpenKind.CreateNew);
            file.Write(new byte[2048], 0);
            file.SyncData();
            files.SyncDirectory("/d");
            file.Write(Filled(2048, 1), 0);
            files.FailRandomly(new FaultPlan(seed) { Odds = 1, Errnos = [Errno.EIO], FaultsMax = 1 });
            Assert.Throws<StorageException>(file.SyncData);
            byte[] left = files.Crash(seed, CrashOdds.NothingKept).ReadFile(Path);
            file.SyncData();

            Assert.Equal(left, files.Crash(seed, CrashOdds.AllKept).ReadFile(Path));
            Assert.Equal(Filled(2048, 1), files.ReadFile(Path));
            file.DropCache();
            Assert.Equal(left, files.ReadFile(Path));
            reached.Add(left.Sum(value => value) / 512);
        }

        Assert.Contains(0, reached);
        Assert.Contains(4, reached);
        Assert.True(reached.Count > 2);
    }

    [Fact]
    public void Sector_that_is_written_again_after_a_failed_sync_is_covered_by_the_next()
    {
        using IFile file = Create(1024);
        file.Write(Filled(1024, 2), 0);
        _files.FailNext(FileOperation.SyncData, Errno.EIO);
        Assert.Throws<StorageException>(file.SyncData);
        file.Write(Filled(512, 2), 0);
        file.SyncData();

        Assert.Equal([.. Filled(512, 2), .. Filled(512, 1)], _files.Crash(1, CrashOdds.AllKept).ReadFile(Path));
    }

    private static Errno ErrorOf(FileOperation operation, FaultPlan plan)
    {
        var files = new SimulatedFileSystem();
        files.CreateDirectory("/d");
        using IFile file = files.Open(Path, FileOpenKind.CreateNew);
        files.FailRandomly(plan);
        try
        {
            Call(files, file, operation);
            return Errno.None;
        }
        catch (StorageException failure)
        {
            return failure.Errno;
        }
    }

    private static void Call(SimulatedFileSystem files, IFile file, FileOperation operation)
    {
        switch (operation)
        {
            case FileOperation.Write: file.Write(new byte[10], 0); break;
            case FileOperation.SetLength: file.SetLength(10); break;
            case FileOperation.SyncData: file.SyncData(); break;
            case FileOperation.Read: file.Read(new byte[10], 0); break;
            case FileOperation.Rename: files.Rename(Path, "/d/b"); break;
            case FileOperation.Delete: files.Delete(Path); break;
            case FileOperation.SyncDirectory: files.SyncDirectory("/d"); break;
            case FileOperation.ListFiles: files.ListFiles("/d"); break;
            default: throw new ArgumentOutOfRangeException(nameof(operation));
        }
    }

    // What came of a few hundred calls, and what a crash left of them.
    private static List<string> Life(FaultPlan plan)
    {
        var files = new SimulatedFileSystem();
        files.CreateDirectory("/d");
        using IFile file = files.Open(Path, FileOpenKind.CreateNew);
        files.FailRandomly(plan with { Errnos = [Errno.EIO, Errno.ENOSPC, Errno.EINTR] });
        var results = new List<string>();
        FileOperation[] operations = [FileOperation.Write, FileOperation.SyncData, FileOperation.Read, FileOperation.SyncDirectory];
        for (int call = 0; call < 400; call++)
        {
            byte[] bytes = new byte[10];
            try
            {
                file.Write(Filled(3000, (byte)call), call * 100);
                Call(files, file, operations[call % operations.Length]);
                file.Read(bytes, call);
                results.Add(Convert.ToHexString(bytes));
            }
            catch (StorageException failure)
            {
                results.Add(failure.Message);
            }
        }

        files.ClearFaults();
        results.AddRange(files.Crash(7).ReadAll().Select(left => $"{left.Key} {Convert.ToHexString(left.Value)}"));
        return results;
    }

    private static byte[] Filled(int bytes, byte value)
    {
        byte[] filled = new byte[bytes];
        Array.Fill(filled, value);
        return filled;
    }

    private IFile Create(int bytes)
    {
        IFile file = _files.Open(Path, FileOpenKind.CreateNew);
        file.Write(Filled(bytes, 1), 0);
        file.SyncData();
        _files.SyncDirectory("/d");
        return file;
    }
}
