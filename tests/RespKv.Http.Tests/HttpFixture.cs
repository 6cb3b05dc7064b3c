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

    /// <summary>A request whose path and query reach the server as they are written.</summary>
    public static HttpRequestMessage Request(HttpMethod method, TestServer server, string target, HttpContent? content = null, params (string Name, string Value)[] headers)
    {
        var uri = new Uri($"http://127.0.0.1:{server.HttpPort}{target}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        var request = new HttpRequestMessage(method, uri) { Content = content };
        foreach ((string name, string value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return request;
    }

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string target, HttpContent? content = null, params (string Name, string Value)[] headers)
    {
        using HttpRequestMessage request = Request(method, Server, target, content, headers);
        return await Client.SendAsync(request);
    }

    /// <summary>The body of what answers a GET for JSON with 200.</summary>
    public async Task<string> GetJsonAsync(string target)
    {
        using HttpResponseMessage response = await SendAsync(HttpMethod.Get, target, null, ("Accept", "application/json"));
        string body = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, body);
        return body;
    }

    public Task<HttpResponseMessage> PutAsync(string target, string value, params (string Name, string Value)[] headers)
        => SendAsync(HttpMethod.Put, target, new StringContent(value, Encoding.UTF8, "text/plain"), headers);

    public Task<HttpResponseMessage> PutJsonAsync(string target, string json, params (string Name, string Value)[] headers)
        => SendAsync(HttpMethod.Put, target, Json(json), headers);

    /// <summary>The problem that a response is.</summary>
    public static async Task<JsonElement> ProblemAsync(HttpResponseMessage response, int status)
    {
        string body = await response.Content.ReadAsStringAsync();
        Assert.True((int)response.StatusCode == status, $"{(int)response.StatusCode}: {body}");
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        JsonElement problem = JsonDocument.Parse(body).RootElement;
        Assert.Equal(status, problem.GetProperty("status").GetInt32());
        return problem;
    }

    public static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");
}
