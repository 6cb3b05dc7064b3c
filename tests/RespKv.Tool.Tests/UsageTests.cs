using System.Text.Json;
using RespKv.TestKit.Files;

namespace RespKv.Tool.Tests;

public sealed class UsageTests
{
    [Theory]
    [InlineData("check")]
    [InlineData("check", "/a", "/b")]
    [InlineData("check", "--frobnicate", "/a")]
    [InlineData("repair", "/a")]
    [InlineData("repair", "--database", "x", "/a", "/b")]
    [InlineData("backup", "/a")]
    [InlineData("backup", "--from", "localhost:1", "/a", "/b")]
    [InlineData("backup", "--from", "localhost", "/a")]
    [InlineData("backup", "--from", "localhost:70000", "/a")]
    [InlineData("dump", "--lsn", "9..7", "/a")]
    [InlineData("dump", "--lsn", "x", "/a")]
    [InlineData("config-check")]
    [InlineData("config-check", "--write", "/a")]
    [InlineData("frobnicate", "/a")]
    [InlineData]
    public void WrongUsage_Fails(params string[] args)
    {
        ToolRun run = ToolRun.On(new SimulatedFileSystem(), args);
        Assert.Equal(1, run.ExitCode);
        Assert.NotEmpty(run.Error);
    }

    [Theory]
    [InlineData("check")]
    [InlineData("dump")]
    [InlineData("stats")]
    [InlineData("repair")]
    [InlineData("backup")]
    [InlineData("config-check")]
    public void Help_HasExamplesAndExitCodes(string verb)
    {
        ToolRun run = ToolRun.On(new SimulatedFileSystem(), verb, "--help");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("Examples:", run.Output);
        Assert.Contains("Exit codes:", run.Output);
    }

    [Fact]
    public void PasswordAskedForWithoutATerminal_PointsToTheVariable()
    {
        ToolRun run = ToolRun.On(new SimulatedFileSystem(), "backup", "--from", "localhost:1", "--password", "/a");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("RESPKV_PASSWORD", run.Error);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Stats_CountsTablesKeysAndLog(bool exact)
    {
        SimulatedFileSystem disk = DirectoryMaker.Standard();
        string[] args = exact ? ["stats", "--exact", "--json", "/data"] : ["stats", "--json", "/data"];
        using JsonDocument json = JsonDocument.Parse(ToolRun.On(disk, args).Output);
        JsonElement root = json.RootElement;
        Assert.Equal(64, root.GetProperty("checkpointLsn").GetInt64());
        Assert.Equal(2, root.GetProperty("tables").GetInt32());
        Assert.Equal(64, root.GetProperty("levels")[0].GetProperty("entries").GetInt64());
        Assert.Equal(1, root.GetProperty("levels")[0].GetProperty("tombstones").GetInt64());
        Assert.Equal(3, root.GetProperty("log").GetProperty("recordsBehindCheckpoint").GetInt64());
        Assert.Equal(67, root.GetProperty("log").GetProperty("lastLsn").GetInt64());
        long keys = root.GetProperty("databases")[0].GetProperty("keys").GetInt64();
        if (exact)
        {
            Assert.Equal(DirectoryMaker.OldKeys - 1, keys);
        }
        else
        {
            Assert.InRange(keys, DirectoryMaker.OldKeys - 1, DirectoryMaker.OldKeys + 4);
        }
    }

    [Fact]
    public void Stats_TextHasNoFramesInAPipe()
    {
        ToolRun run = ToolRun.On(DirectoryMaker.Standard(), "stats", "--exact", "/data");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("space amplification: ", run.Output);
        Assert.DoesNotContain("│", run.Output);
        Assert.Contains(run.Lines, line => line.Trim().StartsWith("database", StringComparison.Ordinal));
    }
}
