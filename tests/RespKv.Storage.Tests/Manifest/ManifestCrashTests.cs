using RespKv.Storage.Files;
using RespKv.Storage.Manifest;
using RespKv.TestKit.Files;
using static RespKv.Storage.Tests.Manifest.ManifestMaker;

namespace RespKv.Storage.Tests.Manifest;

/// <summary>
/// Any crash at any call leaves the old state or the new one. A life is a number of calls: from the n-th on every call
/// fails, for every n, and then the power goes or the process is killed.
/// </summary>
public sealed class ManifestCrashTests
{
    private const int Seeds = 20;
    private const int EditsPerFile = LargeEditsPerFile;

    /// <summary>More than any life here makes.</summary>
    private const int CallsMax = 1000;

    private static readonly Errno[] Errors = [Errno.EIO, Errno.ENOSPC, Errno.EROFS, Errno.EDQUOT, Errno.EMFILE, Errno.EACCES];

    [Fact]
    public void First_start_that_dies_at_any_call_is_a_new_directory_or_an_empty_state()
    {
        DieAtEveryCall(NewDisk(), 0, [1, 2]);
    }

    [Fact]
    public void Edits_that_die_at_any_call_are_there_or_not()
    {
        DieAtEveryCall(DiskWith(2), 2, [3, 4]);
    }

    [Fact]
    public void New_file_that_dies_at_any_call_leaves_the_old_state_or_the_new_one()
    {
        DieAtEveryCall(DiskWith(EditsPerFile - 1, large: true), EditsPerFile - 1, [EditsPerFile, EditsPerFile + 1, EditsPerFile + 2], large: true);
    }

    [Fact]
    public void New_file_after_a_torn_end_that_dies_at_any_call_leaves_the_old_state_or_the_new_one()
    {
        SimulatedFileSystem files = DiskWith(2);
        files.FlipBit(ManifestPath(1), FirstEdit + (4 * Sector));

        DieAtEveryCall(files, 2, [3, 4]);
    }

    [Fact]
    public void Edit_of_many_sectors_that_dies_at_any_call_is_there_whole_or_not()
    {
        ManifestEdit large = Checkpoint(3) with
        {
            Added = [.. Enumerable.Range(3, 200).Select(number => Table(number, 21, 30, $"{number:D6}", $"{number:D6}z") with { Run = 3 })],
        };
        SimulatedFileSystem before = DiskWith(2);
        ManifestState old = StateAfter(2);
        int news = 0;
        int torn = 0;
        for (int call = 1; call <= 12; call++)
        {
            SimulatedFileSystem files = before.Kill();
            using ManifestStore store = Open(files);
            files.FailFrom(FileOperation.Any, call, Errno.EIO);
            try
            {
                store.Apply(large);
            }
            catch (StorageException)
            {
                // Died.
            }

            for (int seed = 0; seed < 5 * Seeds; seed++)
            {
                using ManifestStore again = Open(files.Crash(seed));
                string found = Describe(again.State);
                Assert.Contains(found, new[] { Describe(old), Describe(old.With(large)) });
                news += found == Describe(old) ? 0 : 1;
                torn += again.TornBytes > 0 ? 1 : 0;
            }
        }

        Assert.InRange(news, 100, 1100);
        Assert.True(torn > 10);
    }

    [Fact]
    public void Every_error_at_every_call_leaves_a_store_that_goes_on()
    {
        SimulatedFileSystem full = DiskWith(EditsPerFile - 1, large: true);
        foreach (Errno error in Errors)
        {
            for (int call = 1; FailOnce(full.Kill(), error, call); call++)
            {
                Assert.True(call < CallsMax);
            }
        }
    }

