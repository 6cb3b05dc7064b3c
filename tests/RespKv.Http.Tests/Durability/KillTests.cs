using RespKv.Server.Tests;
using RespKv.TestKit.Server;

namespace RespKv.Http.Tests.Durability;

/// <summary>The promise at this door, as processes see it.</summary>
public sealed class KillTests
{
    private const int Writers = 6;
    private const long Rounds = 120;

    private static readonly TestServerOptions ManySegments = new() { SpeaksHttp = true, Directives = ["--wal-segment-size", "64kb"] };

    [Fact]
    public async Task AfterSigkill_WhatWasAnsweredOrShownIsThere_AndBatchesAreWhole()
    {
        await using TestServer server = await TestServer.StartAsync(ManySegments);
        var load = new HttpWriteLoad(server, Writers);
        load.Start();
        await load.ReachAsync(Rounds);

        await server.KillAsync();
        await load.EndAsync();
        await server.RestartAsync();

        await load.VerifyAsync();
    }

    [LoopDiskFact]
    public async Task AfterAPowerCut_WhatWasAnsweredOrShownIsThere_AndBatchesAreWhole()
    {
        await using LoopDisk disk = await LoopDisk.CreateAsync(128);
        await using TestServer server = await TestServer.StartAsync(ManySegments with { Directory = Path.Combine(disk.MountPoint, "data") });
        var load = new HttpWriteLoad(server, Writers);
        load.Start();
        await load.ReachAsync(Rounds);

        disk.CutPower();
        await server.Process.WaitForExitAsync();
        await load.EndAsync();
        await disk.PowerUpAsync();
        server.Start();
        await server.WaitUntilReadyAsync();

        await load.VerifyAsync();
        await server.KillAsync();
    }

    [Fact]
    public async Task Sigterm_InTheMiddleOfRequests_ExitsWith0_AndLosesNothing()
    {
        await using TestServer server = await TestServer.StartAsync(ManySegments);
        var load = new HttpWriteLoad(server, Writers);
        load.Start();
        await load.ReachAsync(Rounds);

        int code = await server.TerminateAsync();
        await load.EndAsync();
        await server.RestartAsync();

        Assert.Equal(0, code);
        await load.VerifyAsync();
    }
}
