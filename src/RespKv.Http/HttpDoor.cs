using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RespKv.Engine;
using RespKv.Engine.Configuration;
using RespKv.Engine.Observation;
using RespKv.Http.Api;
using RespKv.Http.Clients;
using RespKv.Http.Console;
using RespKv.Http.Events;
using RespKv.Http.Health;
using RespKv.Http.Metrics;

namespace RespKv.Http;

/// <summary>
/// The HTTP door: API, metrics, health checks, web console. A Kestrel of its own on the framework's sockets and thread pool, so that nothing of it runs
/// on the event loops that serve RESP. What it answers has passed the same fence (D1, D8).
/// </summary>
/// <param name="engine">The database.</param>
/// <param name="endPoints">Where to listen.</param>
/// <param name="tls">What new TLS connections are encrypted with; null: no end point speaks TLS.</param>
/// <param name="log">Where the framework's warnings go.</param>
public sealed class HttpDoor(RespEngine engine, IReadOnlyList<HttpEndPoint> endPoints, Func<SslServerAuthenticationOptions>? tls, ILoggerProvider log) : IHostedService, IAsyncDisposable
{
    /// <summary>Connections that wait to be accepted, those that come before the door has been built among them.</summary>
    private const int Backlog = 512;

    private readonly Dictionary<EndPoint, Socket> _listening = [];
    private WebApplication? _application;
    private Task _starting = Task.CompletedTask;

    /// <summary>
    /// Listens from here on. The door itself is built beside: ASP.NET takes longer for that than the rest of a start together, and clients of RESP
    /// need not wait for it.
    /// </summary>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (HttpEndPoint endPoint in endPoints)
        {
            Socket socket = endPoint.TakeSocket();
            _listening.Add(endPoint.Address, socket);
            socket.Listen(Backlog);
        }

        _starting = Task.Run(OpenAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _starting.ConfigureAwait(false);
        if (_application is not null)
        {
            await _application.StopAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _starting.ConfigureAwait(false);
        if (_application is not null)
        {
            await _application.DisposeAsync().ConfigureAwait(false);
        }

        foreach (Socket socket in _listening.Values)
        {
            socket.Dispose();
        }
    }

    private async Task OpenAsync()
    {
        try
        {
            _application = Build();
            await _application.StartAsync().ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever it is: RESP is served without HTTP, and the operator is told.
        catch (Exception e)
#pragma warning restore CA1031
        {
            log.CreateLogger(nameof(HttpDoor)).Log(LogLevel.Error, default, e, e, static (_, cause) => $"No HTTP: {cause!.Message}");
        }
    }

    private WebApplication Build()
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "respkv-http" });
        builder.Logging.AddProvider(log).SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddSingleton(engine);
        builder.Services.AddSingleton(new EngineObserver(engine));
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<Leases>();
        ApiDoor.AddServices(builder.Services, engine.Config);
        builder.WebHost.UseKestrelCore().UseSockets(sockets => sockets.CreateBoundListenSocket = at => _listening[at]);
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(Configure);
        WebApplication application = builder.Build();
        ApiDoor.Use(application, engine);
        Map(application, engine.Config);
        return application;
    }

    /// <summary>All that there is, by its path.</summary>
    internal static void Map(WebApplication application, ServerConfig config)
    {
        ApiDoor.Map(application);
        HealthEndpoints.Map(application);
        StatsEndpoint.Map(application);
        MetricsEndpoint.Map(application);
        EventsEndpoint.Map(application);
        if (config.HttpConsole)
        {
            ConsoleEndpoint.Map(application);
        }
    }

    private void Configure(KestrelServerOptions kestrel)
    {
        ApiDoor.Limit(kestrel, engine.Config);
        foreach (HttpEndPoint endPoint in endPoints)
        {
            kestrel.Listen(endPoint.Address, listener =>
            {
                if (endPoint.IsTls)
                {
                    listener.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = _ => new ValueTask<SslServerAuthenticationOptions>(WithProtocols(tls!())) });
                }

                listener.Use(next => ConnectionClients.Around(engine, next));
            });
        }
    }

    /// <summary>HTTP/2 for those who know it.</summary>
    private static SslServerAuthenticationOptions WithProtocols(SslServerAuthenticationOptions options)
    {
        options.ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11];
        return options;
    }

    /// <summary>The process is stopped elsewhere.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
