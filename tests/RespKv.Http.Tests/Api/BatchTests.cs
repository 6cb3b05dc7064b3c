using System.Text.Json;

namespace RespKv.Http.Tests.Api;

public sealed class BatchTests(HttpFixture http) : IClassFixture<HttpFixture>
{
    [Fact]
    public async Task Batch_OfAllTypes_IsOneLsn()
    {
        await http.ReplyAsync("SET", "gone", "1");
        long before = await LsnAsync(await http.CommandAsync("SET", "marker", "1"));
        using HttpResponseMessage response = await BatchAsync("""
            {"items":[
              {"op":"put","key":"s","value":"1","ttl":100000},
              {"op":"put","key":{"base64":"/w=="},"value":{"base64":"/w=="}},
              {"op":"put","key":"h","value":{"f":"1"},"ttl":100000},
              {"op":"put","key":"l","value":["a","b"]},
              {"op":"put","key":"z","type":"zset","value":[{"member":"m","score":1}]},
              {"op":"delete","key":"gone"},
              {"op":"delete","key":"missing"}]}
            """);
        string body = await response.Content.ReadAsStringAsync();
        JsonElement reply = JsonDocument.Parse(body).RootElement;

        Assert.Equal(before + 1, reply.GetProperty("lsn").GetInt64());
        Assert.Equal(before + 1, await LsnAsync(response));
        Assert.True(reply.GetProperty("items")[0].GetProperty("created").GetBoolean());
        Assert.True(reply.GetProperty("items")[5].GetProperty("deleted").GetBoolean());
        Assert.False(reply.GetProperty("items")[6].GetProperty("deleted").GetBoolean());
        Assert.Equal("h", (await http.ReplyAsync("TYPE", "h")).GetString()![..1]);
        Assert.InRange((await http.ReplyAsync("PTTL", "h")).GetInt64(), 1, 100_000);
        Assert.Equal(JsonValueKind.Null, (await http.ReplyAsync("GET", "gone")).ValueKind);
    }

    [Fact]
    public async Task Condition_ThatDoesNotHold_IsNamed_AndNothingIsWritten()
    {
        using HttpResponseMessage put = await http.PutAsync("/v1/kv/guard", "1");
        string version = put.Headers.ETag!.ToString().Trim('"');
        using HttpResponseMessage failed = await BatchAsync(
            $$"""{"items":[{"op":"put","key":"guarded","value":"1","ifNoneMatch":"*"},{"op":"delete","key":"guard","ifMatch":"\"stale\""}]}""");
        using HttpResponseMessage held = await BatchAsync(
            $$"""{"items":[{"op":"put","key":"guarded","value":"2","ifNoneMatch":"*"},{"op":"delete","key":"guard","ifMatch":"\"{{version}}\""}]}""");

        Assert.Equal(1, (await HttpFixture.ProblemAsync(failed, 412)).GetProperty("index").GetInt32());
        Assert.True(held.IsSuccessStatusCode, await held.Content.ReadAsStringAsync());
        Assert.Equal("2", (await http.ReplyAsync("GET", "guarded")).GetString());
    }

    [Theory]
    [InlineData("{}", null)]
    [InlineData("[]", null)]
    [InlineData("{\"items\":[]}", null)]
    [InlineData("{\"items\":[{\"op\":\"put\",\"key\":\"wrong\",\"value\":\"1\"},{\"op\":\"get\",\"key\":\"a\"}]}", 1)]
    [InlineData("{\"items\":[{\"op\":\"put\",\"key\":\"wrong\",\"value\":\"1\"},{\"op\":\"put\",\"key\":\"a\"}]}", 1)]
    [InlineData("{\"items\":[{\"op\":\"put\",\"key\":\"wrong\",\"value\":\"1\"},{\"op\":\"delete\",\"key\":\"a\",\"ttl\":1}]}", 1)]
    [InlineData("{\"items\":[{\"op\":\"put\",\"value\":\"1\"}]}", 0)]
    [InlineData("{\"items\":[{\"op\":\"put\",\"key\":\"a\",\"value\":\"1\",\"ifMatch\":7}]}", 0)]
    [InlineData("{\"items\":[7]}", 0)]
    public async Task Batch_ThatIsWrong_Is400_AndWritesNothing(string json, int? index)
    {
        using HttpResponseMessage response = await BatchAsync(json);

        JsonElement problem = await HttpFixture.ProblemAsync(response, 400);
        Assert.Equal(index, problem.TryGetProperty("index", out JsonElement at) ? at.GetInt32() : null);
        Assert.Equal(JsonValueKind.Null, (await http.ReplyAsync("GET", "wrong")).ValueKind);
    }

    [Fact]
    public async Task Batch_OfTooManyItems_Is400()
    {
        string items = string.Join(',', Enumerable.Range(0, 1001).Select(i => $$"""{"op":"delete","key":"{{i}}"}"""));
        using HttpResponseMessage response = await BatchAsync($$"""{"items":[{{items}}]}""");

        await HttpFixture.ProblemAsync(response, 400);
    }

    private Task<HttpResponseMessage> BatchAsync(string json) => http.SendAsync(HttpMethod.Post, "/v1/kv:batch", HttpFixture.Json(json));

    private static async Task<long> LsnAsync(HttpResponseMessage response)
    {
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        return long.Parse(Assert.Single(response.Headers.GetValues("RespKv-Lsn")));
    }
}
