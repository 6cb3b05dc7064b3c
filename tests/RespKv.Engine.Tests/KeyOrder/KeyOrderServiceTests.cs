using RespKv.Engine.KeyOrder;
using RespKv.Storage.Files;
using RespKv.TestKit.Files;

namespace RespKv.Engine.Tests.KeyOrder;

/// <summary>The ordered view over a real log and real tables, without an engine.</summary>
public sealed class KeyOrderServiceTests
{
    private static readonly KeyRange All = KeyRangeTests.Range("-", "+", isReverse: false);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Random_logs_checkpoints_and_merges_give_the_keys_of_the_model(int seed)
    {
        using var stored = new StoredKeys();
        var random = new Random(seed);
        for (int round = 0; round < 150; round++)
        {
            for (int i = random.Next(30); i > 0; i--)
            {
                Mutate(stored, random);
            }

            stored.Write();
            if (random.Next(4) == 0)
            {
                stored.Checkpoint();
            }

            if (random.Next(8) == 0)
            {
                stored.Compact();
            }

            if (random.Next(2) == 0)
            {
                KeyRange range = OrderedModel.RandomRange(random);
                int database = random.Next(3);
                KeyGather gather = await stored.GatherAsync(range, database, nowMillis: 1_000);
                string[] found = Keys(gather);
                Assert.Equal(OrderedModel.Walk(found, range), found);
                Assert.Equal(found.Distinct(), found);
                Assert.Empty(stored.Expected(range, database, 1_000).Except(found));

                // A key that was written in part may have an expiry that only the tables know: the live keyspace tells.
                Assert.Empty(found.Except(stored.Expected(range, database)));
            }
        }
    }

    [Fact]
    public async Task Many_tables_and_a_long_log_are_walked_both_ways()
    {
        using var stored = new StoredKeys();
        var random = new Random(9);
        for (int i = 0; i < 6_000; i++)
        {
            stored.Set(0, $"{random.Next(3_000):d6}", value: new string('x', 40));
            if (i % 500 == 499)
            {
                stored.Checkpoint();
                stored.Compact();
            }
        }

        for (int i = 0; i < 1_000; i++)
        {
            stored.Delete(0, $"{random.Next(3_000):d6}");
            stored.Set(1, $"{i:d6}");
            stored.Set(0, $"{random.Next(3_000):d6}");
        }

        stored.Write();
        Assert.True(stored.TableCount > 10);
        foreach (bool isReverse in (bool[])[false, true])
        {
            KeyRange range = KeyRangeTests.Range(isReverse ? "[000100" : "-", "(002800", isReverse);
            Assert.Equal(stored.Expected(range), Keys(await stored.GatherAsync(range)));
        }
    }

    [Fact]
    public async Task Spaces_of_other_databases_are_not_walked_into()
    {
        using var stored = new StoredKeys();
        for (int database = 0; database < 3; database++)
        {
            stored.Set(database, "");
            stored.Set(database, $"only {database}");
        }

        stored.Checkpoint();
        foreach (bool isReverse in (bool[])[false, true])
        {
            KeyRange range = KeyRangeTests.Range("-", "+", isReverse);
            Assert.Equal(stored.Expected(range, 1), Keys(await stored.GatherAsync(range, 1)));
            Assert.Equal(stored.Expected(range, 2), Keys(await stored.GatherAsync(range, 2)));
            Assert.Empty(Keys(await stored.GatherAsync(range, 3)));
        }
    }

