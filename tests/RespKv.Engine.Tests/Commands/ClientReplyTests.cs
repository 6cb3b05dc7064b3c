using RespKv.TestKit.Engine;
using RespKv.TestKit.Files;

namespace RespKv.Engine.Tests.Commands;

/// <summary>CLIENT REPLY: which replies leave. What stays away would have arrived before the PING or ECHO that follows.</summary>
public sealed class ClientReplyTests
{
    [Fact]
    public async Task Off_drops_every_reply_and_error_until_on_which_answers()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient client = host.Connect();
        client.Send("CLIENT", "REPLY", "OFF");
        client.Send("PING");
        client.Send("NOSUCH");
        client.Send("CLIENT", "REPLY", "SKIP");
        client.Send("SET", "a", "1");

        Assert.Equal("OK", client.Run("CLIENT REPLY ON").Text);
        Assert.Equal("1", client.Run("GET a").Text);
    }

    [Theory]
    [InlineData("PING")]
    [InlineData("NOSUCH")]
    [InlineData("GET")]
    public async Task Skip_drops_one_reply(string dropped)
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient client = host.Connect();
        client.Send("CLIENT", "REPLY", "SKIP");
        client.Send(dropped);

        Assert.Equal("next", client.Run("ECHO next").Text);
    }

    [Fact]
    public async Task Skip_twice_still_drops_the_next_reply()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient client = host.Connect();
        client.Send("CLIENT", "REPLY", "SKIP");
        client.Send("CLIENT", "REPLY", "SKIP");
        client.Send("PING");

        Assert.Equal("next", client.Run("ECHO next").Text);
    }

    [Fact]
    public async Task On_behind_skip_answers()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient client = host.Connect();
        client.Send("CLIENT", "REPLY", "SKIP");

        Assert.Equal("OK", client.Run("CLIENT REPLY ON").Text);
    }

    [Theory]
    [InlineData("OFF")]
    [InlineData("SKIP")]
    public async Task Reply_that_comes_after_a_wait_is_dropped_too(string mode)
    {
        var time = new ManualTimeProvider();
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem(), time);
        using TestClient client = host.Connect();
        client.Send("CLIENT", "REPLY", mode);
        client.Send("WAIT", "1", "100");
        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("OK", client.Run("CLIENT REPLY ON").Text);
    }

    [Fact]
    public async Task Reset_turns_replies_on_again()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient client = host.Connect();
        client.Send("CLIENT", "REPLY", "OFF");

        Assert.Equal("RESET", client.Run("RESET").Text);
    }
}
