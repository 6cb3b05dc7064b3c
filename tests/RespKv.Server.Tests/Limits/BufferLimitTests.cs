using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using RespKv.Protocol;
using RespKv.TestKit.Server;

namespace RespKv.Server.Tests.Limits;

/// <summary>What one client may make the server hold, in both directions.</summary>
public sealed class BufferLimitTests
{
    private const int Mebibyte = 1024 * 1024;

    /// <summary>One reply above the hard limit; or some above the soft one for longer than its seconds.</summary>
    [Theory]
    [InlineData("normal 4mb 0 0", 8, 1)]
    [InlineData("normal 1mb 0 0", 1, 64)]
    [InlineData("normal 0 256kb 1", 1, 64)]
    public async Task A_client_that_never_reads_is_cut_at_the_output_limit_and_others_go_on(string limit, int mebibytes, int replies)
    {
        await using TestServer server = await TestServer.StartAsync("--client-output-buffer-limit", limit);
        using RawClient other = await server.ConnectAsync();
        using RawClient greedy = await RawClient.ConnectAsync(new IPEndPoint(IPAddress.Loopback, server.Port), receiveBytes: 4096);
        await other.CallAsync("SET", "big", new string('b', mebibytes * Mebibyte));
        await greedy.CallAsync("CLIENT", "SETNAME", "greedy");

        await greedy.SendRawAsync(Repeat(RawClient.Encode("GET", "big"), replies));

        await Poll.UntilAsync("the client that never reads is gone",
            async () => !(await other.CallAsync("CLIENT", "LIST")).Text.Contains("name=greedy", StringComparison.Ordinal));
        Assert.InRange(await greedy.DrainAsync(), 0, (mebibytes * replies * Mebibyte) - 1);
        Assert.Equal(mebibytes * Mebibyte, (await other.CallAsync("STRLEN", "big")).Integer);
    }

    [Fact]
    public async Task Without_a_limit_a_client_that_never_reads_is_held_back_at_a_few_megabytes()
    {
        const int Replies = 100;
        await using TestServer server = await TestServer.StartAsync();
        using RawClient other = await server.ConnectAsync();
        using RawClient greedy = await RawClient.ConnectAsync(new IPEndPoint(IPAddress.Loopback, server.Port), receiveBytes: 4096);
        await other.CallAsync("SET", "big", new string('b', Mebibyte));
        await greedy.CallAsync("CLIENT", "SETNAME", "greedy");
        byte[] requests = Repeat(RawClient.Encode("GET", "big"), Replies);

        for (int i = 0; i < 10; i++)
        {
            await greedy.SendRawAsync(requests);
        }

        await Poll.UntilAsync("replies wait for the client that never reads", async () => await HeldForGreedyAsync(other) > 0);
        for (int i = 0; i < 100; i++)
        {
            Assert.InRange(await HeldForGreedyAsync(other), 0, 4 * Mebibyte);
        }
    }

    [Fact]
    public async Task A_request_that_outgrows_the_query_limit_closes_the_connection()
    {
        await using TestServer server = await TestServer.StartAsync("--client-query-buffer-limit", "1mb");
        using RawClient client = await server.ConnectAsync();
        using RawClient other = await server.ConnectAsync();

        try
        {
            await client.SendAsync("SET", "too-big", new string('x', 4 * Mebibyte));
        }
        catch (System.Net.Sockets.SocketException)
        {
            // Closed while it was still sending.
        }

        Assert.Null(await client.TryReadAsync());
        Assert.Equal(0, (await other.CallAsync("EXISTS", "too-big")).Integer);
    }

    [Theory]
    [InlineData(50, 1)]
    [InlineData(1, 50)]
    public async Task A_slow_reader_gets_every_byte_and_holds_nobody_up(int mebibytes, int replies)
    {
        await using TestServer server = await TestServer.StartAsync();
        using RawClient writer = await server.ConnectAsync();
        using RawClient slow = await RawClient.ConnectAsync(new IPEndPoint(IPAddress.Loopback, server.Port), receiveBytes: 4096);
        string value = Pattern(mebibytes * Mebibyte);
        Assert.Equal("OK", (await writer.CallAsync("SET", "big", value)).Text);

        await slow.SendRawAsync(Repeat(RawClient.Encode("GET", "big"), replies));

        // Nothing of it has been read yet; everybody else is served.
        for (int i = 0; i < 100; i++)
        {
            Assert.Equal("PONG", (await writer.CallAsync("PING")).Text);
        }

        for (int i = 0; i < replies; i++)
        {
            RespValue reply = await slow.ReadAsync();
            Assert.True(reply.Text == value, $"reply {i} of {reply.Bytes.Length} bytes differs");
        }
    }

    [Fact]
    public async Task A_value_larger_than_a_log_segment_is_stored_and_found_after_a_kill()
    {
        await using TestServer server = await TestServer.StartAsync();
        using RawClient client = await server.ConnectAsync();
        string value = Pattern(5 * Mebibyte);

        Assert.Equal("OK", (await client.CallAsync("SET", "large", value)).Text);
        await server.KillAsync();
        await server.RestartAsync();

        using RawClient again = await server.ConnectAsync();
        Assert.True((await again.CallAsync("GET", "large")).Text == value, "the value differs");
    }

    /// <summary>omem of the client with that name.</summary>
    private static async Task<long> HeldForGreedyAsync(RawClient other)
    {
        string line = (await other.CallAsync("CLIENT", "LIST")).Text.Split('\n').Single(line => line.Contains("name=greedy", StringComparison.Ordinal));
        return long.Parse(Regex.Match(line, @"\bomem=(\d+)").Groups[1].Value, CultureInfo.InvariantCulture);
    }

    private static byte[] Repeat(byte[] request, int times) => [.. Enumerable.Repeat(request, times).SelectMany(bytes => bytes)];

    /// <summary>Text in which a block that is missing, doubled or moved shows.</summary>
    private static string Pattern(int bytes) => string.Create(bytes, 0, (span, _) =>
    {
        uint state = 1;
        for (int i = 0; i < span.Length; i++)
        {
            state = (state * 1_664_525) + 1_013_904_223;
            span[i] = (char)('a' + (state >> 24) % 26);
        }
    });
}
