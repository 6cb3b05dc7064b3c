using System.Text;
using RespKv.Protocol;
using RespKv.Storage.Files;
using RespKv.TestKit.Engine;
using RespKv.TestKit.Files;

namespace RespKv.Engine.Tests.Commands;

/// <summary>CONFIG, where it does more than pass on what the configuration says.</summary>
public sealed class ServerConfigTests
{
    private const string ConfigPath = "/conf/respkv.conf";

    [Fact]
    public async Task Rewrite_replaces_the_file_durably_and_leaves_nothing_beside_it()
    {
        SimulatedFileSystem files = FilesWith("# mine\nmaxclients 100\n");
        await using EngineHost host = await EngineHost.OpenAsync(files);
        host.Engine.Config.ConfigFile = ConfigPath;
        using TestClient client = host.Connect();
        client.Run("CONFIG SET maxclients 50 slowlog-max-len 7");

        Assert.Equal("OK", client.Run("CONFIG REWRITE").Text);

        for (int seed = 0; seed < 20; seed++)
        {
            SimulatedFileSystem after = files.Crash(seed);
            string text = Encoding.UTF8.GetString(after.ReadFile(ConfigPath));
            Assert.Contains("# mine\nmaxclients 50\n", text);
            Assert.Contains("slowlog-max-len 7\n", text);
            Assert.Equal(["respkv.conf"], after.ListFiles("/conf"));
        }
    }

    [Fact]
    public async Task Rewrite_of_a_file_that_is_gone_writes_a_new_one()
    {
        var files = new SimulatedFileSystem();
        files.CreateDirectory("/conf");
        await using EngineHost host = await EngineHost.OpenAsync(files);
        host.Engine.Config.ConfigFile = ConfigPath;
        using TestClient client = host.Connect();
        client.Run("CONFIG SET slowlog-max-len 7");

        Assert.Equal("OK", client.Run("CONFIG REWRITE").Text);

        Assert.Contains("slowlog-max-len 7\n", Encoding.UTF8.GetString(files.ReadFile(ConfigPath)));
    }

    [Theory]
    [InlineData(FileOperation.Open)]
    [InlineData(FileOperation.Write)]
    [InlineData(FileOperation.SyncData)]
    [InlineData(FileOperation.Rename)]
    public async Task Rewrite_that_fails_says_why_and_keeps_the_old_file(FileOperation operation)
    {
        SimulatedFileSystem files = FilesWith("maxclients 100\n");
        await using EngineHost host = await EngineHost.OpenAsync(files);
        host.Engine.Config.ConfigFile = ConfigPath;
        using TestClient client = host.Connect();
        files.FailNext(operation, Errno.EIO, "/conf/");

        RespValue reply = client.Run("CONFIG REWRITE");

        Assert.StartsWith("ERR Rewriting config file: ", reply.Text);
        Assert.Contains("EIO", reply.Text);
        Assert.Equal("maxclients 100\n", Encoding.UTF8.GetString(files.ReadFile(ConfigPath)));
        Assert.Equal(["respkv.conf"], files.ListFiles("/conf"));
        Assert.Contains(host.Log.Lines, line => line.Level == EngineLogLevel.Warning && line.Line.Contains("CONFIG REWRITE failed"));
    }

    [Fact]
    public async Task Other_clients_are_served_while_a_rewrite_waits_for_the_disk()
    {
        SimulatedFileSystem files = FilesWith("");
        await using EngineHost host = await EngineHost.OpenAsync(files);
        host.Engine.Config.ConfigFile = ConfigPath;
        using TestClient admin = host.Connect();
        using TestClient other = host.Connect();
        files.HoldSyncs("/conf/");
        admin.Send("CONFIG", "REWRITE");
        await files.SyncHeldAsync();

        Assert.Equal("OK", other.Run("SET a 1").Text);
        Assert.False(admin.TryRead(out _));

        files.ReleaseSyncs();
        Assert.Equal("OK", (await admin.ReadAsync()).Text);
    }

    [Fact]
    public async Task Resetstat_forgets_commands_errors_latencies_and_sync_times()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient client = host.Connect();
        client.Run("SET a 1");
        client.Run("GET a");
        client.Run("NOSUCH");

        Assert.Equal("OK", client.Run("CONFIG RESETSTAT").Text);

        string info = client.Run("INFO everything").Text;
        Assert.Contains("\r\nkeyspace_hits:0\r\n", info);
        Assert.Contains("\r\ntotal_error_replies:0\r\n", info);
        Assert.Contains("\r\nwal_fsyncs:0\r\n", info);
        Assert.DoesNotContain("cmdstat_set", info);
        Assert.DoesNotContain("errorstat_ERR", info);
        Assert.DoesNotContain("latency_percentiles_usec_set", info);
    }

    private static SimulatedFileSystem FilesWith(string config)
    {
        var files = new SimulatedFileSystem();
        files.CreateDirectory("/conf");
        using (IFile file = files.Open(ConfigPath, FileOpenKind.CreateNew))
        {
            file.Write(Encoding.UTF8.GetBytes(config), 0);
            file.SyncData();
        }

        files.SyncDirectory("/conf");
        return files;
    }
}
