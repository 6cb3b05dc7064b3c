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
    /// Executes the command in a block: Redis goes by one and the same time in all of a block when it looks whether keys have expired, and a key
    /// that is given a time to live there tells which.
    /// </summary>
    private static async Task<(RespValue Reply, long NowMillis)> AtKnownTimeAsync(RawClient client, string[] command)
    {
        if (command is ["TTL" or "PTTL", ..])
        {
            return await AtUnmovedTimeAsync(client, command);
        }

        if (RelativeMillis(command) is { } relativeMillis)
        {
            return await AtFoundTimeAsync(client, command, relativeMillis);
        }

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

    /// <summary>
    /// As <see cref="AtKnownTimeAsync"/> for the commands that Redis answers by the clock, not by the block's time: again until the clock has not
    /// moved between the two, which they can be as they change nothing.
    /// </summary>
    private static async Task<(RespValue Reply, long NowMillis)> AtUnmovedTimeAsync(RawClient client, string[] command)
    {
        const int TriesMax = 1000;
        for (int tries = 0; tries < TriesMax; tries++)
        {
            string[][] block = [["MULTI"], ["SET", "probe", "x", "PX", $"{ProbeMillis}"], ["PEXPIRETIME", "probe"], command, ["PTTL", "probe"], ["DEL", "probe"], ["EXEC"]];
            foreach (string[] step in block)
            {
                await client.SendAsync(step);
            }

            RespValue queued = null!;
            for (int i = 0; i < block.Length - 1; i++)
            {
                RespValue reply = await client.ReadAsync();
                queued = i == 3 ? reply : queued;
            }

            RespValue replies = await client.ReadAsync();
            if (queued.IsError)
            {
                return (queued, SomeMillis);
            }

            if (replies.Items[3].Integer == ProbeMillis)
            {
                return (replies.Items[2], replies.Items[1].Integer - ProbeMillis);
            }
        }

        throw new InvalidOperationException($"the clock moves within every block of {TriesMax}");
    }

    /// <summary>
    /// As <see cref="AtKnownTimeAsync"/> for a command that gives a key a time to live, which Redis counts from the clock too: the expiry that the
    /// key has then tells from when, if the clock has moved within the block.
    /// </summary>
    private static async Task<(RespValue Reply, long NowMillis)> AtFoundTimeAsync(RawClient client, string[] command, long relativeMillis)
    {
        string[] probe = ["SET", "probe", "x", "PX", $"{ProbeMillis}"];
        string[] probed = ["PEXPIRETIME", "probe"];
        string[][] block = [["MULTI"], probe, probed, ["DEL", "probe"], command, ["PEXPIRETIME", command[1]], probe, probed, ["DEL", "probe"], ["EXEC"]];
        foreach (string[] step in block)
        {
            await client.SendAsync(step);
        }

        RespValue queued = null!;
        for (int i = 0; i < block.Length - 1; i++)
        {
            RespValue reply = await client.ReadAsync();
            queued = i == 4 ? reply : queued;
        }

        RespValue replies = await client.ReadAsync();
        if (queued.IsError)
        {
            return (queued, SomeMillis);
        }

        long earliest = replies.Items[1].Integer - ProbeMillis;
        long latest = replies.Items[6].Integer - ProbeMillis;
        long found = replies.Items[4].Integer - relativeMillis;
        return (replies.Items[3], found >= earliest && found <= latest ? found : earliest);
    }

    /// <summary>The time to live that a command gives, in milliseconds; null for other commands.</summary>
    private static long? RelativeMillis(string[] command)
    {
        string? number = command switch
        {
            ["EXPIRE" or "SETEX" or "PEXPIRE" or "PSETEX", _, var first, ..] => first,
            ["SET" or "GETEX", _, .. var options] => options.SkipWhile(option => option is not ("EX" or "PX")).Skip(1).FirstOrDefault(),
            _ => null,
        };
        bool isMillis = command[0] is "PEXPIRE" or "PSETEX" || command.Contains("PX");
        return number is not null && long.TryParse(number, out long parsed) && Math.Abs(parsed) < long.MaxValue / 1000 ? parsed * (isMillis ? 1 : 1000) : null;
    }

    private static async Task<long> NowAsync(RawClient client)
    {
        await client.CallAsync("SET", "probe", "x", "PX", $"{ProbeMillis}");
        long at = (await client.CallAsync("PEXPIRETIME", "probe")).Integer;
        return at - ProbeMillis;
    }
}
