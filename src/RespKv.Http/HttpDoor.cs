using System.Net.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RespKv.Engine;
using RespKv.Engine.Observation;
using RespKv.Http.Api;
using RespKv.Http.Clients;
using RespKv.Http.Health;
using RespKv.Http.Metrics;
using RespKv.Http.Console;

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
    private WebApplication? _application;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _application = Build();
        await _application.StartAsync(cancellationToken).ConfigureAwait(false);
    }

    public Task StopAsync(CancellationToken cancellationToken) => _application?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    public ValueTask DisposeAsync() => _application?.DisposeAsync() ?? ValueTask.CompletedTask;

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
        builder.WebHost.UseKestrelCore().UseSockets(sockets => sockets.CreateBoundListenSocket = at => endPoints.First(each => each.Address.Equals(at)).TakeSocket());
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(Configure);
        WebApplication application = builder.Build();
        ApiDoor.Use(application, engine);
        HealthEndpoints.Map(application);
        StatsEndpoint.Map(application);
        MetricsEndpoint.Map(application);
        if (engine.Config.HttpConsole)
        {
            ConsoleEndpoint.Map(application);
        }

        return application;
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
