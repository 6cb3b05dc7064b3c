using RespKv.Storage.Files;
using RespKv.TestKit.Engine;
using RespKv.TestKit.Files;

namespace RespKv.Engine.Tests.Durability;

/// <summary>D3: a failed write or sync of the log stops the engine for good.</summary>
public sealed class FailStopTests
{
    [Theory]
    [InlineData(FileOperation.SyncData, Errno.EIO)]
    [InlineData(FileOperation.SyncData, Errno.EROFS)]
    [InlineData(FileOperation.SyncData, Errno.ENOSPC)]
    [InlineData(FileOperation.Write, Errno.EIO)]
    [InlineData(FileOperation.Write, Errno.ENOSPC)]
    public async Task Failing_call_on_the_log_acknowledges_nobody_and_stops_the_engine(FileOperation operation, Errno errno)
    {
        var files = new SimulatedFileSystem();
        await using EngineHost host = await EngineHost.OpenAsync(files);
        using TestClient client = host.Connect();
        using TestClient reader = host.Connect();
        Assert.Equal("OK", client.Run("SET a 1").Text);

        files.FailFrom(operation, 1, errno, "wal-");
        client.Send("SET", "a", "2");
        Exception? cause = await host.Engine.Stopped.WaitAsync(TestClient.ReplyTimeout);

        Assert.IsType<StorageException>(cause);
        Assert.Contains(errno.ToString(), cause.Message, StringComparison.Ordinal);
        Assert.Equal(EngineState.Failed, host.Engine.State);
        Assert.Equal(1, host.Engine.DurableLsn);
        reader.Send("GET", "b");
        Assert.True(reader.IsClosing);
        Assert.False(reader.TryRead(out _));
        Assert.False(client.TryRead(out _));
    }

    [Fact]
    public async Task Held_sync_that_then_fails_answers_nobody()
    {
        var files = new SimulatedFileSystem();
        await using EngineHost host = await EngineHost.OpenAsync(files);
        using TestClient writer = host.Connect();
        using TestClient reader = host.Connect();

        files.HoldSyncs();
        writer.Send("SET", "a", "1");
        await files.SyncHeldAsync();
        reader.Send("GET", "a");
        files.FailNext(FileOperation.SyncData, Errno.EIO);
        files.ReleaseSyncs();
        await host.Engine.Stopped.WaitAsync(TestClient.ReplyTimeout);

        Assert.False(writer.TryRead(out _));
        Assert.False(reader.TryRead(out _));
        Assert.Equal(0, host.Engine.DurableLsn);
    }

    [Fact]
    public async Task Sync_is_not_tried_again_after_it_has_failed_once()
    {
        var files = new SimulatedFileSystem();
        await using EngineHost host = await EngineHost.OpenAsync(files);
        using TestClient client = host.Connect();
        files.FailNext(FileOperation.SyncData, Errno.EIO, "wal-");
        client.Send("SET", "a", "1");
        await host.Engine.Stopped.WaitAsync(TestClient.ReplyTimeout);

        long syncs = files.Count(FileOperation.SyncData);
        client.Send("SET", "b", "1");
        await host.Engine.StopAsync();

        Assert.Equal(syncs, files.Count(FileOperation.SyncData));
        Assert.Equal(0, host.Engine.DurableLsn);
    }
}
