using System.Text.RegularExpressions;
using RespKv.Engine.Configuration;
using RespKv.Hosting;
using RespKv.TestKit.Server;

namespace RespKv.Server.Tests.Configuration;

/// <summary>What the files for containers and systemd say is what the server takes. tests/packaging tries the rest of them.</summary>
public sealed partial class PackageFilesTests
{
    [Theory]
    [InlineData("Dockerfile")]
    [InlineData("compose.yaml")]
    public void Variables_AreDirectives(string file)
    {
        string text = Read(file);
        List<KeyValuePair<string, string>> variables =
        [
            .. Variable().Matches(text).Select(match => KeyValuePair.Create(match.Groups[1].Value, match.Groups[2].Value)),
        ];

        Assert.NotEmpty(variables);
        ServerConfig config = ConfigLoader.Load(new ConfigSources(null, _ => "", variables, []));
        Assert.NotNull(config);
    }

    [Fact]
    public void Image_ExposesTheDefaultPorts()
    {
        ServerConfig config = ConfigLoader.Load(new ConfigSources(null, _ => "", [], []));

        Assert.Contains($"EXPOSE {config.Port} {config.HttpPort}\n", Read("Dockerfile"), StringComparison.Ordinal);
    }

    [Fact]
    public void Unit_DoesNotTryAgainWhatDoesNotHeal()
    {
        Assert.Contains($"RestartPreventExitStatus={ExitCodes.StartRefused} {ExitCodes.DataRefused}\n", Read("conf/respkv.service"), StringComparison.Ordinal);
    }

    private static string Read(string path) => File.ReadAllText(Path.Combine(Repository.Root(), path));

    [GeneratedRegex("""(RESPKV_(?!PASSWORD)[A-Z_]+)(?:: |=)"?([^"\s]*)"?""")]
    private static partial Regex Variable();
}
