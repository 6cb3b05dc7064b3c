using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using RespKv.TestKit.Server;

namespace RespKv.Http.Tests.Health;

public sealed class HealthTests(HttpFixture http) : IClassFixture<HttpFixture>
{
    [Theory]
    [InlineData("/health/live", "live")]
    [InlineData("/health/ready", "ready")]
    public async Task Server_that_serves_is_healthy(string path, string status)
    {
        using HttpResponseMessage response = await http.Client.GetAsync(path);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal($$"""{"status":"{{status}}","reason":""}""", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Health_needs_no_password()
    {
        await using TestServer server = await TestServer.StartAsync(
            new TestServerOptions { SpeaksHttp = true, Directives = [.. TestServerOptions.SmallSegments, "--requirepass", "secret"] });
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{server.HttpPort}") };

        Assert.Equal("ready", (await client.GetFromJsonAsync<JsonElement>("/health/ready")).GetProperty("status").GetString());
    }
}
