using System.Net;
using System.Text;
using RespKv.Protocol;
using RespKv.TestKit.Server;

namespace RespKv.Http.Tests.Api;

public sealed class KeyTests(HttpFixture http) : IClassFixture<HttpFixture>
{
    [Fact]
    public async Task RawValue_OfAllBytes_ComesBackAsItWas()
    {
        byte[] value = [.. Enumerable.Range(0, 256).Select(i => (byte)i)];
        using HttpResponseMessage put = await http.SendAsync(HttpMethod.Put, "/v1/kv/raw", new ByteArrayContent(value));
        using HttpResponseMessage get = await http.SendAsync(HttpMethod.Get, "/v1/kv/raw");
        using HttpResponseMessage head = await http.SendAsync(HttpMethod.Head, "/v1/kv/raw");

        Assert.Equal(HttpStatusCode.Created, put.StatusCode);
        Assert.True(long.Parse(Assert.Single(put.Headers.GetValues("RespKv-Lsn"))) > 0);
        Assert.Equal(value, await get.Content.ReadAsByteArrayAsync());
        Assert.Equal("application/octet-stream", get.Content.Headers.ContentType?.MediaType);
        Assert.Equal(256, head.Content.Headers.ContentLength);
        Assert.Equal(put.Headers.ETag, get.Headers.ETag);
        Assert.Equal(put.Headers.ETag, head.Headers.ETag);
    }

    [Fact]
    public async Task Put_OfAKeyThatIsThere_Is204_AndDeleteTellsWhetherItWas()
    {
        using HttpResponseMessage created = await http.PutAsync("/v1/kv/twice", "1");
        using HttpResponseMessage replaced = await http.PutAsync("/v1/kv/twice", "2");
        using HttpResponseMessage deleted = await http.SendAsync(HttpMethod.Delete, "/v1/kv/twice");
        using HttpResponseMessage missing = await http.SendAsync(HttpMethod.Delete, "/v1/kv/twice");
        using HttpResponseMessage get = await http.SendAsync(HttpMethod.Get, "/v1/kv/twice");

        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, replaced.StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        Assert.True(deleted.Headers.Contains("RespKv-Lsn"));
        await HttpFixture.ProblemAsync(missing, 404);
        await HttpFixture.ProblemAsync(get, 404);
    }

