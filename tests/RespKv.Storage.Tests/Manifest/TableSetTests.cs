using RespKv.Storage.Files;
using RespKv.Storage.Manifest;
using RespKv.Storage.Tables;
using RespKv.TestKit.Files;
using static RespKv.Storage.Tests.Manifest.ManifestMaker;
using static RespKv.Storage.Tests.Manifest.TableMaker;

namespace RespKv.Storage.Tests.Manifest;

public sealed class TableSetTests
{
    [Fact]
    public void New_directory_has_no_tables()
    {
        using var life = new Life(NewDisk());

        Assert.Empty(life.Set.Orphans);
        Assert.Equal((0, 1), (life.Set.TableBytes, life.Set.AllocateFileNumber()));
        Assert.Equal(PathOf(12), life.Set.PathOf(12));
    }

    [Fact]
    public void Applied_tables_are_read_through_snapshots_now_and_after_a_restart()
    {
        SimulatedFileSystem files = DiskWithTables(3);
        using var life = new Life(files);
        using TableSnapshot snapshot = life.Set.Acquire();

        Assert.Equal([3, 2, 1], snapshot.Sources().Select(source => ValueIn(source.Table)));
        Assert.Equal([(21L, 30L), (11L, 20L), (1L, 10L)], snapshot.Sources().Select(source => (source.FirstLsn, source.LastLsn)));
        Assert.Equal([2], snapshot.Sources(table => table.Number == 2).Select(source => ValueIn(source.Table)));
        Assert.Equal(1, ValueIn(snapshot.Reader(1)));
        Assert.Equal(4, life.Set.AllocateFileNumber());
        Assert.Equal(files.ReadAll().Where(file => file.Key.EndsWith(".tbl", StringComparison.Ordinal)).Sum(file => file.Value.Length), life.Set.TableBytes);
        Assert.Throws<ArgumentException>(() => snapshot.Reader(4));
    }

    [Fact]
    public void Snapshot_keeps_its_tables_open_and_on_disk_while_they_are_dropped()
    {
        SimulatedFileSystem files = DiskWithTables(2);
        using var life = new Life(files);
        TableSnapshot first = life.Set.Acquire();
        TableSnapshot second = life.Set.Acquire();

        AddTable(files, life.Set, 1, 2);

        Assert.Equal([3], life.Set.State.Tables.Select(table => table.Number));
        Assert.Equal([2, 1], first.State.Tables.Select(table => table.Number));
        Assert.Equal([2, 1], first.Sources().Select(source => ValueIn(source.Table)));
        Assert.True(files.FileExists(PathOf(1)) && files.FileExists(PathOf(2)));

        first.Dispose();
        first.Dispose();
        life.Set.DeleteUnused();
        Assert.Equal(1, ValueIn(second.Reader(1)));

        second.Dispose();
        life.Set.DeleteUnused();
        Assert.False(files.FileExists(PathOf(1)) || files.FileExists(PathOf(2)));

        // The manifest and the one table that is left.
        Assert.Equal(2, files.OpenFiles);
        Assert.Throws<ObjectDisposedException>(() => second.State);
    }

    [Fact]
    public void Dropped_table_without_a_snapshot_is_closed_and_deleted_at_once()
    {
        SimulatedFileSystem files = DiskWithTables(2);
        using var life = new Life(files);

        life.Set.Apply(new ManifestEdit { Deleted = [1] });

        Assert.Equal(["MANIFEST-0000000001", "table-0000000002.tbl"], Names(files));
        Assert.Equal(2, files.OpenFiles);
    }

    [Fact]
    public void Table_that_changes_its_place_keeps_its_file_and_its_readers()
    {
        SimulatedFileSystem files = DiskWithTables(2);
        using var life = new Life(files);
        using TableSnapshot before = life.Set.Acquire();
        long opens = files.Count(FileOperation.Open);

        life.Set.Apply(new ManifestEdit { Deleted = [1], Added = [life.Set.State.Find(1)! with { Level = 7, Run = 50 }] });

        using TableSnapshot after = life.Set.Acquire();
        Assert.Equal((0, 7), (before.State.Find(1)!.Level, after.State.Find(1)!.Level));
        Assert.Same(before.Reader(1), after.Reader(1));
        Assert.Equal(1, ValueIn(after.Reader(1)));
        Assert.Equal(opens, files.Count(FileOperation.Open));
        Assert.True(files.FileExists(PathOf(1)));
    }

