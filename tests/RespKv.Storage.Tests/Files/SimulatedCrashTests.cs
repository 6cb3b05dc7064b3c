using RespKv.Storage.Files;
using RespKv.TestKit.Files;

namespace RespKv.Storage.Tests.Files;

/// <summary>Which states a power cut of the simulated disk may leave, and which it may not.</summary>
public sealed class SimulatedCrashTests
{
    private const string Path = "/d/a";
    private const int Seeds = 200;
    private readonly SimulatedFileSystem _files = new();

    public SimulatedCrashTests() => _files.CreateDirectory("/d");

    [Fact]
    public void Length_without_its_data_reads_as_zeros()
    {
        using IFile file = _files.Open(Path, FileOpenKind.CreateNew);
        _files.SyncDirectory("/d");
        file.Write(Filled(1024, 1), 0);

        List<byte[]> results = [.. Crashes().Select(crashed => crashed.ReadFile(Path))];

        Assert.Contains(results, bytes => bytes.Length == 1024 && !bytes.AsSpan().ContainsAnyExcept((byte)0));
        Assert.Contains(results, bytes => bytes.Length == 1024 && bytes[0] == 0 && bytes[512] == 1);
        Assert.Contains(results, bytes => bytes.Length == 0);
    }

    [Fact]
    public void Lengths_are_kept_up_to_one_of_their_changes()
    {
        using IFile file = _files.Open(Path, FileOpenKind.CreateNew);
        _files.SyncDirectory("/d");
        file.Write(Filled(512, 1), 0);
        file.Write(Filled(512, 1), 512);
        file.SetLength(256);
        file.Write(Filled(512, 1), 1536);

        List<byte[]> results = [.. Crashes().Select(crashed => crashed.ReadFile(Path))];

        Assert.Equal([0, 256, 512, 1024, 2048], results.Select(bytes => bytes.Length).Distinct().Order());
        Assert.All(results.Where(bytes => bytes.Length == 2048), bytes => Assert.False(bytes.AsSpan(512, 1024).ContainsAnyExcept((byte)0)));
    }

    [Fact]
    public void Unsynced_truncation_is_kept_or_lost_and_what_was_cut_never_comes_back()
    {
        using IFile file = Create(Path, 1024, 1);
        file.SetLength(100);
        Assert.Equal([100, 1024], Crashes().Select(crashed => crashed.ReadFile(Path).Length).Distinct().Order());
        file.SetLength(1024);

        Assert.All(
            Crashes().Select(crashed => crashed.ReadFile(Path)),
            bytes => Assert.True(bytes.Length == 100 || bytes.AsSpan(100).IndexOfAnyExcept(bytes[100]) < 0, $"{bytes.Length} bytes"));
        Assert.Equal((byte[])[0, 1], Crashes().Where(crashed => crashed.ReadFile(Path).Length == 1024).Select(crashed => crashed.ReadFile(Path)[1023]).Distinct().Order());
        file.SyncData();
        Assert.All(Crashes(), crashed => Assert.Equal([.. Filled(100, 1), .. new byte[924]], crashed.ReadFile(Path)));
    }

    [Fact]
    public void Unsynced_creates_survive_each_for_itself()
    {
        string[] paths = ["/d/x", "/d/y", "/d/z"];
        foreach (string path in paths)
        {
            using IFile file = _files.Open(path, FileOpenKind.CreateNew);
            file.Write(Filled(512, 1), 0);
            file.SyncData();
        }

        Assert.Equal(8, Crashes().Select(crashed => string.Concat(paths.Select(crashed.FileExists))).Distinct().Count());
    }

    [Fact]
    public void Rename_over_a_file_leaves_the_old_one_or_the_new_one()
    {
        Create(Path, 512, 1).Dispose();
        Create("/d/b", 512, 2).Dispose();
        _files.Rename("/d/b", Path);

        List<SimulatedFileSystem> crashes = Crashes();

        Assert.Equal((byte[])[1, 2], crashes.Select(crashed => crashed.ReadFile(Path)[0]).Distinct().Order());
        Assert.All(crashes, crashed => Assert.Equal(crashed.ReadFile(Path)[0] == 1, crashed.FileExists("/d/b")));
    }

