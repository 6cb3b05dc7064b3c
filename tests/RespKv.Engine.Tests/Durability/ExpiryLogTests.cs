using RespKv.TestKit.Engine;
using RespKv.TestKit.Files;

namespace RespKv.Engine.Tests.Durability;

/// <summary>Deletions by expiry are writes like any other: logged, with an LSN.</summary>
public sealed class ExpiryLogTests
{
    [Fact]
    public async Task Active_expiry_logs_a_deletion_for_each_key()
    {
        var time = new ManualTimeProvider();
        var files = new SimulatedFileSystem();
        await using EngineHost host = await EngineHost.OpenAsync(files, time);
        using TestClient client = host.Connect();
        for (int i = 0; i < 100; i++)
        {
            client.Call("SET", $"k{i}", "v", "PX", "50");
        }

        long lsn = host.Engine.Commit.AppendedLsn;
        for (int i = 0; i < 20; i++)
        {
            time.Advance(TimeSpan.FromMilliseconds(100));
        }

        Assert.Equal(lsn + 100, host.Engine.Commit.AppendedLsn);
        Assert.Equal(0, client.Run("DBSIZE").Integer);
        await using EngineHost recovered = await EngineHost.OpenAsync(files.Crash(3), time);
        using TestClient reader = recovered.Connect();
        Assert.Equal(0, reader.Run("DBSIZE").Integer);
    }

    [Fact]
    public async Task Set_with_a_time_of_this_very_millisecond_lives_through_it()
    {
        var time = new ManualTimeProvider();
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem(), time);
        using TestClient client = host.Connect();
        Assert.Equal("OK", client.Run($"SET k v PXAT {time.GetUtcNow().ToUnixTimeMilliseconds()}").Text);
        Assert.Equal("v", client.Run("GET k").Text);

        time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(client.Run("GET k").IsNull);
    }

    [Fact]
    public async Task Setrange_right_after_a_pause_does_not_revive_an_expired_key()
    {
        // hz 1: no tick comes between the end of the pause and the write.
        var time = new ManualTimeProvider();
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem(), time, ("hz", "1"));
        using TestClient client = host.Connect();
        Assert.Equal("OK", client.Run("SET k old-value PX 50").Text);
        Assert.Equal("OK", client.Run("CLIENT PAUSE 100 WRITE").Text);
        time.Advance(TimeSpan.FromMilliseconds(200));

        Assert.Equal(1, client.Run("SETRANGE k 0 x").Integer);
        Assert.Equal("x", client.Run("GET k").Text);
        Assert.Equal(-1, client.Run("PTTL k").Integer);
    }

    [Fact]
    public async Task Expired_key_is_not_deleted_while_writes_are_paused_and_reads_as_missing()
    {
        var time = new ManualTimeProvider();
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem(), time);
        using TestClient client = host.Connect();
        client.Run("SET k v PX 50");
        client.Run("CLIENT PAUSE 100000 WRITE");
        long lsn = host.Engine.Commit.AppendedLsn;
        time.Advance(TimeSpan.FromSeconds(1));

        Assert.True(client.Run("GET k").IsNull);
        Assert.Equal(lsn, host.Engine.Commit.AppendedLsn);
    }
}
