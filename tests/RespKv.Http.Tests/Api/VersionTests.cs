using System.Globalization;
using System.Net;

namespace RespKv.Http.Tests.Api;

public sealed class VersionTests(HttpFixture http) : IClassFixture<HttpFixture>
{
    [Fact]
    public async Task IfMatch_WithTheVersion_Writes_AndWithAnotherOne_DoesNot()
    {
        string first = await PutAsync("cas", "1");
        using HttpResponseMessage written = await http.PutAsync("/v1/kv/cas", "2", ("If-Match", $"\"other\", {first}"));
        using HttpResponseMessage stale = await http.PutAsync("/v1/kv/cas", "3", ("If-Match", first));
        using HttpResponseMessage staleDelete = await http.SendAsync(HttpMethod.Delete, "/v1/kv/cas", null, ("If-Match", first));

        Assert.Equal(HttpStatusCode.NoContent, written.StatusCode);
        await HttpFixture.ProblemAsync(stale, 412);
        await HttpFixture.ProblemAsync(staleDelete, 412);
        Assert.Equal("2", (await http.ReplyAsync("GET", "cas")).GetString());
    }

    [Fact]
    public async Task IfMatch_OfAnythingOrOfAMissingKey()
    {
        using HttpResponseMessage missing = await http.PutAsync("/v1/kv/any", "1", ("If-Match", "*"));
        using HttpResponseMessage missingVersion = await http.PutAsync("/v1/kv/any", "1", ("If-Match", "\"x\""));
        using HttpResponseMessage deleteMissing = await http.SendAsync(HttpMethod.Delete, "/v1/kv/any", null, ("If-Match", "*"));
        await PutAsync("any", "1");
        using HttpResponseMessage there = await http.PutAsync("/v1/kv/any", "2", ("If-Match", "*"));

        await HttpFixture.ProblemAsync(missing, 412);
        await HttpFixture.ProblemAsync(missingVersion, 412);
        await HttpFixture.ProblemAsync(deleteMissing, 412);
        Assert.Equal(HttpStatusCode.NoContent, there.StatusCode);
    }

