using RespKv.Storage.Files;
using RespKv.Storage.Manifest;
using RespKv.Storage.Tests.Files;
using RespKv.TestKit.Files;
using static RespKv.Storage.Tests.Manifest.ManifestMaker;

namespace RespKv.Storage.Tests.Manifest;

public sealed class ManifestStoreTests
{
    [Fact]
    public void New_directory_has_the_empty_state_and_a_manifest()
    {
        SimulatedFileSystem files = NewDisk();

        using ManifestStore store = Open(files);

        AssertState(ManifestState.Empty, store.State);
        Assert.Equal([Current, ManifestPath(1)], files.ReadAll().Keys);
        Assert.Equal((0, false), (store.TornBytes, store.IsUncertain));
    }

    [Fact]
    public void Edits_are_there_after_a_restart()
    {
        SimulatedFileSystem files = DiskWith(3);

        using ManifestStore store = Open(files);

        AssertState(StateAfter(3), store.State);
        Assert.Equal((0, ""), (store.TornBytes, store.TornPlace));
    }

    [Fact]
    public void Small_edit_is_one_write_one_sync_and_a_seal_without_one()
    {
        SimulatedFileSystem files = NewDisk();
        using ManifestStore store = Open(files);
        long writes = files.Count(FileOperation.Write);
        long syncs = files.Count(FileOperation.SyncData);
        long all = files.Count(FileOperation.Any);

        store.Apply(Checkpoint(1));

        Assert.Equal(2, files.Count(FileOperation.Write) - writes);
        Assert.Equal(1, files.Count(FileOperation.SyncData) - syncs);
        Assert.Equal(3, files.Count(FileOperation.Any) - all);
    }

    [Fact]
    public void Edits_without_room_go_to_a_new_file_and_the_old_one_is_deleted()
    {
        SimulatedFileSystem files = NewDisk();
        using ManifestStore store = Open(files);
        int fits = (ManifestFormat.RoomBytes / Sector) - 1;
        for (int number = 1; number <= fits; number++)
        {
            store.Apply(Checkpoint(number));
        }

        Assert.Equal([Current, ManifestPath(1)], files.ReadAll().Keys);
        AssertState(store.State, ManifestStore.Read(files, DataDirectory));

        store.Apply(Checkpoint(fits + 1));

        Assert.Equal([Current, ManifestPath(2)], files.ReadAll().Keys);
        AssertState(StateAfter(fits + 1), store.State);
        AssertState(store.State, ManifestStore.Read(files, DataDirectory));
        AssertState(store.State, ManifestStore.Read(files.Crash(0), DataDirectory));
        store.Apply(Checkpoint(fits + 2));
        AssertState(StateAfter(fits + 2), ManifestStore.Read(files, DataDirectory));
    }

    [Fact]
    public void Edit_larger_than_the_room_goes_to_a_new_file_with_several_base_records()
    {
        SimulatedFileSystem files = NewDisk();
        var edit = new ManifestEdit
        {
            LogId = LogId,
            CheckpointLsn = 10,
            Added = [.. Enumerable.Range(1, 2000).Select(number => Table(number, 1, 10, $"{number:D6}", $"{number:D6}z") with { Level = 7, Run = 1 })],
        };
        using (ManifestStore store = Open(files))
        {
            store.Apply(edit);
        }

        using ManifestStore again = Open(files);

        AssertState(ManifestState.Empty.With(edit), again.State);
        Assert.Equal([Current, ManifestPath(2)], files.ReadAll().Keys);
        Assert.True(files.ReadFile(ManifestPath(2))[ManifestFormat.FileBaseRecordsOffset] > 3);
    }

    [Fact]
    public void Edit_with_keys_larger_than_the_room_is_written()
    {
        SimulatedFileSystem files = NewDisk();
        byte[] smallest = new byte[300_000];
        byte[] largest = new byte[300_001];
        var edit = new ManifestEdit { LogId = LogId, CheckpointLsn = 1, Added = [Table(1, 1, 1) with { SmallestKey = smallest, LargestKey = largest }] };
        using (ManifestStore store = Open(files))
        {
            store.Apply(edit);
            store.Apply(new ManifestEdit { CheckpointLsn = 2 });
        }

        AssertState(
            ManifestState.Empty.With(edit).With(new ManifestEdit { CheckpointLsn = 2 }), ManifestStore.Read(files, DataDirectory));
    }

