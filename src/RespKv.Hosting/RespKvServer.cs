using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RespKv.Engine;
using RespKv.Engine.Configuration;
using RespKv.Hosting.Embedding;
using RespKv.Storage.Files;

namespace RespKv.Hosting;

/// <summary>
/// A server inside this process, with the durability of any other: what was acknowledged is on disk. For tests, and for programs that bring their
/// database along. See <see cref="RespKvServiceCollectionExtensions.AddRespKv(IServiceCollection, Action{RespKvOptions}?)"/>.
/// </summary>
/// <remarks>Start once, stop once. It does not take part in the process's signals, and a failure of its storage does not end the process: see <see cref="Completion"/>.</remarks>
public sealed class RespKvServer : IHostedService, IAsyncDisposable
{
    private readonly RespKvOptions _options;
    private readonly IFileSystem _files;
    private readonly HostLog _log;
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource<Exception?> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TemporaryDirectory? _temporary;
    private ServerApplication? _application;
    private Task? _stopping;

    /// <param name="options">Read when it starts.</param>
    /// <param name="logger">Where its lines go; null: nowhere.</param>
    public RespKvServer(RespKvOptions options, ILogger<RespKvServer>? logger = null)
        : this(options, logger, new PosixFileSystem())
    {
    }

    internal RespKvServer(RespKvOptions options, ILogger<RespKvServer>? logger, IFileSystem files)
    {
        _options = options;
        _files = files;
        _log = new HostLog(logger);
    }

    /// <summary>Where clients connect to.</summary>
    /// <exception cref="InvalidOperationException">It has not been started.</exception>
    public IPEndPoint EndPoint => (IPEndPoint)Running.EndPoints[0];

    /// <summary><see cref="EndPoint"/> as clients of .NET take it: <c>127.0.0.1:6380</c>.</summary>
    public string ConnectionString => EndPoint.ToString();

    /// <summary>Where it speaks HTTP; null without it.</summary>
    public Uri? HttpAddress => Running.HttpEndPoints is [IPEndPoint first, ..] ? new Uri($"http://{first}/") : null;

    /// <summary>The data directory.</summary>
    public string Directory { get; private set; } = "";

    /// <summary>
    /// Completes when the server has ended: with null when it was stopped, with the cause when its storage has failed or its data cannot be opened
    /// (then nothing was acknowledged after it).
    /// </summary>
    public Task<Exception?> Completion => _completion.Task;

    private ServerApplication Running => _application ?? throw new InvalidOperationException("The server has not been started.");

    /// <summary>Completes when clients are served: recovery has finished.</summary>
    /// <exception cref="ConfigException">A directive is not accepted, or an address cannot be bound.</exception>
    /// <exception cref="IOException">The data directory is in use, corrupt or unreadable. Nothing was changed in it.</exception>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        if (_application is not null)
        {
            throw new InvalidOperationException("A server starts once.");
        }

        _temporary = _options.Directory is null ? new TemporaryDirectory() : null;
        Directory = _options.Directory is { } given ? Path.GetFullPath(given) : _temporary!.Path;
        _application = Create();
        await _application.Host.StartAsync(cancellationToken).ConfigureAwait(false);
        if (await _application.Opened.WaitAsync(cancellationToken).ConfigureAwait(false) is { } failure)
        {
            await DisposeAsync().ConfigureAwait(false);
            throw failure as IOException ?? new IOException($"The data directory {Directory} cannot be opened: {failure.Message}", failure);
        }

        _ = WatchAsync(_application.Engine);
        _application.Host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(() => _ = StopAsync());
    }

    /// <summary>Answers what was accepted, syncs, and closes the directory.</summary>
    public async Task StopAsync(CancellationToken cancellationToken = default)
    {
        if (_application is null)
        {
            return;
        }

        Task stopping;
        lock (_gate)
        {
            // The host around it, its disposal and a client's SHUTDOWN may all ask for it.
            stopping = _stopping ??= Task.Run(() => _application.Host.StopAsync(CancellationToken.None), CancellationToken.None);
        }

        await stopping.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Stops, and deletes the directory if it is a temporary one.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        if (_application is not null)
        {
            await _application.DisposeAsync().ConfigureAwait(false);
        }

        _completion.TrySetResult(null);
        await _log.DisposeAsync().ConfigureAwait(false);
        _temporary?.Dispose();
    }

    private ServerApplication Create()
    {
        ListenSockets? resp = null;
        ListenSockets? http = null;
        try
        {
            resp = ListenSockets.BindLoopback(_options.Port, _log);
            http = _options.SpeaksHttp ? ListenSockets.BindLoopback(_options.HttpPort, _log) : ListenSockets.None();
            ServerConfig config = Config(PortOf(resp), PortOf(http));
            FileDescriptors.FitMaxClients(config, _files, _log);
            var surroundings = new Surroundings(_files, _log, new StartupLog(_log, config), new NoExit(), new NoLifetime(), new SystemdNotifier(null));
            return ServerApplication.Create(config, surroundings, (resp, http));
        }
        catch
        {
            resp?.Dispose();
            http?.Dispose();
            _temporary?.Dispose();
            throw;
        }
    }

    private ServerConfig Config(int port, int httpPort)
    {
        (string, string)[] own =
        [
            ("port", $"{port}"), ("http-port", $"{httpPort}"), ("bind", "127.0.0.1"), ("http-bind", "127.0.0.1"), ("dir", Directory),
        ];
        string? taken = own.Select(each => each.Item1).FirstOrDefault(_options.Directives.ContainsKey);
        return taken is null
            ? ServerConfig.With([.. own, ("wal-segment-size", $"{_options.WalSegmentBytes}"), .. _options.Directives.Select(each => (each.Key, each.Value))])
            : throw new ConfigException($"{taken} is set by the options of the host, not among its directives");
    }

    private async Task WatchAsync(RespEngine engine) => _completion.TrySetResult(await engine.Stopped.ConfigureAwait(false));

    private static int PortOf(ListenSockets sockets) => sockets.EndPoints is [IPEndPoint first, ..] ? first.Port : 0;

    /// <summary>The process is not this server's to end: <see cref="Completion"/> tells.</summary>
    private sealed class NoExit : IProcessExit
    {
        public void Now(int code)
        {
        }
    }
}