    [Fact]
    public async Task The_overlay_is_kept_and_extended_and_what_a_checkpoint_covers_is_dropped()
    {
        using var stored = new StoredKeys();
        int opened = 0;
        stored.OnOpenLog = () => opened++;
        stored.Set(0, "a");
        stored.Write();
        Assert.Equal(["a"], Keys(await stored.GatherAsync(All)));
        stored.Set(0, "b");
        stored.Write();
        Assert.Equal(["a", "b"], Keys(await stored.GatherAsync(All)));
        Assert.Equal(1, opened);
        stored.Delete(0, "a");
        stored.Checkpoint();
        Assert.Equal(["b"], Keys(await stored.GatherAsync(All)));
        Assert.Equal(1, opened);
        stored.Set(0, "c");
        stored.Write();
        Assert.Equal(["b", "c"], Keys(await stored.GatherAsync(All)));
        Assert.Equal(0, stored.CheckpointsAsked);
    }

    [Theory]
    [InlineData("clear")]
    [InlineData("clear all")]
    [InlineData("swap")]
    public async Task A_structural_change_behind_the_checkpoint_makes_a_checkpoint_first(string change)
    {
        using var stored = new StoredKeys();
        stored.Set(0, "old");
        stored.Set(1, "other");
        stored.Checkpoint();
        stored.Set(0, "lost");
        if (change == "clear")
        {
            stored.Clear(0);
        }
        else if (change == "clear all")
        {
            stored.ClearAll();
        }
        else
        {
            stored.Swap(0, 1);
        }

        stored.Set(0, "new");
        stored.Write();
        Assert.Equal(stored.Expected(All), Keys(await stored.GatherAsync(All)));
        Assert.Equal(stored.Expected(All, 1), Keys(await stored.GatherAsync(All, 1)));
        Assert.Equal(1, stored.CheckpointsAsked);
    }

    [Fact]
    public async Task An_overlay_that_grows_too_large_makes_a_checkpoint_instead()
    {
        using var stored = new StoredKeys();
        stored.UseOverlayOf(bytesMax: 64 << 10);
        for (int i = 0; i < 5_000; i++)
        {
            stored.Set(0, $"{i:d8}");
            if (i % 100 == 0)
            {
                stored.Write();
            }
        }

        stored.Write();
        Assert.Equal(stored.Expected(All), Keys(await stored.GatherAsync(All)));
        Assert.Equal(1, stored.CheckpointsAsked);
    }

