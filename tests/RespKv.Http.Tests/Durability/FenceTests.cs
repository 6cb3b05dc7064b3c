using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using RespKv.TestKit.Engine;
using RespKv.TestKit.Files;

namespace RespKv.Http.Tests.Durability;

/// <summary>The fence (D1, D8) at this door: on a file system whose syncs are held, nothing leaves that is not on disk. Catches a reply that goes before it.</summary>
public sealed class FenceTests : IAsyncLifetime
{
    private readonly SimulatedFileSystem _files = new();
    private EngineHost _host = null!;
    private HttpDoor _door = null!;
    private HttpClient _client = null!;

    public async Task InitializeAsync()
    {
        _host = await EngineHost.OpenAsync(_files);
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _door = new HttpDoor(_host.Engine, [new HttpEndPoint(socket.LocalEndPoint!, false, () => socket)], null, NullLoggerProvider.Instance);
        await _door.StartAsync(CancellationToken.None);
        _client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{((IPEndPoint)socket.LocalEndPoint!).Port}") };
        foreach (string key in (string[])["durable", "other", "gone"])
        {
            (await _client.PutAsync($"/v1/kv/{key}", new StringContent("old"))).EnsureSuccessStatusCode();
        }
    }

    public async Task DisposeAsync()
    {
        _files.ReleaseSyncs();
        _client.Dispose();
        await _door.StopAsync(CancellationToken.None);
        await _door.DisposeAsync();
        await _host.DisposeAsync();
    }

    [Theory]
    [InlineData("PUT", "/v1/kv/durable", "text/plain", "new")]
    [InlineData("PUT", "/v1/kv/durable", "application/json", "{\"value\":[\"new\"]}")]
    [InlineData("PUT", "/v1/kv/durable?xx=true", "application/json", "{\"value\":[\"new\"]}")]
    [InlineData("DELETE", "/v1/kv/durable", null, null)]
    [InlineData("POST", "/v1/kv:batch", "application/json", "{\"items\":[{\"op\":\"put\",\"key\":\"durable\",\"value\":\"new\"}]}")]
    [InlineData("POST", "/v1/command", "application/json", "[\"SET\",\"durable\",\"new\"]")]
    [InlineData("POST", "/v1/command", "application/json", "{\"commands\":[[\"SET\",\"durable\",\"new\"]]}")]
    public async Task Write_IsAnsweredWhenItIsOnDisk(string method, string target, string? type, string? body)
    {
        _files.HoldSyncs();
        Task<HttpResponseMessage> write = SendAsync(method, target, type, body);
        await _files.SyncHeldAsync();
        await AssertOthersAreServedAsync();
        Assert.False(write.IsCompleted);

        _files.ReleaseSyncs();
        using HttpResponseMessage response = await write;
        Assert.True(response.IsSuccessStatusCode);
        Assert.True(_host.Engine.DurableLsn >= long.Parse(Assert.Single(response.Headers.GetValues("RespKv-Lsn"))));
    }

    [Theory]
    [InlineData("GET", "/v1/kv/durable", null, null)]
    [InlineData("HEAD", "/v1/kv/durable", null, null)]
    [InlineData("GET", "/v1/kv/gone", null, null)]
    [InlineData("GET", "/v1/kv?values=true", null, null)]
    [InlineData("PUT", "/v1/kv/durable?nx=true", "text/plain", "x")]
    [InlineData("DELETE", "/v1/kv/gone", null, null)]
    [InlineData("POST", "/v1/command", "application/json", "[\"MGET\",\"other\",\"durable\"]")]
    public async Task WhatOthersWrote_IsShownWhenItIsOnDisk(string method, string target, string? type, string? body)
    {
        using TestClient writer = _host.Connect();
        _files.HoldSyncs();
        writer.Send("SET", "durable", "new");
        writer.Send("DEL", "gone");
        await _files.SyncHeldAsync();
        Task<HttpResponseMessage> read = SendAsync(method, target, type, body);
        await AssertOthersAreServedAsync();
        Assert.False(read.IsCompleted);

        _files.ReleaseSyncs();
        using HttpResponseMessage response = await read;
        Assert.DoesNotContain("old", target.EndsWith("/durable", StringComparison.Ordinal) ? await response.Content.ReadAsStringAsync() : "", StringComparison.Ordinal);
    }

    [Fact]
    public async Task CompareAndSet_DoesNotActOnWhatIsNotOnDisk()
    {
        using HttpResponseMessage put = await SendAsync("PUT", "/v1/kv/other", "text/plain", "new");
        string version = put.Headers.ETag!.ToString();
        using TestClient writer = _host.Connect();
        _files.HoldSyncs();
        writer.Send("SET", "durable", "new");
        await _files.SyncHeldAsync();
        Task<HttpResponseMessage> refused = SendAsync("PUT", "/v1/kv/durable", "text/plain", "newer", ("If-Match", "\"stale\""));
        Task<HttpResponseMessage> written = SendAsync("PUT", "/v1/kv/durable", "text/plain", "newer", ("If-Match", version));
        await AssertOthersAreServedAsync();
        Assert.False(refused.IsCompleted);
        Assert.False(written.IsCompleted);

        _files.ReleaseSyncs();
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await refused).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await written).StatusCode);
    }

    /// <summary>What is on disk is shown at once. Several requests, so that what should not leave would have had the time.</summary>
    private async Task AssertOthersAreServedAsync()
    {
        for (int i = 0; i < 5; i++)
        {
            Assert.NotEmpty(await _client.GetStringAsync("/v1/kv/other"));
        }
    }

    private async Task<HttpResponseMessage> SendAsync(string method, string target, string? type, string? body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), target);
        request.Content = body is null ? null : new StringContent(body, System.Text.Encoding.UTF8, type!);
        foreach ((string name, string value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await _client.SendAsync(request);
    }
}
