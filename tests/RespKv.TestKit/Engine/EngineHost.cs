using RespKv.Engine;
using RespKv.Engine.Configuration;
using RespKv.Storage.Files;
using RespKv.TestKit.Files;

namespace RespKv.TestKit.Engine;

/// <summary>An engine without a server: on any file system, with clients that are objects.</summary>
public sealed class EngineHost : IAsyncDisposable
{
    /// <summary>Small segments, so that tests cross their borders and do not zero-write 64 MiB each.</summary>
    public static readonly (string Name, string Value)[] SmallSegments = [("wal-segment-size", "1mb")];

    private readonly IFileSystem _files;

    private EngineHost(RespEngine engine, ListLog log, IFileSystem files)
    {
        Engine = engine;
        Log = log;
        _files = files;
    }

    public RespEngine Engine { get; }

    public ListLog Log { get; }

    /// <summary>Opens an engine on <c>/data</c> of the file system and waits until it is ready.</summary>
    public static async Task<EngineHost> OpenAsync(IFileSystem files, TimeProvider? time = null, params (string Name, string Value)[] settings)
    {
        EngineHost host = Create(files, time, settings);
        await host.Engine.OpenAsync(CancellationToken.None);
        return host;
    }

    /// <summary>As <see cref="OpenAsync"/>, but not opened: the engine is loading until <c>Engine.OpenAsync</c> was called.</summary>
    public static EngineHost Create(IFileSystem files, TimeProvider? time = null, params (string Name, string Value)[] settings)
    {
        var log = new ListLog();
        ServerConfig config = ServerConfig.With([("dir", "/data"), .. SmallSegments, .. settings]);
        return new EngineHost(new RespEngine(config, files, time ?? TimeProvider.System, log), log, files);
    }

    public TestClient Connect() => new(Engine);

    public async ValueTask DisposeAsync()
    {
        // A test that failed while it held syncs must not hang here.
        (_files as SimulatedFileSystem)?.ReleaseSyncs();
        await Engine.StopAsync();
        Engine.Dispose();
    }
}
