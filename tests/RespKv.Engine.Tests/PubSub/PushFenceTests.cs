using RespKv.Protocol;
using RespKv.TestKit.Engine;
using RespKv.TestKit.Files;

using static RespKv.Engine.Tests.PubSub.PushText;

namespace RespKv.Engine.Tests.PubSub;

/// <summary>
/// D8 for what clients did not ask for: a message leaves when all that was appended before it, or with it, is durable. The disk's sync is
/// held, so whatever must not arrive has all the time in the world to do so wrongly.
/// </summary>
public sealed class PushFenceTests
{
    [Fact]
    public async Task Message_published_behind_a_write_in_flight_waits_for_it()
    {
        var files = new SimulatedFileSystem();
        await using EngineHost host = await EngineHost.OpenAsync(files);
        using TestClient writer = host.Connect();
        using TestClient subscriber = Subscribed(host, "c");

        files.HoldSyncs();
        writer.SendRaw([.. TestClient.Encode("SET", "a", "1"), .. TestClient.Encode("PUBLISH", "c", "a is 1")]);
        await files.SyncHeldAsync();
        Assert.False(subscriber.TryRead(out _));

        files.ReleaseSyncs();
        Assert.Equal("message c [a is 1]", Text(await subscriber.ReadAsync()));
    }

    [Fact]
    public async Task Message_of_another_client_waits_for_whatever_was_appended_before_it()
    {
        var files = new SimulatedFileSystem();
        await using EngineHost host = await EngineHost.OpenAsync(files);
        using TestClient writer = host.Connect();
        using TestClient publisher = host.Connect();
        using TestClient subscriber = Subscribed(host, "c");

        files.HoldSyncs();
        writer.Send("SET", "a", "1");
        await files.SyncHeldAsync();
        Assert.Equal(1, (await publisher.CallAsync("PUBLISH", "c", "m")).Integer);
        Assert.False(subscriber.TryRead(out _));

        files.ReleaseSyncs();
        Assert.Equal("message c m", Text(await subscriber.ReadAsync()));
    }

    [Fact]
    public async Task Message_with_nothing_in_flight_arrives_at_once()
    {
        var files = new SimulatedFileSystem();
        await using EngineHost host = await EngineHost.OpenAsync(files);
        using TestClient writer = host.Connect();
        using TestClient subscriber = Subscribed(host, "c");
        Assert.Equal("OK", writer.Run("SET a 1").Text);

        files.HoldSyncs();
        Assert.Equal(1, writer.Run("PUBLISH c m").Integer);
        Assert.True(subscriber.TryRead(out RespValue message));
        Assert.Equal("message c m", Text(message));
    }

    [Theory]
    [InlineData("PUBLISH c m", "SET a 1")]
    [InlineData("SET a 1", "PUBLISH c m")]
    public async Task Message_of_a_block_waits_for_the_block_wherever_it_stands_in_it(string first, string second)
    {
        var files = new SimulatedFileSystem();
        await using EngineHost host = await EngineHost.OpenAsync(files);
        using TestClient writer = host.Connect();
        using TestClient subscriber = Subscribed(host, "c");
        writer.Run("MULTI");
        writer.Run(first);
        writer.Run(second);

        files.HoldSyncs();
        writer.Send("EXEC");
        await files.SyncHeldAsync();
        Assert.False(subscriber.TryRead(out _));

        files.ReleaseSyncs();
        Assert.Equal("message c m", Text(await subscriber.ReadAsync()));
    }

    [Fact]
    public async Task Message_of_a_block_that_writes_nothing_does_not_wait_for_a_record_that_never_comes()
    {
        var files = new SimulatedFileSystem();
        await using EngineHost host = await EngineHost.OpenAsync(files);
        using TestClient writer = host.Connect();
        using TestClient subscriber = Subscribed(host, "c");
        writer.Run("MULTI");
        writer.Run("DEL missing");
        writer.Run("PUBLISH c m");

        writer.Run("EXEC");
        Assert.True(subscriber.TryRead(out RespValue message));
        Assert.Equal("message c m", Text(message));
    }

    [Fact]
    public async Task Block_without_a_write_behind_one_in_flight_waits_for_that_one()
    {
        var files = new SimulatedFileSystem();
        await using EngineHost host = await EngineHost.OpenAsync(files);
        using TestClient writer = host.Connect();
        using TestClient publisher = host.Connect();
        using TestClient subscriber = Subscribed(host, "c");
        publisher.Run("MULTI");
        publisher.Run("PUBLISH c m");

        files.HoldSyncs();
        writer.Send("SET", "a", "1");
        await files.SyncHeldAsync();
        publisher.Send("EXEC");
        Assert.False(subscriber.TryRead(out _));

        files.ReleaseSyncs();
        Assert.Equal("message c m", Text(await subscriber.ReadAsync()));
    }

