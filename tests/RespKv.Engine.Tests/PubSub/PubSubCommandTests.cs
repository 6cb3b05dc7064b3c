using RespKv.TestKit.Engine;
using RespKv.TestKit.Files;
using static RespKv.Engine.Tests.PubSub.PushText;

namespace RespKv.Engine.Tests.PubSub;

public sealed class PubSubCommandTests
{
    private const string OnlyThese = "only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context";

    [Fact]
    public async Task Subscriptions_are_confirmed_one_by_one_with_their_number()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient client = host.Connect();

        client.Send("SUBSCRIBE", "a", "b", "a");
        client.Send("PSUBSCRIBE", "p*");
        client.Send("SSUBSCRIBE", "s");
        client.Send("UNSUBSCRIBE", "b", "other");
        client.Send("PUNSUBSCRIBE");
        client.Send("SUNSUBSCRIBE");
        client.Send("SUNSUBSCRIBE");
        client.Send("UNSUBSCRIBE");

        Assert.Equal(
            ["subscribe a 1", "subscribe b 2", "subscribe a 2", "psubscribe p* 3", "ssubscribe s 1", "unsubscribe b 2", "unsubscribe other 2",
                "punsubscribe p* 1", "sunsubscribe s 0", "sunsubscribe nil 0", "unsubscribe a 0"],
            Arrived(client));
        Assert.Equal("PONG", client.Run("PING").Text);
    }

    [Fact]
    public async Task Subscriber_of_RESP2_may_use_some_commands_only_and_one_of_RESP3_all()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient client = host.Connect();
        client.Run("SUBSCRIBE c");

        Assert.Equal($"ERR Can't execute 'get': {OnlyThese}", client.Run("GET a").Text);
        Assert.Equal($"ERR Can't execute 'client|id': {OnlyThese}", client.Run("CLIENT ID").Text);
        Assert.Equal("pong ", Text(client.Run("PING")));
        Assert.Equal("pong x", Text(client.Run("PING x")));
        Assert.Equal("RESET", client.Run("RESET").Text);
        Assert.Equal("PONG", client.Run("PING").Text);

        client.Run("HELLO 3");
        client.Run("SUBSCRIBE c");
        Assert.True(client.Run("GET a").IsNull);
        Assert.Equal("PONG", client.Run("PING").Text);
    }

    [Fact]
    public async Task Messages_go_to_channels_and_patterns_and_shard_channels_apart()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient publisher = host.Connect();
        using TestClient client = host.Connect();
        client.Run("HELLO 3");
        client.Run("SUBSCRIBE news");
        client.Run("PSUBSCRIBE n?ws");
        client.Run("SSUBSCRIBE news");

        Assert.Equal(2, publisher.Run("PUBLISH news x").Integer);
        Assert.Equal(1, publisher.Run("PUBLISH nows y").Integer);
        Assert.Equal(1, publisher.Run("SPUBLISH news z").Integer);
        Assert.Equal(0, publisher.Run("PUBLISH other z").Integer);

        Assert.Equal(["message news x", "pmessage n?ws news x", "pmessage n?ws nows y", "smessage news z"], Arrived(client));
    }

    [Fact]
    public async Task Confirmations_and_messages_ignore_client_reply_off()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient publisher = host.Connect();
        using TestClient client = host.Connect();
        client.Run("HELLO 3");
        client.Send("CLIENT", "REPLY", "OFF");
        client.Send("SUBSCRIBE", "c");
        client.Send("PING");
        publisher.Run("PUBLISH c m");
        client.Send("UNSUBSCRIBE");
        client.Send("UNSUBSCRIBE");

        Assert.Equal(["subscribe c 1", "message c m", "unsubscribe c 0", "unsubscribe nil 0"], Arrived(client));
    }

    [Fact]
    public async Task Pubsub_tells_of_channels_while_somebody_listens()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient asker = host.Connect();
        using (TestClient first = host.Connect())
        using (TestClient second = host.Connect())
        {
            first.Run("SUBSCRIBE c");
            second.Run("SUBSCRIBE c");
            first.Run("PSUBSCRIBE p*");
            second.Run("PSUBSCRIBE p*");
            second.Run("SSUBSCRIBE s");

            Assert.Equal("c", Text(asker.Run("PUBSUB CHANNELS")));
            Assert.Equal("c", Text(asker.Run("PUBSUB CHANNELS c*")));
            Assert.Empty(asker.Run("PUBSUB CHANNELS x*").Items);
            Assert.Equal("c 2 d 0", Text(asker.Run("PUBSUB NUMSUB c d")));
            Assert.Equal(1, asker.Run("PUBSUB NUMPAT").Integer);
            Assert.Equal("s", Text(asker.Run("PUBSUB SHARDCHANNELS")));
            Assert.Equal("s 1 c 0", Text(asker.Run("PUBSUB SHARDNUMSUB s c")));
            Assert.Equal("ERR unknown subcommand or wrong number of arguments for 'CHANNELS'. Try PUBSUB HELP.", asker.Run("PUBSUB CHANNELS a b").Text);
            Assert.Contains("pubsub_channels:1\r\npubsub_patterns:1\r\npubsubshard_channels:1\r\n", asker.Run("INFO stats").Text, StringComparison.Ordinal);
        }

        Assert.Empty(asker.Run("PUBSUB CHANNELS").Items);
        Assert.Equal(0, asker.Run("PUBSUB NUMPAT").Integer);
        Assert.Equal(0, asker.Run("PUBLISH c m").Integer);
    }

    [Fact]
    public async Task Client_list_and_kill_know_subscribers()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient asker = host.Connect();
        using TestClient subscriber = host.Connect();
        subscriber.Run("SUBSCRIBE c");
        subscriber.Run("PSUBSCRIBE p*");
        subscriber.Run("SSUBSCRIBE s");

        string line = asker.Run("CLIENT LIST TYPE pubsub").Text;
        Assert.Contains(" flags=P db=0 sub=1 psub=1 ssub=1 ", line, StringComparison.Ordinal);
        Assert.Single(line.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.DoesNotContain("flags=P", asker.Run("CLIENT LIST TYPE normal").Text, StringComparison.Ordinal);
        Assert.Equal(1, asker.Run("CLIENT KILL TYPE pubsub").Integer);
        Assert.Equal("CLIENT KILL", subscriber.AbortReason);
        Assert.Equal(0, asker.Run("PUBLISH c m").Integer);
    }

    [Fact]
    public async Task Client_whose_subscriptions_take_too_much_memory_is_cut()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem(), null, ("client-query-buffer-limit", "1mb"));
        using TestClient client = host.Connect();
        string name = new('c', 100_000);

        for (int i = 0; i < 20 && !client.Session.IsClosed; i++)
        {
            client.Send("SUBSCRIBE", $"{name}{i}");
        }

        Assert.True(client.Session.IsClosed);
        using TestClient asker = host.Connect();
        Assert.Empty(asker.Run("PUBSUB CHANNELS").Items);
        Assert.Contains("client_query_buffer_limit_disconnections:1", asker.Run("INFO stats").Text, StringComparison.Ordinal);
    }
}
