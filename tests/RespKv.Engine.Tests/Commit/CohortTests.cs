using RespKv.Engine.Commit;
using RespKv.Engine.Configuration;
using RespKv.Engine.Space;
using RespKv.Storage.Threading;
using RespKv.TestKit.Engine;
using RespKv.TestKit.Files;

namespace RespKv.Engine.Tests.Commit;

public sealed class CohortTests
{
    [Fact]
    public void First_writers_are_not_waited_for()
    {
        Assert.Equal(0, new Cohort().WaitMicros(waiting: 1, returned: 0, clients: 50, out _));
    }

    [Fact]
    public void Client_alone_is_never_kept_waiting()
    {
        var cohort = new Cohort();
        cohort.Taken(1);
        Assert.Equal(0, cohort.WaitMicros(waiting: 1, returned: 1, clients: 1, out _));
    }

    [Fact]
    public void Nobody_is_waited_for_when_every_connected_client_is_there()
    {
        var cohort = new Cohort();
        cohort.Taken(8);
        Assert.Equal(0, cohort.WaitMicros(waiting: 8, returned: 0, clients: 8, out _));
    }

    [Fact]
    public void Slow_disk_waits_for_everybody_that_was_answered()
    {
        Cohort cohort = After(syncMicros: 5000);
        cohort.Taken(4);
        Assert.InRange(cohort.WaitMicros(waiting: 4, returned: 0, clients: 50, out int target), 1, 5000);
        Assert.Equal(8, target);
    }

    [Fact]
    public void Fast_disk_goes_on_with_half_of_the_cohort()
    {
        Cohort cohort = After(syncMicros: 100);
        cohort.Taken(25);
        Assert.Equal(0, cohort.WaitMicros(waiting: 25, returned: 0, clients: 50, out int target));
        Assert.Equal(25, target);
        Assert.InRange(cohort.WaitMicros(waiting: 5, returned: 0, clients: 50, out target), 1, 100);
        Assert.Equal(15, target);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    public void Who_was_answered_and_is_back_counts_once_however_many_others_are_connected(int writers)
    {
        Cohort cohort = After(syncMicros: 5000);
        cohort.Taken(writers);
        Assert.Equal(0, cohort.WaitMicros(waiting: writers, returned: writers, clients: 50, out int target));
        Assert.Equal(writers, target);
    }

    [Fact]
    public async Task Writer_beside_idle_clients_waits_for_its_sync_and_nothing_else()
    {
        var threads = new TimedWaits();
        ServerConfig config = ServerConfig.With([("dir", "/data"), .. EngineHost.SmallSegments]);
        using var engine = new RespEngine(config, new SimulatedFileSystem(), TimeProvider.System, new ListLog(), threads);
        await engine.OpenAsync(default);
        using (var writer = new TestClient(engine))
        using (var idle = new TestClient(engine))
        {
            idle.Run("SET idle once");
            writer.Run("SET n 0");
            writer.Run("INCR n");
            int before = threads.Count;
            for (int i = 0; i < 50; i++)
            {
                writer.Run("INCR n");
            }

            Assert.Equal(before, threads.Count);
        }

        await engine.StopAsync();
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

    /// <summary>Counts how often the WAL writer waits for a bounded time, which is for company; its look at the disk's room is not.</summary>
    private sealed class TimedWaits : IThreads
    {
        private readonly SystemThreads _threads = SystemThreads.Instance;
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public int Parallelism => _threads.Parallelism;

        public IThread Start(string name, Action body) => _threads.Start(name, body);

        public void Post(Action<object?> work, object? state) => _threads.Post(work, state);

        public void LowerPriority() => _threads.LowerPriority();

        public IWakeEvent CreateWakeEvent() => new Event(this, _threads.CreateWakeEvent());

        public void Enter(object gate) => _threads.Enter(gate);

        public void Exit(object gate) => _threads.Exit(gate);

        public bool Wait(object gate, int timeoutMillis) => _threads.Wait(gate, timeoutMillis);

        public void PulseAll(object gate) => _threads.PulseAll(gate);

        private sealed class Event(TimedWaits waits, IWakeEvent inner) : IWakeEvent
        {
            public void Signal() => inner.Signal();

            public bool Wait(long timeoutMicros)
            {
                if (timeoutMicros > 0 && timeoutMicros != DiskSpace.TickMicros)
                {
                    Interlocked.Increment(ref waits._count);
                }

                return inner.Wait(timeoutMicros);
            }

            public void Dispose() => inner.Dispose();
        }
    }
}
