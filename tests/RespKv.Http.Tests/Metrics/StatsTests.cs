using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using RespKv.TestKit.Server;

namespace RespKv.Http.Tests.Metrics;

public sealed class StatsTests(HttpFixture http) : IClassFixture<HttpFixture>
{
    [Fact]
    public async Task Stats_tell_what_was_written_and_that_it_is_durable()
    {
        await http.ReplyAsync("SET", "stats", "1");
        await http.ReplyAsync("GET", "stats");

        JsonElement stats = await http.Client.GetFromJsonAsync<JsonElement>("/v1/stats");

        Assert.Equal("ready", stats.GetProperty("server").GetProperty("state").GetString());
        Assert.Equal("always", stats.GetProperty("server").GetProperty("appendfsync").GetString());
        JsonElement durability = stats.GetProperty("durability");
        Assert.True(durability.GetProperty("appendedLsn").GetInt64() >= 1);
        Assert.Equal(durability.GetProperty("appendedLsn").GetInt64(), durability.GetProperty("durableLsn").GetInt64());
        Assert.True(durability.GetProperty("fsync").GetProperty("count").GetInt64() >= 1);
        Assert.True(durability.GetProperty("batch").GetProperty("records").GetProperty("max").GetInt64() >= 1);
        Assert.Equal(JsonValueKind.Null, durability.GetProperty("lastCheckpoint").ValueKind);
        Assert.Equal(JsonValueKind.Object, durability.GetProperty("recovery").ValueKind);
        Assert.True(durability.GetProperty("disk").GetProperty("freeBytes").GetInt64() > 0);
        Assert.False(durability.GetProperty("disk").GetProperty("full").GetBoolean());
        Assert.True(stats.GetProperty("commands").GetProperty("processed").GetInt64() >= 2);
        Assert.True(stats.GetProperty("memory").GetProperty("rssBytes").GetInt64() > 0);
        JsonElement database = Assert.Single(stats.GetProperty("keyspace").EnumerateArray());
        Assert.Equal(0, database.GetProperty("db").GetInt32());
        Assert.True(database.GetProperty("keys").GetInt64() >= 1);
        Assert.True(stats.GetProperty("hits").GetInt64() >= 1);
    }

    [Fact]
    public async Task Stats_without_a_password_that_is_needed_are_refused()
    {
        await using TestServer server = await TestServer.StartAsync(
            new TestServerOptions { SpeaksHttp = true, Directives = [.. TestServerOptions.SmallSegments, "--requirepass", "secret"] });
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{server.HttpPort}") };

        using HttpResponseMessage response = await client.GetAsync("/v1/stats");

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.DoesNotContain("durability", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }
}
