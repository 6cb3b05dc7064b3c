using RespKv.Engine;
using RespKv.Engine.Configuration;
using RespKv.Storage.Files;

namespace RespKv.Hosting;

/// <summary>Puts the engine together from the parts that tests replace.</summary>
internal static class EngineFactory
{
    public static RespEngine Create(ServerConfig config, IFileSystem files, IEngineLog log) => new(config, files, TimeProvider.System, log);
}
