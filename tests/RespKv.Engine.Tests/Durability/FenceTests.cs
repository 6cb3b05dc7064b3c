using RespKv.Protocol;
using RespKv.TestKit.Engine;
using RespKv.TestKit.Files;

namespace RespKv.Engine.Tests.Durability;

/// <summary>
/// D1: no output leaves until DurableLsn has reached its LSN. The disk's sync is held, so whatever arrives had nothing to wait for,
/// and whatever must not arrive has all the time in the world to do so wrongly.
/// </summary>
public sealed class FenceTests
{
    [Fact]
    public async Task Set_gets_no_reply_while_its_sync_is_held()
    {
        var files = new SimulatedFileSystem();
        await using EngineHost host = await EngineHost.OpenAsync(files);
        using TestClient writer = host.Connect();

        files.HoldSyncs();
        writer.Send("SET", "a", "1");
        await files.SyncHeldAsync();
        Assert.False(writer.TryRead(out _));

        files.ReleaseSyncs();
        Assert.Equal("OK", (await writer.ReadAsync()).Text);
    }

    [Fact]
    public async Task Get_of_a_key_in_flight_waits_and_get_of_another_key_answers_at_once()
    {
        var files = new SimulatedFileSystem();
        await using EngineHost host = await EngineHost.OpenAsync(files);
        using TestClient writer = host.Connect();
        using TestClient reader = host.Connect();
        using TestClient other = host.Connect();
        Assert.Equal("OK", writer.Run("SET b old").Text);

        files.HoldSyncs();
        writer.Send("SET", "a", "1");
        await files.SyncHeldAsync();
        reader.Send("GET", "a");
        Assert.Equal("old", (await other.CallAsync("GET", "b")).Text);
        Assert.False(reader.TryRead(out _));

        files.ReleaseSyncs();
        Assert.Equal("1", (await reader.ReadAsync()).Text);
        Assert.Equal("OK", (await writer.ReadAsync()).Text);
    }

    [Theory]
    [InlineData("DBSIZE")]
    [InlineData("KEYS *")]
    [InlineData("SCAN 0")]
    [InlineData("RANDOMKEY")]
    public async Task Command_over_the_whole_keyspace_waits_for_every_write_in_flight(string command)
    {
        var files = new SimulatedFileSystem();
        await using EngineHost host = await EngineHost.OpenAsync(files);
        using TestClient writer = host.Connect();
        using TestClient reader = host.Connect();

        files.HoldSyncs();
        writer.Send("SET", "a", "1");
        await files.SyncHeldAsync();
        reader.Send(command.Split(' '));
        Assert.False(reader.TryRead(out _));

        files.ReleaseSyncs();
        Assert.False((await reader.ReadAsync()).IsError);
    }

    [Theory]
    [InlineData("DEL a", "GET a")]
    [InlineData("UNLINK a", "EXISTS a")]
    [InlineData("GETDEL a", "STRLEN a")]
    [InlineData("RENAME a z", "GET a")]
    [InlineData("RENAME a z", "GET z")]
    [InlineData("FLUSHALL", "GET a")]
    [InlineData("FLUSHDB", "GET never-set")]
    [InlineData("SWAPDB 0 1", "GET a")]
    [InlineData("EXPIRE a 100", "TTL a")]
    [InlineData("PEXPIREAT a 1", "TYPE a")]
    [InlineData("APPEND a x", "GETRANGE a 0 -1")]
    [InlineData("SETRANGE a 0 x", "OBJECT ENCODING a")]
    [InlineData("INCR n", "INCR n")]
    [InlineData("SETNX a x", "SETNX z y")]
    [InlineData("MSET x 1 y 2", "MGET q y")]
    [InlineData("COPY a z", "GET z")]
    [InlineData("SET a 2", "SETNX a 3")]
    [InlineData("DEL a", "DEL a")]
    [InlineData("DEL a", "PERSIST a")]
    [InlineData("SET a 2", "SET a 3 NX")]
    public async Task Whatever_shows_a_write_in_flight_waits_for_it(string write, string show)
    {
        var files = new SimulatedFileSystem();
        await using EngineHost host = await EngineHost.OpenAsync(files);
        using TestClient writer = host.Connect();
        using TestClient reader = host.Connect();
        Assert.Equal("OK", writer.Run("SET a 1").Text);

        files.HoldSyncs();
        writer.Send(write.Split(' '));
        if (write != "SETNX a x")
        {
            await files.SyncHeldAsync();
        }
        else
        {
            // Changes nothing and shows a durable key: answered at once.
            Assert.Equal(0, (await writer.ReadAsync()).Integer);
        }

        reader.Send(show.Split(' '));
        Assert.False(reader.TryRead(out _));

        files.ReleaseSyncs();
        await reader.ReadAsync();
    }