    [Fact]
    public void File_that_was_renamed_away_is_not_lost_to_a_new_one_of_its_old_name()
    {
        Create(Path, 512, 1).Dispose();
        _files.Rename(Path, "/d/b");
        using IFile second = _files.Open(Path, FileOpenKind.CreateNew);

        List<SimulatedFileSystem> crashes = Crashes();

        Assert.All(crashes, crashed => Assert.Equal(1, crashed.ReadFile(crashed.FileExists("/d/b") ? "/d/b" : Path)[0]));
        Assert.Contains(crashes, crashed => crashed.FileExists("/d/b") && crashed.FileExists(Path));
        Assert.Contains(crashes, crashed => crashed.FileExists("/d/b") && !crashed.FileExists(Path));
    }

    [Fact]
    public void Nothing_kept_is_the_synced_state_and_all_kept_is_the_shown_one()
    {
        using IFile file = Create(Path, 2048, 1);
        SortedDictionary<string, byte[]> synced = _files.ReadAll();
        file.Write(Filled(4096, 2), 1024);
        Create("/d/b", 512, 3, syncDirectory: false).Dispose();
        _files.Rename("/d/b", "/d/c");

        Assert.Equal(synced, _files.Crash(1, CrashOdds.NothingKept).ReadAll());
        Assert.Equal(_files.ReadAll(), _files.Crash(1, CrashOdds.AllKept).ReadAll());
    }

    [Fact]
    public void Sector_written_during_a_sync_is_durable_as_it_was_before()
    {
        using IFile file = Create(Path, 1024, 1);
        file.Write(Filled(512, 2), 0);
        _files.Calling = (operation, _) =>
        {
            if (operation == FileOperation.SyncData)
            {
                file.Write(Filled(1536, 3), 0);
            }
        };

        file.SyncData();

        _files.Calling = null;
        Assert.Equal([.. Filled(512, 2), .. Filled(512, 1)], _files.Crash(1, CrashOdds.NothingKept).ReadFile(Path));
        Assert.Equal(3, _files.PendingSectors(Path));
        file.SyncData();
        Assert.Equal(_files.ReadFile(Path), _files.Crash(1, CrashOdds.NothingKept).ReadFile(Path));
    }

    [Fact]
    public void Power_cut_during_a_sync_takes_any_of_its_sectors()
    {
        using IFile file = Create(Path, 1024, 1);
        file.Write(Filled(1024, 2), 0);
        List<byte[]> results = [];
        _files.Calling = (_, _) => results.AddRange(Crashes().Select(crashed => crashed.ReadFile(Path)));

        file.SyncData();

        Assert.Contains(results, bytes => bytes[0] == 1 && bytes[1023] == 1);
        Assert.Contains(results, bytes => bytes[0] == 2 && bytes[1023] == 1);
        Assert.Contains(results, bytes => bytes[0] == 1 && bytes[1023] == 2);
        Assert.Contains(results, bytes => bytes[0] == 2 && bytes[1023] == 2);
    }

    [Fact]
    public void Sync_that_ends_first_brings_what_the_others_began_with()
    {
        using IFile file = Create(Path, 512, 1);
        file.Write(Filled(512, 2), 0);
        bool isInner = false;
        _files.Calling = (operation, _) =>
        {
            if (operation == FileOperation.SyncData && !isInner)
            {
                isInner = true;
                file.SyncData();
                Assert.Equal(2, _files.Crash(1, CrashOdds.NothingKept).ReadFile(Path)[0]);
                file.Write(Filled(512, 3), 0);
                file.SyncData();
            }
        };

        file.SyncData();

        Assert.Equal(3, _files.Crash(1, CrashOdds.NothingKept).ReadFile(Path)[0]);
    }

    [Fact]
    public void Name_changed_during_a_sync_of_the_directory_is_not_covered()
    {
        using IFile first = _files.Open(Path, FileOpenKind.CreateNew);
        _files.Calling = (operation, _) =>
        {
            if (operation == FileOperation.SyncDirectory)
            {
                _files.Open("/d/b", FileOpenKind.CreateNew).Dispose();
            }
        };

        _files.SyncDirectory("/d");

        Assert.Equal([Path], _files.Crash(1, CrashOdds.NothingKept).ReadAll().Keys);
    }