    [Fact]
    public void Every_error_at_every_call_of_an_opening_is_told_and_the_next_one_succeeds()
    {
        foreach (SimulatedFileSystem start in new[] { NewDisk(), DiskWith(2) })
        {
            string expected = Describe(ManifestStore.Read(start, DataDirectory));
            foreach (Errno error in Errors)
            {
                bool failed = true;
                for (int call = 1; failed; call++)
                {
                    Assert.True(call < CallsMax);
                    SimulatedFileSystem files = start.Kill();
                    files.FailAt(FileOperation.Any, call, error);
                    failed = Record.Exception(() => Open(files).Dispose()) is { } failure && Assert.IsType<StorageException>(failure).Errno == error;
                    Assert.Equal(0, files.OpenFiles);
                    files.ClearFaults();
                    using ManifestStore again = Open(files);
                    Assert.Equal(expected, Describe(again.State));
                }
            }
        }
    }

    [Fact]
    public void Failed_sync_makes_the_edit_uncertain_until_the_next_one_goes_to_a_new_file()
    {
        SimulatedFileSystem files = DiskWith(2);
        using ManifestStore store = Open(files);
        files.FailNext(FileOperation.SyncData, Errno.EIO);

        Assert.Throws<StorageException>(() => store.Apply(Checkpoint(3)));

        AssertState(StateAfter(2), store.State);
        Assert.True(store.IsUncertain);
        Assert.False(store.MayDeleteTable(3));
        Assert.False(store.MayDeleteTable(2));
        Assert.True(store.MayDeleteTable(4));

        // Another edit than the one that failed.
        store.Apply(new ManifestEdit { CheckpointLsn = 21 });

        Assert.False(store.IsUncertain);
        Assert.True(store.MayDeleteTable(3));
        Assert.Equal([Current, ManifestPath(2)], files.ReadAll().Keys);
        AssertState(StateAfter(2).With(new ManifestEdit { CheckpointLsn = 21 }), ManifestStore.Read(files.Crash(1), DataDirectory));
    }

    [Fact]
    public void Failed_switch_of_CURRENT_makes_the_edit_uncertain_and_keeps_both_files()
    {
        foreach (FileOperation operation in new[] { FileOperation.Rename, FileOperation.SyncDirectory })
        {
            SimulatedFileSystem files = DiskWith(EditsPerFile, large: true);
            using ManifestStore store = Open(files);
            files.FailAt(operation, operation == FileOperation.Rename ? 1 : 2, Errno.EIO);

            Assert.Throws<StorageException>(() => store.Apply(Checkpoint(EditsPerFile + 1, large: true)));

            Assert.True(store.IsUncertain);
            Assert.True(files.FileExists(ManifestPath(1)) && files.FileExists(ManifestPath(2)));
            for (int seed = 0; seed < Seeds; seed++)
            {
                AssertOldOrNew(files.Crash(seed), EditsPerFile, EditsPerFile + 1, large: true);
            }

            store.Apply(Checkpoint(EditsPerFile + 1, large: true));

            Assert.Equal([Current, ManifestPath(3)], files.ReadAll().Keys);
        }
    }

    [Fact]
    public void Failed_preparation_of_a_new_file_leaves_nothing_uncertain_and_nothing_behind()
    {
        SimulatedFileSystem files = DiskWith(EditsPerFile, large: true);
        using ManifestStore store = Open(files);
        files.FailNext(FileOperation.Write, Errno.ENOSPC, "MANIFEST-0000000002");

        Assert.Throws<StorageException>(() => store.Apply(Checkpoint(EditsPerFile + 1, large: true)));

        Assert.False(store.IsUncertain);
        Assert.Equal([Current, ManifestPath(1)], files.ReadAll().Keys);
    }

    [Fact]
    public void File_that_was_not_finished_and_cannot_be_deleted_stands_in_nobodys_way()
    {
        SimulatedFileSystem files = DiskWith(EditsPerFile, large: true);
        using ManifestStore store = Open(files);
        files.FailNext(FileOperation.SyncData, Errno.EIO, "MANIFEST-0000000002");
        files.FailNext(FileOperation.Delete, Errno.EIO, "MANIFEST-0000000002");
        Assert.Throws<StorageException>(() => store.Apply(Checkpoint(EditsPerFile + 1, large: true)));
        Assert.True(files.FileExists(ManifestPath(2)));

        store.Apply(Checkpoint(EditsPerFile + 1, large: true));

        Assert.Equal([Current, ManifestPath(3)], files.ReadAll().Keys);
    }

