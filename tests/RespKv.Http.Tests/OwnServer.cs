using RespKv.TestKit.Server;

namespace RespKv.Http.Tests;

/// <summary>A server of one test or, as a fixture, of one class, with directives of its own, and a client for it.</summary>
public class OwnServer(params string[] directives) : IAsyncDisposable, IAsyncLifetime
{
    public TestServer Server { get; private set; } = null!;

    public HttpClient Client { get; private set; } = null!;

    public async Task StartAsync()
    {
        Server = await TestServer.StartAsync(new TestServerOptions { SpeaksHttp = true, Directives = [.. TestServerOptions.SmallSegments, .. directives] });
        Client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{Server.HttpPort}") };
    }

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string target, HttpContent? content = null, params (string Name, string Value)[] headers)
    {
        using HttpRequestMessage request = HttpFixture.Request(method, Server, target, content, headers);
        return await Client.SendAsync(request);
    }

    public Task<HttpResponseMessage> CommandAsync(string json, params (string Name, string Value)[] headers)
        => SendAsync(HttpMethod.Post, "/v1/command", HttpFixture.Json(json), headers);

    Task IAsyncLifetime.InitializeAsync() => StartAsync();

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        Client?.Dispose();
        if (Server is not null)
        {
            await Server.DisposeAsync();
        }
    }
}
