using RespKv.Protocol;
using RespKv.TestKit.Engine;
using RespKv.TestKit.Files;

namespace RespKv.Engine.Tests.Blocking;

/// <summary>Clients that wait for members of sorted sets.</summary>
public sealed class SortedSetBlockingTests
{
    [Theory]
    [InlineData("BZPOPMIN z 0", "z a 1")]
    [InlineData("BZPOPMAX none z 0", "z c 3")]
    [InlineData("BZMPOP 0 1 z MIN", "z [[a 1]]")]
    [InlineData("BZMPOP 0 2 none z MAX COUNT 9", "z [[c 3] [b 2] [a 1]]")]
    public async Task Waiting_command_gets_what_is_added(string command, string expected)
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient waiting = host.Connect();
        using TestClient adder = host.Connect();
        waiting.Send(command.Split(' '));
        Assert.True(waiting.Session.IsSuspended);

        adder.Run("SET z string");
        adder.Run("DEL z");
        Assert.False(waiting.TryRead(out _));
        Assert.Equal(3, adder.Run("ZADD z 1 a 2 b 3 c").Integer);

        Assert.Equal(expected, Text(await waiting.ReadAsync()));
        Assert.Equal(0, host.Engine.Mutator.Blocked.Count);
    }

    [Theory]
    [InlineData("ZUNIONSTORE z 1 src")]
    [InlineData("ZRANGESTORE z src 0 -1")]
    [InlineData("GEORADIUS src 0 0 20000 km STORE z")]
    [InlineData("RENAME src z")]
    public async Task Result_that_is_stored_wakes_who_waits_for_it(string command)
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient waiting = host.Connect();
        using TestClient writer = host.Connect();
        writer.Run("GEOADD src 1 1 place");
        waiting.Send("BZPOPMIN", "z", "0");

        writer.Run(command);

        Assert.Equal("place", (await waiting.ReadAsync()).Items[1].Text);
        Assert.Equal(0, writer.Run("EXISTS z").Integer);
    }

    [Theory]
    [InlineData("BZPOPMIN z x", "ERR timeout is not a float or out of range")]
    [InlineData("BZPOPMAX z -1", "ERR timeout is negative")]
    [InlineData("BZMPOP x 1 z MIN", "ERR timeout is not a float or out of range")]
    [InlineData("BZMPOP 0 0 z MIN", "ERR numkeys should be greater than 0")]
    [InlineData("BZMPOP 0 1 z FIRST", "ERR syntax error")]
    [InlineData("BZMPOP 0 1 z MIN COUNT 0", "ERR count should be greater than 0")]
    [InlineData("BZPOPMIN none string 0", "WRONGTYPE Operation against a key holding the wrong kind of value")]
    public async Task Command_that_makes_no_sense_is_refused(string command, string error)
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient client = host.Connect();
        client.Run("SET string x");

        Assert.Equal(error, client.Run(command).Text);
    }

    [Fact]
    public async Task Time_that_is_up_and_a_transaction_answer_nothing()
    {
        var time = new ManualTimeProvider();
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem(), time);
        using TestClient client = host.Connect();
        client.Send("BZPOPMIN", "z", "0.5");
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.True((await client.ReadAsync()).IsNull);

        client.Run("MULTI");
        client.Run("BZMPOP 0 1 z MIN");
        client.Run("ZADD z 1 a");
        client.Run("BZPOPMAX z 0");
        IReadOnlyList<RespValue> replies = client.Run("EXEC").Items;
        Assert.True(replies[0].IsNull);
        Assert.Equal("z a 1", Text(replies[2]));
    }

    [Fact]
    public async Task Member_that_is_not_popped_is_not_logged()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient waiting = host.Connect();
        using TestClient adder = host.Connect();
        waiting.Send("BZPOPMIN", "z", "0");
        long before = host.Engine.Commit.AppendedLsn;

        adder.Run("ZADD z XX 1 a");
        Assert.Equal(before, host.Engine.Commit.AppendedLsn);
        adder.Run("ZADD z 1 a");

        Assert.Equal("z a 1", Text(await waiting.ReadAsync()));
        Assert.Equal(before + 2, host.Engine.Commit.AppendedLsn);
    }

    /// <summary>The texts of an array; nested ones in brackets.</summary>
    private static string Text(RespValue reply)
        => string.Join(' ', reply.Items.Select(item => item.Kind == RespKind.Array ? $"[{Text(item)}]" : item.Text));
}
