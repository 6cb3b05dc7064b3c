using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using RespKv.TestKit.Server;

namespace RespKv.Http.Tests;

/// <summary>A server that speaks HTTP, shared by the tests of a class.</summary>
public sealed class HttpFixture : IAsyncLifetime
{
    public TestServer Server { get; private set; } = null!;

    /// <summary>Without redirects, on the server's address.</summary>
    public HttpClient Client { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Server = await TestServer.StartAsync(new TestServerOptions { SpeaksHttp = true });
        Client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{Server.HttpPort}") };
    }

    public async Task DisposeAsync()
    {
        Client.Dispose();
        await Server.DisposeAsync();
    }

    /// <summary>POST /v1/command with words.</summary>
    public Task<HttpResponseMessage> CommandAsync(params string[] words) => Client.PostAsJsonAsync("/v1/command", words);

    /// <summary>The reply of a command that succeeds.</summary>
    public async Task<JsonElement> ReplyAsync(params string[] words)
    {
        using HttpResponseMessage response = await CommandAsync(words);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("reply");
    }

    public static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");
}
