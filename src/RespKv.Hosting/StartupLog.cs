using System.Net;
using RespKv.Engine;
using RespKv.Engine.Configuration;

namespace RespKv.Hosting;

/// <summary>The lines of a server's life, one per fact. What recovery found is written by the engine.</summary>
internal sealed class StartupLog(IEngineLog log, ServerConfig config)
{
    public void Starting()
    {
        Notice($"{ProductVersion.Line} pid={Environment.ProcessId} is starting");
        Notice(config.ConfigFile is { } file ? $"Configuration file: {file}" : "Configuration file: none, defaults and options only");
        Notice($"Data directory: {config.Dir}");
        Durability();
        if ((config.Port != 0 || config.TlsPort != 0) && config.RequirePass.Length == 0 && !config.DefinesUsers && config.Bind.Any(address => !IsLoopback(address)))
        {
            Warning(config.ProtectedMode
                ? "No password is set (requirepass): protected-mode turns clients of other machines away"
                : "No password is set (requirepass) and bind lets other machines in: whoever reaches the port can read and change everything");
        }

        if (config.RequirePass.Length > 0 && config.AclFile.Length > 0)
        {
            Warning("requirepass has no effect: the users of the aclfile replace the default user, too");
        }
    }

    /// <summary>What an acknowledged write is worth; a plain warning when that is less than everything (D10). Also after CONFIG SET.</summary>
    public void Durability()
    {
        switch (config.AppendFsync)
        {
            case AppendFsync.Always:
                Notice("Durability: appendfsync always: a write is acknowledged when it is on disk");
                break;
            case AppendFsync.EverySec:
                Warning($"Durability: appendfsync everysec: a power cut loses up to the last {config.AppendFsyncIntervalMillis} ms of acknowledged writes");
                break;
            default:
                Warning("Durability: appendfsync no: a power cut loses the acknowledged writes that the operating system had not written yet, often half a minute of them");
                break;
        }
    }

    public void Listening(Listeners listeners)
    {
        foreach (EndPoint endPoint in listeners.Resp.EndPoints)
        {
            Notice(listeners.Resp.IsTls(endPoint) ? $"Listening on {endPoint}, TLS" : $"Listening on {endPoint}");
        }

        foreach (EndPoint endPoint in listeners.Http.EndPoints)
        {
            Notice($"HTTP on {(listeners.Http.IsTls(endPoint) ? "https" : "http")}://{endPoint}/");
        }
    }

    public void Ready() => Notice("Ready to accept connections");

    public void ShutdownRequested() => Notice("Shutdown requested: no new connections, finishing what was accepted");

    public void Stopped() => Notice("Everything acknowledged is on disk, bye bye");

    public void OpenFailed(Exception cause) =>
        Warning($"The data directory {config.Dir} cannot be opened: {cause.Message}. Exiting with code {ExitCodes.DataRefused}");

    public void OpenCrashed(Exception cause) =>
        Warning($"Recovery of {config.Dir} failed unexpectedly. Exiting with code {ExitCodes.DataRefused}\n{cause}");

    public void StorageFailed(Exception cause) =>
        Warning($"Stopped for good: {cause.Message}. Nothing was acknowledged after it. Exiting with code {ExitCodes.StorageFailed}");

    private static bool IsLoopback(string address) =>
        address.TrimStart('-') is var plain && (plain == "localhost" || (IPAddress.TryParse(plain, out IPAddress? ip) && IPAddress.IsLoopback(ip)));

    private void Notice(string line) => log.Write(EngineLogLevel.Notice, line);

    private void Warning(string line) => log.Write(EngineLogLevel.Warning, line);
}