    [Fact]
    public async Task WeakVersion_NeverMatchesForAWrite_ButForARead()
    {
        string version = await PutAsync("weak", "1");
        using HttpResponseMessage write = await http.PutAsync("/v1/kv/weak", "2", ("If-Match", $"W/{version}"));
        using HttpResponseMessage read = await http.SendAsync(HttpMethod.Get, "/v1/kv/weak", null, ("If-None-Match", $"\"a\", W/{version}"));

        await HttpFixture.ProblemAsync(write, 412);
        Assert.Equal(HttpStatusCode.NotModified, read.StatusCode);
        Assert.Equal(version, read.Headers.ETag?.ToString());
        Assert.Equal("", await read.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task IfNoneMatch_WritesOnlyWhatIsNew()
    {
        using HttpResponseMessage created = await http.PutAsync("/v1/kv/none", "1", ("If-None-Match", "*"));
        using HttpResponseMessage again = await http.PutAsync("/v1/kv/none", "2", ("If-None-Match", "*"));
        using HttpResponseMessage collection = await http.PutJsonAsync("/v1/kv/none", """{"value":["x"]}""", ("If-None-Match", "*"));
        using HttpResponseMessage same = await http.PutAsync("/v1/kv/none", "2", ("If-None-Match", created.Headers.ETag!.ToString()));
        using HttpResponseMessage other = await http.PutAsync("/v1/kv/none", "3", ("If-None-Match", "\"other\""));

        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        await HttpFixture.ProblemAsync(again, 412);
        await HttpFixture.ProblemAsync(collection, 412);
        await HttpFixture.ProblemAsync(same, 412);
        Assert.Equal(HttpStatusCode.NoContent, other.StatusCode);
    }

    [Theory]
    [InlineData("If-Match", "x")]
    [InlineData("If-Match", "\"x")]
    [InlineData("If-None-Match", "W/x")]
    public async Task Condition_ThatIsMalformed_Is400(string header, string value)
    {
        using HttpResponseMessage put = await http.PutAsync("/v1/kv/malformed", "1", (header, value));

        await HttpFixture.ProblemAsync(put, 400);
    }

    [Fact]
    public async Task Version_IsOfTheContent_NotOfItsHistoryOrItsTtl()
    {
        string a = await PutAsync("content1", "same");
        string b = await PutAsync("content2?ttl=100000", "same");
        string c = await PutAsync("content3", "other");
        await http.ReplyAsync("HSET", "hash1", "a", "1", "b", "2");
        await http.ReplyAsync("HSET", "hash2", "b", "2", "a", "0", "c", "1");
        await http.ReplyAsync("HDEL", "hash2", "c");
        await http.ReplyAsync("HSET", "hash2", "a", "1");
        using HttpResponseMessage put = await http.PutJsonAsync("/v1/kv/hash3", """{"value":{"b":"2","a":"1"}}""");
        await http.ReplyAsync("SADD", "set1", "a", "1", "b", "2");

        Assert.Equal(a, b);
        Assert.NotEqual(a, c);
        Assert.Equal(await VersionAsync("hash1"), await VersionAsync("hash2"));
        Assert.Equal(await VersionAsync("hash1"), put.Headers.ETag?.ToString());
        Assert.NotEqual(await VersionAsync("hash1"), await VersionAsync("set1"));
    }

    [Fact]
    public async Task Version_IsTheSameAfterARestart()
    {
        await using var own = new OwnServer();
        await own.StartAsync();
        using HttpResponseMessage put = await own.SendAsync(HttpMethod.Put, "/v1/kv/kept", HttpFixture.Json("""{"value":{"a":"1","b":"2","c":"3"}}"""));
        await own.Server.KillAsync();
        await own.Server.RestartAsync();
        using HttpResponseMessage head = await own.SendAsync(HttpMethod.Get, "/v1/kv/kept", null, ("Accept", "application/json"));

        Assert.Equal(put.Headers.ETag, head.Headers.ETag);
        Assert.NotNull(head.Headers.ETag);
    }

    /// <summary>The promise of If-Match: of those that have read the same version one writes.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Counters_ByCompareAndSet_LoseNoStep(bool asJson)
    {
        const int Writers = 6;
        const int Steps = 15;
        string target = asJson ? "/v1/kv/counter1" : "/v1/kv/counter2";
        (await WriteAsync(target, 0, asJson, "*", isNew: true)).Dispose();
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => CountAsync(target, Steps, asJson)));

        Assert.Equal(Writers * Steps, await ReadAsync(target, asJson));
    }

    private async Task CountAsync(string target, int steps, bool asJson)
    {
        while (steps > 0)
        {
            using HttpResponseMessage read = await http.SendAsync(HttpMethod.Get, target, null, ("Accept", asJson ? "application/json" : "*/*"));
            int value = Parse(await read.Content.ReadAsStringAsync(), asJson);
            using HttpResponseMessage written = await WriteAsync(target, value + 1, asJson, read.Headers.ETag!.ToString(), isNew: false);
            Assert.True(written.StatusCode is HttpStatusCode.NoContent or HttpStatusCode.PreconditionFailed, written.ToString());
            steps -= written.IsSuccessStatusCode ? 1 : 0;
        }
    }

    private async Task<int> ReadAsync(string target, bool asJson)
        => Parse(asJson ? await http.GetJsonAsync(target) : await http.Client.GetStringAsync(target), asJson);

    private Task<HttpResponseMessage> WriteAsync(string target, int value, bool asJson, string version, bool isNew)
    {
        (string, string) condition = (isNew ? "If-None-Match" : "If-Match", version);
        return asJson ? http.PutJsonAsync(target, $$"""{"value":["{{value}}"]}""", condition) : http.PutAsync(target, $"{value}", condition);
    }

    private static int Parse(string body, bool asJson)
        => int.Parse(asJson ? System.Text.Json.JsonDocument.Parse(body).RootElement.GetProperty("value")[0].GetString()! : body, CultureInfo.InvariantCulture);

    private async Task<string> PutAsync(string key, string value)
    {
        using HttpResponseMessage put = await http.PutAsync("/v1/kv/" + key, value);
        Assert.True(put.IsSuccessStatusCode);
        return put.Headers.ETag!.ToString();
    }

    private async Task<string> VersionAsync(string key)
    {
        using HttpResponseMessage head = await http.SendAsync(HttpMethod.Head, "/v1/kv/" + key, null, ("Accept", "application/json"));
        return head.Headers.ETag!.ToString();
    }
}
