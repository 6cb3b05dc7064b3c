using RespKv.Engine.Commit;
using RespKv.TestKit.Engine;
using RespKv.TestKit.Files;

namespace RespKv.Engine.Tests.Commit;

public sealed class CohortTests
{
    [Fact]
    public void First_writers_are_not_waited_for()
    {
        Assert.Equal(0, new Cohort().WaitMicros(waiting: 1, clients: 50, out _));
    }

    [Fact]
    public void Client_alone_is_never_kept_waiting()
    {
        var cohort = new Cohort();
        cohort.Taken(1);
        Assert.Equal(0, cohort.WaitMicros(waiting: 1, clients: 1, out _));
    }

    [Fact]
    public void Nobody_is_waited_for_when_every_connected_client_is_there()
    {
        var cohort = new Cohort();
        cohort.Taken(8);
        Assert.Equal(0, cohort.WaitMicros(waiting: 8, clients: 8, out _));
    }

    [Fact]
    public void Slow_disk_waits_for_everybody_that_was_answered()
    {
        Cohort cohort = After(syncMicros: 5000);
        cohort.Taken(4);
        Assert.InRange(cohort.WaitMicros(waiting: 4, clients: 50, out int target), 1, 5000);
        Assert.Equal(8, target);
    }

    [Fact]
    public void Fast_disk_goes_on_with_half_of_the_cohort()
    {
        Cohort cohort = After(syncMicros: 100);
        cohort.Taken(25);
        Assert.Equal(0, cohort.WaitMicros(waiting: 25, clients: 50, out int target));
        Assert.Equal(25, target);
        Assert.InRange(cohort.WaitMicros(waiting: 5, clients: 50, out target), 1, 100);
        Assert.Equal(15, target);
    }

    [Fact]
    public async Task Client_alone_costs_one_sync_a_write()
    {
        const int Writes = 50;
        var files = new SimulatedFileSystem();
        await using EngineHost host = await EngineHost.OpenAsync(files);
        using TestClient client = host.Connect();
        client.Run("SET warm up");
        long batches = host.Engine.Commit.Stats.Batches;
        for (int i = 0; i < Writes; i++)
        {
            client.Run("INCR n");
        }

        Assert.Equal(Writes, host.Engine.Commit.Stats.Batches - batches);
        Assert.Equal(host.Engine.Commit.Stats.Batches, host.Engine.Commit.Stats.SyncMicros.Total);
    }

    [Fact]
    public async Task Writers_that_wait_for_one_sync_share_the_next()
    {
        var files = new SimulatedFileSystem();
        await using EngineHost host = await EngineHost.OpenAsync(files);
        using TestClient first = host.Connect();
        TestClient[] others = [.. Enumerable.Range(0, 20).Select(_ => host.Connect())];
        files.HoldSyncs();
        first.Send("SET", "a", "1");
        await files.SyncHeldAsync();
        foreach (TestClient client in others)
        {
            client.Send("INCR", "n");
        }

        files.ReleaseSyncs();
        foreach (TestClient client in others)
        {
            Assert.False((await client.ReadAsync()).IsError);
        }

        Assert.Equal(2, host.Engine.Commit.Stats.Batches);
        Array.ForEach(others, c => c.Dispose());
    }

    private static Cohort After(long syncMicros)
    {
        var cohort = new Cohort();
        for (int i = 0; i < 100; i++)
        {
            cohort.Synced(syncMicros);
        }

        return cohort;
    }
}
