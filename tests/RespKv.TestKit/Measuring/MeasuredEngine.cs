using RespKv.TestKit.Engine;

namespace RespKv.TestKit.Measuring;

/// <summary>An engine with durable defaults and one client, with nothing around them that takes time: a disk in memory, no socket, no checkpoints.</summary>
public sealed class MeasuredEngine : IAsyncDisposable
{
    private readonly EngineHost _host;

    private MeasuredEngine(EngineHost host)
    {
        _host = host;
        Client = new DiscardingClient(host.Engine);
    }

    public DiscardingClient Client { get; }

    public static async Task<MeasuredEngine> OpenAsync() => new(await EngineHost.OpenAsync(
        new DiscardingFileSystem(),
        settings: [("wal-segment-size", "64mb"), ("checkpoint-log-bytes", "0"), ("checkpoint-interval", "0"), ("checkpoint-on-shutdown", "no")]));

    /// <summary>The same request so many times in a row, as a client that pipelines sends it.</summary>
    public static byte[] Repeated(int times, params string[] args)
    {
        byte[] request = TestClient.Encode(args);
        byte[] requests = new byte[request.Length * times];
        for (int i = 0; i < times; i++)
        {
            request.CopyTo(requests, i * request.Length);
        }

        return requests;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _host.DisposeAsync();
    }
}
