using RespKv.Storage.Manifest;
using static RespKv.Storage.Tests.Manifest.ManifestMaker;

namespace RespKv.Storage.Tests.Manifest;

public sealed class ManifestRulesTests
{
    /// <summary>Three checkpoints: tables 1 to 3, LSN 1 to 30, space 1 for database 0.</summary>
    private static readonly ManifestState State = StateAfter(3);

    [Fact]
    public void Numbers_that_are_left_out_follow_tables_and_spaces()
    {
        ManifestState next = State.With(new ManifestEdit
        {
            CheckpointLsn = 40,
            Spaces = new Dictionary<int, uint> { [0] = 1, [3] = 7 },
            Added = [Table(9, 31, 40)],
        });

        Assert.Equal((10, 8u), (next.NextFileNumber, next.NextSpace));
        Assert.True(next.IsLive(7));
        Assert.False(next.IsLive(6));
        Assert.Equal(4 * 4096, next.TableBytes);
    }

    [Fact]
    public void Empty_edit_changes_nothing()
    {
        AssertState(State, State.With(new ManifestEdit()));
    }

    [Fact]
    public void Swapped_databases_keep_their_spaces()
    {
        ManifestState two = State.With(new ManifestEdit { Spaces = new Dictionary<int, uint> { [0] = 1, [1] = 2 } });

        ManifestState swapped = two.With(new ManifestEdit { Spaces = new Dictionary<int, uint> { [0] = 2, [1] = 1 } });

        Assert.Equal((2u, 1u, 3u), (swapped.Spaces[0], swapped.Spaces[1], swapped.NextSpace));
    }

    [Fact]
    public void Tables_stand_by_level_then_newest_run_then_smallest_key()
    {
        TableInfo[] added =
        [
            Table(4, 31, 35) with { Level = 2, Run = 40 },
            Table(5, 41, 45, "a", "c") with { Level = 2, Run = 41 },
            Table(6, 41, 45, "d", "f") with { Level = 2, Run = 41 },
            Table(7, 1, 30, "m", "p") with { Level = 7, Run = 50 },
            Table(8, 1, 45, "a", "c") with { Level = 7, Run = 51 },
            Table(9, 46, 50) with { Level = 1, Run = 60 },
        ];

        ManifestState next = State.With(new ManifestEdit { CheckpointLsn = 50, Added = added });

        Assert.Equal([3, 2, 1, 9, 5, 6, 4, 8, 7], next.Tables.Select(table => table.Number));
        Assert.Equal(5, next.Find(5)!.Number);
        Assert.Null(next.Find(10));
    }

    [Fact]
    public void Table_deleted_and_added_in_one_edit_changes_its_place()
    {
        TableInfo moved = State.Find(1)! with { Level = 7, Run = 99 };

        ManifestState next = State.With(new ManifestEdit { Deleted = [1], Added = [moved] });

        Assert.Equal([3, 2, 1], next.Tables.Select(table => table.Number));
        Assert.Equal(7, next.Find(1)!.Level);
    }

    [Fact]
    public void Log_id_that_changes_is_refused() => AssertRefused(new ManifestEdit { LogId = 5 }, "log id 0000000000000005");

    [Fact]
    public void Checkpoint_that_goes_back_is_refused() => AssertRefused(new ManifestEdit { CheckpointLsn = 29 }, "goes back from LSN 30 to 29");

    [Fact]
    public void Checkpoint_without_a_log_id_is_refused()
    {
        AssertRefused(new ManifestEdit { CheckpointLsn = 1 }, "without a log id", ManifestState.Empty);
    }

    [Fact]
    public void Next_file_number_that_goes_back_is_refused() => AssertRefused(new ManifestEdit { NextFileNumber = 3 }, "goes back from 4 to 3");

    [Fact]
    public void Next_file_number_without_a_name_is_refused() => AssertRefused(new ManifestEdit { NextFileNumber = 10_000_000_001 }, "10000000001");

    [Fact]
    public void Next_space_that_goes_back_is_refused() => AssertRefused(new ManifestEdit { NextSpace = 1 }, "goes back from 2 to 1");

    [Fact]
    public void Space_at_or_above_the_next_one_is_refused() => AssertRefused(Mapping(2, (0, 2)), "database 0 has space 2, and the next space is 2");

    [Fact]
    public void Space_zero_is_refused() => AssertRefused(Mapping(null, (0, 0)), "database 0 has space 0");

    [Fact]
    public void Last_space_of_all_is_refused() => AssertRefused(Mapping(null, (0, uint.MaxValue)), "space 4294967295");

    [Fact]
    public void Space_of_two_databases_is_refused() => AssertRefused(Mapping(null, (0, 1), (1, 1)), "space 1 has two databases");

    [Fact]
    public void Negative_database_is_refused() => AssertRefused(Mapping(null, (-1, 2)), "database -1");

    [Fact]
    public void Space_that_was_given_up_does_not_come_back()
    {
        ManifestState cleared = State.With(new ManifestEdit { Spaces = new Dictionary<int, uint>() });

        Assert.False(cleared.IsLive(1));
        AssertRefused(Mapping(null, (0, 1)), "which had been given up", cleared);
    }

