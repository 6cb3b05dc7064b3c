using RespKv.Protocol;
using RespKv.TestKit.Engine;
using RespKv.TestKit.Files;

namespace RespKv.Engine.Tests.Transactions;

/// <summary>D1 for blocks: EXEC's reply leaves whole, when the block and all that it shows is durable. The disk's sync is held.</summary>
public sealed class BlockFenceTests
{
    [Fact]
    public async Task Exec_gets_no_reply_while_the_sync_of_its_block_is_held_and_queueing_does()
    {
        var files = new SimulatedFileSystem();
        await using EngineHost host = await EngineHost.OpenAsync(files);
        using TestClient client = host.Connect();

        files.HoldSyncs();
        Blocks.Queue(client, "GET other;SET a 1;GET a");
        client.Send("EXEC");
        await files.SyncHeldAsync();
        Assert.False(client.TryRead(out _));

        files.ReleaseSyncs();
        RespValue reply = await client.ReadAsync();
        Assert.True(reply.Items[0].IsNull);
        Assert.Equal("1", reply.Items[2].Text);
        Assert.Equal(1, host.Engine.DurableLsn);
    }

    [Theory]
    [InlineData("GET old;GET a", true)]
    [InlineData("GET a;GET old", true)]
    [InlineData("EXISTS never", false)]
    [InlineData("GET old;DEL never;SET old x NX", false)]
    [InlineData("GET old;DBSIZE;GET old", true)]
    [InlineData("KEYS nothing*", true)]
    [InlineData("PING", false)]
    [InlineData("DEL old", true)]
    public async Task Block_waits_for_the_latest_write_that_any_of_its_commands_shows(string commands, bool waits)
    {
        var files = new SimulatedFileSystem();
        await using EngineHost host = await EngineHost.OpenAsync(files);
        using TestClient writer = host.Connect();
        using TestClient client = host.Connect();
        Assert.Equal("OK", writer.Run("SET old 1").Text);

        files.HoldSyncs();
        writer.Send("SET", "a", "1");
        await files.SyncHeldAsync();
        Blocks.Queue(client, commands);
        client.Send("EXEC");
        Assert.Equal(!waits, client.TryRead(out _));

        files.ReleaseSyncs();
        if (waits)
        {
            Assert.Equal(RespKind.Array, (await client.ReadAsync()).Kind);
        }
    }

