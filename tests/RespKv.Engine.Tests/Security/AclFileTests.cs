using System.Text;
using RespKv.Engine.Configuration;
using RespKv.Storage.Files;
using RespKv.TestKit.Engine;
using RespKv.TestKit.Files;

namespace RespKv.Engine.Tests.Security;

/// <summary>Users in a file of their own (directive aclfile): ACL LOAD and SAVE.</summary>
public sealed class AclFileTests
{
    private const string Directory = "/etc/respkv";
    private const string FilePath = Directory + "/users.acl";
    private static readonly (string, string) Setting = ("aclfile", FilePath);

    private readonly SimulatedFileSystem _files = new();

    public AclFileTests() => _files.CreateDirectory(Directory);

    [Fact]
    public async Task Users_of_the_file_are_there_at_start()
    {
        Write("user default on nopass ~* &* +@all\r\n\n  user alice on >secret ~a* +get (~b* +set)  \n");
        await using EngineHost host = await EngineHost.OpenAsync(_files, null, Setting);
        using TestClient client = host.Connect();

        Assert.Equal("OK", client.Run("AUTH alice secret").Text);
        Assert.Equal("OK", client.Run("SET b1 x").Text);
        Assert.StartsWith("NOPERM", client.Run("SET a1 x").Text);
    }

    [Fact]
    public async Task File_without_the_default_user_makes_it_anew_whatever_requirepass_says()
    {
        Write("user alice on nopass");
        await using EngineHost host = await EngineHost.OpenAsync(_files, null, Setting, ("requirepass", "secret"));
        using TestClient client = host.Connect();

        Assert.Equal("PONG", client.Run("PING").Text);
    }

    [Fact]
    public async Task Saved_users_survive_a_power_cut_and_are_those_that_were()
    {
        Write("");
        await using EngineHost host = await EngineHost.OpenAsync(_files, null, Setting);
        using TestClient client = host.Connect();
        client.Run("ACL SETUSER alice on >secret ~a* %R~r* &c* +@read -get (~b* +set)");
        client.Run("ACL SETUSER \u00e9 ~\u00ff*");
        string[] lines = Lines(client);

        Assert.Equal("OK", client.Run("ACL SAVE").Text);

        SimulatedFileSystem after = _files.Crash(seed: 1);
        Assert.Equal(["users.acl"], after.ListFiles(Directory));
        await using EngineHost again = await EngineHost.OpenAsync(after, null, Setting);
        using TestClient other = again.Connect();
        Assert.Equal(3, lines.Length);
        Assert.Equal(lines, Lines(other));
    }

    [Fact]
    public async Task Load_cuts_the_clients_of_replaced_users_and_answers_the_one_who_asked()
    {
        Write("user alice on nopass ~* +@all");
        await using EngineHost host = await EngineHost.OpenAsync(_files, null, Setting);
        using TestClient alice = host.Connect();
        using TestClient other = host.Connect();
        using TestClient bystander = host.Connect();
        alice.Run("AUTH alice x");
        other.Run("AUTH alice x");
        Write("user alice on nopass ~* +get +acl|whoami\nuser default on nopass ~* &* +@all -debug");

        Assert.Equal("OK", alice.Run("ACL LOAD").Text);

        Assert.True(alice.Session.CloseAfterReplies);
        Assert.NotNull(other.AbortReason);
        Assert.Null(bystander.AbortReason);
        Assert.Equal("NOPERM this user has no permissions to run the 'debug' command", bystander.Run("DEBUG JMAP").Text);
    }

    [Fact]
    public async Task Load_of_a_file_with_mistakes_tells_all_of_them_and_changes_nothing()
    {
        Write("user alice on >secret");
        await using EngineHost host = await EngineHost.OpenAsync(_files, null, Setting);
        using TestClient client = host.Connect();
        string[] before = Lines(client);
        Write("# comment\nuser\nuser a +nosuch >pw\nuser a on\nuser b %X~secretkey nosecret\nuser c (+get\nuser d\t on\nuser alice off");

        string error = client.Run("ACL LOAD").Text;

        Assert.Equal(
            $"ERR {FilePath}:1 should start with user keyword followed by the username. "
            + $"{FilePath}:2 should start with user keyword followed by the username. "
            + $"{FilePath}:3: Error in applying operation '+nosuch': Unknown command or category name in ACL. "
            + "WARNING: Duplicate user 'a' found on line 4. "
            + $"{FilePath}:5: Syntax error. "
            + $"{FilePath}:6: Unmatched parenthesis in selector definition. "
            + $"'{FilePath}:7: username 'd\t' contains invalid characters. "
            + "WARNING: ACL errors detected, no change to the previously active ACL rules was performed",
            error);
        Assert.Equal(before, Lines(client));
    }

    [Fact]
    public async Task Load_of_a_file_that_is_gone_says_so()
    {
        Write("");
        await using EngineHost host = await EngineHost.OpenAsync(_files, null, Setting);
        using TestClient client = host.Connect();
        _files.Delete(FilePath);

        Assert.StartsWith($"ERR Error loading ACLs, opening file '{FilePath}': ", client.Run("ACL LOAD").Text);
    }

    [Fact]
    public async Task Save_that_fails_keeps_the_old_file()
    {
        Write("user alice on");
        await using EngineHost host = await EngineHost.OpenAsync(_files, null, Setting);
        using TestClient client = host.Connect();
        client.Run("ACL DELUSER alice");
        _files.FailNext(FileOperation.SyncData, Errno.EIO, "users.acl");

        Assert.Equal("ERR There was an error trying to save the ACLs. Please check the server logs for more information", client.Run("ACL SAVE").Text);

        Assert.Equal("user alice on", Encoding.UTF8.GetString(_files.ReadFile(FilePath)));
        Assert.Equal(["users.acl"], _files.ListFiles(Directory));
    }

    [Fact]
    public async Task Load_and_save_are_refused_in_a_block()
    {
        Write("");
        await using EngineHost host = await EngineHost.OpenAsync(_files, null, Setting);
        using TestClient client = host.Connect();
        client.Run("MULTI");

        Assert.Equal("ERR Command not allowed inside a transaction", client.Run("ACL SAVE").Text);
        Assert.Equal("ERR Command not allowed inside a transaction", client.Run("ACL LOAD").Text);
    }

    [Theory]
    [InlineData("user alice +nosuch", "aclfile: /etc/respkv/users.acl:1: Error in applying operation '+nosuch'")]
    [InlineData(null, "aclfile: Error loading ACLs, opening file '/etc/respkv/users.acl'")]
    public void Start_with_a_file_that_cannot_be_used_is_refused(string? text, string error)
    {
        if (text is not null)
        {
            Write(text);
        }

        Assert.StartsWith(error, Assert.Throws<ConfigException>(() => EngineHost.Create(_files, null, Setting)).Message);
    }

    [Fact]
    public void Start_with_users_in_both_places_is_refused()
    {
        Write("");

        Assert.StartsWith("users are defined in the configuration and in an aclfile",
            Assert.Throws<ConfigException>(() => EngineHost.Create(_files, null, Setting, ("user", "alice on"))).Message);
    }

    private static string[] Lines(TestClient client) => [.. client.Run("ACL LIST").Items.Select(item => item.Text)];

    private void Write(string text)
    {
        if (_files.FileExists(FilePath))
        {
            _files.Delete(FilePath);
        }

        using IFile file = _files.Open(FilePath, FileOpenKind.CreateNew);
        file.Write(Encoding.UTF8.GetBytes(text), 0);
        file.SyncData();
        _files.SyncDirectory(Directory);
    }
}
