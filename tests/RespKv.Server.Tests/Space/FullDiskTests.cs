using System.Collections.Concurrent;
using RespKv.Protocol;
using RespKv.TestKit.Server;

namespace RespKv.Server.Tests.Space;

/// <summary>D11 on a real ext4 that is full: errors instead of losses, deletions go on, and it heals when something else makes room.</summary>
public sealed class FullDiskTests
{
    private const int DiskMebibytes = 24;
    private const int BallastBytes = 12 << 20;
    private const int Clients = 6;

    /// <summary>No checkpoint makes room meanwhile: what heals is the ballast.</summary>
    private static readonly string[] Directives =
        ["--wal-segment-size", "1mb", "--checkpoint-log-bytes", "0", "--checkpoint-interval", "0"];

    [LoopDiskFact]
    public async Task Full_disk_refuses_what_grows_loses_nothing_and_goes_on_when_there_is_room()
    {
        await using LoopDisk disk = await LoopDisk.CreateAsync(DiskMebibytes);
        string ballast = Path.Combine(disk.MountPoint, "ballast");
        await File.WriteAllBytesAsync(ballast, new byte[BallastBytes]);
        await using TestServer server = await TestServer.StartAsync(
            new TestServerOptions { Directory = Path.Combine(disk.MountPoint, "data"), Directives = Directives });
        var acknowledged = new ConcurrentDictionary<string, string>();

        string[] errors = await FillUpAsync(server, acknowledged, life: 1);
        Assert.All(errors, error => Assert.StartsWith("MISCONF RespKv cannot claim disk space for the log: No space left on device (ENOSPC).", error, StringComparison.Ordinal));
        await DeleteSomeAsync(server, acknowledged);
        Assert.Contains(server.Process.Lines, line => line.Contains("Disk full: the next segment of the log cannot be claimed.", StringComparison.Ordinal));

        await server.KillAsync();
        await server.RestartAsync();
        await VerifyAsync(server, acknowledged);
        using (RawClient client = await server.ConnectAsync())
        {
            await Poll.UntilAsync("the disk is found full again", async () => (await client.CallAsync("SET", "probe", "x")).IsError);
        }

        File.Delete(ballast);
        using (RawClient client = await server.ConnectAsync())
        {
            await Poll.UntilAsync("writes are accepted again", async () => (await client.CallAsync("SET", "probe", "x")).Text == "OK");
            acknowledged["probe"] = "x";
        }

        await FillUpAsync(server, acknowledged, life: 2);
        Assert.False(server.Process.HasExited);
        await server.KillAsync();
        await server.RestartAsync();
        await VerifyAsync(server, acknowledged);
        Assert.Equal(0, await server.TerminateAsync());
    }

    [LoopDiskFact]
    public async Task Full_disk_takes_writes_again_after_a_flush_and_a_checkpoint()
    {
        await using LoopDisk disk = await LoopDisk.CreateAsync(DiskMebibytes);
        await using TestServer server = await TestServer.StartAsync(
            new TestServerOptions { Directory = Path.Combine(disk.MountPoint, "data"), Directives = ["--wal-segment-size", "1mb", "--checkpoint-log-bytes", "2mb"] });
        var acknowledged = new ConcurrentDictionary<string, string>();
        await FillUpAsync(server, acknowledged, life: 1);
        await VerifyAsync(server, acknowledged);

        using RawClient client = await server.ConnectAsync();
        await Poll.UntilAsync("the flush is accepted", async () => (await client.CallAsync("FLUSHALL")).Text == "OK");
        acknowledged.Clear();
        await Poll.UntilAsync("writes are accepted again", async () => (await client.CallAsync("SET", "probe", "x")).Text == "OK");
        acknowledged["probe"] = "x";

        await FillUpAsync(server, acknowledged, life: 2);
        await server.KillAsync();
        await server.RestartAsync();
        await VerifyAsync(server, acknowledged);
        await server.KillAsync();
    }

    /// <summary>Several clients SET until each of them was refused. Returns their errors.</summary>
    private static Task<string[]> FillUpAsync(TestServer server, ConcurrentDictionary<string, string> acknowledged, int life)
        => Task.WhenAll(Enumerable.Range(0, Clients).Select(client => Task.Run(() => FillUpAsync(server, acknowledged, life, client))));

    private static async Task<string> FillUpAsync(TestServer server, ConcurrentDictionary<string, string> acknowledged, int life, int client)
    {
        const int Depth = 16;
        using RawClient connection = await server.ConnectAsync();
        for (int round = 0; ; round++)
        {
            (string Key, string Value)[] pairs = [.. Enumerable.Range(0, Depth).Select(i => (Key: $"key:{life}:{client}:{round}:{i}", Value: new string((char)('a' + i), 100 + (client * 331) + i)))];
            await connection.SendRawAsync((byte[])[.. pairs.SelectMany(pair => RawClient.Encode("SET", pair.Key, pair.Value))]);
            string? error = null;
            foreach ((string key, string value) in pairs)
            {
                RespValue reply = await connection.ReadAsync();
                if (reply.IsError)
                {
                    error ??= reply.Text;
                }
                else
                {
                    Assert.Equal("OK", reply.Text);
                    acknowledged[key] = value;
                }
            }

            if (error is not null)
            {
                return error;
            }
        }
    }

    private static async Task DeleteSomeAsync(TestServer server, ConcurrentDictionary<string, string> acknowledged)
    {
        using RawClient client = await server.ConnectAsync();
        foreach (string key in acknowledged.Keys.Order(StringComparer.Ordinal).Take(50))
        {
            Assert.Equal(1, (await client.CallAsync("DEL", key)).Integer);
            Assert.True(acknowledged.TryRemove(key, out _));
        }
    }

    /// <summary>Everything acknowledged is there, and nothing else.</summary>
    private static async Task VerifyAsync(TestServer server, ConcurrentDictionary<string, string> acknowledged)
    {
        const int KeysAtOnce = 500;
        using RawClient client = await server.ConnectAsync();
        foreach (string[] keys in acknowledged.Keys.Chunk(KeysAtOnce))
        {
            RespValue values = await client.CallAsync(["MGET", .. keys]);
            Assert.All(values.Items.Zip(keys), pair => Assert.Equal(acknowledged[pair.Second], pair.First.Text));
        }

        Assert.Equal(acknowledged.Count, (await client.CallAsync("DBSIZE")).Integer);
    }
}
