using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RespKv.Engine;
using RespKv.Engine.Configuration;
using RespKv.Server.Connections;
using RespKv.Server.Logging;
using RespKv.Server.Tls;
using RespKv.Server.Transport;
using RespKv.Storage.Files;

namespace RespKv.Server.Hosting;

/// <summary>
/// The composition root: log, listeners, engine, Kestrel with a connection handler and no HTTP. Runs until SIGTERM, SIGINT, SIGQUIT or SHUTDOWN.
/// A second signal changes nothing, see <see cref="SignalLifetime"/>.
/// </summary>
internal static class ServerHost
{
    /// <summary>
    /// How long connections may take to get their last replies when the server stops; then they are cut. As Redis's shutdown-timeout.
    /// The engine's own end is not bounded by it.
    /// </summary>
    private static readonly TimeSpan DrainConnectionsWithin = TimeSpan.FromSeconds(10);

    public static async Task<int> RunAsync(ServerConfig config, IFileSystem files)
    {
        using var signals = new SignalLifetime();
        ILogOutput output;
        try
        {
            output = config.LogFile.Length == 0 ? new ConsoleLogOutput() : new FileLogOutput(config.LogFile);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"Can't open the log file: {e.Message}").ConfigureAwait(false);
            return ExitCodes.StartRefused;
        }

        using var log = new ServerLog(config, output, TimeProvider.System);
        AppDomain.CurrentDomain.UnhandledException += (_, e) =>
        {
            log.Write(EngineLogLevel.Warning, $"Unhandled exception, the process ends: {e.ExceptionObject}");
            log.Dispose();
        };
        return await RunAsync(config, files, log, signals).ConfigureAwait(false);
    }

    private static async Task<int> RunAsync(ServerConfig config, IFileSystem files, ServerLog log, SignalLifetime signals)
    {
        var lines = new StartupLog(log, config);
        lines.Starting();
        FileDescriptors.FitMaxClients(config, files, log);

        ListenSockets? bound = null;
        RespEngine created;
        TlsContexts? tls;
        try
        {
            tls = config.TlsPort == 0 ? null : new TlsContexts(new TlsContext(config.Tls, files), files);
            bound = ListenSockets.Bind(config, files, log);
            created = EngineFactory.Create(config, files, log);
        }
        catch (Exception e) when (e is ConfigException or StorageException)
        {
            bound?.Dispose();
            log.Write(EngineLogLevel.Warning, e.Message);
            return ExitCodes.StartRefused;
        }

        using (ListenSockets sockets = bound)
        using (RespEngine engine = created)
        {
            engine.Tls = tls;
            await using WebApplication app = Build(config, log, lines, engine, sockets, tls, signals);
            try
            {
                await app.StartAsync().ConfigureAwait(false);
            }
            catch (Exception e) when (e is IOException or SocketException)
            {
                // Two servers that start at the same moment can both bind an address; listen then tells the second.
                log.Write(EngineLogLevel.Warning, e.Message);
                return ExitCodes.StartRefused;
            }

            signals.Attach(app.Lifetime);
            await app.WaitForShutdownAsync().ConfigureAwait(false);
            return ExitCodes.Success;
        }
    }

    private static WebApplication Build(
        ServerConfig config,
        ServerLog log,
        StartupLog lines,
        RespEngine engine,
        ListenSockets sockets,
        TlsContexts? tls,
        SignalLifetime signals)
    {
        // Empty: no configuration files, no environment, no URLs of the framework. What can be set is in conf/respkv.conf.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "respkv-server" });
        builder.Logging.AddProvider(new ServerLogProvider(log)).SetMinimumLevel(LogLevel.Warning);

        IServiceCollection services = builder.Services;
        services.AddSingleton(config);
        services.AddSingleton<IEngineLog>(log);
        services.AddSingleton(lines);
        services.AddSingleton(sockets);
        services.AddSingleton(engine);
        services.AddSingleton<IEngineLifecycle>(engine);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(new SystemdNotifier(Environment.GetEnvironmentVariable(SystemdNotifier.Variable)));
        services.AddSingleton(new ProcessExit(log, Environment.Exit));
        services.AddHostedService<EngineService>();
        services.AddSingleton<IHostLifetime>(signals);
        services.Configure<HostOptions>(options => options.ShutdownTimeout = DrainConnectionsWithin);
        services.AddSingleton<IConnectionListenerFactory>(_ => new SocketTransport(sockets, engine, config.IoThreads, config.TcpBacklog));

        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Listen(kestrel, sockets, tls, engine, log));
        return builder.Build();
    }

    private static void Listen(KestrelServerOptions kestrel, ListenSockets sockets, TlsContexts? tls, RespEngine engine, ServerLog log)
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