    [Fact]
    public void Pinned_files_stay_until_the_last_pin_is_gone()
    {
        SimulatedFileSystem files = DiskWithTables(2);
        using var life = new Life(files);
        IDisposable first = life.Set.PinFiles();
        IDisposable second = life.Set.PinFiles();

        life.Set.Apply(new ManifestEdit { Deleted = [1] });
        Write(files, 9, 1, 2);
        life.Set.Discard(9);
        first.Dispose();
        first.Dispose();
        life.Set.DeleteUnused();
        Assert.True(files.FileExists(PathOf(1)) && files.FileExists(PathOf(9)));

        second.Dispose();
        life.Set.DeleteUnused();
        Assert.Equal(["MANIFEST-0000000001", "table-0000000002.tbl"], Names(files));
    }

    [Fact]
    public void Names_of_added_tables_are_durable_before_the_manifest_names_them()
    {
        SimulatedFileSystem files = NewDisk();
        using var life = new Life(files);
        AddTable(files, life.Set);
        for (int seed = 0; seed < 50; seed++)
        {
            SimulatedFileSystem crashed = files.Crash(seed);
            using var again = new Life(crashed);
            Assert.Single(again.Set.State.Tables);
        }
    }

    [Fact]
    public void Orphans_are_deleted_at_the_start_and_nothing_else_is()
    {
        SimulatedFileSystem files = DiskWithTables(1);
        string[] orphans = ["CURRENT.tmp", "MANIFEST-0000000007", "table-0000000005.tbl", "table-9999999998.tbl"];
        string[] others =
        [
            "CURRENT.tmp2", "LOCK", "MANIFEST-7", "MANIFEST-0000000007.bak", "spare.log", "table-0000000000.tbl", "table-5.tbl",
            "table-0000000005.tmp", "torn-manifest-0000000001-1.bin", "wal-00000000000000000001.log",
        ];
        foreach (string name in orphans.Concat(others))
        {
            files.Open($"{DataDirectory}/{name}", FileOpenKind.CreateNew).Dispose();
        }

        using var life = new Life(files);

        Assert.Equal(orphans, life.Set.Orphans);
        Assert.Equal(others.Concat(["MANIFEST-0000000001", "table-0000000001.tbl"]).Order(StringComparer.Ordinal), Names(files));
        Assert.Null(life.Set.DeleteFailure);
        Assert.Equal(9_999_999_999, life.Set.AllocateFileNumber());
    }

    [Fact]
    public void Orphans_stay_when_that_is_asked_for_until_they_are_removed()
    {
        SimulatedFileSystem files = DiskWithTables(1);
        Write(files, 2, 11, 20);
        using var life = new Life(files, deferOrphans: true);
        Assert.True(files.FileExists(PathOf(2)));

        life.Set.RemoveOrphans();

        Assert.False(files.FileExists(PathOf(2)));
        Assert.Equal(["table-0000000002.tbl"], life.Set.Orphans);
        Assert.Equal(3, life.Set.AllocateFileNumber());
    }

    [Fact]
    public void Orphans_stay_behind_a_torn_manifest_until_the_next_edit()
    {
        SimulatedFileSystem files = DiskWithTables(2);
        files.Overwrite(ManifestPath(1), FirstEdit + (2 * Sector), new byte[Sector]);
        files.FlipBit(ManifestPath(1), FirstEdit + Sector + 40);

        // The last edit, that of table 2, went bad on the disk. Should the log have lost LSN 11 to 20 too, the table is all there is.
        using var life = new Life(files);
        Assert.Equal(10, life.Set.State.CheckpointLsn);
        Assert.Equal(["table-0000000002.tbl"], life.Set.Orphans);
        Assert.True(files.FileExists(PathOf(2)));

        AddTable(files, life.Set);

        Assert.Equal(
            ["MANIFEST-0000000002", "table-0000000001.tbl", "table-0000000003.tbl", "torn-manifest-0000000001-1.bin"], Names(files));
    }

    [Fact]
    public void Orphan_that_cannot_be_deleted_is_told_and_tried_again()
    {
        SimulatedFileSystem files = DiskWithTables(1);
        Write(files, 2, 11, 20);
        files.FailNext(FileOperation.Delete, Errno.EIO);
        using var life = new Life(files);

        Assert.Equal(Errno.EIO, life.Set.DeleteFailure!.Errno);
        life.Set.DeleteUnused();

        Assert.Null(life.Set.DeleteFailure);
        Assert.False(files.FileExists(PathOf(2)));
    }