    [Fact]
    public void Edit_needs_no_room_on_the_disk()
    {
        SimulatedFileSystem files = DiskWith(2);
        using ManifestStore store = Open(files);
        files.CapacityBytes = files.ReadAll().Values.Sum(file => (long)file.Length);

        store.Apply(new ManifestEdit { Spaces = new Dictionary<int, uint>(), Deleted = [1, 2] });

        Assert.Empty(ManifestStore.Read(files, DataDirectory).Tables);
    }

    [Fact]
    public void Seal_that_cannot_be_written_costs_nothing()
    {
        SimulatedFileSystem files = DiskWith(2);
        using ManifestStore store = Open(files);
        files.FailAt(FileOperation.Write, 2, Errno.EIO);

        store.Apply(Checkpoint(3));
        AssertState(StateAfter(3), ManifestStore.Read(files, DataDirectory));
        store.Apply(Checkpoint(4));

        Assert.Equal(0, ManifestStore.Inspect(files, DataDirectory).TornBytes);
        AssertState(StateAfter(4), ManifestStore.Read(files.Crash(3), DataDirectory));
    }

    [Fact]
    public void Old_file_that_cannot_be_deleted_goes_with_the_next_switch()
    {
        SimulatedFileSystem files = DiskWith(EditsPerFile, large: true);
        using ManifestStore store = Open(files);
        files.FailNext(FileOperation.Delete, Errno.EIO, ManifestPath(1));
        store.Apply(Checkpoint(EditsPerFile + 1, large: true));
        Assert.True(files.FileExists(ManifestPath(1)));
        files.FailNext(FileOperation.SyncData, Errno.EIO);
        Assert.Throws<StorageException>(() => store.Apply(Checkpoint(EditsPerFile + 2, large: true)));

        store.Apply(Checkpoint(EditsPerFile + 2, large: true));

        Assert.Equal([Current, ManifestPath(3)], files.ReadAll().Keys);
    }

    [Fact]
    public void Edit_whose_sync_failed_is_not_taken_from_the_cache_as_durable()
    {
        SimulatedFileSystem files = DiskWith(2);
        using (ManifestStore store = Open(files))
        {
            files.FailNext(FileOperation.SyncData, Errno.EIO);
            Assert.Throws<StorageException>(() => store.Apply(Checkpoint(3)));
        }

        SimulatedFileSystem killed = files.Kill();
        using ManifestStore again = Open(killed);

        for (int seed = 0; seed < Seeds; seed++)
        {
            AssertState(again.State, ManifestStore.Read(killed.Crash(seed), DataDirectory));
        }
    }

    [Fact]
    public void State_that_was_read_after_a_kill_survives_a_power_cut()
    {
        // Killed at any call of an edit and of a switch: what the next start shows is never taken back.
        SimulatedFileSystem before = DiskWith(EditsPerFile - 1, large: true);
        for (int call = 1; call <= 30; call++)
        {
            SimulatedFileSystem files = before.Kill();
            Live(files, EditsPerFile - 1, [EditsPerFile, EditsPerFile + 1], call, large: true);
            SimulatedFileSystem killed = files.Kill();
            using ManifestStore store = Open(killed);
            for (int seed = 0; seed < Seeds; seed++)
            {
                AssertState(store.State, ManifestStore.Read(killed.Crash(seed), DataDirectory));
            }
        }
    }

