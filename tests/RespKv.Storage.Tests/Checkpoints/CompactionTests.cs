using System.Text;
using RespKv.Storage.Checkpoints;
using RespKv.Storage.Files;
using RespKv.Storage.Manifest;
using RespKv.Storage.Mutations;
using RespKv.Storage.Tables;
using RespKv.Storage.Wal;
using RespKv.TestKit.Files;

namespace RespKv.Storage.Tests.Checkpoints;

public sealed class CompactionTests
{
    private static readonly CheckpointOptions Options = CheckpointLife.SmallOptions with { FoldBytesMax = 1 << 20 };

    private readonly SimulatedFileSystem _files = CheckpointLife.NewDisk();
    private readonly KeyspaceModel _model = new();

    [Fact]
    public void Base_is_cut_into_tables_of_about_the_target()
    {
        using CheckpointLife life = WithBase(keys: 300);

        TableInfo[] tables = [.. life.Tables.State.Tables];
        Assert.All(tables, table => Assert.Equal((7, 1, 1), (table.Level, table.FirstLsn, table.LastLsn)));
        Assert.All(tables[..^1], table => Assert.InRange(table.FileBytes, Options.TableBytesTarget, 2 * Options.TableBytesTarget));
        Assert.Equal(300, tables.Sum(table => table.Entries));
    }

    [Fact]
    public void Base_tables_without_a_new_key_stay_as_they_are()
    {
        using CheckpointLife life = WithBase(keys: 300);
        TableInfo[] before = [.. life.Tables.State.Tables];
        life.WriteTable(_model, batch => MutationWriter.Set(batch, 0, Key(150), "new"u8, -1));

        life.MergeIntoBase();

        TableInfo[] after = [.. life.Tables.State.Tables];
        Assert.Equal(before.Length, after.Length);
        Assert.Single(after.Except(before));
        _model.AssertEqual(KeyspaceModel.FromTables(life.Tables));
        life.AssertNoOrphans();
    }

    [Fact]
    public void Deletions_and_changes_of_nothing_vanish_at_the_bottom_and_base_tables_that_lost_their_keys_with_them()
    {
        using CheckpointLife life = WithBase(keys: 300);
        life.WriteTable(_model, batch =>
        {
            for (int key = 0; key < 290; key++)
            {
                MutationWriter.Delete(batch, 0, Key(key));
            }

            MutationWriter.SetExpiry(batch, 0, "never"u8, 5);
            MutationWriter.WriteRange(batch, 0, "range"u8, 2, "x"u8);
            MutationWriter.WriteRange(batch, 0, Key(295), 0, "y"u8);
        });

        life.MergeIntoBase();

        TableInfo left = Assert.Single(life.Tables.State.Tables);
        Assert.Equal(11, left.Entries);
        _model.AssertEqual(KeyspaceModel.FromTables(life.Tables));
    }

    [Fact]
    public void Small_neighbours_become_one_table()
    {
        using CheckpointLife life = WithBase(keys: 600);
        int before = life.Tables.State.Tables.Count;
        life.WriteTable(_model, batch =>
        {
            for (int key = 0; key < 600; key++)
            {
                if (key % 10 != 0)
                {
                    MutationWriter.Delete(batch, 0, Key(key));
                }
            }
        });

        life.MergeIntoBase();

        Assert.InRange(before, 7, 20);
        Assert.InRange(life.Tables.State.Tables.Count, 1, 2);
        _model.AssertEqual(KeyspaceModel.FromTables(life.Tables));
    }

    [Fact]
    public void Tier_keeps_deletions_and_changes_for_what_is_older()
    {
        using CheckpointLife life = WithBase(keys: 3);
        life.WriteTable(_model, batch => MutationWriter.Delete(batch, 0, Key(1)));
        life.WriteTable(_model, batch => MutationWriter.WriteRange(batch, 0, Key(2), 0, "abc"u8));
        life.WriteTable(_model, batch => MutationWriter.SetExpiry(batch, 0, Key(2), 77));

        Assert.Equal(CompactionKind.Tier, life.Compact());

        Assert.Equal([1, 7], life.Tables.State.Tables.Select(table => table.Level));
        Assert.Equal(2, life.Tables.State.Tables[0].Entries);
        _model.AssertEqual(KeyspaceModel.FromTables(life.Tables));
    }

    [Fact]
    public void Spaces_that_died_are_left_out_and_base_tables_that_hold_them_are_rewritten()
    {
        using var life = new CheckpointLife(_files, Options);
        life.WriteTable(_model, batch =>
        {
            for (int database = 0; database < 8; database++)
            {
                for (int key = 0; key < 40; key++)
                {
                    MutationWriter.Set(batch, database, Key(key), new byte[30], -1);
                }
            }
        });
        life.MergeIntoBase();
        life.WriteTable(_model, batch =>
        {
            MutationWriter.ClearDatabase(batch, 0);
            MutationWriter.ClearDatabase(batch, 3);
            MutationWriter.ClearDatabase(batch, 4);
            MutationWriter.ClearDatabase(batch, 5);
            MutationWriter.Set(batch, 7, "last"u8, "x"u8, -1);
        });

        life.MergeIntoBase();

        Assert.Equal((4 * 40) + 1, life.Tables.State.Tables.Sum(table => table.Entries));
        _model.AssertEqual(KeyspaceModel.FromTables(life.Tables));
    }

