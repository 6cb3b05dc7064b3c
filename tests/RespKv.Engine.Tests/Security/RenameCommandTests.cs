using RespKv.Engine.Configuration;
using RespKv.TestKit.Engine;
using RespKv.TestKit.Files;

namespace RespKv.Engine.Tests.Security;

/// <summary>rename-command.</summary>
public sealed class RenameCommandTests
{
    [Fact]
    public async Task Renamed_command_answers_to_its_new_name_only_and_a_removed_one_to_none()
    {
        await using EngineHost host = await Open(("set", "PutIt"), ("FLUSHALL", ""), ("exec", "run"));
        using TestClient client = host.Connect();

        Assert.StartsWith("ERR unknown command 'SET'", client.Run("SET a 1").Text);
        Assert.StartsWith("ERR unknown command 'FLUSHALL'", client.Run("FLUSHALL").Text);
        Assert.Equal("OK", client.Run("putit a 1").Text);
        client.Run("MULTI");
        client.Run("PUTIT a 2");
        Assert.Equal("OK", client.Run("RUN").Items[0].Text);
        Assert.Equal("2", client.Run("GET a").Text);
    }

    [Fact]
    public async Task Rules_name_the_command_as_before_and_errors_too()
    {
        await using EngineHost host = await Open(("set", "putit"));
        using TestClient client = host.Connect();
        client.Run("ACL SETUSER bob on nopass +@all -set");
        client.Run("AUTH bob x");

        Assert.Equal("NOPERM this user has no permissions to run the 'set' command", client.Run("PUTIT a 1").Text);
    }

    [Fact]
    public async Task Names_may_be_swapped()
    {
        await using EngineHost host = await Open(("get", "g"), ("set", "get"), ("g", "set"));
        using TestClient client = host.Connect();

        Assert.Equal("OK", client.Run("GET a 1").Text);
        Assert.Equal("1", client.Run("SET a").Text);
    }

    [Theory]
    [InlineData("nosuch", "x", "rename-command: No such command in rename-command: 'nosuch'")]
    [InlineData("config|set", "x", "rename-command: No such command in rename-command: 'config|set'")]
    [InlineData("set", "GET", "rename-command: Target command name already exists: 'GET'")]
    [InlineData("set", "config|x", "rename-command: A command cannot be renamed to 'config|x'")]
    public async Task Name_that_cannot_be_used_refuses_the_start(string name, string newName, string error)
        => Assert.Equal(error, (await Assert.ThrowsAsync<ConfigException>(() => Open((name, newName)))).Message);

    [Fact]
    public void Line_needs_two_words_and_stays_when_the_file_is_rewritten()
    {
        var config = new ServerConfig();
        Assert.Throws<ConfigException>(() => ConfigLoader.Apply(config, "rename-command", ["set"], ConfigOrigin.None));
        ConfigLoader.Apply(config, "rename-command", ["set", "put"], ConfigOrigin.None);

        Assert.Equal("rename-command set put\nrename-command get \"\"\n", config.RewriteText("rename-command set put\nrename-command get \"\"\n"));
    }

    private static async Task<EngineHost> Open(params (string Name, string NewName)[] names)
    {
        (string, string)[] settings = [.. names.Select(n => ("rename-command", n.NewName.Length == 0 ? $"{n.Name} \"\"" : $"{n.Name} {n.NewName}"))];
        return await EngineHost.OpenAsync(new SimulatedFileSystem(), null, settings);
    }
}
