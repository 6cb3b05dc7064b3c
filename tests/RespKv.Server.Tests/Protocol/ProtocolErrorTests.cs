using RespKv.Protocol;
using RespKv.TestKit.Server;

namespace RespKv.Server.Tests.Protocol;

public sealed class ProtocolErrorTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    /// <summary>One more than a line may have.</summary>
    private const int InlineBytes = 64 * 1024 + 1;

    [Theory]
    [InlineData("*abc\r\n", "invalid multibulk length")]
    [InlineData("*1048577\r\n", "invalid multibulk length")]
    [InlineData("*1\r\n$abc\r\n", "invalid bulk length")]
    [InlineData("*1\r\n$-5\r\n", "invalid bulk length")]
    [InlineData("*2\r\n$3\r\nGET\r\n$536870913\r\n", "invalid bulk length")]
    [InlineData("*1\r\n+PING\r\n", "expected '$', got '+'")]
    [InlineData("SET key \"value\r\n", "unbalanced quotes in request")]
    public async Task A_protocol_error_is_answered_and_the_connection_closed(string request, string error)
    {
        using RawClient client = await fixture.Server.ConnectAsync();

        await client.SendRawAsync(request);

        Assert.Equal($"ERR Protocol error: {error}", (await client.ReadAsync()).Text);
        Assert.Null(await client.TryReadAsync());
    }

    [Fact]
    public async Task A_line_that_does_not_end_is_refused()
    {
        using RawClient client = await fixture.Server.ConnectAsync();

        await client.SendRawAsync(new string('x', InlineBytes));

        Assert.Equal("ERR Protocol error: too big inline request", (await client.ReadAsync()).Text);
        Assert.Null(await client.TryReadAsync());
    }

    [Fact]
    public async Task Commands_before_a_protocol_error_are_executed_and_answered()
    {
        using RawClient client = await fixture.Server.ConnectAsync();

        await client.SendRawAsync((byte[])[.. RawClient.Encode("SET", "before", "error"), .. RawClient.Encode("GET", "before"), .. "*1\r\n!\r\n"u8]);

        Assert.Equal("OK", (await client.ReadAsync()).Text);
        Assert.Equal("error", (await client.ReadAsync()).Text);
        Assert.Equal("ERR Protocol error: expected '$', got '!'", (await client.ReadAsync()).Text);
        Assert.Null(await client.TryReadAsync());
    }

    [Fact]
    public async Task An_error_of_a_command_keeps_the_connection()
    {
        using RawClient client = await fixture.Server.ConnectAsync();

        RespValue unknown = await client.CallAsync("NOSUCH", "a", "b");

        Assert.Equal("ERR unknown command 'NOSUCH', with args beginning with: 'a' 'b' ", unknown.Text);
        Assert.Equal("PONG", (await client.CallAsync("PING")).Text);
    }

    [Fact]
    public async Task Requests_in_single_bytes_are_understood()
    {
        using RawClient client = await fixture.Server.ConnectAsync();

        foreach (byte b in RawClient.Encode("ECHO", "byte by byte"))
        {
            await client.SendRawAsync(new[] { b });
        }

        Assert.Equal("byte by byte", (await client.ReadAsync()).Text);
    }

    [Fact]
    public async Task A_connection_that_closes_after_a_pipeline_has_all_its_complete_commands_executed()
    {
        const int Commands = 1000;
        using RawClient client = await fixture.Server.ConnectAsync();
        using RawClient other = await fixture.Server.ConnectAsync();
        await other.CallAsync("SELECT", "9");
        using var requests = new MemoryStream();
        requests.Write(RawClient.Encode("SELECT", "9"));
        for (int i = 0; i < Commands; i++)
        {
            requests.Write(RawClient.Encode("SET", $"pending:{i}", "x"));
        }

        requests.Write(RawClient.Encode("SET", "pending:incomplete", "x").AsSpan(..^5));
        await client.SendRawAsync(requests.ToArray());
        client.FinishSending();

        await Poll.UntilAsync("all complete commands are executed", async () => (await other.CallAsync("DBSIZE")).Integer == Commands);
        Assert.Equal(0, (await other.CallAsync("EXISTS", "pending:incomplete")).Integer);
        Assert.Equal("OK", (await client.ReadAsync()).Text);
    }

    [Fact]
    public async Task A_client_that_stops_sending_still_reads_all_replies()
    {
        const int Commands = 1000;
        using RawClient client = await fixture.Server.ConnectAsync();
        using var requests = new MemoryStream();
        for (int i = 0; i < Commands; i++)
        {
            requests.Write(RawClient.Encode("INCR", "half-closed"));
        }

        await client.SendRawAsync(requests.ToArray());
        client.FinishSending();

        for (int i = 1; i <= Commands; i++)
        {
            Assert.Equal(i, (await client.ReadAsync()).Integer);
        }

        Assert.Null(await client.TryReadAsync());
    }

    [Fact]
    public async Task Requests_that_wait_when_the_client_closes_its_half_are_still_executed_and_answered()
    {
        using RawClient admin = await fixture.Server.ConnectAsync();
        using RawClient client = await fixture.Server.ConnectAsync();
        Assert.Equal("OK", (await admin.CallAsync("CLIENT", "PAUSE", "600000", "WRITE")).Text);

        await client.SendRawAsync((byte[])[.. RawClient.Encode("ECHO", "read"), .. RawClient.Encode("INCR", "waited"), .. RawClient.Encode("INCR", "waited")]);
        Assert.Equal("read", (await client.ReadAsync()).Text);
        client.FinishSending();
        Assert.Equal("OK", (await admin.CallAsync("CLIENT", "UNPAUSE")).Text);

        Assert.Equal(1, (await client.ReadAsync()).Integer);
        Assert.Equal(2, (await client.ReadAsync()).Integer);
        Assert.Null(await client.TryReadAsync());
    }
}
