using System.Net;
using System.Text.RegularExpressions;
using RespKv.TestKit.Server;

namespace RespKv.Console.Tests;

/// <summary>How the files of the console are served.</summary>
public sealed partial class FileTests
{
    [Fact]
    public async Task The_page_comes_with_a_policy_that_allows_this_server_and_nothing_inline()
    {
        await using TestServer server = await TestServer.StartAsync(new TestServerOptions { SpeaksHttp = true });
        using HttpClient client = ClientOf(server);
        using HttpResponseMessage page = await client.GetAsync(new Uri("/", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Equal("text/html; charset=utf-8", page.Content.Headers.ContentType!.ToString());
        string policy = page.Headers.GetValues("Content-Security-Policy").Single();
        Assert.StartsWith("default-src 'none'; script-src 'self'; style-src 'self'; ", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", page.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("no-referrer", page.Headers.GetValues("Referrer-Policy").Single());
        Assert.DoesNotContain("style=", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [NodeFact]
    public async Task Files_with_a_hash_in_their_name_are_kept_for_good_and_the_page_is_asked_for_again()
    {
        await using TestServer server = await TestServer.StartAsync(new TestServerOptions { SpeaksHttp = true });
        using HttpClient client = ClientOf(server);
        using HttpResponseMessage page = await client.GetAsync(new Uri("/", UriKind.Relative));
        Assert.Equal("no-cache", page.Headers.CacheControl!.ToString());
        string script = ScriptPattern().Match(await page.Content.ReadAsStringAsync()).Groups[1].Value;
        using HttpResponseMessage asset = await client.GetAsync(new Uri(script, UriKind.Relative));
        Assert.Equal("text/javascript; charset=utf-8", asset.Content.Headers.ContentType!.ToString());
        Assert.Equal("public, max-age=31536000, immutable", asset.Headers.CacheControl!.ToString());

        using var again = new HttpRequestMessage(HttpMethod.Get, "/");
        again.Headers.IfNoneMatch.Add(page.Headers.ETag!);
        using HttpResponseMessage unchanged = await client.SendAsync(again);
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
    }

    [Fact]
    public async Task With_http_console_no_there_is_no_page_but_an_API()
    {
        await using TestServer server = await TestServer.StartAsync(
            new TestServerOptions { SpeaksHttp = true, Directives = [.. TestServerOptions.SmallSegments, "--http-console", "no"] });
        using HttpClient client = ClientOf(server);
        using HttpResponseMessage page = await client.GetAsync(new Uri("/", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, page.StatusCode);
        using HttpResponseMessage api = await client.GetAsync(new Uri("/v1/stats", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, api.StatusCode);
    }

    private static HttpClient ClientOf(TestServer server) => new() { BaseAddress = new Uri($"http://127.0.0.1:{server.HttpPort}") };

    [GeneratedRegex("src=\"\\.(/assets/[^\"]+\\.js)\"")]
    private static partial Regex ScriptPattern();
}
