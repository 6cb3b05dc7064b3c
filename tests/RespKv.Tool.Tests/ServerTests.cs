using RespKv.Protocol;
using RespKv.Storage.Files;
using RespKv.Storage.Tables;
using RespKv.TestKit.Engine;
using RespKv.TestKit.Files;
using RespKv.Tool.Backup;
using RespKv.Tool.Output;

namespace RespKv.Tool.Tests;

/// <summary>The server's own word: what check calls corrupt it refuses, and what repair and backup wrote it serves.</summary>
public sealed class ServerTests
{
    private static async Task AssertServesAsync(SimulatedFileSystem disk, string key, string? value)
    {
        await using EngineHost host = await EngineHost.OpenAsync(disk, null, ("dir", DirectoryMaker.Target));
        using TestClient client = host.Connect();
        RespValue reply = client.Call("GET", key);
        Assert.Equal(value, reply.IsNull ? null : reply.Text);
    }

    [Theory]
    [InlineData("CURRENT", 9)]
    [InlineData("MANIFEST-", 30)]
    [InlineData("MANIFEST-", 512 + 40)]
    [InlineData("table-", 100)]
    [InlineData("wal-", 20)]
    public async Task FlippedBit_ServerRefuses(string prefix, int offset)
    {
        SimulatedFileSystem disk = DirectoryMaker.Standard();
        disk.FlipBit(Damage.Path(disk, prefix), offset);
        Assert.Equal(3, ToolRun.On(disk, "check", DirectoryMaker.Source).ExitCode);
        await using EngineHost host = EngineHost.Create(disk);
        await Assert.ThrowsAnyAsync<IOException>(() => host.Engine.OpenAsync(CancellationToken.None));
    }

    [Fact]
    public async Task RepairedDirectory_ServerServesWhatWasSaved()
    {
        SimulatedFileSystem disk = DirectoryMaker.Standard();
        Damage.DeleteRetired(disk);
        string path = Damage.Path(disk, "table-");
        (long offset, long bytes) = Damage.Block(disk, path, TableBlockKind.Data);
        disk.FlipBit(path, offset + (bytes / 2));
        Assert.Equal(3, ToolRun.On(disk, "repair", DirectoryMaker.Source, DirectoryMaker.Target).ExitCode);

        await AssertServesAsync(disk, "key0059", System.Text.Encoding.ASCII.GetString(DirectoryMaker.Value(59)));
        await AssertServesAsync(disk.Kill(), "tail2", "log");
        await AssertServesAsync(disk.Kill(), "key0000", null);
    }

    [Fact]
    public async Task Backup_ServerServesIt()
    {
        SimulatedFileSystem disk = DirectoryMaker.Standard();
        Assert.Equal(0, ToolRun.On(disk, "backup", DirectoryMaker.Source, DirectoryMaker.Target).ExitCode);
        await AssertServesAsync(disk, "key0007", "second");
    }

    [Fact]
    public async Task DirectoryOfARunningServer_IsCheckedWhileItWorks()
    {
        var disk = new SimulatedFileSystem();
        await using EngineHost host = await EngineHost.OpenAsync(disk);
        using TestClient client = host.Connect();
        client.Call("SET", "a", "1");
        ToolRun run = ToolRun.On(disk, "check", DirectoryMaker.Source);
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("a server works in this directory", run.Output);
        Assert.Equal(StorageErrorKind.Locked, Assert.Throws<StorageException>(() => disk.LockDirectory("/data")).Kind);
    }

    [Fact]
    public async Task OnlineBackupOfAnEngine_HoldsWhatItHad()
    {
        var disk = new SimulatedFileSystem();
        var target = new SimulatedFileSystem();
        await using (EngineHost host = await EngineHost.OpenAsync(disk))
        {
            using TestClient client = host.Connect();
            for (int index = 0; index < 100; index++)
            {
                client.Call("SET", $"key{index}", $"value{index}");
            }

            using var server = new ServerConnection(new FakeServer(request => FakeServer.Encode(client.Call(request))));
            var backup = new OnlineBackup(server, new DirectoryRenames(target), new NoProgress(), CancellationToken.None);
            Assert.Equal(0, backup.Run(DirectoryMaker.Target).ExitCode);
        }

        await AssertServesAsync(target, "key99", "value99");
    }

    private sealed class NoProgress : IProgressBar
    {
        public void Report(long done, long total)
        {
        }
    }
}
