using RespKv.Engine.Observation;
using RespKv.Engine.Space;
using RespKv.Engine.Tests.Space;
using RespKv.Storage.Files;
using RespKv.TestKit.Engine;
using RespKv.TestKit.Files;

namespace RespKv.Engine.Tests.Observation;

public sealed class EngineObserverTests
{
    [Fact]
    public async Task Keys_are_not_told_before_they_are_durable_and_the_rest_is_told_while_a_sync_hangs()
    {
        var files = new SimulatedFileSystem();
        await using EngineHost host = await EngineHost.OpenAsync(files);
        using TestClient client = host.Connect();
        Assert.Equal("OK", client.Run("SET a 1").Text);
        Assert.Equal([new DatabaseFigures(0, 1, 0)], (await TakeFreshAsync(host)).Keyspace);

        var observer = new EngineObserver(host.Engine);
        Assert.Equal(1, (await observer.TakeAsync(CancellationToken.None)).Keyspace[0].Keys);
        files.HoldSyncs();
        client.Send("SET", "b", "1");
        await files.SyncHeldAsync();
        EngineSnapshot held = await TakeUntilAsync(observer, snapshot => snapshot.Log.AppendedLsn == 2);

        Assert.Equal(1, held.Keyspace[0].Keys);
        Assert.Equal(1, held.Log.DurableLsn);
        Assert.Equal(1, held.Log.InFlightWrites);
        Assert.Equal(1, held.Log.HeldClients);

        files.ReleaseSyncs();
        await client.ReadAsync();
        EngineSnapshot released = await TakeUntilAsync(observer, snapshot => snapshot.Keyspace[0].Keys == 2);
        Assert.Equal(0, released.Log.HeldClients);
        Assert.Equal(2, released.Log.DurableLsn);
    }

    [Fact]
    public async Task Histograms_and_counters_are_those_of_the_engine()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient client = host.Connect();
        client.Run("SET a word");
        client.Run("GET a");
        client.Run("GET none");
        client.Run("LLEN a");
        client.Run("GET");

        EngineSnapshot snapshot = await TakeFreshAsync(host);

        CommandFigures get = Assert.Single(snapshot.Commands, command => command.Name == "get");
        Assert.Equal((2, 0, 1), (get.Calls, get.Failed, get.Rejected));
        Assert.Equal(2, get.Latency!.Count);
        CommandFigures llen = Assert.Single(snapshot.Commands, command => command.Name == "llen");
        Assert.Equal((1, 1, 0), (llen.Calls, llen.Failed, llen.Rejected));
        Assert.Equal(snapshot.Commands.Sum(command => command.Latency?.Count ?? 0), snapshot.Traffic.Latency.Count);
        Assert.Equal((2, 1), (snapshot.Traffic.KeyspaceHits, snapshot.Traffic.KeyspaceMisses));
        Assert.Contains(new KeyValuePair<string, long>("WRONGTYPE", 1), snapshot.Errors);
        Assert.Equal(1, snapshot.Log.Fsync.Count);
        Assert.Equal(1, snapshot.Log.BatchRecords.Sum);
        Assert.Equal(snapshot.Log.BatchRecords.Count, snapshot.Log.BatchRecords.Counts[^1]);
        Assert.Equal(0, snapshot.Recovery!.Report.Records);
    }

    [Fact]
    public async Task Snapshots_are_shared_by_those_who_ask_at_the_same_time()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem(), new ManualTimeProvider());
        var observer = new EngineObserver(host.Engine);

        Assert.Same(observer.Take(), observer.Take());
        EngineSnapshot first = observer.Take();
        ((ManualTimeProvider)host.Engine.Time).Advance(EngineObserver.FreshFor);
        Assert.NotSame(first, observer.Take());
    }

    [Fact]
    public async Task Readiness_follows_the_engine_from_loading_to_its_end()
    {
        await using EngineHost host = EngineHost.Create(new SimulatedFileSystem());
        var observer = new EngineObserver(host.Engine);
        Assert.Equal((false, "loading"), Status(observer));
        Assert.Empty(observer.Take().Keyspace);

        await host.Engine.OpenAsync(CancellationToken.None);
        Assert.Equal((true, "ready"), Status(observer));

        await host.Engine.StopAsync();
        Assert.Equal((false, "stopped"), Status(observer));
    }

    [Fact]
    public async Task Failed_log_is_not_ready()
    {
        var files = new SimulatedFileSystem();
        await using EngineHost host = await EngineHost.OpenAsync(files);
        using TestClient client = host.Connect();
        var observer = new EngineObserver(host.Engine);

        files.FailNext(FileOperation.SyncData, Errno.EIO, "wal-");
        client.Send("SET", "a", "1");
        await host.Engine.Stopped;

        Assert.Equal((false, "failed"), Status(observer));
        Assert.Empty((await observer.TakeAsync(CancellationToken.None)).Keyspace);
    }

    [Fact]
    public async Task Full_disk_is_not_ready_until_there_is_room_again()
    {
        await using SmallDisk disk = await SmallDisk.OpenAsync(4.5);
        var observer = new EngineObserver(disk.Host.Engine);
        disk.FillUp();

        Assert.Equal((false, "disk-full"), Status(observer));
        Assert.Contains("No space left on device", observer.Readiness().Reason, StringComparison.Ordinal);
        Assert.True(observer.Take().Disk.IsFull);
        Assert.True(observer.Take().Disk.RejectedWrites > 0);

        disk.SetRoom(100);
        await disk.ReachAsync(DiskSpaceState.Ok);
        Assert.Equal((true, "ready"), Status(observer));
    }

    private static (bool IsReady, string Status) Status(EngineObserver observer) => (observer.Readiness().IsReady, observer.Readiness().Status);

    private static async Task<EngineSnapshot> TakeFreshAsync(EngineHost host) => await new EngineObserver(host.Engine).TakeAsync(CancellationToken.None);

    private static async Task<EngineSnapshot> TakeUntilAsync(EngineObserver observer, Func<EngineSnapshot, bool> condition)
    {
        EngineSnapshot snapshot = await observer.TakeAsync(CancellationToken.None);
        await TestKit.Server.Poll.UntilAsync("the snapshot is as expected", async () =>
        {
            snapshot = await observer.TakeAsync(CancellationToken.None);
            return condition(snapshot);
        });
        return snapshot;
    }
}
