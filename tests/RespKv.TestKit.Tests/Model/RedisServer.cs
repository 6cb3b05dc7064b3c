using RespKv.TestKit.Server;

namespace RespKv.TestKit.Tests.Model;

/// <summary>A test that needs redis-server. Without it the test is skipped, and the report says so.</summary>
public sealed class RedisFactAttribute : FactAttribute
{
    public RedisFactAttribute() => Skip = Tool.Find("redis-server") is null ? "redis-server is not installed" : null;
}

/// <summary>A redis-server that keeps nothing on disk, on a port of its own.</summary>
internal sealed class RedisServer : IAsyncDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly ChildProcess _process;
    private readonly int _port = FreePort.Take();

    private RedisServer() => _process = ChildProcess.Start(
        [Tool.Find("redis-server")!, "--port", $"{_port}", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", _directory.Path]);

    public static async Task<RedisServer> StartAsync()
    {
        var server = new RedisServer();
        await Poll.UntilAsync("Redis listens", () => server._process.Lines.Any(line => line.Contains("Ready to accept connections", StringComparison.Ordinal)));
        return server;
    }

    public Task<RawClient> ConnectAsync() => RawClient.ConnectAsync(_port);

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _directory.Dispose();
    }
}
