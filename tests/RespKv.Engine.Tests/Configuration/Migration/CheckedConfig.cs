using System.Text;
using RespKv.Engine.Configuration;
using RespKv.Engine.Configuration.Migration;
using RespKv.Storage.Files;
using RespKv.TestKit.Files;

namespace RespKv.Engine.Tests.Configuration.Migration;

/// <summary>A redis.conf on a disk in memory.</summary>
internal sealed class CheckedConfig
{
    public const string Directory = "/etc/redis";
    public const string Main = Directory + "/redis.conf";

    public SimulatedFileSystem Files { get; } = new();

    public CheckedConfig() => Files.CreateDirectory(Directory);

    public static RedisConfigReport Check(string text) => new CheckedConfig().With(Main, text).Run();

    public static RedisConfigLine CheckLine(string line) => Assert.Single(Check(line).Lines);

    public CheckedConfig With(string path, string text)
    {
        Files.CreateDirectory(Path.GetDirectoryName(path)!);
        using IFile file = Files.Open(path, FileOpenKind.CreateNew);
        file.Write(Encoding.UTF8.GetBytes(text), 0);
        return this;
    }

    public RedisConfigReport Run() => RedisConfigCheck.Run(Files, Main);

    /// <summary>What a start would make of a file.</summary>
    public static ServerConfig Start(string text) => ConfigLoader.Load(new ConfigSources("respkv.conf", _ => text, [], []));
}
