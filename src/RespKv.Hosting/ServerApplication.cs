using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RespKv.Engine;
using RespKv.Engine.Configuration;
using RespKv.Hosting.Connections;
using RespKv.Hosting.Tls;
using RespKv.Hosting.Transport;
using RespKv.Http;
using RespKv.Http.Metrics;
using RespKv.Storage.Files;

namespace RespKv.Hosting;

/// <summary>
/// What serves: bound sockets, the engine, Kestrel with a connection handler for RESP, and the HTTP door beside it. Whoever builds it decides what
/// stops it, where its log goes, and what a failure of the engine ends.
/// </summary>
internal sealed class ServerApplication : IAsyncDisposable
{
    /// <summary>
    /// How long connections may take to get their last replies when the server stops; then they are cut. As Redis's shutdown-timeout.
    /// The engine's own end is not bounded by it.
    /// </summary>
    private static readonly TimeSpan DrainConnectionsWithin = TimeSpan.FromSeconds(10);

    private readonly ListenSockets _sockets;
    private readonly ListenSockets _httpSockets;
    private readonly WebApplication _host;

    private ServerApplication(ListenSockets sockets, ListenSockets httpSockets, RespEngine engine, WebApplication host)
    {
        _sockets = sockets;
        _httpSockets = httpSockets;
        Engine = engine;
        _host = host;
    }

    public RespEngine Engine { get; }

    public IHost Host => _host;

    /// <summary>Where clients speak RESP, in the order of the configuration.</summary>
    public IReadOnlyList<EndPoint> EndPoints => _sockets.EndPoints;

    /// <summary>Where clients speak HTTP; empty without it.</summary>
    public IReadOnlyList<EndPoint> HttpEndPoints => _httpSockets.EndPoints;

    /// <summary>Completes when the engine serves clients, with null, or cannot, with the reason.</summary>
    public Task<Exception?> Opened => _host.Services.GetRequiredService<EngineService>().Opened;

    /// <summary>Binds the sockets; touches the data directory only when started.</summary>
    /// <param name="config">The settings.</param>
    /// <param name="surroundings">What the program around it provides.</param>
    /// <param name="bound">Sockets that are bound already; null: what the settings say. They belong to the application then, unless this throws.</param>
    /// <exception cref="ConfigException">An address cannot be bound, or a certificate cannot be used.</exception>
    /// <exception cref="StorageException">A file cannot be read.</exception>
    public static ServerApplication Create(ServerConfig config, Surroundings surroundings, (ListenSockets Resp, ListenSockets Http)? bound = null)
    {
        (IFileSystem files, IEngineLog log) = (surroundings.Files, surroundings.Log);
        TlsContexts? tls = config.TlsPort == 0 && config.HttpsPort == 0 ? null : new TlsContexts(new TlsContext(config.Tls, files), files);
        ListenSockets sockets = bound?.Resp ?? ListenSockets.Bind(config, files, log);
        ListenSockets? httpSockets = null;
        RespEngine? engine = null;
        try
        {
            httpSockets = bound?.Http ?? ListenSockets.BindForHttp(config, files, log);
            engine = EngineFactory.Create(config, files, log);
            engine.Tls = tls;
            WebApplication host = Build(config, surroundings, engine, sockets, httpSockets, tls);
            return new ServerApplication(sockets, httpSockets, engine, host);
        }
        catch
        {
            engine?.Dispose();
            httpSockets?.Dispose();
            sockets.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync().ConfigureAwait(false);
        Engine.Dispose();
        _httpSockets.Dispose();
        _sockets.Dispose();
    }

    private static WebApplication Build(
        ServerConfig config,
        Surroundings surroundings,
        RespEngine engine,
        ListenSockets sockets,
        ListenSockets httpSockets,
        TlsContexts? tls)
    {
        IEngineLog log = surroundings.Log;

        // Empty: no configuration files, no environment, no URLs of the framework. What can be set is in conf/respkv.conf.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "respkv-server" });
        builder.Logging.AddProvider(new EngineLogProvider(log)).SetMinimumLevel(LogLevel.Warning);

        IServiceCollection services = builder.Services;
        services.AddSingleton(config);
        services.AddSingleton(log);
        services.AddSingleton(surroundings.Lines);
        services.AddSingleton(new Listeners(sockets, httpSockets));
        services.AddSingleton(engine);
        services.AddSingleton<IEngineLifecycle>(engine);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(surroundings.Systemd);
        services.AddSingleton(surroundings.Exit);
        services.AddSingleton<EngineService>();
        services.AddHostedService(provider => provider.GetRequiredService<EngineService>());
        services.AddSingleton(surroundings.Lifetime);
        services.Configure<HostOptions>(options => options.ShutdownTimeout = DrainConnectionsWithin);
        services.AddSingleton<IConnectionListenerFactory>(_ => new SocketTransport(sockets, engine, config.IoThreads, config.TcpBacklog));
        services.AddHostedService(_ => new MetricsExport(engine, log));
        if (httpSockets.EndPoints.Count > 0)
        {
            // Behind the engine's service: it stops before the engine does.
            IReadOnlyList<HttpEndPoint> endPoints = [.. httpSockets.EndPoints.Select(each => new HttpEndPoint(each, httpSockets.IsTls(each), () => httpSockets.Take(each)))];
            services.AddHostedService(_ => new HttpDoor(engine, endPoints, tls is null ? null : () => tls.Current.Options(), new EngineLogProvider(log)));
        }

        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Listen(kestrel, sockets, tls, engine, log));
        return builder.Build();
    }

    private static void Listen(KestrelServerOptions kestrel, ListenSockets sockets, TlsContexts? tls, RespEngine engine, IEngineLog log)
    {
        foreach (EndPoint endPoint in sockets.EndPoints)
        {
            kestrel.Listen(endPoint, listener =>
            {
                if (sockets.IsTls(endPoint))
                {
                    listener.UseTls(tls!, engine, log);
                }

                listener.UseConnectionHandler<RespConnectionHandler>();
            });
        }
    }
}