    [Fact]
    public void Missing_table_is_corruption_and_nothing_is_changed()
    {
        SimulatedFileSystem files = DiskWithTables(3);
        Write(files, 9, 1, 2);
        files.Delete(PathOf(2));

        ManifestCorruptionException corruption = AssertCorrupt<ManifestCorruptionException>(files);

        Assert.Equal((PathOf(2), "the manifest names this table, and it is missing"), (corruption.File, corruption.Problem));
    }

    [Fact]
    public void Damaged_table_is_corruption_and_nothing_is_changed()
    {
        SimulatedFileSystem files = DiskWithTables(3);
        Write(files, 9, 1, 2);
        files.FlipBit(PathOf(2), files.ReadFile(PathOf(2)).Length - 1);

        Assert.Equal(PathOf(2), AssertCorrupt<TableCorruptionException>(files).File);
    }

    [Fact]
    public void Table_of_another_size_is_corruption()
    {
        AssertDifferent(table => table with { FileBytes = table.FileBytes + 1 }, "bytes");
    }

    [Fact]
    public void Table_with_another_count_is_corruption()
    {
        AssertDifferent(table => table with { Entries = 4 }, "4 entries");
    }

    [Fact]
    public void Table_of_another_stretch_of_the_log_is_corruption()
    {
        AssertDifferent(table => table with { FirstLsn = 2 }, "the manifest says LSN 2 to 10, the table 1 to 10");
        AssertDifferent(table => table with { LastLsn = 9 }, "the manifest says LSN 1 to 9, the table 1 to 10");
    }

    [Fact]
    public void Table_with_other_keys_is_corruption()
    {
        AssertDifferent(table => table with { SmallestKey = Key(1, "0") }, "different keys");
        AssertDifferent(table => table with { LargestKey = Key(1, "d") }, "different keys");
    }

    [Fact]
    public void Added_table_that_is_missing_damaged_or_different_is_refused_and_the_state_stays()
    {
        SimulatedFileSystem files = DiskWithTables(1);
        using var life = new Life(files);
        string before = Describe(life.Set.State);
        TableInfo table = Write(files, 2, 11, 20);
        var edit = new ManifestEdit { CheckpointLsn = 20, Added = [table] };

        Assert.Throws<ArgumentException>(() => life.Set.Apply(edit with { Added = [table with { Entries = 1 }] }));
        Assert.Throws<ArgumentException>(() => life.Set.Apply(edit with { Deleted = [7] }));
        files.FailAt(FileOperation.Open, 2, Errno.ENOENT);
        Assert.Throws<StorageException>(() => life.Set.Apply(edit with { Added = [table, table with { Number = 3, Run = 2, SmallestKey = Key(2, "a"), LargestKey = Key(2, "b") }] }));
        files.FlipBit(PathOf(2), table.FileBytes - 1);
        Assert.Throws<TableCorruptionException>(() => life.Set.Apply(edit));

        Assert.Equal(before, Describe(life.Set.State));
        Assert.False(life.Manifest.IsUncertain);
        Assert.Equal(2, files.OpenFiles);
    }

    [Fact]
    public void Discarded_table_is_deleted_and_one_in_use_is_not()
    {
        SimulatedFileSystem files = DiskWithTables(1);
        using var life = new Life(files);
        long number = life.Set.AllocateFileNumber();
        Write(files, number, 11, 20);

        life.Set.Discard(number);
        life.Set.Discard(life.Set.AllocateFileNumber());

        Assert.Equal(["MANIFEST-0000000001", "table-0000000001.tbl"], Names(files));
        Assert.Throws<InvalidOperationException>(() => life.Set.Discard(1));
    }

    [Fact]
    public void Uncertain_edit_keeps_what_it_adds_and_what_it_deletes_until_the_next_one()
    {
        SimulatedFileSystem files = DiskWithTables(2);
        using var life = new Life(files);
        long number = life.Set.AllocateFileNumber();
        TableInfo table = Write(files, number, 21, 30);
        files.FailNext(FileOperation.SyncData, Errno.EIO, "MANIFEST-");

        Assert.Throws<StorageException>(() => life.Set.Apply(new ManifestEdit { CheckpointLsn = 30, Added = [table], Deleted = [1] }));
        life.Set.Discard(number);

        Assert.True(life.Manifest.IsUncertain);
        Assert.Equal([2, 1], life.Set.State.Tables.Select(info => info.Number));
        Assert.True(files.FileExists(PathOf(1)) && files.FileExists(PathOf(number)));
        for (int seed = 0; seed < 20; seed++)
        {
            new Life(files.Crash(seed)).Dispose();
        }

        // A table that no edit named is another matter: on a full disk it may be what takes the room.
        Write(files, life.Set.AllocateFileNumber(), 1, 2);
        life.Set.Discard(number + 1);
        Assert.False(files.FileExists(PathOf(number + 1)));

        AddTable(files, life.Set, 2);

        Assert.False(life.Manifest.IsUncertain);
        Assert.Equal(["MANIFEST-0000000002", "table-0000000001.tbl", "table-0000000005.tbl"], Names(files));
    }

