using RespKv.TestKit.Server;
using StackExchange.Redis;

namespace RespKv.Server.Tests.Clients;

public sealed class StackExchangePubSubTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    [Fact]
    public async Task Messages_of_a_channel_and_of_a_pattern_arrive_in_order()
    {
        using StackExchangeClient client = await StackExchangeClient.ConnectAsync(fixture.Server.Port);
        using StackExchangeClient other = await StackExchangeClient.ConnectAsync(fixture.Server.Port);
        ISubscriber subscriber = client.Multiplexer.GetSubscriber();
        var channel = new RedisChannel("se:news", RedisChannel.PatternMode.Literal);
        var pattern = new RedisChannel("se:n*", RedisChannel.PatternMode.Pattern);
        var messages = new List<string>();
        var matched = new List<string>();
        client.Multiplexer.PreserveAsyncOrder = true;
        await subscriber.SubscribeAsync(channel, (_, message) => Add(messages, message!));
        await subscriber.SubscribeAsync(pattern, (from, message) => Add(matched, $"{from} {message}"));

        Assert.Contains(channel, client.Server.SubscriptionChannels("se:*"));
        Assert.Equal(1, client.Server.SubscriptionSubscriberCount(channel));
        Assert.True(client.Server.SubscriptionPatternCount() >= 1);
        for (int i = 0; i < 500; i++)
        {
            Assert.Equal(2, await other.Multiplexer.GetSubscriber().PublishAsync(channel, i));
        }

        await Poll.UntilAsync("all messages arrive", () => Count(messages) == 500 && Count(matched) == 500);
        Assert.Equal(Enumerable.Range(0, 500).Select(i => $"{i}"), messages);
        Assert.Equal(Enumerable.Range(0, 500).Select(i => $"se:news {i}"), matched);

        await subscriber.UnsubscribeAllAsync();
        await Poll.UntilAsync("nobody listens", async () => await other.Multiplexer.GetSubscriber().PublishAsync(channel, "x") == 0);
    }

    [Fact]
    public async Task Keyspace_events_are_messages_of_their_channels()
    {
        using StackExchangeClient client = await StackExchangeClient.ConnectAsync(fixture.Server.Port);
        await client.Server.ConfigSetAsync("notify-keyspace-events", "E$g");
        var events = new List<string>();
        await client.Multiplexer.GetSubscriber().SubscribeAsync(
            new RedisChannel("__keyevent@5__:*", RedisChannel.PatternMode.Pattern), (from, key) => Add(events, $"{from} {key}"));

        await client.Database(5).StringSetAsync("se:told", "1");
        await client.Database(5).KeyDeleteAsync("se:told");

        await Poll.UntilAsync("both events arrive", () => Count(events) == 2);
        Assert.Equal(["__keyevent@5__:set se:told", "__keyevent@5__:del se:told"], events.Order().Reverse());
    }

    private static void Add(List<string> list, string text)
    {
        lock (list)
        {
            list.Add(text);
        }
    }

    private static int Count(List<string> list)
    {
        lock (list)
        {
            return list.Count;
        }
    }
}
