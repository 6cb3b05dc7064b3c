using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using RespKv.TestKit.Server;

namespace RespKv.Http.Tests.Security;

public sealed class LimitTests(LimitTests.SmallServer http) : IClassFixture<LimitTests.SmallServer>
{
    private readonly OwnServer _http = http;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Json_AboveItsBound_Is413(bool isChunked)
    {
        HttpContent content = HttpFixture.Json($$"""["SET","large","{{new string('x', 3000)}}"]""");
        using HttpRequestMessage request = HttpFixture.Request(HttpMethod.Post, _http.Server, "/v1/command", content);
        request.Headers.TransferEncodingChunked = isChunked;
        using HttpResponseMessage response = await _http.Client.SendAsync(request);

        await HttpFixture.ProblemAsync(response, 413);
    }

    [Theory]
    [InlineData("zz")]
    [InlineData("ffffffffffffffff")]
    public async Task Chunk_OfNoSize_Is400(string size)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, _http.Server.HttpPort);
        await socket.GetStream().WriteAsync(System.Text.Encoding.ASCII.GetBytes($"PUT /v1/kv/a HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n{size}\r\nabc\r\n"));
        using var reader = new StreamReader(socket.GetStream());

        Assert.Equal("HTTP/1.1 400 Bad Request", await reader.ReadLineAsync());
    }

    /// <summary>Two may be in work; those whose bodies are on their way are not.</summary>
    [Fact]
    public async Task SlowBodies_LeaveRoomForOthers()
    {
        var sockets = new List<TcpClient>();
        try
        {
            for (int i = 0; i < 8; i++)
            {
                var socket = new TcpClient();
                sockets.Add(socket);
                await socket.ConnectAsync(IPAddress.Loopback, _http.Server.HttpPort);
                await socket.GetStream().WriteAsync(System.Text.Encoding.ASCII.GetBytes("PUT /v1/kv/slow HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n"));
            }

            using RawClient resp = await _http.Server.ConnectAsync();
            await Poll.UntilAsync("all have begun", async () => (await resp.CallAsync("CLIENT", "LIST")).Text.Split("name=http ").Length > 8);
            using HttpResponseMessage response = await _http.CommandAsync("""["PING"]""");

            Assert.Equal("""{"reply":"PONG"}""", await response.Content.ReadAsStringAsync());
        }
        finally
        {
            sockets.ForEach(static each => each.Dispose());
        }
    }

    [Fact]
    public async Task RawValue_MayBeLargerThanJson_UpToTheBoundOfValues()
    {
        using HttpResponseMessage taken = await _http.SendAsync(HttpMethod.Put, "/v1/kv/raw", new ByteArrayContent(new byte[1024 * 1024]));
        using HttpResponseMessage refused = await _http.SendAsync(HttpMethod.Put, "/v1/kv/raw2", new ByteArrayContent(new byte[(1024 * 1024) + 1]));

        Assert.Equal(HttpStatusCode.Created, taken.StatusCode);
        await HttpFixture.ProblemAsync(refused, 413);
    }

    [Fact]
    public async Task Reply_AboveItsBound_Is413_AndSaysThatTheCommandWasExecuted()
    {
        using RawClient resp = await _http.Server.ConnectAsync();
        for (int i = 0; i < 3; i++)
        {
            await resp.CallAsync("RPUSH", "list", new string('x', 600_000));
        }

        using HttpResponseMessage response = await _http.CommandAsync("""["LRANGE","list",0,-1]""");
        using HttpResponseMessage next = await _http.CommandAsync("""["LLEN","list"]""");

        JsonElement problem = await HttpFixture.ProblemAsync(response, 413);
        Assert.Equal("REPLYTOOLARGE", problem.GetProperty("code").GetString());
        Assert.Contains("was executed", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal("""{"reply":3}""", await next.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Request_ThatTakesTooLong_Is504_AndTheNextOneIsServed()
    {
        using RawClient resp = await _http.Server.ConnectAsync();
        await resp.CallAsync("CLIENT", "PAUSE", "60000", "WRITE");
        using HttpResponseMessage late = await _http.SendAsync(HttpMethod.Put, "/v1/kv/paused", new StringContent("x"));
        using HttpResponseMessage read = await _http.SendAsync(HttpMethod.Get, "/v1/kv/paused");
        await resp.CallAsync("CLIENT", "UNPAUSE");

        Assert.Equal("TIMEOUT", (await HttpFixture.ProblemAsync(late, 504)).GetProperty("code").GetString());
        await HttpFixture.ProblemAsync(read, 404);
    }

    /// <summary>Two may be in work; those that wait for a key are not.</summary>
    [Fact]
    public async Task BlockedRequests_LeaveRoomForOthers()
    {
        using var gone = new CancellationTokenSource();
        Task[] waiting = [.. Enumerable.Range(0, 6).Select(i => _http.Client.PostAsync("/v1/command", HttpFixture.Json($$"""["BLPOP","never{{i}}",0]"""), gone.Token))];
        using RawClient resp = await _http.Server.ConnectAsync();
        await Poll.UntilAsync("all wait", async () => (await resp.CallAsync("INFO", "clients")).Text.Contains("blocked_clients:6", StringComparison.Ordinal));
        using HttpResponseMessage response = await _http.CommandAsync("""["PING"]""");
        await gone.CancelAsync();

        Assert.Equal("""{"reply":"PONG"}""", await response.Content.ReadAsStringAsync());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.WhenAll(waiting));
    }

    [Fact]
    public async Task Connections_AboveHttpMaxclients_AreClosed_AndRespGoesOn()
    {
        var sockets = new List<TcpClient>();
        try
        {
            for (int i = 0; i < 60; i++)
            {
                var socket = new TcpClient();
                sockets.Add(socket);
                await socket.ConnectAsync(IPAddress.Loopback, _http.Server.HttpPort);
            }

            await Poll.UntilAsync("some are closed", () => Task.FromResult(sockets.Count(static each => each.Client.Poll(0, SelectMode.SelectRead)) >= 20));
            using RawClient resp = await _http.Server.ConnectAsync();
            Assert.Equal("PONG", (await resp.CallAsync("PING")).Text);
        }
        finally
        {
            sockets.ForEach(static each => each.Dispose());
        }
    }

    [Fact]
    public async Task Rate_OfOneAddress_IsBounded()
    {
        await using var limited = new OwnServer("--http-rate-limit", "5");
        await limited.StartAsync();
        var statuses = new List<HttpStatusCode>();
        HttpResponseMessage? refused = null;
        for (int i = 0; i < 60 && refused is null; i++)
        {
            HttpResponseMessage response = await limited.CommandAsync("""["PING"]""");
            statuses.Add(response.StatusCode);
            refused = response.StatusCode == HttpStatusCode.TooManyRequests ? response : null;
        }

        Assert.Equal(HttpStatusCode.OK, statuses[0]);
        Assert.NotNull(refused);
        Assert.Equal(1, refused.Headers.RetryAfter?.Delta?.TotalSeconds);
        await HttpFixture.ProblemAsync(refused, 429);
    }

    public sealed class SmallServer() : OwnServer(
        "--http-max-json-bytes", "2kb", "--proto-max-bulk-len", "1mb", "--http-max-reply-bytes", "1mb", "--http-concurrency", "2", "--http-maxclients", "40", "--http-timeout", "3");
}
