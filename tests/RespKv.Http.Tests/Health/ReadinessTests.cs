using System.Net;
using RespKv.Storage.Files;
using RespKv.TestKit.Engine;
using RespKv.TestKit.Files;

namespace RespKv.Http.Tests.Health;

/// <summary>What /health/ready says of an engine that does not serve.</summary>
public sealed class ReadinessTests
{
    [Fact]
    public async Task Loading_engine_is_alive_and_not_ready()
    {
        await using EngineHost host = EngineHost.Create(new SimulatedFileSystem());
        await using InProcessDoor door = await InProcessDoor.OpenAsync(host.Engine);

        Assert.Equal((HttpStatusCode.OK, """{"status":"live","reason":""}"""), await GetAsync(door, "/health/live"));
        Assert.Equal((HttpStatusCode.ServiceUnavailable, """{"status":"loading","reason":"reading the data from disk"}"""), await GetAsync(door, "/health/ready"));

        await host.Engine.OpenAsync(CancellationToken.None);
        Assert.Equal((HttpStatusCode.OK, """{"status":"ready","reason":""}"""), await GetAsync(door, "/health/ready"));
    }

    [Fact]
    public async Task Metrics_are_told_while_the_engine_loads()
    {
        await using EngineHost host = EngineHost.Create(new SimulatedFileSystem());
        await using InProcessDoor door = await InProcessDoor.OpenAsync(host.Engine);

        string text = await door.Client.GetStringAsync("/metrics");

        Assert.Contains("respkv_ready 0\n", text, StringComparison.Ordinal);
        Assert.Contains("respkv_state{state=\"loading\"} 1\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metrics_are_told_while_a_sync_hangs()
    {
        var files = new SimulatedFileSystem();
        await using EngineHost host = await EngineHost.OpenAsync(files);
        await using InProcessDoor door = await InProcessDoor.OpenAsync(host.Engine);
        using TestClient client = host.Connect();
        files.HoldSyncs();
        client.Send("SET", "a", "1");
        await files.SyncHeldAsync();

        string text = await door.Client.GetStringAsync("/metrics");

        Assert.Contains("respkv_in_flight_writes 1\n", text, StringComparison.Ordinal);
        Assert.Contains("respkv_durable_lsn 0\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("redis_db_keys{", text, StringComparison.Ordinal);
        files.ReleaseSyncs();
    }

    [Fact]
    public async Task Failed_engine_says_so()
    {
        var files = new SimulatedFileSystem();
        await using EngineHost host = await EngineHost.OpenAsync(files);
        await using InProcessDoor door = await InProcessDoor.OpenAsync(host.Engine);
        using TestClient client = host.Connect();
        files.FailNext(FileOperation.SyncData, Errno.EIO, "wal-");
        client.Send("SET", "a", "1");
        await host.Engine.Stopped;

        (HttpStatusCode status, string body) = await GetAsync(door, "/health/ready");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Contains("\"status\":\"failed\"", body, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(door, "/health/live")).Status);
    }

    private static async Task<(HttpStatusCode Status, string Body)> GetAsync(InProcessDoor door, string path)
    {
        using HttpResponseMessage response = await door.Client.GetAsync(path);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }
}