    [Fact]
    public void Cancelled_step_is_taken_up_where_the_last_edit_was()
    {
        using CheckpointLife life = WithBase(keys: 3_000);
        life.WriteTable(_model, batch => WriteAll(batch, 3_000, "new"u8));
        CompactionPlan plan = CompactionPicker.Pick(life.Tables.State, Options)!;
        Assert.False(life.Compact(plan, default));
        ManifestState between = life.Tables.State;

        Assert.Throws<OperationCanceledException>(() => life.Compact(plan, new CancellationToken(canceled: true)));

        Assert.Same(between, life.Tables.State);
        life.AssertNoOrphans();
        _model.AssertEqual(KeyspaceModel.FromTables(life.Tables));
        while (!life.Compact(plan, default))
        {
        }

        Assert.All(life.Tables.State.Tables, table => Assert.Equal((7, 2), (table.Level, table.LastLsn)));
        _model.AssertEqual(KeyspaceModel.FromTables(life.Tables));
        life.AssertNoOrphans();
    }

    [Fact]
    public void Step_writes_about_one_table()
    {
        using CheckpointLife life = WithBase(keys: 3_000);
        life.WriteTable(_model, batch => WriteAll(batch, 3_000, new byte[30]));
        CompactionPlan plan = CompactionPicker.Pick(life.Tables.State, Options)!;
        int steps = 1;
        while (!life.Compact(plan, default))
        {
            steps++;
        }

        Assert.InRange(steps, life.Tables.State.Tables.Count / 2, life.Tables.State.Tables.Count + 1);
    }

    [Fact]
    public void Merge_into_the_base_that_was_given_up_is_finished_without_a_second_rewrite()
    {
        using CheckpointLife life = WithBase(keys: 3_000);
        life.WriteTable(_model, batch => WriteAll(batch, 3_000, new byte[31]));
        CompactionPlan plan = CompactionPicker.Pick(life.Tables.State, Options)!;
        for (int step = 0; step < 5; step++)
        {
            Assert.False(life.Compact(plan, default));
        }

        life.DropCompaction();

        // Small ones are looked at again: they may join what follows.
        long[] rewritten =
        [
            .. life.Tables.State.Tables
                .Where(table => table is { Level: 7, LastLsn: 2 } && table.FileBytes >= Options.TableBytesTarget)
                .Select(table => table.Number),
        ];
        Assert.Equal(CompactionKind.Base, life.Compact());
        while (life.IsCompacting)
        {
            life.Compact();
        }

        Assert.InRange(rewritten.Length, 4, 12);
        Assert.Subset(life.Tables.State.Tables.Select(table => table.Number).ToHashSet(), rewritten.ToHashSet());
        Assert.All(life.Tables.State.Tables, table => Assert.Equal(7, table.Level));
        _model.AssertEqual(KeyspaceModel.FromTables(life.Tables));
    }

    [Fact]
    public void Damaged_table_fails_the_step_and_changes_nothing()
    {
        using CheckpointLife life = WithBase(keys: 300);
        life.WriteTable(_model, batch => WriteAll(batch, 300, "new"u8));
        ManifestState before = life.Tables.State;
        _files.FlipBit(life.Tables.PathOf(before.Tables[^1].Number), 100);

        Assert.Throws<TableCorruptionException>(life.MergeIntoBase);

        life.DropCompaction();
        Assert.All(before.Tables.Where(table => table.Level == 0), table => Assert.Contains(table, life.Tables.State.Tables));
        Assert.Contains(before.Tables[^1], life.Tables.State.Tables);
        life.AssertNoOrphans();
    }

    [Fact]
    public void Full_disk_fails_the_step_and_it_goes_on_when_there_is_room()
    {
        using CheckpointLife life = WithBase(keys: 300);
        life.WriteTable(_model, batch => WriteAll(batch, 300, new byte[40]));
        _files.CapacityBytes = 0;
        StorageException failure = Assert.Throws<StorageException>(life.MergeIntoBase);
        Assert.Equal(StorageErrorKind.NoSpace, failure.Kind);
        life.AssertNoOrphans();

        _files.CapacityBytes = long.MaxValue;
        life.MergeIntoBase();
        _model.AssertEqual(KeyspaceModel.FromTables(life.Tables));
        life.AssertNoOrphans();
    }

    private static byte[] Key(int number) => Encoding.Latin1.GetBytes($"key:{number:D8}");

    private static void WriteAll(WalBatch batch, int keys, ReadOnlySpan<byte> value)
    {
        for (int key = 0; key < keys; key++)
        {
            MutationWriter.Set(batch, 0, Key(key), value, -1);
        }
    }

    private CheckpointLife WithBase(int keys)
    {
        var life = new CheckpointLife(_files, Options, CheckpointLife.SmallLog with { SegmentBytes = 1 << 20 });
        life.WriteTable(_model, batch => WriteAll(batch, keys, new byte[30]));
        life.MergeIntoBase();
        return life;
    }
}
