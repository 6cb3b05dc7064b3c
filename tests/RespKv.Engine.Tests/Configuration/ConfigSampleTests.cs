using RespKv.Engine.Configuration;
using RespKv.TestKit.Server;

namespace RespKv.Engine.Tests.Configuration;

public sealed class ConfigSampleTests
{
    [Fact]
    public void CommittedFile_IsWhatTheDeclarationsGenerate()
    {
        string committed = File.ReadAllText(Path.Combine(Repository.Root(), "conf", "respkv.conf"));

        Assert.True(
            committed == ServerConfig.SampleText(),
            "conf/respkv.conf is not what the declarations say. Run: respkv-server --print-config > conf/respkv.conf");
    }

    [Fact]
    public void Sample_ReadAsAFile_IsTheDefaults()
    {
        ServerConfig config = ConfigSourcesMaker.LoadFile(ServerConfig.SampleText());

        Assert.Equal(new ServerConfig().Match("*"), config.Match("*"));
        Assert.DoesNotContain("# ???", config.RewriteText(ServerConfig.SampleText()), StringComparison.Ordinal);
    }

    [Fact]
    public void Sample_EveryDirective_HasALineAndDocumentation()
    {
        string[] lines = ServerConfig.SampleText().Split('\n');
        foreach (Directive directive in DirectiveTable.All)
        {
            // A statement stands there as an example.
            string start = (directive.IsValue ? "" : "# ") + directive.Name + " ";
            int at = Array.FindIndex(lines, line => line.StartsWith(start, StringComparison.Ordinal));
            Assert.True(at > 0 && lines[at - 1].StartsWith('#'), directive.Name);
        }
    }
}
