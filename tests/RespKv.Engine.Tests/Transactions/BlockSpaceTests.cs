using RespKv.Engine.Space;
using RespKv.Engine.Tests.Space;
using RespKv.Protocol;
using RespKv.TestKit.Engine;
using RespKv.TestKit.Server;

namespace RespKv.Engine.Tests.Transactions;

/// <summary>D11 for blocks: there is room for all that a block may log before any of it runs, or it is refused whole.</summary>
public sealed class BlockSpaceTests
{
    private const string Refused = "EXECABORT Transaction discarded because of: MISCONF RespKv cannot claim disk space for the log: No space left on device (ENOSPC). ";

    private const int LargeBytes = 5 * SmallDisk.SegmentBytes;

    private static readonly string Large = new('L', LargeBytes);

    [Fact]
    public async Task Block_that_grows_data_is_refused_whole_when_the_disk_is_full_and_is_over()
    {
        await using SmallDisk disk = await SmallDisk.OpenAsync(4.5);
        string full = disk.FillUp();
        long appended = disk.Host.Engine.Commit.AppendedLsn;

        RespValue reply = Blocks.Run(disk.Client, "DEL key:0;GET key:1;SET new 1;DEL key:2");

        Assert.Equal("EXECABORT Transaction discarded because of: " + full, reply.Text);
        Assert.Equal(appended, disk.Host.Engine.Commit.AppendedLsn);
        Assert.Equal("ERR EXEC without MULTI", disk.Client.Run("EXEC").Text);
        disk.AssertAcknowledged(disk.Host);

        disk.SetRoom(100);
        await disk.ReachAsync(DiskSpaceState.Ok);
        Assert.Equal(3, Blocks.Run(disk.Client, "GET key:1;SET new 1;DEL new").Items.Count);
    }

    [Fact]
    public async Task Block_that_only_deletes_and_reads_is_accepted_from_the_reserve()
    {
        await using SmallDisk disk = await SmallDisk.OpenAsync(4.5);
        disk.FillUp();

        RespValue reply = Blocks.Run(disk.Client, "DEL key:0;GET key:1;UNLINK key:2;EXPIRE key:3 1000");
        Assert.Equal([1L, 1, 1], new[] { reply.Items[0], reply.Items[2], reply.Items[3] }.Select(r => r.Integer));
        Assert.Equal("PONG", Blocks.Run(disk.Client, "PING").Items[0].Text);

        disk.UseUpReserve();
        string refused = Blocks.Run(disk.Client, "DEL key:100;GET key:101").Text;
        Assert.Contains("the reserve for deletions is used up", refused, StringComparison.Ordinal);
        Assert.Single(Blocks.Run(disk.Client, "DBSIZE").Items);
    }

    [Theory]
    [InlineData("SET small y;COPY large copy")]
    [InlineData("APPEND small y;RENAME large other;RENAME other third")]
    [InlineData("SET small y;SELECT 2;SWAPDB 0 2;MOVE large 1")]
    [InlineData("RENAME large a;COPY a b;COPY b c")]
    [InlineData("SET small y;SETRANGE grown 330000 x;COPY grown copy")]
    public async Task Block_that_copies_values_is_refused_before_its_first_command_and_runs_when_there_is_room(string commands)
    {
        await using SmallDisk disk = await SmallDisk.OpenAsync(100);
        Assert.Equal("OK", disk.Set("large", Large).Text);
        Assert.Equal("OK", disk.Set("small", "x").Text);
        disk.SetRoom(8);
        long appended = disk.Host.Engine.Commit.AppendedLsn;

        RespValue refused = Blocks.Run(disk.Client, commands);

        Assert.StartsWith(Refused, refused.Text, StringComparison.Ordinal);
        Assert.Equal(appended, disk.Host.Engine.Commit.AppendedLsn);
        disk.AssertAcknowledged(disk.Host);

        disk.SetRoom(100);
        RespValue reply = refused;
        await Poll.UntilAsync("the block is accepted", () => !(reply = Blocks.Run(disk.Client, commands)).IsError);
        Assert.DoesNotContain(reply.Items, item => item.IsError);
        Assert.Equal(appended + 1, disk.Host.Engine.Commit.AppendedLsn);
    }

