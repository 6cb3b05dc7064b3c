using RespKv.Protocol;
using RespKv.TestKit.Server;

namespace RespKv.Server.Tests.Limits;

/// <summary>How many clients, for how long, and with which password.</summary>
public sealed class ClientLimitTests
{
    [Fact]
    public async Task Above_maxclients_a_connection_gets_an_error_and_one_that_leaves_makes_room()
    {
        await using TestServer server = await TestServer.StartAsync("--maxclients", "3");
        using RawClient first = await server.ConnectAsync();
        // The connections that waited for the start may still be counted.
        await Poll.UntilAsync("only this client is connected", async () => Clients(await first.CallAsync("CLIENT", "LIST")) == 1);
        using RawClient second = await server.ConnectAsync();
        RawClient third = await server.ConnectAsync();
        await second.CallAsync("PING");
        await third.CallAsync("PING");

        using (RawClient refused = await server.ConnectAsync())
        {
            Assert.Equal("ERR max number of clients reached", (await refused.ReadAsync()).Text);
            Assert.Null(await refused.TryReadAsync());
        }

        third.Dispose();
        await Poll.UntilAsync("a client is accepted again", async () =>
        {
            using RawClient next = await server.ConnectAsync();
            return await AnswersPingAsync(next);
        });
        Assert.Equal("PONG", (await first.CallAsync("PING")).Text);
    }

    [Fact]
    public async Task An_idle_client_is_closed_after_the_timeout()
    {
        await using TestServer server = await TestServer.StartAsync("--timeout", "1");
        using RawClient idle = await server.ConnectAsync();

        await idle.CallAsync("PING");

        Assert.Null(await idle.TryReadAsync());
    }

    [Fact]
    public async Task With_requirepass_nothing_is_served_before_AUTH()
    {
        await using TestServer server = await TestServer.StartAsync("--requirepass", "secret");
        using RawClient client = await server.ConnectAsync();

        Assert.Equal("NOAUTH Authentication required.", (await client.CallAsync("SET", "key", "x")).Text);
        Assert.StartsWith("WRONGPASS", (await client.CallAsync("AUTH", "wrong")).Text, StringComparison.Ordinal);
        Assert.Equal("NOAUTH Authentication required.", (await client.CallAsync("GET", "key")).Text);
        Assert.Equal("OK", (await client.CallAsync("AUTH", "secret")).Text);
        Assert.Equal((RespKind.Null, ""), Shape(await client.CallAsync("GET", "key")));
    }

    [Fact]
    public async Task HELLO_authenticates_and_switches_at_once()
    {
        await using TestServer server = await TestServer.StartAsync("--requirepass", "secret");
        using RawClient client = await server.ConnectAsync();

        Assert.StartsWith("NOAUTH HELLO must be called with the client already authenticated", (await client.CallAsync("HELLO", "3")).Text, StringComparison.Ordinal);
        Assert.StartsWith("WRONGPASS", (await client.CallAsync("HELLO", "3", "AUTH", "default", "wrong")).Text, StringComparison.Ordinal);
        Assert.Equal(RespKind.Map, (await client.CallAsync("HELLO", "3", "AUTH", "default", "secret")).Kind);
        Assert.Equal("OK", (await client.CallAsync("SET", "key", "x")).Text);
    }

    [Theory]
    [InlineData("*11\r\n", "unauthenticated multibulk length")]
    [InlineData("*2\r\n$4\r\nAUTH\r\n$16385\r\n", "unauthenticated bulk length")]
    public async Task Before_authentication_big_requests_are_refused(string request, string error)
    {
        await using TestServer server = await TestServer.StartAsync("--requirepass", "secret");
        using RawClient client = await server.ConnectAsync();

        await client.SendRawAsync(request);

        Assert.Equal($"ERR Protocol error: {error}", (await client.ReadAsync()).Text);
        Assert.Null(await client.TryReadAsync());
    }

    [Fact]
    public async Task A_unix_socket_serves_the_same_data()
    {
        using var directory = new TempDirectory();
        string path = directory.Inside("server.sock");
        await using TestServer server = await TestServer.StartAsync("--unixsocket", path);
        using RawClient tcp = await server.ConnectAsync();
        using RawClient unix = await RawClient.ConnectAsync(new System.Net.Sockets.UnixDomainSocketEndPoint(path));

        Assert.Equal("OK", (await unix.CallAsync("SET", "over", "unix")).Text);
        Assert.Equal("unix", (await tcp.CallAsync("GET", "over")).Text);
    }

    [Fact]
    public async Task A_unix_socket_that_a_killed_server_left_behind_does_not_stop_the_next_one()
    {
        using var directory = new TempDirectory();
        string path = directory.Inside("server.sock");
        await using TestServer server = await TestServer.StartAsync("--unixsocket", path);

        await server.KillAsync();
        Assert.True(Path.Exists(path));
        await server.RestartAsync();

        using RawClient unix = await RawClient.ConnectAsync(new System.Net.Sockets.UnixDomainSocketEndPoint(path));
        Assert.Equal("PONG", (await unix.CallAsync("PING")).Text);
    }

    private static (RespKind Kind, string Text) Shape(RespValue reply) => (reply.Kind, reply.Text);

    private static int Clients(RespValue list) => list.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length;

    private static async Task<bool> AnswersPingAsync(RawClient client)
    {
        try
        {
            await client.SendAsync("PING");
            return (await client.TryReadAsync())?.Text == "PONG";
        }
        catch (System.Net.Sockets.SocketException)
        {
            return false;
        }
    }
}