    [Theory]
    [InlineData("a%2Fb", "a/b")]
    [InlineData("a/b", "a/b")]
    [InlineData("a%20b+c%25", "a b+c%")]
    [InlineData("%FF%fe%7F", "\u00ff\u00fe\u007f")]
    [InlineData("%2e%2E", "..")]
    [InlineData("../../health/live", "../../health/live")]
    [InlineData("//", "//")]
    [InlineData("", "")]
    [InlineData("YQBi?encoding=base64url", "a\0b")]
    [InlineData("Lg?encoding=base64url", ".")]
    [InlineData("?encoding=base64url", "")]
    public async Task Key_OfAnyBytes_IsTheOneThatTheEngineHas(string path, string latin1)
    {
        using RawClient resp = await http.Server.ConnectAsync();
        using HttpResponseMessage put = await http.PutAsync("/v1/kv/" + path, "value");
        Assert.True(put.IsSuccessStatusCode, await put.Content.ReadAsStringAsync());

        using var request = new MemoryStream();
        RawClient.AppendTo(request, "GET"u8.ToArray(), Encoding.Latin1.GetBytes(latin1));
        await resp.SendRawAsync(request.ToArray());
        RespValue? seen = await resp.TryReadAsync();
        using HttpResponseMessage get = await http.SendAsync(HttpMethod.Get, "/v1/kv/" + path);
        using HttpResponseMessage deleted = await http.SendAsync(HttpMethod.Delete, "/v1/kv/" + path);

        Assert.Equal("value", seen?.Text);
        Assert.Equal("value", await get.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
    }

    [Theory]
    [InlineData("/v1/kv/a%zz")]
    [InlineData("/v1/kv/a%4")]
    [InlineData("/v1/%6bv/a")]
    [InlineData("/v1/kv/*?encoding=base64url")]
    [InlineData("/v1/kv/a?encoding=hex")]
    [InlineData("/v1/kv/a?unknown=1")]
    [InlineData("/v1/kv/a?ttl=0")]
    [InlineData("/v1/kv/a?ttl=1&ttl=1")]
    [InlineData("/v1/kv/a?nx=maybe")]
    [InlineData("/v1/kv/a?nx=true&xx=true")]
    [InlineData("/v1/kv/a?ttl=5&keepttl=true")]
    [InlineData("/v1/kv/a?db=16")]
    public async Task Put_WithAMalformedTarget_Is400AndWritesNothing(string target)
    {
        using HttpResponseMessage put = await http.PutAsync(target, "x");

        await HttpFixture.ProblemAsync(put, 400);
        Assert.False(put.Headers.Contains("RespKv-Lsn"));
    }

    [Fact]
    public async Task Nul_InThePath_IsRefused_ByTheFrameworkItself()
    {
        using HttpResponseMessage get = await http.SendAsync(HttpMethod.Get, "/v1/kv/a%00b");

        Assert.Equal(HttpStatusCode.BadRequest, get.StatusCode);
    }

    [Fact]
    public async Task NxAndXx_FailWith412()
    {
        using HttpResponseMessage xxMissing = await http.PutAsync("/v1/kv/nx?xx=true", "1");
        using HttpResponseMessage nx = await http.PutAsync("/v1/kv/nx?nx=true", "2");
        using HttpResponseMessage nxAgain = await http.PutAsync("/v1/kv/nx?nx=true", "3");
        using HttpResponseMessage xx = await http.PutAsync("/v1/kv/nx?xx=true", "4");

        await HttpFixture.ProblemAsync(xxMissing, 412);
        Assert.Equal(HttpStatusCode.Created, nx.StatusCode);
        await HttpFixture.ProblemAsync(nxAgain, 412);
        Assert.Equal(HttpStatusCode.NoContent, xx.StatusCode);
        Assert.Equal("4", (await http.ReplyAsync("GET", "nx")).GetString());
    }

    [Theory]
    [InlineData("text")]
    [InlineData("""{"f":"v"}""")]
    public async Task Ttl_IsSet_Kept_AndTakenAway(string value)
    {
        string target = "/v1/kv/ttl" + value.Length;
        string json = value.StartsWith('{') ? $$"""{"value":{{value}}}""" : $$"""{"value":"{{value}}"}""";
        (await http.PutJsonAsync(target + "?ttl=100000", json)).Dispose();
        long set = (await http.ReplyAsync("PEXPIRETIME", "ttl" + value.Length)).GetInt64();
        (await http.PutJsonAsync(target + "?keepttl=true", json)).Dispose();
        long kept = (await http.ReplyAsync("PEXPIRETIME", "ttl" + value.Length)).GetInt64();
        (await http.PutJsonAsync(target, json)).Dispose();
        long without = (await http.ReplyAsync("PEXPIRETIME", "ttl" + value.Length)).GetInt64();

        Assert.True(set > 0);
        Assert.Equal(set, kept);
        Assert.Equal(-1, without);
    }

    [Theory]
    [InlineData("string", "\"text\"", "\"text\"")]
    [InlineData("string", "12.5", "\"12.5\"")]
    [InlineData("string", "{\"base64\":\"/wA=\"}", "{\"base64\":\"/wA=\"}")]
    [InlineData("list", "[\"b\",\"a\",\"b\",7]", "[\"b\",\"a\",\"b\",\"7\"]")]
    [InlineData("set", "[\"x\",\"x\"]", "[\"x\"]")]
    [InlineData("zset", "[{\"member\":\"b\",\"score\":2.5},{\"member\":\"a\",\"score\":\"-inf\"}]", "[{\"member\":\"a\",\"score\":\"-inf\"},{\"member\":\"b\",\"score\":2.5}]")]
    [InlineData("hash", "{\"f\":\"1\"}", "{\"f\":\"1\"}")]
    [InlineData("hash", "{\"base64\":\"eA==\"}", "{\"base64\":\"eA==\"}")]
    [InlineData("hash", "{\"map\":[[{\"base64\":\"/w==\"},\"1\"]]}", "{\"map\":[[{\"base64\":\"/w==\"},\"1\"]]}")]
    public async Task Json_OfEveryType_ComesBack_WithTheVersionThatPutTold(string type, string value, string read)
    {
        using HttpResponseMessage put = await http.PutJsonAsync("/v1/kv/typed", $$"""{"type":"{{type}}","value":{{value}},"ttl":null}""");
        Assert.True(put.IsSuccessStatusCode, await put.Content.ReadAsStringAsync());
        using HttpResponseMessage get = await http.SendAsync(HttpMethod.Get, "/v1/kv/typed", null, ("Accept", "application/json"));

        Assert.Equal($$"""{"key":"typed","type":"{{type}}","value":{{read}},"ttl":null}""", await get.Content.ReadAsStringAsync());
        Assert.Equal(put.Headers.ETag, get.Headers.ETag);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("{\"value\":null}")]
    [InlineData("{\"value\":true}")]
    [InlineData("{\"value\":[]}")]
    [InlineData("{\"value\":{}}")]
    [InlineData("{\"value\":[[1]]}")]
    [InlineData("{\"value\":{\"a\":null}}")]
    [InlineData("{\"value\":\"a\",\"type\":\"stream\"}")]
    [InlineData("{\"value\":\"a\",\"type\":\"list\"}")]
    [InlineData("{\"value\":[1],\"type\":\"zset\"}")]
    [InlineData("{\"value\":[{\"member\":\"a\",\"score\":\"nan\"}],\"type\":\"zset\"}")]
    [InlineData("{\"value\":\"a\",\"ttl\":-1}")]
    [InlineData("{\"value\":\"a\",\"ttl\":1.5}")]
    [InlineData("{\"value\":\"a\",\"tll\":1}")]
    [InlineData("{\"value\":\"a\",\"value\":\"b\"}")]
    [InlineData("{\"value\":\"\\ud800\"}")]
    [InlineData("{\"value\":{\"base64\":\"?\"}}x")]
    [InlineData("{\"value\":\"a\"")]
    [InlineData("")]
    public async Task Json_ThatIsNoValue_Is400(string json)
    {
        using HttpResponseMessage put = await http.PutJsonAsync("/v1/kv/refused", json);

        await HttpFixture.ProblemAsync(put, 400);
        Assert.False(put.Headers.Contains("RespKv-Lsn"));
    }

    [Fact]
    public async Task Collection_AskedForAsBytes_Is409()
    {
        await http.ReplyAsync("RPUSH", "list", "1");
        using HttpResponseMessage get = await http.SendAsync(HttpMethod.Get, "/v1/kv/list", null, ("Accept", "*/*"));

        Assert.Equal("WRONGTYPE", (await HttpFixture.ProblemAsync(get, 409)).GetProperty("code").GetString());
    }

    [Fact]
    public async Task Put_ReplacesAValueOfAnotherType()
    {
        await http.ReplyAsync("RPUSH", "retyped", "1");
        using HttpResponseMessage hash = await http.PutJsonAsync("/v1/kv/retyped", """{"value":{"f":"1"}}""");
        string asHash = (await http.ReplyAsync("TYPE", "retyped")).GetString()!;
        using HttpResponseMessage text = await http.PutAsync("/v1/kv/retyped", "1");

        Assert.Equal(HttpStatusCode.NoContent, hash.StatusCode);
        Assert.Equal("hash", asHash);
        Assert.Equal("string", (await http.ReplyAsync("TYPE", "retyped")).GetString());
    }

    [Fact]
    public async Task Database_IsSelectedByTheRequest_AndNotByTheOneBeforeIt()
    {
        (await http.PutAsync("/v1/kv/where?db=3", "three")).Dispose();
        using HttpResponseMessage other = await http.SendAsync(HttpMethod.Get, "/v1/kv/where");
        using HttpResponseMessage same = await http.SendAsync(HttpMethod.Get, "/v1/kv/where?db=3");

        await HttpFixture.ProblemAsync(other, 404);
        Assert.Equal("three", await same.Content.ReadAsStringAsync());
    }
}
