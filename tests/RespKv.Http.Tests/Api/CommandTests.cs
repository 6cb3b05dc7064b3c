using System.Net;
using System.Text;
using System.Text.Json;
using RespKv.TestKit.Server;

namespace RespKv.Http.Tests.Api;

public sealed class CommandTests(HttpFixture http) : IClassFixture<HttpFixture>
{
    [Fact]
    public async Task Write_CarriesItsLsn_AndReadDoesNot()
    {
        using HttpResponseMessage written = await http.CommandAsync("SET", "write", "1");
        using HttpResponseMessage read = await http.CommandAsync("GET", "write");

        Assert.Equal(HttpStatusCode.OK, written.StatusCode);
        Assert.True(long.Parse(Assert.Single(written.Headers.GetValues("RespKv-Lsn"))) > 0);
        Assert.False(read.Headers.Contains("RespKv-Lsn"));
        Assert.Equal("""{"reply":"1"}""", await read.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Reply_IsTyped()
    {
        await http.ReplyAsync("HSET", "typed", "a", "1");

        Assert.Equal("""{"a":"1"}""", (await http.ReplyAsync("HGETALL", "typed")).GetRawText());
        Assert.Equal(JsonValueKind.Number, (await http.ReplyAsync("HLEN", "typed")).ValueKind);
        Assert.Equal(JsonValueKind.Null, (await http.ReplyAsync("GET", "none")).ValueKind);
    }

    [Fact]
    public async Task Arguments_AreTextNumbersOrBytes_AndRepliesToo()
    {
        using HttpResponseMessage set = await PostAsync("""["SET","bytes",{"base64":"/wA="}]""");
        using HttpResponseMessage number = await PostAsync("""["INCRBY","number",5]""");

        Assert.Equal("""{"reply":"OK"}""", await set.Content.ReadAsStringAsync());
        Assert.Equal("""{"reply":{"base64":"/wA="}}""", await (await http.CommandAsync("GET", "bytes")).Content.ReadAsStringAsync());
        Assert.Equal("""{"reply":5}""", await number.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Text_IsWrittenAsItIs()
    {
        await http.ReplyAsync("SET", "text", "<a href='x'>\u00fc\u4e16</a> \"q\"");

        Assert.Equal("{\"reply\":\"<a href='x'>\u00fc\u4e16</a> \\\"q\\\"\"}", await (await http.CommandAsync("GET", "text")).Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Hash_WhoseOnlyFieldWouldLookLikeBytes_IsToldAsAMap()
    {
        await http.ReplyAsync("HSET", "odd", "base64", "eA==");

        Assert.Equal("""{"map":[["base64","eA=="]]}""", (await http.ReplyAsync("HGETALL", "odd")).GetRawText());
    }

    [Fact]
    public async Task Commands_AreOneTransaction_WithOneLsn()
    {
        using HttpResponseMessage before = await http.CommandAsync("SET", "before", "1");
        using HttpResponseMessage block = await PostAsync("""{"commands":[["SET","t","1"],["INCR","t"],["LPUSH","t","x"],["GET","t"]]}""");

        Assert.Equal(
            """{"replies":["OK",2,{"error":"WRONGTYPE Operation against a key holding the wrong kind of value"},"2"]}""",
            await block.Content.ReadAsStringAsync());
        Assert.Equal(Lsn(before) + 1, Lsn(block));
    }

    [Fact]
    public async Task Commands_OfWhichOneIsRefused_AreNotExecuted()
    {
        using HttpResponseMessage block = await PostAsync("""{"commands":[["SET","refused","1"],["NOSUCH"]]}""");

        JsonElement problem = await HttpFixture.ProblemAsync(block, 400);
        Assert.Equal(1, problem.GetProperty("index").GetInt32());
        Assert.StartsWith("ERR unknown command", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Null, (await http.ReplyAsync("GET", "refused")).ValueKind);
    }

    [Theory]
    [InlineData("SUBSCRIBE", "c")]
    [InlineData("monitor")]
    [InlineData("HELLO", "2")]
    [InlineData("AUTH", "x")]
    [InlineData("RESET")]
    [InlineData("QUIT")]
    [InlineData("MULTI")]
    [InlineData("EXEC")]
    [InlineData("WATCH", "k")]
    [InlineData("SELECT", "1")]
    [InlineData("CLIENT", "reply", "OFF")]
    [InlineData("CLIENT", "TRACKING", "ON")]
    public async Task Command_ThatChangesTheConnection_IsRefused(params string[] words)
    {
        using HttpResponseMessage alone = await http.CommandAsync(words);
        using HttpResponseMessage inBlock = await PostAsync($$"""{"commands":[{{JsonSerializer.Serialize(words)}}]}""");

        Assert.Equal("REFUSED", (await HttpFixture.ProblemAsync(alone, 400)).GetProperty("code").GetString());
        Assert.Equal("REFUSED", (await HttpFixture.ProblemAsync(inBlock, 400)).GetProperty("code").GetString());
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("7")]
    [InlineData("[[\"GET\",\"a\"]]")]
    [InlineData("[\"GET\",null]")]
    [InlineData("[\"GET\",{\"base64\":\"!\"}]")]
    [InlineData("[\"GET\",\"\\ud800\"]")]
    [InlineData("{\"commands\":[]}")]
    [InlineData("{\"commands\":[[]]}")]
    [InlineData("{\"commands\":[[\"PING\"]],\"x\":1}")]
    [InlineData("[[[[[[[[[[[[1]]]]]]]]]]]]")]
    [InlineData("[\"GET\",")]
    [InlineData("")]
    public async Task Body_ThatIsNoCommand_Is400(string body)
    {
        using HttpResponseMessage response = await PostAsync(body);

        await HttpFixture.ProblemAsync(response, 400);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("multipart/form-data")]
    public async Task Body_OfAnotherType_Is415(string type)
    {
        using HttpResponseMessage response = await http.Client.PostAsync("/v1/command", new StringContent("""["PING"]""", Encoding.UTF8, type));

        await HttpFixture.ProblemAsync(response, 415);
    }

    [Theory]
    [InlineData(400, "ERR", "NOSUCH")]
    [InlineData(400, "ERR", "GET")]
    [InlineData(409, "WRONGTYPE", "LPUSH", "errors", "x")]
    public async Task Error_HasItsStatusAndItsWord(int status, string code, params string[] words)
    {
        await http.ReplyAsync("SET", "errors", "1");
        using HttpResponseMessage response = await http.CommandAsync(words);

        Assert.Equal(code, (await HttpFixture.ProblemAsync(response, status)).GetProperty("code").GetString());
    }

    [Fact]
    public async Task BlockingCommand_EndsWhenItsClientGoesAway()
    {
        using (var gone = new CancellationTokenSource())
        {
            Task<HttpResponseMessage> waiting = http.Client.PostAsync("/v1/command", HttpFixture.Json("""["BLPOP","never",0]"""), gone.Token);
            await Poll.UntilAsync("it waits", async () => (await BlockedAsync()) == 1);
            await gone.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        }

        await Poll.UntilAsync("it has ended", async () => (await BlockedAsync()) == 0);
        await http.ReplyAsync("RPUSH", "never", "x");
        Assert.Equal(1, (await http.ReplyAsync("LLEN", "never")).GetInt64());
    }

    [Fact]
    public async Task BlockingCommand_IsAnsweredWhenItsKeyComes()
    {
        Task<HttpResponseMessage> waiting = http.CommandAsync("BLPOP", "soon", "0");
        await Poll.UntilAsync("it waits", async () => (await BlockedAsync()) >= 1);
        await http.ReplyAsync("RPUSH", "soon", "x");
        using HttpResponseMessage response = await waiting;

        Assert.Equal("""{"reply":["soon","x"]}""", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task BlockingCommand_IsToldThatTheServerStops()
    {
        await using var own = new OwnServer();
        await own.StartAsync();
        Task<HttpResponseMessage> waiting = own.CommandAsync("""["BLPOP","never",0]""");
        using RawClient resp = await own.Server.ConnectAsync();
        await Poll.UntilAsync("it waits", async () => (await resp.CallAsync("INFO", "clients")).Text.Contains("blocked_clients:1", StringComparison.Ordinal));
        Task<int> stopped = own.Server.TerminateAsync();
        using HttpResponseMessage response = await waiting;

        await HttpFixture.ProblemAsync(response, 503);
        Assert.Equal(0, await stopped);
    }

    [Fact]
    public async Task Client_ThatIsKilled_IsReplaced_AndAWaitingOneIsTold()
    {
        using var handler = new SocketsHttpHandler { MaxConnectionsPerServer = 1 };
        using var client = new HttpClient(handler) { BaseAddress = http.Client.BaseAddress };
        async Task<string> IdAsync()
        {
            using HttpResponseMessage response = await client.PostAsync("/v1/command", HttpFixture.Json("""["CLIENT","ID"]"""));
            return JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.GetProperty("reply").GetRawText();
        }

        string id = await IdAsync();
        await http.ReplyAsync("CLIENT", "KILL", "ID", id);
        string next = await IdAsync();
        Task<HttpResponseMessage> waiting = client.PostAsync("/v1/command", HttpFixture.Json("""["BLPOP","killed",0]"""));
        await Poll.UntilAsync("it waits", async () => (await BlockedAsync()) >= 1);
        await http.ReplyAsync("CLIENT", "KILL", "ID", next);
        using HttpResponseMessage killed = await waiting;

        Assert.NotEqual(id, next);
        Assert.Equal("CLOSED", (await HttpFixture.ProblemAsync(killed, 503)).GetProperty("code").GetString());
    }

    [Fact]
    public async Task Connection_IsOneClient_HoweverManyRequestsItSends()
    {
        using var handler = new SocketsHttpHandler { MaxConnectionsPerServer = 1 };
        using var client = new HttpClient(handler) { BaseAddress = http.Client.BaseAddress };
        var ids = new HashSet<string>();
        for (int i = 0; i < 5; i++)
        {
            using HttpResponseMessage response = await client.PostAsync("/v1/command", HttpFixture.Json("""["CLIENT","ID"]"""));
            ids.Add(await response.Content.ReadAsStringAsync());
        }

        string list = (await http.ReplyAsync("CLIENT", "LIST")).GetString()!;
        string id = JsonDocument.Parse(Assert.Single(ids)).RootElement.GetProperty("reply").GetRawText();
        Assert.Contains($"id={id} addr=127.0.0.1:", list, StringComparison.Ordinal);
    }

    private Task<HttpResponseMessage> PostAsync(string body) => http.Client.PostAsync("/v1/command", HttpFixture.Json(body));

    private async Task<int> BlockedAsync()
    {
        string info = (await http.ReplyAsync("INFO", "clients")).GetString()!;
        return int.Parse(info.Split("blocked_clients:")[1].Split('\r')[0]);
    }

    private static long Lsn(HttpResponseMessage response) => long.Parse(Assert.Single(response.Headers.GetValues("RespKv-Lsn")));
}
