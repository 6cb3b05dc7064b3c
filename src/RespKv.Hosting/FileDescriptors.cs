using System.Globalization;
using RespKv.Engine;
using RespKv.Engine.Configuration;
using RespKv.Storage.Files;

namespace RespKv.Hosting;

/// <summary>Fits maxclients to the limit of open files: a client that cannot be accepted must get an error, not hang in the backlog.</summary>
internal static class FileDescriptors
{
    /// <summary>For the log's segments, the runtime, listeners and event queues. A server without clients holds about 150, most of them assemblies.</summary>
    private const int ReservedFiles = 256;

    private const string LimitsPath = "/proc/self/limits";
    private const string LimitsLine = "Max open files";

    public static void FitMaxClients(ServerConfig config, IFileSystem files, IEngineLog log)
    {
        if (ReadLimit(files) is not { } limit)
        {
            return;
        }

        config.MaxClientsCeiling = Math.Max(1, limit - ReservedFiles);
        long asked = config.MaxClients;
        if (asked > config.MaxClientsCeiling)
        {
            string fitting = config.MaxClientsCeiling.ToString(CultureInfo.InvariantCulture);
            config.Set([("maxclients", fitting)]);
            log.Write(
                EngineLogLevel.Warning,
                $"maxclients {asked} needs {asked + ReservedFiles} open files, but the limit is {limit}: maxclients is {fitting} now. Raise ulimit -n (systemd: LimitNOFILE) for more.");
        }
    }

    /// <summary>The soft limit, which the runtime raises to the hard one when it starts; null when there is none or it is unknown.</summary>
    internal static long? ReadLimit(IFileSystem files)
    {
        try
        {
            string? line = ConfigFile.ReadText(files, LimitsPath).Split('\n').FirstOrDefault(each => each.StartsWith(LimitsLine, StringComparison.Ordinal));
            string? soft = line?[LimitsLine.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
            return long.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out long limit) ? limit : null;
        }
        catch (IOException)
        {
            return null;
        }
    }
}
