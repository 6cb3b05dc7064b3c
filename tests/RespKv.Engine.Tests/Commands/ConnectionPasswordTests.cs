using RespKv.TestKit.Engine;
using RespKv.TestKit.Files;

namespace RespKv.Engine.Tests.Commands;

/// <summary>requirepass as it changes while clients are connected.</summary>
public sealed class ConnectionPasswordTests
{
    [Fact]
    public async Task Password_that_is_taken_away_lets_everyone_in()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem(), null, ("requirepass", "secret"));
        using TestClient waiting = host.Connect();
        using TestClient admin = host.Connect();
        Assert.StartsWith("NOAUTH", waiting.Run("GET a").Text);
        admin.Run("AUTH secret");

        Assert.Equal("OK", admin.Call("CONFIG", "SET", "requirepass", "").Text);

        Assert.True(waiting.Run("GET a").IsNull);
    }

    [Fact]
    public async Task Password_that_is_set_leaves_connected_clients_alone_and_asks_new_ones()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient old = host.Connect();
        Assert.Equal("OK", old.Run("CONFIG SET requirepass secret").Text);
        using TestClient late = host.Connect();

        Assert.Equal("PONG", old.Run("PING").Text);
        Assert.Equal("NOAUTH Authentication required.", late.Run("PING").Text);
        Assert.Equal("secret", old.Run("CONFIG GET requirepass").Items[1].Text);
    }

    [Fact]
    public async Task Password_of_any_bytes_is_compared_whole()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem(), null, ("requirepass", "s\u00e9cret"));
        using TestClient client = host.Connect();

        Assert.StartsWith("WRONGPASS", client.Run("AUTH s").Text);
        Assert.StartsWith("WRONGPASS", client.Call("AUTH", "s\u00c3\u00a9cret2").Text);
        Assert.Equal("OK", client.Call("AUTH", "s\u00c3\u00a9cret").Text);
    }

    [Fact]
    public async Task Hello_shakes_hands_authenticates_and_names_in_one_command()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem(), null, ("requirepass", "secret"));
        using TestClient client = host.Connect();

        RespKv.Protocol.RespValue reply = client.Run("HELLO 3 AUTH default secret SETNAME me");

        Assert.Equal(RespKv.Protocol.RespKind.Map, reply.Kind);
        Assert.Equal("me", client.Run("CLIENT GETNAME").Text);
    }
}
