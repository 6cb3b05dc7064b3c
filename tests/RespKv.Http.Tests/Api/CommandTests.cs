using System.Net;
using System.Text.Json;

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
}