    [Fact]
    public void Uncertain_edit_that_is_applied_again_keeps_its_table_even_when_it_was_discarded()
    {
        SimulatedFileSystem files = DiskWithTables(1);
        using var life = new Life(files);
        long number = life.Set.AllocateFileNumber();
        var edit = new ManifestEdit { CheckpointLsn = 20, Added = [Write(files, number, 11, 20)] };
        files.FailNext(FileOperation.SyncData, Errno.EIO, "MANIFEST-");
        Assert.Throws<StorageException>(() => life.Set.Apply(edit));
        life.Set.Discard(number);

        life.Set.Apply(edit);

        TableSnapshot snapshot = life.Set.Acquire();
        life.Set.Apply(new ManifestEdit { Deleted = [number] });
        Assert.Equal(2, ValueIn(snapshot.Reader(number)));
        Assert.True(files.FileExists(PathOf(number)));
        snapshot.Dispose();
        life.Set.DeleteUnused();
        Assert.False(files.FileExists(PathOf(number)));
    }

    [Fact]
    public void Set_that_is_disposed_closes_its_tables_but_not_those_of_a_snapshot()
    {
        SimulatedFileSystem files = DiskWithTables(2);
        var life = new Life(files);
        TableSnapshot snapshot = life.Set.Acquire();

        life.Dispose();
        life.Dispose();

        Assert.Equal(2, files.OpenFiles);
        Assert.Equal(1, ValueIn(snapshot.Reader(1)));
        snapshot.Dispose();
        Assert.Equal(0, files.OpenFiles);
        Assert.Throws<ObjectDisposedException>(() => life.Set.Acquire());
        Assert.Throws<ObjectDisposedException>(() => life.Set.State);
    }

    [Fact]
    public async Task Snapshots_of_other_threads_always_find_their_tables()
    {
        SimulatedFileSystem files = DiskWithTables(3);
        using var life = new Life(files);
        using var stop = new CancellationTokenSource();
        Task<int>[] readers = [.. Enumerable.Range(0, 3).Select(_ => Task.Run(() => ReadUntil(life.Set, stop.Token)))];

        for (int round = 0; round < 100; round++)
        {
            AddTable(files, life.Set, life.Set.State.Tables[^1].Number);
        }

        await stop.CancelAsync();
        int[] reads = await Task.WhenAll(readers);
        Assert.All(reads, count => Assert.True(count > 0));
        life.Set.DeleteUnused();
        Assert.Equal(4, Names(files).Count());
        Assert.Equal(4, files.OpenFiles);
    }

    private static int ReadUntil(TableSet set, CancellationToken stop)
    {
        int reads = 0;
        do
        {
            using TableSnapshot snapshot = set.Acquire();
            foreach (TableInfo table in snapshot.State.Tables)
            {
                Assert.Equal((byte)table.Number, ValueIn(snapshot.Reader(table.Number)));
            }

            reads++;
        }
        while (!stop.IsCancellationRequested);
        return reads;
    }

    private static void AssertDifferent(Func<TableInfo, TableInfo> change, string problem)
    {
        SimulatedFileSystem files = NewDisk();
        TableInfo table = Write(files, 1, 1, 10);
        files.Rename(PathOf(1), DataDirectory + "/kept");
        using (ManifestStore store = Open(files))
        {
            store.Apply(new ManifestEdit { LogId = LogId, CheckpointLsn = 10, Added = [change(table)] });
        }

        files.Rename(DataDirectory + "/kept", PathOf(1));

        ManifestCorruptionException corruption = AssertCorrupt<ManifestCorruptionException>(files);
        Assert.Equal(PathOf(1), corruption.File);
        Assert.Contains(problem, corruption.Problem, StringComparison.Ordinal);
    }

    private static T AssertCorrupt<T>(SimulatedFileSystem files)
        where T : Exception
    {
        SortedDictionary<string, byte[]> before = files.ReadAll();
        T corruption = Assert.Throws<T>(() => new Life(files));
        Assert.Equal(before, files.ReadAll());
        Assert.Equal(0, files.OpenFiles);
        return corruption;
    }
}