    [Fact]
    public void Unknown_table_is_not_deleted() => AssertRefused(new ManifestEdit { Deleted = [4] }, "table 4 is deleted and is not there");

    [Fact]
    public void Table_is_not_deleted_twice() => AssertRefused(new ManifestEdit { Deleted = [1, 1] }, "table 1 is deleted and is not there");

    [Fact]
    public void Table_is_not_added_twice()
    {
        AssertRefused(Adding(Table(3, 31, 40)), "table 3 is added and is there already");
        AssertRefused(Adding(Table(4, 31, 35), Table(4, 36, 40)), "table 4 is added and is there already");
    }

    [Fact]
    public void Moved_table_with_other_contents_is_refused()
    {
        TableInfo old = State.Find(1)!;
        AssertRefused(Moving(old with { Entries = 8 }), "table 1 is moved and is not the same any more");
        AssertRefused(Moving(old with { LargestKey = Key(1, "y") }), "table 1 is moved and is not the same any more");
        AssertRefused(Moving(old with { SmallestKey = Key(1, "b") }), "table 1 is moved and is not the same any more");
    }

    [Fact]
    public void Number_that_the_next_one_does_not_cover_is_refused()
    {
        AssertRefused(Adding(Table(4, 31, 40)) with { NextFileNumber = 4 }, "table 4 is added, and the next file number is 4");
        AssertRefused(Adding(Table(0, 31, 40)), "table 0 is added");
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(8)]
    public void Level_that_does_not_exist_is_refused(int level)
    {
        AssertRefused(Adding(Table(4, 31, 40) with { Level = level }), $"table 4 is on level {level}");
    }

    [Fact]
    public void Table_without_bytes_or_entries_or_run_is_refused()
    {
        AssertRefused(Adding(Table(4, 31, 40) with { FileBytes = 0 }), "0 bytes");
        AssertRefused(Adding(Table(4, 31, 40) with { Entries = 0 }), "0 entries");
        AssertRefused(Adding(Table(4, 31, 40) with { Run = -1 }), "run -1");
    }

    [Theory]
    [InlineData(0, 40)]
    [InlineData(40, 39)]
    [InlineData(31, 41)]
    public void Stretch_of_the_log_that_cannot_be_is_refused(long firstLsn, long lastLsn)
    {
        AssertRefused(Adding(Table(4, firstLsn, lastLsn)), $"table 4 stands for LSN {firstLsn} to {lastLsn}");
    }

    [Fact]
    public void Keys_out_of_order_or_without_a_space_are_refused()
    {
        AssertRefused(Adding(Table(4, 31, 40, "b", "a")), "the largest key of table 4 is below its smallest");
        AssertRefused(Adding(Table(4, 31, 40) with { SmallestKey = [1, 2, 3] }), "table 4 has a key of 3 bytes");
    }

    [Fact]
    public void Tables_that_overlap_in_a_run_are_refused()
    {
        ManifestEdit edit = Adding(Table(4, 31, 40, "a", "m") with { Run = 4 }, Table(5, 31, 40, "m", "z") with { Run = 4 });

        AssertRefused(edit, "the keys of table 4 and table 5 overlap in run 4 on level 0");
    }

    [Fact]
    public void Tables_that_overlap_in_the_base_are_refused_whatever_their_runs()
    {
        ManifestEdit edit = Adding(Table(4, 1, 40, "a", "m") with { Level = 7, Run = 4 }, Table(5, 1, 40, "c", "d") with { Level = 7, Run = 5 });

        AssertRefused(edit, "the keys of table 4 and table 5 overlap");
    }

    [Fact]
    public void Run_on_two_levels_is_refused()
    {
        AssertRefused(Adding(Table(4, 31, 40) with { Run = 3, Level = 1 }), "run 3 is on level 0 and on level 1");
    }

    [Fact]
    public void Runs_above_the_base_with_common_LSNs_are_refused()
    {
        AssertRefused(Adding(Table(4, 30, 40)), "the LSNs of run 3 and run 4 overlap");
        AssertRefused(Adding(Table(4, 5, 6) with { Level = 3 }), "the LSNs of run 1 and run 4 overlap");
    }

    private static ManifestEdit Adding(params TableInfo[] tables) => new() { CheckpointLsn = 40, Added = tables };

    private static ManifestEdit Moving(TableInfo table) => new() { Deleted = [table.Number], Added = [table] };

    private static ManifestEdit Mapping(uint? nextSpace, params (int Database, uint Space)[] spaces)
    {
        return new ManifestEdit { NextSpace = nextSpace, Spaces = spaces.ToDictionary(pair => pair.Database, pair => pair.Space) };
    }

    private static void AssertRefused(ManifestEdit edit, string problem, ManifestState? state = null)
    {
        ArgumentException refusal = Assert.Throws<ArgumentException>(() => (state ?? State).With(edit));
        Assert.Contains(problem, refusal.Message, StringComparison.Ordinal);
    }
}
