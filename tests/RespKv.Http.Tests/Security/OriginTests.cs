using System.Net;

namespace RespKv.Http.Tests.Security;

public sealed class OriginTests(OriginTests.NamedServer http) : IClassFixture<OriginTests.NamedServer>
{
    private readonly OwnServer _http = http;

    [Theory]
    [InlineData("127.0.0.1:8380", true)]
    [InlineData("[::1]:8380", true)]
    [InlineData("localhost", true)]
    [InlineData("LOCALHOST:1", true)]
    [InlineData("db.example.com:8380", true)]
    [InlineData("evil.example.com", false)]
    [InlineData("localhost.evil.example.com", false)]
    [InlineData("127.0.0.1.evil.example.com", false)]
    public async Task Host_ThatIsNotExpected_IsRefused(string host, bool isExpected)
    {
        using HttpResponseMessage response = await _http.SendAsync(HttpMethod.Get, "/v1/kv", null, ("Host", host));
        using HttpResponseMessage health = await _http.SendAsync(HttpMethod.Get, "/health/live", null, ("Host", host));

        Assert.Equal(isExpected ? HttpStatusCode.OK : HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
    }

    [Theory]
    [InlineData("/v1/kv/../../health/live")]
    [InlineData("/v1/kv/%2e%2e/%2e%2e/health/live")]
    public async Task Key_ThatLooksLikeAnotherPath_GetsRoundNothing(string target)
    {
        using HttpResponseMessage response = await _http.SendAsync(HttpMethod.Get, target, null, ("Host", "evil.example.com"));

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Theory]
    [InlineData("Origin", "https://evil.example.com", false)]
    [InlineData("Origin", "null", false)]
    [InlineData("Origin", "http://localhost:3000", false)]
    [InlineData("Origin", "http://db.example.com", true)]
    [InlineData("Origin", "https://db.example.com", true)]
    [InlineData("Origin", "https://admin.example.com", true)]
    [InlineData("Origin", "https://admin.example.com:444", false)]
    [InlineData("Sec-Fetch-Site", "cross-site", false)]
    [InlineData("Sec-Fetch-Site", "same-site", false)]
    [InlineData("Sec-Fetch-Site", "same-origin", true)]
    [InlineData("Sec-Fetch-Site", "none", true)]
    public async Task Page_OfAnotherOrigin_IsRefused_AndNothingIsWritten(string header, string value, bool isTaken)
    {
        using HttpResponseMessage response = await _http.SendAsync(
            HttpMethod.Put, "/v1/kv/origin", new StringContent(value), ("Host", "db.example.com"), (header, value));

        Assert.Equal(isTaken, response.IsSuccessStatusCode);
        Assert.Equal(isTaken, response.Headers.Contains("RespKv-Lsn"));
    }

    [Fact]
    public async Task Link_ToTheConsole_MayStandAnywhere_ToTheApiNot()
    {
        (string, string)[] navigation = [("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "navigate")];
        using HttpResponseMessage console = await _http.SendAsync(HttpMethod.Get, "/", null, navigation);
        using HttpResponseMessage api = await _http.SendAsync(HttpMethod.Get, "/v1/kv", null, navigation);
        using HttpResponseMessage shouted = await _http.SendAsync(HttpMethod.Get, "/V1/kv", null, navigation);

        Assert.NotEqual(HttpStatusCode.Forbidden, console.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, api.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, shouted.StatusCode);
    }

    [Theory]
    [InlineData("https://admin.example.com", "https://admin.example.com")]
    [InlineData("https://evil.example.com", null)]
    public async Task Preflight_IsAnsweredForConfiguredOriginsOnly(string origin, string? allowed)
    {
        using HttpResponseMessage response = await _http.SendAsync(
            HttpMethod.Options, "/v1/kv/a", null, ("Origin", origin), ("Access-Control-Request-Method", "PUT"), ("Access-Control-Request-Headers", "authorization,if-match"));

        Assert.Equal(allowed, response.Headers.TryGetValues("Access-Control-Allow-Origin", out IEnumerable<string>? values) ? string.Join(' ', values) : null);
        Assert.Equal(allowed is not null, response.Headers.Contains("Access-Control-Allow-Methods"));
        Assert.False(response.Headers.Contains("Access-Control-Allow-Credentials"));
    }

    [Fact]
    public async Task Responses_CarryTheHeadersThatKeepBrowsersFromGuessing()
    {
        using HttpResponseMessage response = await _http.SendAsync(HttpMethod.Get, "/v1/kv/missing");

        Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("no-store", response.Headers.CacheControl?.ToString());
        Assert.Contains("default-src 'none'", Assert.Single(response.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        Assert.False(response.Headers.Contains("Server"));
        Assert.False(response.Headers.Contains("Access-Control-Allow-Origin"));
    }

    public sealed class NamedServer() : OwnServer("--http-hosts", "db.example.com", "--http-cors-origins", "https://admin.example.com");
}