    [Theory]
    [InlineData("SET a 1", "set")]
    [InlineData("DEL old", "del")]
    [InlineData("RENAME old new", "rename_from")]
    [InlineData("EXPIRE old 100", "expire")]
    public async Task Keyspace_event_waits_for_the_change_that_it_tells_of(string write, string name)
    {
        var files = new SimulatedFileSystem();
        await using EngineHost host = await EngineHost.OpenAsync(files, null, ("notify-keyspace-events", "EA"));
        using TestClient writer = host.Connect();
        using TestClient subscriber = host.Connect();
        Assert.Equal("OK", writer.Run("SET old 1").Text);
        subscriber.Run("PSUBSCRIBE *");

        files.HoldSyncs();
        writer.Send(write.Split(' '));
        await files.SyncHeldAsync();
        Assert.False(subscriber.TryRead(out _));

        files.ReleaseSyncs();
        Assert.StartsWith($"pmessage * __keyevent@0__:{name} ", Text(await subscriber.ReadAsync()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SET a 1")]
    [InlineData("MULTI;PUBLISH __keyevent@0__:set a;SET b 1;EXEC")]
    public async Task Message_in_the_middle_of_a_record_is_not_let_out_by_a_reply_behind_it(string commands)
    {
        var files = new SimulatedFileSystem();
        await using EngineHost host = await EngineHost.OpenAsync(files, null, ("notify-keyspace-events", "E$"));
        using TestClient writer = host.Connect();
        using TestClient subscriber = host.Connect();
        subscriber.Run("HELLO 3");
        subscriber.Run("SUBSCRIBE __keyevent@0__:set");

        files.HoldSyncs();
        writer.SendRaw([.. commands.Split(';').SelectMany(command => TestClient.Encode(command.Split(' ')))]);
        await files.SyncHeldAsync();
        subscriber.Send("PING");
        Assert.False(subscriber.TryRead(out _));

        files.ReleaseSyncs();
        Assert.Equal("message __keyevent@0__:set a", Text(await subscriber.ReadAsync()));
    }

    [Fact]
    public async Task Expired_event_waits_for_the_deletion()
    {
        var time = new ManualTimeProvider();
        var files = new SimulatedFileSystem();
        await using EngineHost host = await EngineHost.OpenAsync(files, time, ("notify-keyspace-events", "Ex"));
        using TestClient client = host.Connect();
        using TestClient subscriber = host.Connect();
        Assert.Equal("OK", client.Run("SET a 1 PX 50").Text);
        subscriber.Run("PSUBSCRIBE *");

        files.HoldSyncs();
        time.Advance(TimeSpan.FromMilliseconds(60));
        client.Send("GET", "a");
        await files.SyncHeldAsync();
        Assert.False(subscriber.TryRead(out _));

        files.ReleaseSyncs();
        Assert.Equal("pmessage * __keyevent@0__:expired a", Text(await subscriber.ReadAsync()));
    }

    [Fact]
    public async Task Messages_and_replies_of_one_client_keep_their_order()
    {
        var files = new SimulatedFileSystem();
        await using EngineHost host = await EngineHost.OpenAsync(files);
        using TestClient writer = host.Connect();
        using TestClient client = host.Connect();
        client.Run("HELLO 3");
        client.Run("SUBSCRIBE c");

        files.HoldSyncs();
        writer.Send("SET", "a", "1");
        await files.SyncHeldAsync();
        client.Send("GET", "a");
        writer.Send("PUBLISH", "c", "first");
        client.Send("PING");
        writer.Send("PUBLISH", "c", "second");
        Assert.False(client.TryRead(out _));

        files.ReleaseSyncs();
        Assert.Equal("1", (await client.ReadAsync()).Text);
        Assert.Equal("message c first", Text(await client.ReadAsync()));
        Assert.Equal("PONG", (await client.ReadAsync()).Text);
        Assert.Equal("message c second", Text(await client.ReadAsync()));
    }

    [Fact]
    public async Task What_a_client_says_to_itself_comes_behind_the_reply_and_never_into_that_of_a_block()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient client = host.Connect();
        client.Run("HELLO 3");
        client.Run("SUBSCRIBE c");

        Assert.Equal(1, client.Run("PUBLISH c alone").Integer);
        Assert.Equal("message c alone", Text(await client.ReadAsync()));
        client.Run("MULTI");
        client.Run("PUBLISH c inside");
        client.Run("SET a 1");
        Assert.Equal("1 OK", Text(client.Run("EXEC")));
        Assert.Equal("message c inside", Text(await client.ReadAsync()));
    }

    [Fact]
    public async Task Subscriber_that_does_not_read_is_cut_at_the_hard_limit_and_others_go_on()
    {
        await using EngineHost host = await EngineHost.OpenAsync(
            new SimulatedFileSystem(), null, ("client-output-buffer-limit", "pubsub 64kb 0 0"));
        using TestClient publisher = host.Connect();
        using TestClient slow = Subscribed(host, "c");
        using TestClient reader = Subscribed(host, "c");
        slow.StopReading();
        string message = new('x', 1000);

        int receivers = 2;
        for (int i = 0; i < 1000 && receivers == 2; i++)
        {
            receivers = (int)publisher.Run($"PUBLISH c {message}").Integer;
            Assert.Equal($"message c {message}", Text(await reader.ReadAsync()));
        }

        Assert.Equal(1, receivers);
        Assert.Equal("client-output-buffer-limit", slow.AbortReason);
        Assert.Equal(0, slow.Session.Output.HeldBytes);
        Assert.Contains("client_output_buffer_limit_disconnections:1", publisher.Run("INFO stats").Text, StringComparison.Ordinal);
    }

    private static TestClient Subscribed(EngineHost host, string channel)
    {
        TestClient client = host.Connect();
        client.Run($"SUBSCRIBE {channel}");
        return client;
    }
}
