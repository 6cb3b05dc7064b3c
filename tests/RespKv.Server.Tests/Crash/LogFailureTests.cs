using RespKv.Hosting;
using RespKv.Protocol;
using RespKv.TestKit.Server;

namespace RespKv.Server.Tests.Crash;

/// <summary>D3 and D1 as a process shows them, with failures and delays that the kernel makes.</summary>
public sealed class LogFailureTests
{
    [RequiresFact("prlimit")]
    public async Task When_a_write_to_the_log_fails_nothing_more_is_acknowledged_and_the_process_stops()
    {
        // The limit applies to what is written beyond it in any file: the log, soon.
        await using TestServer server = await TestServer.StartAsync();
        using RawClient client = await server.ConnectAsync();
        await client.CallAsync("SET", "before", "x");
        await Tool.CheckAsync("prlimit", "--pid", $"{server.Process.Id}", "--fsize=65536");

        long acknowledged = await WriteUntilRefusedAsync(client);

        Assert.Equal(ExitCodes.StorageFailed, await server.Process.WaitForExitAsync());
        Assert.Contains("EFBIG", server.Process.Lines[^1], StringComparison.Ordinal);
        await server.RestartAsync();
        await AssertKeptAsync(server, acknowledged);
    }

    [LoopDiskFact]
    public async Task When_the_disk_goes_away_nothing_more_is_acknowledged_and_the_process_stops()
    {
        await using LoopDisk disk = await LoopDisk.CreateAsync(64);
        await using TestServer server = await TestServer.StartAsync(new TestServerOptions { Directory = Path.Combine(disk.MountPoint, "data") });
        using RawClient client = await server.ConnectAsync();
        Task<long> writing = WriteUntilRefusedAsync(client);

        disk.CutPower();
        long acknowledged = await writing;

        Assert.Equal(ExitCodes.StorageFailed, await server.Process.WaitForExitAsync());
        Assert.Contains("EIO", server.Process.Lines[^1], StringComparison.Ordinal);
        await disk.PowerUpAsync();
        await server.RestartAsync();
        await AssertKeptAsync(server, acknowledged);
        await server.KillAsync();
    }

    [LoopDiskFact]
    public async Task While_the_disk_is_frozen_only_what_does_not_depend_on_it_is_answered()
    {
        await using LoopDisk disk = await LoopDisk.CreateAsync(64);
        await using TestServer server = await TestServer.StartAsync(new TestServerOptions { Directory = Path.Combine(disk.MountPoint, "data") });
        using RawClient writer = await server.ConnectAsync();
        using RawClient sameKey = await server.ConnectAsync();
        using RawClient otherKey = await server.ConnectAsync();
        using RawClient whole = await server.ConnectAsync();
        await writer.CallAsync("SET", "old", "x");
        await writer.CallAsync("SET", "key", "old");
        await disk.FreezeAsync();
        Task<RespValue> set, get, size;
        try
        {
            set = writer.CallAsync("SET", "key", "new");
            // Before others read, the write must have been executed: this client sees it, for what it asks waits for no disk.
            await Poll.UntilAsync("the write waits for the disk", async () => (await otherKey.CallAsync("INFO", "persistence")).Text
                .Contains("in_flight_writes:1", StringComparison.Ordinal));
            get = sameKey.CallAsync("GET", "key");
            size = whole.CallAsync("DBSIZE");
            for (int i = 0; i < 100; i++)
            {
                Assert.Equal("x", (await otherKey.CallAsync("GET", "old")).Text);
            }

            Assert.False(set.IsCompleted, "the SET was acknowledged before it was on disk");
            Assert.False(get.IsCompleted, "a GET showed what was not on disk");
            Assert.False(size.IsCompleted, "DBSIZE showed what was not on disk");
        }
        finally
        {
            await disk.ThawAsync();
        }

        Assert.Equal("OK", (await set).Text);
        Assert.Equal("new", (await get).Text);
        Assert.Equal(2, (await size).Integer);
    }

    /// <summary>SETs numbered keys one by one until the server no longer says OK. Returns how many it acknowledged.</summary>
    private static async Task<long> WriteUntilRefusedAsync(RawClient client)
    {
        for (long i = 0; ; i++)
        {
            try
            {
                await client.SendAsync("SET", $"key:{i}", $"{new string('v', 100)}{i}");
            }
            catch (System.Net.Sockets.SocketException)
            {
                return i;
            }

            RespValue? reply = await client.TryReadAsync();
            if (reply is null || reply.IsError)
            {
                return i;
            }
        }
    }

    private static async Task AssertKeptAsync(TestServer server, long acknowledged)
    {
        using RawClient client = await server.ConnectAsync();
        for (long i = 0; i < acknowledged; i++)
        {
            Assert.Equal($"{new string('v', 100)}{i}", (await client.CallAsync("GET", $"key:{i}")).Text);
        }
    }
}
