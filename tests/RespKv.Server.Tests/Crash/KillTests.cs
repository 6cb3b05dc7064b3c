using RespKv.Hosting;
using RespKv.TestKit.Server;

namespace RespKv.Server.Tests.Crash;

/// <summary>The promise, as processes see it: SIGKILL, power cuts, SIGTERM, SHUTDOWN in the middle of writes.</summary>
public sealed class KillTests
{
    private const int Clients = 8;
    private const long Rounds = 300;
    private const int Lives = 5;

    /// <summary>The smallest segments there are, so that a load fills many of them.</summary>
    private static readonly TestServerOptions ManySegments = new() { Directives = ["--wal-segment-size", "64kb"] };

    [Fact]
    public async Task After_SIGKILL_every_acknowledged_write_is_there()
    {
        await using TestServer server = await TestServer.StartAsync();
        var load = new WriteLoad(server, Clients);
        load.Start();
        await load.ReachAsync(Rounds);

        await server.KillAsync();
        await load.EndAsync();
        await server.RestartAsync();

        await load.VerifyAsync();
    }

    [Fact]
    public async Task After_one_SIGKILL_after_another_every_acknowledged_write_is_there()
    {
        await using TestServer server = await TestServer.StartAsync(ManySegments);
        var loads = new List<WriteLoad>();
        for (int life = 1; life <= Lives; life++)
        {
            var load = new WriteLoad(server, Clients, life);
            loads.Add(load);
            load.Start();
            await load.ReachAsync(Rounds);

            await server.KillAsync();
            await load.EndAsync();
            server.Start();
            // Half of the time the start is killed as well, wherever it is by then.
            if (life % 2 == 0)
            {
                await server.KillAsync();
                server.Start();
            }

            await server.WaitUntilReadyAsync();
        }

        foreach (WriteLoad load in loads)
        {
            await load.VerifyAsync();
        }
    }

    [LoopDiskFact]
    public async Task After_one_power_cut_after_another_every_acknowledged_write_is_there()
    {
        await using LoopDisk disk = await LoopDisk.CreateAsync(128);
        await using TestServer server = await TestServer.StartAsync(ManySegments with { Directory = Path.Combine(disk.MountPoint, "data") });
        var loads = new List<WriteLoad>();
        for (int life = 1; life <= Lives; life++)
        {
            var load = new WriteLoad(server, Clients, life);
            loads.Add(load);
            load.Start();
            await load.ReachAsync(Rounds);

            disk.CutPower();
            await load.EndAsync();
            Assert.Equal(ExitCodes.StorageFailed, await server.Process.WaitForExitAsync());
            await disk.PowerUpAsync();
            server.Start();
            await server.WaitUntilReadyAsync();
        }

        foreach (WriteLoad load in loads)
        {
            await load.VerifyAsync();
        }

        await server.KillAsync();
    }

    [Fact]
    public async Task SIGTERM_in_the_middle_of_writes_exits_with_0_and_loses_nothing()
    {
        await using TestServer server = await TestServer.StartAsync();
        var load = new WriteLoad(server, Clients);
        load.Start();
        await load.ReachAsync(Rounds);

        int code = await server.TerminateAsync();
        await load.EndAsync();
        await server.RestartAsync();

        Assert.Equal(0, code);
        await load.VerifyAsync();
    }

    [Fact]
    public async Task A_second_SIGTERM_during_the_shutdown_loses_nothing()
    {
        await using TestServer server = await TestServer.StartAsync();
        var load = new WriteLoad(server, Clients);
        load.Start();
        await load.ReachAsync(Rounds);

        server.Process.Signal(ChildProcess.SigTerm);
        server.Process.Signal(ChildProcess.SigTerm);
        server.Process.Signal(ChildProcess.SigInt);
        int code = await server.Process.WaitForExitAsync();
        await load.EndAsync();
        await server.RestartAsync();

        Assert.Equal(0, code);
        await load.VerifyAsync();
    }

    [Fact]
    public async Task SIGINT_exits_with_0_and_loses_nothing()
    {
        await using TestServer server = await TestServer.StartAsync();
        using RawClient client = await server.ConnectAsync();
        await client.CallAsync("SET", "key", "value");

        server.Process.Signal(ChildProcess.SigInt);

        Assert.Equal(0, await server.Process.WaitForExitAsync());
        Assert.Null(await client.TryReadAsync());
        await server.RestartAsync();
        using RawClient again = await server.ConnectAsync();
        Assert.Equal("value", (await again.CallAsync("GET", "key")).Text);
    }

    [Theory]
    [InlineData("SHUTDOWN")]
    [InlineData("SHUTDOWN NOSAVE")]
    [InlineData("SHUTDOWN SAVE NOW")]
    public async Task SHUTDOWN_closes_without_a_reply_exits_with_0_and_loses_nothing(string command)
    {
        await using TestServer server = await TestServer.StartAsync();
        var load = new WriteLoad(server, Clients);
        load.Start();
        await load.ReachAsync(Rounds / 4);
        using RawClient client = await server.ConnectAsync();

        await client.SendAsync(command.Split(' '));

        Assert.Null(await client.TryReadAsync());
        Assert.Equal(0, await server.Process.WaitForExitAsync());
        await load.EndAsync();
        await server.RestartAsync();
        await load.VerifyAsync();
    }

    [Fact]
    public async Task Under_everysec_a_SIGKILL_leaves_whole_values_only()
    {
        await using TestServer server = await TestServer.StartAsync(new TestServerOptions { AppendFsync = "everysec" });
        using RawClient client = await server.ConnectAsync();
        await client.SendRawAsync((byte[])[.. Enumerable.Range(0, 5000).SelectMany(i => RawClient.Encode("SET", $"key:{i}", $"{new string('v', 50)}{i}"))]);
        for (int i = 0; i < 5000; i++)
        {
            await client.ReadAsync();
        }

        await server.KillAsync();
        await server.RestartAsync();

        using RawClient reader = await server.ConnectAsync();
        long found = (await reader.CallAsync("DBSIZE")).Integer;
        for (int i = 0; i < found; i++)
        {
            Assert.Equal($"{new string('v', 50)}{i}", (await reader.CallAsync("GET", $"key:{i}")).Text);
        }
    }
}