    [Fact]
    public void Random_edits_read_back_as_the_model()
    {
        var random = new Random(7);
        SimulatedFileSystem files = NewDisk();
        ManifestState model = ManifestState.Empty;
        for (int life = 0; life < 8; life++)
        {
            using ManifestStore store = Open(files);
            AssertState(model, store.State);
            for (int count = random.Next(60); count > 0; count--)
            {
                ManifestEdit edit = RandomEdit(random, model);
                AssertState(model.With(edit), store.Preview(edit));
                store.Apply(edit);
                model = model.With(edit);
                AssertState(model, store.State);
            }

            files = random.Next(2) == 0 ? files.Kill() : files.Crash(random.Next());
        }

        Assert.True(model.Tables.Count > 0);
    }

    [Fact]
    public void Invalid_edit_is_refused_before_anything_is_written()
    {
        SimulatedFileSystem files = DiskWith(1);
        using ManifestStore store = Open(files);
        SortedDictionary<string, byte[]> before = files.ReadAll();

        Assert.Throws<ArgumentException>(() => store.Apply(new ManifestEdit { Deleted = [7] }));
        Assert.Throws<ArgumentException>(() => store.Preview(new ManifestEdit { CheckpointLsn = 1 }));

        Assert.Equal(before, files.ReadAll());
        Assert.False(store.IsUncertain);
        AssertState(StateAfter(1), store.State);
    }

    [Fact]
    public void Closed_store_takes_no_edit()
    {
        ManifestStore store = Open(NewDisk());
        store.Dispose();

        Assert.Throws<ObjectDisposedException>(() => store.Apply(Checkpoint(1)));
    }

    [Fact]
    public void Reading_changes_nothing_and_needs_no_right_to_write()
    {
        SimulatedFileSystem files = DiskWith(2);
        SortedDictionary<string, byte[]> before = files.ReadAll();
        files.FailFrom(FileOperation.Write, 1, Errno.EROFS);
        files.FailFrom(FileOperation.SyncData, 1, Errno.EROFS);
        files.FailFrom(FileOperation.SyncDirectory, 1, Errno.EROFS);

        ManifestReport report = ManifestStore.Inspect(files, DataDirectory);

        AssertState(StateAfter(2), report.State);
        Assert.Equal((ManifestPath(1), 2, 0), (report.Path, report.Edits, report.TornBytes));
        Assert.Equal(before, files.ReadAll());
        Assert.Equal(0, files.OpenFiles);
    }

    [Fact]
    public void Reading_a_new_directory_gives_the_empty_state()
    {
        ManifestReport report = ManifestStore.Inspect(NewDisk(), DataDirectory);

        AssertState(ManifestState.Empty, report.State);
        Assert.Equal(("", 0, 0), (report.Path, report.Edits, report.TornBytes));
    }

    [Fact]
    public void Unfinished_first_start_is_begun_again()
    {
        SimulatedFileSystem files = NewDisk();
        files.FailNext(FileOperation.Rename, Errno.EIO);
        Assert.Throws<StorageException>(() => Open(files));
        Assert.Equal([Current + ".tmp", ManifestPath(1)], files.ReadAll().Keys);

        using ManifestStore store = Open(files.Kill());

        AssertState(ManifestState.Empty, store.State);
        Assert.Equal(0, files.OpenFiles);
    }

    [Fact]
    public void Real_file_system_keeps_edits_over_several_files()
    {
        using var directory = new TemporaryDirectory();
        var files = new PosixFileSystem();
        int count = 2 * ManifestFormat.RoomBytes / Sector;
        using (ManifestStore store = ManifestStore.Open(files, directory.Path))
        {
            for (int number = 1; number <= count; number++)
            {
                store.Apply(Checkpoint(number) with { Deleted = number > 4 ? [number - 4] : [] });
            }
        }

        using ManifestStore again = ManifestStore.Open(files, directory.Path);

        Assert.Equal([count, count - 1, count - 2, count - 3], again.State.Tables.Select(table => table.Number));
        Assert.Equal(0, again.TornBytes);
        Assert.Equal(["CURRENT", "MANIFEST-0000000003"], files.ListFiles(directory.Path));
    }

    private static ManifestEdit RandomEdit(Random random, ManifestState state)
    {
        long lsn = state.CheckpointLsn + random.Next(1, 100);
        string padding = new('x', random.Next(4) == 0 ? random.Next(3000) : 5);
        return new ManifestEdit
        {
            LogId = LogId,
            CheckpointLsn = lsn,
            Spaces = random.Next(2) == 0 ? null : new Dictionary<int, uint> { [random.Next(16)] = state.NextSpace },
            Deleted = [.. state.Tables.Where(_ => random.Next(5) == 0).Select(table => table.Number)],
            Added = random.Next(5) == 0 ? [] : [Table(state.NextFileNumber, state.CheckpointLsn + 1, lsn, "a" + padding, "b" + padding)],
        };
    }
}
