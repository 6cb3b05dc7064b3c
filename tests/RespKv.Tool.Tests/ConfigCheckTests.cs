using System.Text;
using System.Text.Json;
using RespKv.Storage.Files;
using RespKv.TestKit.Files;

namespace RespKv.Tool.Tests;

public sealed class ConfigCheckTests
{
    private const string Main = "/etc/redis.conf";
    private const string Fine = "port 6379\nbind 127.0.0.1\nappendonly yes\nsave \"\"\n";

    private readonly SimulatedFileSystem _disk = new();

    private ToolRun Check(string text, params string[] options)
    {
        _disk.CreateDirectory("/etc");
        using (IFile file = _disk.Open(Main, FileOpenKind.CreateNew))
        {
            file.Write(Encoding.UTF8.GetBytes(text), 0);
        }

        return ToolRun.On(_disk, ["config-check", .. options, Main]);
    }

    [Fact]
    public void NothingDiffers_ExitCode0()
    {
        ToolRun run = Check(Fine);
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("4 directives: 4 same, 0 different, 0 ignored, 0 unsupported", run.Output);
        Assert.Equal("a start takes the file as it is", run.Lines[^1]);
    }

    [Fact]
    public void SomethingDiffers_ExitCode1AndTheStartTakesIt()
    {
        ToolRun run = Check(Fine + "maxmemory 1gb\n");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("     5  different   maxmemory 1gb", run.Output);
        Assert.Equal("a start takes the file as it is", run.Lines[^1]);
    }

    [Fact]
    public void SomethingUnsupported_ExitCode1AndWhatToDo()
    {
        ToolRun run = Check(Fine + "daemonise yes\n");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("     5  unsupported daemonise yes", run.Output);
        Assert.Contains("instead: did you mean daemonize?", run.Output);
        Assert.StartsWith("a start refuses the file", run.Lines[^1]);
    }

    [Fact]
    public void MissingFile_ExitCode2()
    {
        ToolRun run = ToolRun.On(_disk, "config-check", Main);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("can't open config file '/etc/redis.conf'", run.Error);
    }

    [Fact]
    public void MissingInclude_ExitCode2()
    {
        ToolRun run = Check(Fine + "include /etc/more.conf\n");
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("incomplete", run.Output);
    }

    [Fact]
    public void Json_HasVerdictsCountsAndDefaults()
    {
        using JsonDocument json = JsonDocument.Parse(Check("daemonize yes\nrequirepass \"s3cret\"\n", "--json").Output);
        JsonElement root = json.RootElement;
        Assert.Equal(1, root.GetProperty("exitCode").GetInt32());
        Assert.True(root.GetProperty("complete").GetBoolean());
        Assert.Equal(JsonValueKind.Null, root.GetProperty("whole").ValueKind);
        Assert.Equal(1, root.GetProperty("counts").GetProperty("unsupported").GetInt32());
        JsonElement line = root.GetProperty("lines")[0];
        Assert.Equal("unsupported", line.GetProperty("verdict").GetString());
        Assert.Equal(1, line.GetProperty("line").GetInt32());
        Assert.NotEqual("", line.GetProperty("instead").GetString());
        Assert.DoesNotContain("s3cret", root.GetRawText());
        Assert.Contains("port", root.GetProperty("notWritten").EnumerateArray().Select(each => each.GetProperty("directive").GetString()));
    }

    [Fact]
    public void Write_MakesAFileThatTheNextCheckTakes()
    {
        Assert.Equal(1, Check("daemonize yes\nappendonly no\n", "--write", "/etc/respkv.conf").ExitCode);

        ToolRun again = ToolRun.On(_disk, "config-check", "/etc/respkv.conf");
        Assert.Equal(0, again.ExitCode);
        Assert.Contains("port 6379", again.Output);
    }

    [Fact]
    public void Write_ExistingFile_IsNotReplaced()
    {
        ToolRun run = Check(Fine, "--write", Main);
        Assert.Equal(2, run.ExitCode);
        Assert.NotEmpty(run.Error);
    }
}
