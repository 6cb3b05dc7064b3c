using RespKv.Engine.Tests.Space;
using RespKv.Protocol;
using RespKv.TestKit.Engine;
using RespKv.TestKit.Files;

namespace RespKv.Engine.Tests.Blocking;

/// <summary>D1, D8, D11 for clients that wait for keys: each is served by a record of its own, and hears of it when that is durable.</summary>
public sealed class BlockingFenceTests
{
    [Fact]
    public async Task Served_client_hears_nothing_while_the_sync_of_its_pop_is_held()
    {
        var files = new SimulatedFileSystem();
        await using EngineHost host = await EngineHost.OpenAsync(files);
        using TestClient waiting = host.Connect();
        using TestClient pusher = host.Connect();
        waiting.Send("BLPOP", "l", "0");

        files.HoldSyncs();
        pusher.Send("RPUSH", "l", "a");
        await files.SyncHeldAsync();
        Assert.False(waiting.TryRead(out _));
        Assert.False(pusher.TryRead(out _));

        files.ReleaseSyncs();
        Assert.Equal("a", (await waiting.ReadAsync()).Items[1].Text);
        Assert.Equal(1, (await pusher.ReadAsync()).Integer);
        Assert.Equal(2, host.Engine.DurableLsn);
    }

    [Fact]
    public async Task Time_that_is_up_while_a_pop_of_another_client_is_not_durable_waits_for_it()
    {
        var files = new SimulatedFileSystem();
        var time = new ManualTimeProvider();
        await using EngineHost host = await EngineHost.OpenAsync(files, time);
        using TestClient waiting = host.Connect();
        using TestClient popper = host.Connect();
        popper.Run("RPUSH l a");

        files.HoldSyncs();
        popper.Send("LPOP", "l");
        await files.SyncHeldAsync();
        waiting.Send("BLPOP", "l", "1");
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.False(waiting.Session.IsSuspended);
        Assert.False(waiting.TryRead(out _));

        files.ReleaseSyncs();
        Assert.True((await waiting.ReadAsync()).IsNull);
    }

    [Fact]
    public async Task What_was_served_is_served_after_a_kill_and_what_was_moved_is_where_it_was_moved_to()
    {
        var files = new SimulatedFileSystem();
        await using (EngineHost host = await EngineHost.OpenAsync(files))
        {
            using TestClient popping = host.Connect();
            using TestClient moving = host.Connect();
            using TestClient pusher = host.Connect();
            popping.Send("BLPOP", "l", "0");
            moving.Send("BLMOVE", "l", "m", "RIGHT", "LEFT", "0");
            pusher.Run("RPUSH l a b c");
            Assert.Equal("a", (await popping.ReadAsync()).Items[1].Text);
            Assert.Equal("c", (await moving.ReadAsync()).Text);
            files = files.Kill();
        }

        await using EngineHost again = await EngineHost.OpenAsync(files);
        using TestClient client = again.Connect();
        Assert.Equal(["b"], client.Run("LRANGE l 0 -1").Items.Select(item => item.Text));
        Assert.Equal(["c"], client.Run("LRANGE m 0 -1").Items.Select(item => item.Text));
    }

    [Fact]
    public async Task Full_disk_lets_a_waiting_client_pop_and_one_that_would_push_waits_on_until_there_is_room()
    {
        await using SmallDisk disk = await SmallDisk.OpenAsync(4.5);
        using TestClient moving = disk.Host.Connect();
        using TestClient popping = disk.Host.Connect();
        disk.Client.Run("SELECT 1");
        disk.Client.Run("RPUSH l a b");
        disk.Client.Run("RPUSH p x");
        disk.Client.Run("SELECT 0");
        moving.Send("BLMOVE", "l", "m", "LEFT", "LEFT", "0");
        popping.Send("BLPOP", "p", "0");
        disk.FillUp();

        // Says little, so it needs no room that is not there; and brings both lists.
        Assert.Equal("OK", disk.Client.Run("SWAPDB 0 1").Text);
        Assert.Equal("x", (await popping.ReadAsync()).Items[1].Text);
        Assert.False(moving.TryRead(out _));
        Assert.True(moving.Session.IsSuspended);
        Assert.Equal(2, disk.Client.Run("LLEN l").Integer);

        disk.SetRoom(20);
        Assert.Equal("a", (await moving.ReadAsync()).Text);
        Assert.Equal(1, disk.Client.Run("LLEN m").Integer);
    }

    [Fact]
    public async Task Destination_that_had_expired_is_deleted_in_a_record_that_ends_although_there_is_no_room_for_the_move()
    {
        var time = new ManualTimeProvider();
        await using SmallDisk disk = await SmallDisk.OpenAsync(100, time);
        using TestClient moving = disk.Host.Connect();
        disk.Client.Run("SELECT 1");
        Assert.Equal(1, disk.Client.Call("RPUSH", "l", new string('L', 5 * SmallDisk.SegmentBytes)).Integer);
        disk.Client.Run("SET m x PX 10");
        disk.Client.Run("SELECT 0");
        moving.Send("BLMOVE", "l", "m", "LEFT", "LEFT", "0");
        disk.LeaveRoom(2);
        long appended = disk.Host.Engine.Commit.AppendedLsn;

        // Not as far as the housekeeping, which would delete it too.
        time.Advance(TimeSpan.FromMilliseconds(50));
        Assert.Equal("OK", disk.Client.Run("SWAPDB 0 1").Text);

        Assert.True(moving.Session.IsSuspended);
        Assert.Equal(appended + 2, disk.Host.Engine.Commit.AppendedLsn);
        Assert.Equal(0, disk.Client.Run("EXISTS m").Integer);
        Assert.Equal(1, disk.Client.Run("LLEN l").Integer);
        Assert.Equal(appended + 2, disk.Host.Engine.Commit.AppendedLsn);
    }
}
