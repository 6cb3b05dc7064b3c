using RespKv.Protocol;
using RespKv.TestKit.Server;

namespace RespKv.Server.Tests.Protocol;

public sealed class HandshakeTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private static readonly string[] HelloFields = ["server", "version", "proto", "id", "mode", "role", "modules"];

    [Fact]
    public async Task A_new_connection_speaks_RESP2()
    {
        using RawClient client = await fixture.Server.ConnectAsync();

        RespValue missing = await client.CallAsync("GET", "handshake:missing");
        RespValue config = await client.CallAsync("CONFIG", "GET", "databases");

        Assert.True(missing.IsNull);
        Assert.Equal('$', missing.Marker);
        Assert.Equal(RespKind.Array, config.Kind);
        Assert.Equal(["databases", "16"], config.Items.Select(item => item.Text));
    }

    [Fact]
    public async Task HELLO_2_answers_with_a_flat_array()
    {
        using RawClient client = await fixture.Server.ConnectAsync();

        RespValue hello = await client.CallAsync("HELLO", "2");

        Assert.Equal(RespKind.Array, hello.Kind);
        Assert.Equal(HelloFields, Names(hello));
        Assert.Equal(2, hello.Items[5].Integer);
    }

    [Fact]
    public async Task HELLO_3_answers_with_a_map_and_switches_the_types()
    {
        using RawClient client = await fixture.Server.ConnectAsync();

        RespValue hello = await client.CallAsync("HELLO", "3", "SETNAME", "handshake");
        RespValue missing = await client.CallAsync("GET", "handshake:missing");
        RespValue config = await client.CallAsync("CONFIG", "GET", "databases");
        RespValue info = await client.CallAsync("INFO", "server");

        Assert.Equal(RespKind.Map, hello.Kind);
        Assert.Equal(HelloFields, Names(hello));
        Assert.Equal("redis", hello.Items[1].Text);
        Assert.Equal(3, hello.Items[5].Integer);
        Assert.Equal("master", hello.Items[11].Text);
        Assert.Equal('_', missing.Marker);
        Assert.Equal(RespKind.Map, config.Kind);
        Assert.Equal(RespKind.Verbatim, info.Kind);
        Assert.Equal("txt", info.Format);
        Assert.Equal("handshake", (await client.CallAsync("CLIENT", "GETNAME")).Text);
    }

    [Fact]
    public async Task HELLO_goes_back_from_3_to_2()
    {
        using RawClient client = await fixture.Server.ConnectAsync();
        await client.CallAsync("HELLO", "3");

        RespValue hello = await client.CallAsync("HELLO", "2");

        Assert.Equal(RespKind.Array, hello.Kind);
        Assert.Equal('$', (await client.CallAsync("GET", "handshake:missing")).Marker);
    }

    [Theory]
    [InlineData("4", "NOPROTO unsupported protocol version")]
    [InlineData("1", "NOPROTO unsupported protocol version")]
    [InlineData("three", "ERR Protocol version is not an integer or out of range")]
    public async Task HELLO_with_an_unknown_version_is_an_error_and_changes_nothing(string version, string error)
    {
        using RawClient client = await fixture.Server.ConnectAsync();

        Assert.Equal(error, (await client.CallAsync("HELLO", version)).Text);
        Assert.Equal('$', (await client.CallAsync("GET", "handshake:missing")).Marker);
    }

    [Fact]
    public async Task Inline_commands_are_served_beside_multibulk_ones()
    {
        using RawClient client = await fixture.Server.ConnectAsync();

        await client.SendRawAsync("PING\r\n");
        await client.SendAsync("ECHO", "multibulk");
        await client.SendRawAsync("ECHO inline\n");

        Assert.Equal("PONG", (await client.ReadAsync()).Text);
        Assert.Equal("multibulk", (await client.ReadAsync()).Text);
        Assert.Equal("inline", (await client.ReadAsync()).Text);
    }

    [Fact]
    public async Task Inline_arguments_are_unquoted()
    {
        using RawClient client = await fixture.Server.ConnectAsync();

        await client.SendRawAsync("\r\nSET \"inline:quoted key\" 'a b'\r\nGET \"inline:quoted key\"\nSET inline:hex \"\\x41\\n\"\r\nGET inline:hex\r\n");

        Assert.Equal("OK", (await client.ReadAsync()).Text);
        Assert.Equal("a b", (await client.ReadAsync()).Text);
        Assert.Equal("OK", (await client.ReadAsync()).Text);
        Assert.Equal("A\n", (await client.ReadAsync()).Text);
    }

    private static IEnumerable<string> Names(RespValue hello) => hello.Items.Where((_, i) => i % 2 == 0).Select(item => item.Text);
}