    [Fact]
    public void Call_that_the_hook_ends_has_no_effect()
    {
        using IFile file = Create(Path, 512, 1);
        file.Write(Filled(512, 2), 0);
        _files.Calling = (_, _) => throw new OperationCanceledException();

        Assert.Throws<OperationCanceledException>(file.SyncData);
        Assert.Throws<OperationCanceledException>(() => file.Write(Filled(512, 3), 0));
        Assert.Throws<OperationCanceledException>(() => _files.Delete(Path));
        Assert.Throws<OperationCanceledException>(() => _files.SyncDirectory("/d"));

        _files.Calling = null;
        Assert.Equal(2, _files.ReadFile(Path)[0]);
        Assert.Equal(1, _files.PendingSectors(Path));
        Assert.Equal(1, _files.Crash(1, CrashOdds.NothingKept).ReadFile(Path)[0]);
        file.SyncData();
        Assert.Equal(2, _files.Crash(1, CrashOdds.NothingKept).ReadFile(Path)[0]);
    }

    [Fact]
    public void Machines_of_one_crash_or_kill_go_their_own_ways()
    {
        using IFile file = Create(Path, 8192, 1);
        file.Write(Filled(512, 2), 0);
        SimulatedFileSystem killed = _files.Kill();
        SimulatedFileSystem crashed = _files.Crash(1, CrashOdds.AllKept);
        SimulatedFileSystem dropped = _files.Crash(1, CrashOdds.NothingKept);
        SortedDictionary<string, byte[]>[] before = [killed.ReadAll(), crashed.ReadAll(), dropped.ReadAll()];

        file.Write(Filled(8192, 3), 0);
        file.SyncData();
        file.SetLength(10);
        using IFile other = crashed.Open(Path, FileOpenKind.OpenExisting);
        other.Write(Filled(4096, 4), 4096);

        Assert.Equal(before[0], killed.ReadAll());
        Assert.Equal(before[2], dropped.ReadAll());
        Assert.Equal([.. before[1][Path][..4096], .. Filled(4096, 4)], crashed.ReadFile(Path));
        Assert.Equal(Filled(10, 3), _files.ReadFile(Path));
        Assert.Contains(Enumerable.Range(0, Seeds), seed => killed.Crash(seed).ReadFile(Path)[0] == 1);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Random_calls_show_and_keep_what_plain_arrays_would(int seed)
    {
        var random = new Random(seed);
        SimulatedFileSystem files = _files;
        IFile file = Create(Path, 0, 0);
        byte[] shown = [];
        byte[] synced = [];
        for (int step = 0; step < 3_000; step++)
        {
            switch (random.Next(12))
            {
                case 0:
                    int length = random.Next(20_000);
                    file.SetLength(length);
                    Array.Resize(ref shown, length);
                    break;
                case 1:
                    file.SyncData();
                    synced = [.. shown];
                    break;
                case 2:
                    // The other machine goes on; this one is written to no more.
                    files = random.Next(2) == 0 ? files.Kill() : files.Crash(step, CrashOdds.AllKept);
                    file = files.Open(Path, FileOpenKind.OpenExisting);
                    file.SyncData();
                    synced = [.. shown];
                    break;
                case 3:
                    files = files.Crash(step, CrashOdds.NothingKept);
                    file = files.Open(Path, FileOpenKind.OpenExisting);
                    shown = [.. synced];
                    break;
                default:
                    byte[] data = new byte[random.Next(6_000)];
                    Array.Fill(data, (byte)random.Next(3));
                    int offset = random.Next(16_000);
                    file.Write(data, offset);
                    Array.Resize(ref shown, data.Length == 0 ? shown.Length : Math.Max(shown.Length, offset + data.Length));
                    data.AsSpan(0, Math.Min(data.Length, Math.Max(0, shown.Length - offset))).CopyTo(shown.AsSpan(Math.Min(offset, shown.Length)));
                    break;
            }

            Assert.Equal(shown, files.ReadFile(Path));
            Assert.Equal(synced, files.Crash(step, CrashOdds.NothingKept).ReadFile(Path));
        }
    }

    private static byte[] Filled(int bytes, byte value)
    {
        byte[] filled = new byte[bytes];
        Array.Fill(filled, value);
        return filled;
    }

    private IFile Create(string path, int bytes, byte value, bool syncDirectory = true)
    {
        IFile file = _files.Open(path, FileOpenKind.CreateNew);
        file.Write(Filled(bytes, value), 0);
        file.SyncData();
        if (syncDirectory)
        {
            _files.SyncDirectory("/d");
        }

        return file;
    }

    private List<SimulatedFileSystem> Crashes() => [.. Enumerable.Range(0, Seeds).Select(_files.Crash)];
}