    [Theory]
    [InlineData("MANIFEST-0000000001", 1)]
    [InlineData("MANIFEST-0000000002", 2)]
    [InlineData("CURRENT.tmp", 2)]
    public async Task Power_cut_or_kill_during_a_sync_leaves_the_old_state_or_the_new_one(string path, int checkpoints)
    {
        // A sync that fails and one that has not returned are different: here every sector may still reach the disk.
        SimulatedFileSystem files = DiskWith(checkpoints, large: true);
        using ManifestStore store = Open(files);
        files.HoldSyncs(path);
        Task apply = Task.Run(() => store.Apply(Checkpoint(checkpoints + 1, large: true)));
        Assert.True(files.WaitForHeldSync(TimeSpan.FromSeconds(30)));

        SimulatedFileSystem killed = files.Kill();
        SimulatedFileSystem[] crashed = [.. Enumerable.Range(0, 100).Select(files.Crash)];
        files.ReleaseSyncs();
        await apply;

        ManifestState shown;
        using (ManifestStore again = Open(killed))
        {
            shown = again.State;
        }

        for (int seed = 0; seed < Seeds; seed++)
        {
            AssertState(shown, ManifestStore.Read(killed.Crash(seed), DataDirectory));
        }

        foreach (SimulatedFileSystem disk in crashed)
        {
            AssertOldOrNew(disk, checkpoints, checkpoints + 1, large: true);
        }
    }

    private static void DieAtEveryCall(SimulatedFileSystem start, int checkpoints, int[] edits, bool large = false)
    {
        int deaths = 0;
        bool died = true;
        for (int call = 1; died; call++)
        {
            Assert.True(call < CallsMax);
            SimulatedFileSystem files = start.Kill();
            int acknowledged = Live(files, checkpoints, edits, call, large);
            died = files.Count(FileOperation.Any) >= call;
            int next = Math.Min(acknowledged + 1, edits[^1]);
            AssertOldOrNew(files.Kill(), acknowledged, next, large);
            for (int seed = 0; seed < Seeds; seed++)
            {
                AssertOldOrNew(files.Crash(seed), acknowledged, next, large);
            }

            deaths++;
        }

        Assert.True(deaths > 6, $"only {deaths} deaths");
    }

    /// <summary>Opens and applies until a call fails. Returns the last checkpoint that was acknowledged.</summary>
    private static int Live(SimulatedFileSystem files, int checkpoints, int[] edits, int call, bool large)
    {
        int acknowledged = checkpoints;
        files.FailFrom(FileOperation.Any, call, Errno.EIO);
        try
        {
            using ManifestStore store = Open(files);
            foreach (int edit in edits)
            {
                store.Apply(Checkpoint(edit, large));
                acknowledged = edit;
            }

        }
        catch (StorageException)
        {
            // Died. Failures of the seal and of the deletion of an old file are not told, and it lives on a little.
        }

        return acknowledged;
    }

    private static void AssertOldOrNew(SimulatedFileSystem files, int old, int next, bool large)
    {
        ManifestState found;
        using (ManifestStore store = Open(files))
        {
            found = store.State;
            int checkpoint = (int)(found.CheckpointLsn / 10);
            Assert.InRange(checkpoint, old, next);
            AssertState(StateAfter(checkpoint, large), found);
            store.Apply(Checkpoint(checkpoint + 1, large));
        }

        AssertState(found.With(Checkpoint((int)(found.CheckpointLsn / 10) + 1, large)), ManifestStore.Read(files.Crash(0), DataDirectory));
        Assert.Equal(0, files.OpenFiles);
    }

    /// <summary>False when so many calls are not made any more.</summary>
    private static bool FailOnce(SimulatedFileSystem files, Errno error, int call)
    {
        using ManifestStore store = Open(files);
        long before = files.Count(FileOperation.Any);
        files.FailAt(FileOperation.Any, call, error);
        for (int edit = EditsPerFile; edit <= EditsPerFile + 2; edit++)
        {
            try
            {
                store.Apply(Checkpoint(edit, large: true));
            }
            catch (StorageException failure)
            {
                Assert.Equal(error, failure.Errno);
                AssertState(StateAfter(edit - 1, large: true), store.State);
                AssertOldOrNew(files.Crash(call), edit - 1, edit, large: true);
                store.Apply(Checkpoint(edit, large: true));
            }

            Assert.False(store.IsUncertain);
        }

        bool met = files.Count(FileOperation.Any) - before >= call;
        files.ClearFaults();
        AssertState(StateAfter(EditsPerFile + 2, large: true), ManifestStore.Read(files.Crash(call), DataDirectory));
        Assert.Equal(1, files.OpenFiles);
        return met;
    }
}