    [Fact]
    public async Task Block_larger_than_a_segment_waits_until_there_is_a_large_one_and_survives_a_kill()
    {
        await using SmallDisk disk = await SmallDisk.OpenAsync(100);
        for (int round = 0; round < 3; round++)
        {
            Blocks.Queue(disk.Client, Enumerable.Range(0, 400).Select(i => new[] { "SET", $"k{i}", new string((char)('a' + round), 500) }));
            Assert.Equal(400, disk.Client.Run("EXEC").Items.Count);
            Assert.Equal(round + 1, disk.Host.Engine.Commit.AppendedLsn);
        }

        await using EngineHost again = await SmallDisk.ReopenAsync(disk.Files.Kill());
        using TestClient reader = again.Connect();
        Assert.Equal(400, reader.Run("DBSIZE").Integer);
        Assert.All(Enumerable.Range(0, 400), i => Assert.Equal(new string('c', 500), reader.Run($"GET k{i}").Text));
    }

    [Fact]
    public async Task Many_clients_with_large_blocks_at_once_are_all_served()
    {
        await using SmallDisk disk = await SmallDisk.OpenAsync(1000);
        TestClient[] clients = [.. Enumerable.Range(0, 5).Select(_ => disk.Host.Connect())];
        for (int round = 0; round < 3; round++)
        {
            Task<RespValue>[] replies = [.. clients.Select((c, i) => Task.Run(() =>
            {
                Blocks.Queue(c, ["SET", $"a{i}", Large], ["COPY", $"a{i}", $"b{i}", "REPLACE"]);
                return c.CallAsync("EXEC");
            }))];
            Assert.All(await Task.WhenAll(replies), reply => Assert.Equal(2, reply.Items.Count));
        }

        await using EngineHost again = await SmallDisk.ReopenAsync(disk.Files.Kill());
        using TestClient reader = again.Connect();
        Assert.All(Enumerable.Range(0, clients.Length), i => Assert.Equal(LargeBytes, reader.Run($"STRLEN b{i}").Integer));
        Array.ForEach(clients, c => c.Dispose());
    }

    [Fact]
    public async Task Block_that_may_log_more_than_a_record_can_hold_is_refused_whole()
    {
        await using SmallDisk disk = await SmallDisk.OpenAsync(100);

        // 300 MB that are never there: an offset tells how long the copied value may be.
        RespValue refused = Blocks.Run(disk.Client, "SET small y;SETRANGE k 300000000 x;COPY k a;COPY k b;COPY k c;COPY k d");

        Assert.StartsWith("EXECABORT Transaction discarded because of: the commands may need a record of 1200", refused.Text, StringComparison.Ordinal);
        Assert.EndsWith($", a transaction may have {RecordBound.BlockBytesMax}", refused.Text, StringComparison.Ordinal);
        Assert.Equal(0, disk.Client.Run("DBSIZE").Integer);
    }

    [Fact]
    public async Task Block_that_would_not_run_anyway_needs_no_room()
    {
        await using SmallDisk disk = await SmallDisk.OpenAsync(4.5);
        disk.FillUp();
        long rejected = disk.Space.RejectedWrites;
        disk.Client.Run("WATCH key:0");
        Assert.Equal(1, disk.Delete("key:0").Integer);
        Assert.True(Blocks.Run(disk.Client, "SET new 1").IsNull);

        Blocks.Queue(disk.Client, "SET new 1");
        Assert.True(disk.Client.Run("NOSUCH").IsError);
        Assert.Equal("EXECABORT Transaction discarded because of previous errors.", disk.Client.Run("EXEC").Text);
        Assert.Equal(rejected, disk.Space.RejectedWrites);
    }

    /// <summary>Which no block can bring about while its bound is right.</summary>
    [Fact]
    public async Task Copy_in_a_block_for_which_too_little_was_claimed_fails_alone_and_changes_nothing()
    {
        await using SmallDisk disk = await SmallDisk.OpenAsync(100);
        Assert.Equal("OK", disk.Set("large", Large).Text);
        Assert.Equal("OK", disk.Set("small", "x").Text);
        disk.SetRoom(8);
        disk.Host.Engine.Commit.Gate.RunsBlock = true;

        Assert.Equal("MISCONF RespKv has not claimed enough disk space for this transaction", disk.Client.Run("RENAME large copy").Text);

        disk.Host.Engine.Commit.Gate.RunsBlock = false;
        disk.AssertAcknowledged(disk.Host);
    }
}
