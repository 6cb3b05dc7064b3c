using RespKv.TestKit.Server;
using StackExchange.Redis;

namespace RespKv.Server.Tests.Clients;

public sealed class StackExchangeTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private const int Database = 3;

    [Fact]
    public async Task A_string_is_set_read_and_deleted()
    {
        using StackExchangeClient client = await ConnectAsync();
        IDatabase db = client.Database(Database);

        Assert.True(await db.StringSetAsync("basic:name", "value"));
        Assert.Equal("value", await db.StringGetAsync("basic:name"));
        Assert.True(await db.KeyExistsAsync("basic:name"));
        Assert.True(await db.KeyDeleteAsync("basic:name"));
        Assert.False(await db.KeyDeleteAsync("basic:name"));
        Assert.True((await db.StringGetAsync("basic:name")).IsNull);
    }

    [Fact]
    public async Task Bytes_of_every_value_come_back_as_they_were()
    {
        using StackExchangeClient client = await ConnectAsync();
        IDatabase db = client.Database(Database);
        byte[] key = [.. "binary:"u8, 0, 255, 13, 10];
        byte[] value = [.. Enumerable.Range(0, 100_000).Select(i => (byte)i)];

        await db.StringSetAsync(key, value);

        Assert.Equal(value, (byte[]?)await db.StringGetAsync(key));
    }

    [Fact]
    public async Task Keys_and_the_size_of_a_database_are_those_that_were_set()
    {
        using StackExchangeClient client = await ConnectAsync();
        const int Own = 7;
        IDatabase db = client.Database(Own);
        string[] names = [.. Enumerable.Range(0, 500).Select(i => $"listed:{i:000}")];
        await Task.WhenAll(names.Select(name => db.StringSetAsync(name, name)));

        Assert.Equal(500, await client.Server.DatabaseSizeAsync(Own));
        Assert.Equal(names, client.Server.Keys(Own, "listed:*", 50).Select(key => (string)key!).Order());
        Assert.Equal(10, client.Server.Keys(Own, "listed:12?", 50).Count());
    }

    [Fact]
    public async Task Counters_and_several_keys_at_once_work_as_in_Redis()
    {
        using StackExchangeClient client = await ConnectAsync();
        IDatabase db = client.Database(Database);
        await db.KeyDeleteAsync("count:a");

        Assert.Equal(1, await db.StringIncrementAsync("count:a"));
        Assert.Equal(43, await db.StringIncrementAsync("count:a", 42));
        Assert.Equal(40, await db.StringDecrementAsync("count:a", 3));
        KeyValuePair<RedisKey, RedisValue>[] pairs = [new("count:b", "b"), new("count:c", "c")];
        Assert.True(await db.StringSetAsync(pairs));
        RedisValue[] values = await db.StringGetAsync(["count:a", "count:missing", "count:c"]);
        Assert.Equal(["40", default, "c"], values);
    }

    [Fact]
    public async Task An_expired_key_is_gone_and_a_persistent_one_stays()
    {
        using StackExchangeClient client = await ConnectAsync();
        IDatabase db = client.Database(Database);
        await db.StringSetAsync("expiry:short", "x", TimeSpan.FromMilliseconds(50));
        await db.StringSetAsync("expiry:long", "x", TimeSpan.FromHours(1));
        await db.StringSetAsync("expiry:none", "x");

        await Poll.UntilAsync("the key expires", async () => !await db.KeyExistsAsync("expiry:short"));

        TimeSpan? left = await db.KeyTimeToLiveAsync("expiry:long");
        Assert.InRange(left!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
        Assert.Null(await db.KeyTimeToLiveAsync("expiry:none"));
        Assert.True(await db.KeyPersistAsync("expiry:long"));
        Assert.Null(await db.KeyTimeToLiveAsync("expiry:long"));
    }

    [Fact]
    public async Task Thousands_of_pipelined_calls_are_answered_in_order()
    {
        using StackExchangeClient client = await ConnectAsync();
        IDatabase db = client.Database(Database);
        const int Calls = 20_000;
        await db.KeyDeleteAsync("pipeline:counter");

        List<Task<long>> increments = new(Calls);
        List<Task<bool>> sets = new(Calls);
        for (int i = 0; i < Calls; i++)
        {
            increments.Add(db.StringIncrementAsync("pipeline:counter"));
            sets.Add(db.StringSetAsync($"pipeline:{i}", i));
        }

        Assert.Equal(Enumerable.Range(1, Calls).Select(i => (long)i), await Task.WhenAll(increments));
        Assert.All(await Task.WhenAll(sets), Assert.True);
        RedisValue[] values = await Task.WhenAll(Enumerable.Range(0, Calls).Select(i => db.StringGetAsync($"pipeline:{i}")));
        Assert.Equal(Enumerable.Range(0, Calls), values.Select(value => (int)value));
    }

    [Fact]
    public async Task A_server_error_is_thrown_and_the_connection_goes_on()
    {
        using StackExchangeClient client = await ConnectAsync();
        IDatabase db = client.Database(Database);
        await db.StringSetAsync("error:text", "no number");

        RedisServerException error = await Assert.ThrowsAsync<RedisServerException>(() => db.StringIncrementAsync("error:text"));

        Assert.Contains("value is not an integer or out of range", error.Message, StringComparison.Ordinal);
        Assert.Equal("no number", await db.StringGetAsync("error:text"));
    }

    [Fact]
    public async Task After_a_restart_of_the_server_the_client_reconnects_and_finds_its_data()
    {
        await using TestServer server = await TestServer.StartAsync();
        using StackExchangeClient client = await StackExchangeClient.ConnectAsync(server.Port);
        IDatabase db = client.Database(0);
        await db.StringSetAsync("kept", "over the restart");

        Assert.Equal(0, await server.TerminateAsync());
        await Assert.ThrowsAnyAsync<Exception>(() => db.StringSetAsync("refused", "x"));
        await server.RestartAsync();

        await Poll.UntilAsync("the client has reconnected", async () =>
        {
            try
            {
                await db.PingAsync();
                return true;
            }
            catch (Exception e) when (e is RedisConnectionException or TimeoutException)
            {
                return false;
            }
        });
        Assert.Equal("over the restart", await db.StringGetAsync("kept"));
        Assert.True((await db.StringGetAsync("refused")).IsNull);
        Assert.True(await db.StringSetAsync("after", "x"));
    }

    private Task<StackExchangeClient> ConnectAsync() => StackExchangeClient.ConnectAsync(fixture.Server.Port);
}
