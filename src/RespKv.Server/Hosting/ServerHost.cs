using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RespKv.Engine;
using RespKv.Engine.Configuration;
using RespKv.Hosting;
using RespKv.Server.Logging;
using RespKv.Storage.Files;

namespace RespKv.Server.Hosting;

/// <summary>
/// The composition root of the process: its log and its signals around the server. Runs until SIGTERM, SIGINT, SIGQUIT or SHUTDOWN.
/// A second signal changes nothing, see <see cref="SignalLifetime"/>.
/// </summary>
internal static class ServerHost
{
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
        ServerApplication created;
        try
        {
            var systemd = new SystemdNotifier(Environment.GetEnvironmentVariable(SystemdNotifier.Variable));
            var surroundings = new Surroundings(files, log, lines, new ProcessExit(log, Environment.Exit), signals, systemd);
            created = ServerApplication.Create(config, surroundings);
        }
        catch (Exception e) when (e is ConfigException or StorageException)
        {
            log.Write(EngineLogLevel.Warning, e.Message);
            return ExitCodes.StartRefused;
        }

        await using ServerApplication application = created;
        try
        {
            await application.Host.StartAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or SocketException or ConfigException)
        {
            // Two servers that start at the same moment can both bind an address; listen then tells the second.
            log.Write(EngineLogLevel.Warning, e.Message);
            return ExitCodes.StartRefused;
        }

        signals.Attach(application.Host.Services.GetRequiredService<IHostApplicationLifetime>());
        await application.Host.WaitForShutdownAsync().ConfigureAwait(false);
        return ExitCodes.Success;
    }
}
