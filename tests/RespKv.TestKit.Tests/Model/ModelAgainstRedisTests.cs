using RespKv.Protocol;
using RespKv.TestKit.Model;
using RespKv.TestKit.Server;

namespace RespKv.TestKit.Tests.Model;

/// <summary>The model is only worth something if Redis agrees with it.</summary>
public sealed class ModelAgainstRedisTests
{
    private const int Commands = 6000;
    private const long ProbeMillis = 1_000_000;

    /// <summary>Any moment before the far expiries.</summary>
    private const long SomeMillis = 1_700_000_000_000;

    [RedisFact]
    public async Task Commands_with_expiries_of_every_kind_are_answered_as_Redis_answers()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        using RawClient client = await redis.ConnectAsync();
        var run = new ModelRun(1, new CommandMakerOptions());

        await run.ExecuteAsync(Commands, command => AtKnownTimeAsync(client, command));

        ServerModel found = await StateReader.ReadAsync(client.CallAsync);
        long nowMillis = await NowAsync(client);
        ModelRun.AssertSame(run.Model, found, nowMillis);
    }

    [RedisFact]
    public async Task Commands_about_collections_are_answered_as_Redis_answers()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        using RawClient one = await redis.ConnectAsync();
        using RawClient two = await redis.ConnectAsync();
        var run = new ModelRun(3, new CommandMakerOptions { Transactions = true, Expiry = ExpiryKind.Far, BinaryValues = true, Collections = true });
        Execute[] connections = [.. new[] { one, two }.Select<RawClient, Execute>(c => async command => (await c.CallAsync(command), SomeMillis))];

        await run.ExecuteAsync(Commands, connections);

        using RawClient reader = await redis.ConnectAsync();
        ModelRun.AssertSame(run.Model, await StateReader.ReadAsync(reader.CallAsync), SomeMillis);
    }

    [RedisFact]
    public async Task Blocks_of_several_connections_are_answered_as_Redis_answers()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        using RawClient one = await redis.ConnectAsync();
        using RawClient two = await redis.ConnectAsync();
        using RawClient three = await redis.ConnectAsync();
        var run = new ModelRun(2, new CommandMakerOptions { Transactions = true, Expiry = ExpiryKind.Far, Keys = 6, BinaryValues = true });
        Execute[] connections = [.. new[] { one, two, three }.Select<RawClient, Execute>(c => async command => (await c.CallAsync(command), SomeMillis))];

        await run.ExecuteAsync(Commands, connections);

        using RawClient reader = await redis.ConnectAsync();
        ModelRun.AssertSame(run.Model, await StateReader.ReadAsync(reader.CallAsync), SomeMillis);
    }

    /// <summary>
    /// Executes the command in a block: Redis goes by one and the same time in all of a block, and a key that is given a time to live
    /// there tells which.
    /// </summary>
    private static async Task<(RespValue Reply, long NowMillis)> AtKnownTimeAsync(RawClient client, string[] command)
    {
        await client.SendAsync("MULTI");
        await client.SendAsync("SET", "probe", "x", "PX", $"{ProbeMillis}");
        await client.SendAsync("PEXPIRETIME", "probe");
        await client.SendAsync("DEL", "probe");
        await client.SendAsync(command);
        await client.SendAsync("EXEC");
        RespValue queued = null!;
        for (int i = 0; i < 5; i++)
        {
            queued = await client.ReadAsync();
        }

        RespValue block = await client.ReadAsync();
        return queued.IsError
            ? (queued, SomeMillis)
            : (block.Items[3], block.Items[1].Integer - ProbeMillis);
    }

    private static async Task<long> NowAsync(RawClient client)
    {
        await client.CallAsync("SET", "probe", "x", "PX", $"{ProbeMillis}");
        long at = (await client.CallAsync("PEXPIRETIME", "probe")).Integer;
        return at - ProbeMillis;
    }
}