    [Fact]
    public async Task Segments_that_a_checkpoint_retires_before_they_are_read_are_not_missed()
    {
        using var stored = new StoredKeys();
        int left = 2;
        for (int i = 0; i < 100; i++)
        {
            stored.Set(0, $"{i:d8}", value: new string('x', 50_000));
            stored.Write();
        }

        stored.OnOpenLog = () =>
        {
            if (left-- > 0)
            {
                stored.Set(0, $"late {left}");
                stored.Checkpoint();
            }
        };
        Assert.Equal(stored.Expected(All).Where(k => !k.StartsWith("late", StringComparison.Ordinal)), Keys(await stored.GatherAsync(All)).Where(k => !k.StartsWith("late", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_walk_waits_until_the_log_is_written_up_to_its_turn()
    {
        using var stored = new StoredKeys();
        stored.Set(0, "a");
        Task<KeyGather> walk = stored.GatherAsync(All);
        Assert.False(walk.IsCompleted);
        stored.Write();
        Assert.Equal(["a"], Keys(await walk));
    }

    [Fact]
    public async Task A_failed_checkpoint_is_an_error_reply()
    {
        using var stored = new StoredKeys();
        stored.Set(0, "a");
        stored.ClearAll();
        stored.Write();
        stored.CheckpointFailure = new StorageException("write", "/data/table-0000000009.tbl", Errno.ENOSPC);
        KeyGather gather = await stored.GatherAsync(All);
        Assert.StartsWith("IOERR ", gather.Error, StringComparison.Ordinal);
        Assert.Contains("table-0000000009.tbl", gather.Error, StringComparison.Ordinal);
        stored.CheckpointFailure = null;
        Assert.Empty(Keys(await stored.GatherAsync(All)));
    }

    [Fact]
    public async Task A_damaged_table_is_an_error_reply_that_names_it()
    {
        using var stored = new StoredKeys();
        for (int i = 0; i < 1_000; i++)
        {
            stored.Set(0, $"{i:d8}");
        }

        stored.Checkpoint();
        string table = stored.Files.ReadAll().Keys.First(name => name.EndsWith(".tbl", StringComparison.Ordinal));
        stored.Files.FlipBit(table, 100);
        KeyGather gather = await stored.GatherAsync(All);
        Assert.StartsWith("IOERR ", gather.Error, StringComparison.Ordinal);
        Assert.Contains(Path.GetFileName(table), gather.Error, StringComparison.Ordinal);
        Assert.Contains(stored.Log.Lines, line => line.Line.Contains(Path.GetFileName(table), StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_log_that_cannot_be_read_is_an_error_reply_and_the_next_walk_reads_it()
    {
        using var stored = new StoredKeys();
        stored.Set(0, "a");
        stored.Write();
        stored.Files.FailNext(FileOperation.Read, Errno.EIO, "wal-");
        Assert.StartsWith("IOERR ", (await stored.GatherAsync(All)).Error, StringComparison.Ordinal);
        Assert.Equal(["a"], Keys(await stored.GatherAsync(All)));
    }

    [Fact]
    public async Task Stopping_ends_walks_that_wait_and_lets_go_of_everything()
    {
        using var stored = new StoredKeys();
        stored.Set(0, "a");
        stored.Write();
        int open = stored.Files.OpenFiles;
        await stored.GatherAsync(All);
        Assert.False(stored.Service.IsResting);
        stored.Set(0, "b");
        Task<KeyGather> walk = stored.GatherAsync(All);
        await stored.Service.StopAsync();
        Assert.Null((await walk).Result);
        Assert.Null((await walk).Error);
        Assert.True(stored.Service.IsResting);
        Assert.Equal(open, stored.Files.OpenFiles);
        stored.Write();
        Assert.Equal(["a", "b"], Keys(await stored.GatherAsync(All)));
    }

    [Fact]
    public async Task Without_a_walk_for_a_while_nothing_is_kept_and_nothing_noted()
    {
        using var stored = new StoredKeys();
        stored.Set(0, "a");
        stored.Write();
        lock (stored.Turn)
        {
            stored.Service.Begin();
        }

        await stored.GatherAsync(All);
        stored.Time.Advance(KeyOrderService.IdleTime / 2);
        await stored.GatherAsync(All);
        stored.Time.Advance(KeyOrderService.IdleTime * 0.9);
        Assert.False(stored.Service.IsResting);
        Assert.True(stored.Capture.IsOn);
        stored.Time.Advance(KeyOrderService.IdleTime * 0.2);
        Assert.True(stored.Service.IsResting);
        Assert.False(stored.Capture.IsOn);
    }

    private static void Mutate(StoredKeys stored, Random random)
    {
        int database = random.Next(3);
        string key = OrderedModel.RandomKey(random);
        if (random.Next(4) == 0)
        {
            stored.ChangeSet(database, key + "{set}", isRemoval: random.Next(2) == 0, isEmptied: random.Next(2) == 0);
            return;
        }

        switch (random.Next(100))
        {
            case < 45:
                stored.Set(database, key, random.Next(5) switch { 0 => 999, 1 => 1_000, _ => -1 });
                break;
            case < 60:
                stored.WriteRange(database, key);
                break;
            case < 85:
                stored.Delete(database, key);
                break;
            case < 98:
                stored.SetExpiry(database, key, random.Next(3) switch { 0 => 999, 1 => 5_000, _ => -1 });
                break;
            case < 99:
                stored.Clear(database);
                break;
            default:
                stored.Swap(database, (database + 1) % 3);
                break;
        }
    }

    private static string[] Keys(KeyGather gather)
    {
        Assert.Null(gather.Error);
        return [.. Enumerable.Range(0, gather.Result!.Keys.Count).Select(i => OrderedModel.Text(gather.Result.Keys[i]))];
    }
}
