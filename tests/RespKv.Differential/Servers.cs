using RespKv.TestKit.Server;

namespace RespKv.Differential;

/// <summary>redis-server and ours, as processes of their own, or those that run already.</summary>
internal sealed class Servers : IAsyncDisposable
{
    private readonly TestServer? _ours;
    private readonly ChildProcess? _redis;
    private readonly TempDirectory? _directory;

    private Servers(TestServer? ours, ChildProcess? redis, TempDirectory? directory, int oursPort, int redisPort)
    {
        _ours = ours;
        _redis = redis;
        _directory = directory;
        OursPort = oursPort;
        RedisPort = redisPort;
    }

    public int OursPort { get; }

    public int RedisPort { get; }

    public static async Task<Servers> StartAsync((int Ours, int Redis)? ports)
    {
        if (ports is var (ours, redis))
        {
            return new Servers(null, null, null, ours, redis);
        }

        // What is compared is replies: no need to wait for the disk.
        TestServer server = await TestServer.StartAsync(new TestServerOptions { AppendFsync = "everysec", Directives = ["--enable-debug-command", "yes"] });
        var directory = new TempDirectory();
        int port = FreePort.Take();
        ChildProcess process = ChildProcess.Start(
            [Tool.Find("redis-server")!, "--port", $"{port}", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--enable-debug-command", "yes", "--dir", directory.Path]);
        await Poll.UntilAsync("Redis listens", () => process.Lines.Any(line => line.Contains("Ready to accept connections", StringComparison.Ordinal)));
        return new Servers(server, process, directory, server.Port, port);
    }

    public async ValueTask DisposeAsync()
    {
        if (_ours is not null)
        {
            await _ours.DisposeAsync();
        }

        if (_redis is not null)
        {
            await _redis.DisposeAsync();
        }

        _directory?.Dispose();
    }
}