    [Theory]
    [InlineData("CLIENT INFO")]
    [InlineData("CLIENT LIST")]
    public async Task List_of_clients_that_shows_a_broken_watch_waits_for_the_write_that_broke_it(string command)
    {
        var files = new SimulatedFileSystem();
        await using EngineHost host = await EngineHost.OpenAsync(files);
        using TestClient writer = host.Connect();
        using TestClient client = host.Connect();
        client.Run("WATCH k");

        files.HoldSyncs();
        writer.Send("SET", "k", "1");
        await files.SyncHeldAsync();
        client.Send(command.Split(' '));
        Assert.False(client.TryRead(out _));

        files.ReleaseSyncs();
        Assert.Contains("flags=d", (await client.ReadAsync()).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reader_of_any_key_of_a_block_in_flight_waits_for_the_whole_block()
    {
        var files = new SimulatedFileSystem();
        await using EngineHost host = await EngineHost.OpenAsync(files);
        using TestClient client = host.Connect();
        TestClient[] readers = [host.Connect(), host.Connect(), host.Connect()];
        Assert.Equal("OK", client.Run("SET c old").Text);

        files.HoldSyncs();
        Blocks.Queue(client, "SET a 1;SET b 2;DEL c");
        client.Send("EXEC");
        await files.SyncHeldAsync();
        readers[0].Send("GET", "a");
        readers[1].Send("GET", "b");
        readers[2].Send("GET", "c");
        Assert.All(readers, reader => Assert.False(reader.TryRead(out _)));

        files.ReleaseSyncs();
        Assert.Equal("1", (await readers[0].ReadAsync()).Text);
        Assert.Equal("2", (await readers[1].ReadAsync()).Text);
        Assert.True((await readers[2].ReadAsync()).IsNull);
        Array.ForEach(readers, reader => reader.Dispose());
    }

    [Theory]
    [InlineData("SET a 2")]
    [InlineData("DEL a")]
    [InlineData("FLUSHALL")]
    [InlineData("SWAPDB 0 1")]
    public async Task Exec_tells_of_a_change_to_a_watched_key_only_when_the_change_is_durable(string change)
    {
        var files = new SimulatedFileSystem();
        await using EngineHost host = await EngineHost.OpenAsync(files);
        using TestClient writer = host.Connect();
        using TestClient client = host.Connect();
        Assert.Equal("OK", writer.Run("SET a 1").Text);
        Assert.Equal("OK", client.Run("WATCH a").Text);

        files.HoldSyncs();
        writer.Send(change.Split(' '));
        await files.SyncHeldAsync();
        Blocks.Queue(client, "PING");
        client.Send("EXEC");
        Assert.False(client.TryRead(out _));

        files.ReleaseSyncs();
        Assert.True((await client.ReadAsync()).IsNull);
    }

    /// <summary>An APPEND of nothing changes nothing, yet breaks a watch: and thereby tells that the block was executed.</summary>
    [Theory]
    [InlineData("SET b 1;APPEND a \"\"")]
    [InlineData("APPEND a \"\";SET b 1")]
    public async Task Exec_tells_of_a_watched_key_that_a_block_only_touched_when_the_block_is_durable(string block)
    {
        var files = new SimulatedFileSystem();
        await using EngineHost host = await EngineHost.OpenAsync(files);
        using TestClient writer = host.Connect();
        using TestClient client = host.Connect();
        Assert.Equal("OK", writer.Run("SET a 1").Text);
        Assert.Equal("OK", client.Run("WATCH a").Text);

        files.HoldSyncs();
        writer.Run("MULTI");
        foreach (string command in block.Split(';'))
        {
            writer.Call([.. command.Split(' ').Select(word => word.Trim('"'))]);
        }

        writer.Send("EXEC");
        await files.SyncHeldAsync();
        Blocks.Queue(client, "PING");
        client.Send("EXEC");
        Assert.False(client.TryRead(out _));

        files.ReleaseSyncs();
        Assert.True((await client.ReadAsync()).IsNull);
    }

    [Fact]
    public async Task Exec_tells_that_a_watched_key_has_expired_only_when_its_expiry_is_durable()
    {
        var time = new ManualTimeProvider();
        var files = new SimulatedFileSystem();
        await using EngineHost host = await EngineHost.OpenAsync(files, time);
        using TestClient writer = host.Connect();
        using TestClient client = host.Connect();

        files.HoldSyncs();
        writer.Send("SET", "a", "1", "PX", "50");
        await files.SyncHeldAsync();
        Assert.Equal("OK", client.Run("WATCH a").Text);
        host.Engine.Expiry.IsActive = false;
        time.Advance(TimeSpan.FromMilliseconds(60));
        Blocks.Queue(client, "PING");
        client.Send("EXEC");
        Assert.False(client.TryRead(out _));

        files.ReleaseSyncs();
        Assert.True((await client.ReadAsync()).IsNull);
    }

    [Fact]
    public async Task Watched_key_that_did_not_change_is_no_reason_to_wait()
    {
        var files = new SimulatedFileSystem();
        await using EngineHost host = await EngineHost.OpenAsync(files);
        using TestClient writer = host.Connect();
        using TestClient client = host.Connect();

        files.HoldSyncs();
        writer.Send("SET", "a", "1");
        await files.SyncHeldAsync();
        Assert.Equal("OK", client.Run("WATCH a b").Text);
        Blocks.Queue(client, "GET b");
        Assert.True(client.Run("EXEC").Items[0].IsNull);
        files.ReleaseSyncs();
    }

    [Fact]
    public async Task Waitaof_behind_a_block_waits_for_it_and_inside_one_does_not()
    {
        var files = new SimulatedFileSystem();
        await using EngineHost host = await EngineHost.OpenAsync(files);
        using TestClient client = host.Connect();

        RespValue reply = Blocks.Run(client, "SET a 1;WAITAOF 1 0 0;WAITAOF 0 1 0;WAIT 1 0");
        Assert.Equal([1L, 0], reply.Items[1].Items.Select(i => i.Integer));
        Assert.Equal([1L, 0], reply.Items[2].Items.Select(i => i.Integer));
        Assert.Equal(0, reply.Items[3].Integer);
        Assert.Equal(1, client.Run("WAITAOF 1 0 0").Items[0].Integer);
    }

    [Theory]
    [InlineData("everysec")]
    [InlineData("no")]
    public async Task Weaker_modes_answer_a_block_before_the_sync(string mode)
    {
        var files = new SimulatedFileSystem();
        await using EngineHost host = await EngineHost.OpenAsync(files, null, ("appendfsync", mode), ("appendfsync-interval-ms", "3600000"));
        using TestClient client = host.Connect();

        Assert.Equal(2, Blocks.Run(client, "SET a 1;SET b 2").Items.Count);
        Assert.Equal(0, host.Engine.DurableLsn);
        Assert.Equal(1, host.Engine.ReleasedLsn);
    }
}