    [Fact]
    public async Task Key_found_expired_is_shown_as_missing_only_when_its_deletion_is_durable()
    {
        var time = new ManualTimeProvider();
        var files = new SimulatedFileSystem();
        await using EngineHost host = await EngineHost.OpenAsync(files, time);
        using TestClient client = host.Connect();
        Assert.Equal("OK", client.Run("SET a 1 PX 50").Text);

        files.HoldSyncs();
        time.Advance(TimeSpan.FromMilliseconds(60));
        client.Send("GET", "a");
        await files.SyncHeldAsync();
        Assert.False(client.TryRead(out _));

        files.ReleaseSyncs();
        Assert.True((await client.ReadAsync()).IsNull);
    }

    [Fact]
    public async Task Replies_of_one_pipeline_leave_in_order_and_each_as_soon_as_it_may()
    {
        var files = new SimulatedFileSystem();
        await using EngineHost host = await EngineHost.OpenAsync(files);
        using TestClient client = host.Connect();
        Assert.Equal("OK", client.Run("SET old 0").Text);

        files.HoldSyncs();
        client.SendRaw([.. TestClient.Encode("GET", "old"), .. TestClient.Encode("SET", "a", "1"), .. TestClient.Encode("GET", "old"), .. TestClient.Encode("GET", "a")]);
        Assert.Equal("0", (await client.ReadAsync()).Text);
        await files.SyncHeldAsync();
        Assert.False(client.TryRead(out _));

        files.ReleaseSyncs();
        Assert.Equal("OK", (await client.ReadAsync()).Text);
        Assert.Equal("0", (await client.ReadAsync()).Text);
        Assert.Equal("1", (await client.ReadAsync()).Text);
    }

    [Fact]
    public async Task Later_requests_of_a_connection_are_executed_while_its_replies_wait()
    {
        const int Requests = 5_000;
        var files = new SimulatedFileSystem();
        await using EngineHost host = await EngineHost.OpenAsync(files);
        using TestClient client = host.Connect();

        files.HoldSyncs();
        client.Send("SET", "k0", "v");
        await files.SyncHeldAsync();
        for (int i = 1; i < Requests; i++)
        {
            client.Send("SET", $"k{i}", "v");
        }

        // Not one was answered, all were executed: the log has their LSNs, the disk does not.
        Assert.False(client.TryRead(out _));
        Assert.Equal(Requests, host.Engine.Commit.AppendedLsn);
        Assert.Equal(0, host.Engine.DurableLsn);

        files.ReleaseSyncs();
        for (int i = 0; i < Requests; i++)
        {
            Assert.Equal("OK", (await client.ReadAsync()).Text);
        }

        Assert.Equal(Requests, host.Engine.DurableLsn);
    }

    [Fact]
    public async Task Replies_held_above_the_bound_leave_further_requests_unexecuted_until_they_have_left()
    {
        var files = new SimulatedFileSystem();
        await using EngineHost host = await EngineHost.OpenAsync(files);
        using TestClient client = host.Connect();
        string value = new('v', 300_000);
        Assert.Equal("OK", (await client.CallAsync("SET", "big", value)).Text);

        files.HoldSyncs();
        client.Send("APPEND", "big", "x");
        await files.SyncHeldAsync();
        for (int i = 0; i < 10; i++)
        {
            client.Send("GET", "big");
        }

        client.Send("INCR", "after");
        Assert.Equal(2, host.Engine.Commit.AppendedLsn);

        files.ReleaseSyncs();
        Assert.Equal(300_001, (await client.ReadAsync()).Integer);
        for (int i = 0; i < 10; i++)
        {
            Assert.Equal(300_001, (await client.ReadAsync()).Bytes.Length);
        }

        Assert.Equal(1, (await client.ReadAsync()).Integer);
    }

    [Theory]
    [InlineData("everysec")]
    [InlineData("no")]
    public async Task Weaker_modes_answer_before_the_sync(string mode)
    {
        var files = new SimulatedFileSystem();
        await using EngineHost host = await EngineHost.OpenAsync(files, null, ("appendfsync", mode), ("appendfsync-interval-ms", "3600000"));
        using TestClient client = host.Connect();

        Assert.Equal("OK", (await client.CallAsync("SET", "a", "1")).Text);
        Assert.Equal(0, host.Engine.DurableLsn);
        Assert.Equal(1, host.Engine.ReleasedLsn);
    }
}
