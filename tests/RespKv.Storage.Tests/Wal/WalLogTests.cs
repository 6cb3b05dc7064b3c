using RespKv.Storage.Files;
using RespKv.Storage.Wal;
using RespKv.TestKit.Files;
using static RespKv.Storage.Tests.Wal.LogMaker;

namespace RespKv.Storage.Tests.Wal;

/// <summary>Writing, syncing and switching segments.</summary>
public sealed class WalLogTests
{
    [Fact]
    public void Sync_moves_the_durable_lsn_to_what_was_written()
    {
        using WalLog log = Open(NewDisk());
        WriteNext(log);
        WriteNext(log);

        Assert.Equal((2, 0), (log.LastLsn, log.DurableLsn));
        Assert.Equal(2, log.Sync());
        Assert.Equal(2, log.DurableLsn);
        Assert.Equal(2 * Sector, log.BytesWritten);
    }

    [Fact]
    public void Sync_with_nothing_new_makes_no_call()
    {
        SimulatedFileSystem files = NewDisk();
        using WalLog log = Open(files);
        WriteNext(log);
        log.Sync();
        long syncs = files.Count(FileOperation.SyncData);

        Assert.Equal(1, log.Sync());

        Assert.Equal(syncs, files.Count(FileOperation.SyncData));
    }

    [Fact]
    public void One_batch_costs_one_write_and_one_sync()
    {
        SimulatedFileSystem files = NewDisk();
        using WalLog log = Open(files);
        long calls = files.Count(FileOperation.Any);

        WriteNext(log);
        log.Sync();

        Assert.Equal(calls + 2, files.Count(FileOperation.Any));
    }

    [Fact]
    public void Batch_is_not_durable_before_the_sync()
    {
        SimulatedFileSystem files = NewDisk();
        using WalLog log = Open(files);
        WriteNext(log);

        Assert.Equal(1, files.PendingSectors(Segment(1)) - 1);
        log.Sync();
        Assert.Equal(0, files.PendingSectors(Segment(1)));
    }

    [Fact]
    public void Batch_states_what_was_durable_when_it_was_written()
    {
        SimulatedFileSystem files = NewDisk();
        using WalLog log = Open(files);
        WriteNext(log);
        log.Sync();
        WriteNext(log);
        log.Write(Batch(3, Content(3)), 0);

        byte[] bytes = files.ReadFile(Segment(1));
        Assert.Equal([0, 1, 0], Enumerable.Range(1, 3).Select(number => Header(bytes, number).DurableLsn));
        Assert.Equal([1, 2, 3], Enumerable.Range(1, 3).Select(number => Header(bytes, number).FirstLsn));
    }

    [Fact]
    public void Durable_lsn_that_was_not_synced_is_refused()
    {
        using WalLog log = Open(NewDisk());
        WriteNext(log);

        Assert.Throws<ArgumentOutOfRangeException>(() => log.Write(Batch(2, Content(2)), 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => log.Close(2));
    }

    [Fact]
    public void Batch_that_does_not_follow_is_refused()
    {
        using WalLog log = Open(NewDisk());

        Assert.Throws<InvalidOperationException>(() => log.Write(Batch(2, Content(2)), 0));
        Assert.Throws<InvalidOperationException>(() => log.Write(Batch(1), 0));
        var open = new WalBatch();
        open.Reset(1);
        open.BeginRecord();
        open.EndRecord();
        open.BeginRecord();
        Assert.Throws<InvalidOperationException>(() => log.Write(open, 0));
        WriteNext(log);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2048)]
    [InlineData(4097)]
    [InlineData(1L << 40)]
    public void Segment_size_out_of_bounds_is_refused(long segmentBytes)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Open(NewDisk(), options: Options with { SegmentBytes = segmentBytes }));
    }

    [Fact]
    public void Failed_write_stops_the_log_for_good()
    {
        SimulatedFileSystem files = NewDisk();
        using WalLog log = Open(files);
        files.FailNext(FileOperation.Write, Errno.EIO);

        Assert.Equal(Errno.EIO, Assert.Throws<StorageException>(() => WriteNext(log)).Errno);

        AssertStopped(files, log);
        Assert.Equal(0, log.LastLsn);
    }

    [Fact]
    public void Failed_sync_stops_the_log_for_good_and_is_not_retried()
    {
        SimulatedFileSystem files = NewDisk();
        using WalLog log = Open(files);
        WriteNext(log);
        files.FailNext(FileOperation.SyncData, Errno.EROFS);

        StorageException failure = Assert.Throws<StorageException>(() => log.Sync());

        Assert.Equal(("fdatasync", Segment(1), Errno.EROFS), (failure.Operation, failure.Path, failure.Errno));
        AssertStopped(files, log);
        Assert.Equal(0, log.DurableLsn);
    }

    [Fact]
    public void Segment_appears_only_after_the_one_before_it_was_synced()
    {
        SimulatedFileSystem files = NewDisk();
        using WalLog log = Open(files);
        for (int count = 0; count < BatchesPerSegment; count++)
        {
            WriteNext(log);
        }

        files.FailNext(FileOperation.SyncData, Errno.EIO, "wal-");
        Assert.Throws<StorageException>(() => WriteNext(log));

        Assert.False(files.FileExists(Segment(BatchesPerSegment + 1)));
        AssertStopped(files, log);
    }

    [Theory]
    [InlineData(FileOperation.Rename)]
    [InlineData(FileOperation.SyncDirectory)]
    public void Failed_switch_stops_the_log_for_good(FileOperation operation)
    {
        SimulatedFileSystem files = SyncedLog(BatchesPerSegment);
        using WalLog log = Open(files);
        files.FailNext(operation, Errno.EIO);

        Assert.Throws<StorageException>(() => WriteNext(log));

        AssertStopped(files, log);
    }

    [Fact]
    public void First_batch_of_a_segment_is_safe_because_the_directory_was_synced()
    {
        SimulatedFileSystem files = SyncedLog(BatchesPerSegment + 1);

        for (int seed = 0; seed < 20; seed++)
        {
            AssertRecovers(files.Crash(seed), BatchesPerSegment + 1);
        }
    }

    [Fact]
    public void Batch_larger_than_a_segment_gets_one_of_its_own_size()
    {
        SimulatedFileSystem files = NewDisk();
        using WalLog log = Open(files);
        WriteNext(log);
        WriteNext(log, 10_000);
        WriteNext(log);

        Assert.Equal(3, log.SegmentCount);
        Assert.Equal(Sector + 10_240 + Sector, files.ReadFile(Segment(2)).Length);
        Assert.Equal(4096, files.ReadFile(Segment(3)).Length);
        log.Close(0);
        Assert.False(files.FileExists($"{DataDirectory}/spare-large.log"));
    }

    [Fact]
    public void Large_first_batch_replaces_the_empty_segment()
    {
        SimulatedFileSystem files = NewDisk();
        using (WalLog log = Open(files))
        {
            WriteNext(log, 10_000);
            log.Sync();
            Assert.Equal(1, log.SegmentCount);
        }

        for (int seed = 0; seed < 20; seed++)
        {
            AssertRecovers(files.Crash(seed), 1, bytes: 10_000);
        }
    }

    [Fact]
    public void Leftover_of_a_large_segment_in_the_making_is_removed()
    {
        SimulatedFileSystem files = SyncedLog(1);
        files.Open($"{DataDirectory}/spare-large.log", FileOpenKind.CreateNew).Dispose();

        AssertRecovers(files, 1);

        Assert.False(files.FileExists($"{DataDirectory}/spare-large.log"));
    }

    [Fact]
    public void Full_segment_has_room_for_the_seal()
    {
        SimulatedFileSystem files = NewDisk();
        using (WalLog log = Open(files))
        {
            for (int count = 0; count < BatchesPerSegment; count++)
            {
                WriteNext(log);
            }

            log.Close(0);
        }

        Assert.Equal(WalBatchKind.Seal, Header(files.ReadFile(Segment(1)), BatchesPerSegment + 1).Kind);
        WalRecoveryReport report = AssertRecovers(files, BatchesPerSegment);
        Assert.True(report.CleanShutdown);
        Assert.Equal(1, report.Segments);
    }

    [Fact]
    public void Closing_again_without_a_write_adds_no_seal()
    {
        SimulatedFileSystem files = SyncedLog(1);
        for (int count = 0; count < 10; count++)
        {
            using WalLog log = Open(files);
            log.Close(1);
        }

        Assert.Equal(2, AssertRecovers(files, 1).Batches);
    }

    [Fact]
    public void Close_makes_everything_durable_and_says_so()
    {
        SimulatedFileSystem files = NewDisk();
        using (WalLog log = Open(files))
        {
            WriteNext(log);
            WriteNext(log);
            log.Close(0);
        }

        Assert.Equal(2, Header(files.ReadFile(Segment(1)), 3).DurableLsn);
        for (int seed = 0; seed < 20; seed++)
        {
            Assert.True(AssertRecovers(files.Crash(seed), 2).CleanShutdown);
        }
    }

    [Fact]
    public void Disposed_log_refuses_calls_and_holds_no_file()
    {
        SimulatedFileSystem files = NewDisk();
        WalLog log = Open(files);
        log.Dispose();
        log.Dispose();

        Assert.Throws<ObjectDisposedException>(() => WriteNext(log));
        Assert.Throws<ObjectDisposedException>(() => log.Sync());
        Assert.Throws<ObjectDisposedException>(() => log.Close(0));
        Assert.Equal(0, files.OpenFiles);
    }

    [Fact]
    public async Task Write_goes_on_while_another_thread_syncs_and_is_not_counted_as_durable()
    {
        SimulatedFileSystem files = NewDisk();
        using WalLog log = Open(files);
        WriteNext(log);
        files.HoldSyncs("wal-");
        Task<long> sync = Task.Run(log.Sync);
        await files.SyncHeldAsync().WaitAsync(Limit);

        WriteNext(log);
        Assert.Equal((2, 0), (log.LastLsn, log.DurableLsn));
        files.ReleaseSyncs();

        Assert.Equal(1, await sync);
        Assert.Equal(2, log.Sync());
    }

    [Fact]
    public async Task Sync_that_fails_on_another_thread_stops_the_writer()
    {
        SimulatedFileSystem files = NewDisk();
        using WalLog log = Open(files);
        WriteNext(log);
        files.HoldSyncs("wal-");
        Task<long> sync = Task.Run(log.Sync);
        await files.SyncHeldAsync().WaitAsync(Limit);
        files.FailNext(FileOperation.SyncData, Errno.EIO, "wal-");
        files.ReleaseSyncs();

        await Assert.ThrowsAsync<StorageException>(() => sync);

        AssertStopped(files, log);
    }

    private static WalBatchHeader Header(byte[] segment, int batch)
    {
        Assert.True(WalBatchHeader.TryRead(segment.AsSpan((int)OffsetOf(batch)), out WalBatchHeader header));
        return header;
    }

    private static void AssertStopped(SimulatedFileSystem files, WalLog log)
    {
        files.ClearFaults();
        long calls = files.Count(FileOperation.Any);
        Assert.Throws<StorageException>(() => WriteNext(log));
        Assert.Throws<StorageException>(() => log.Sync());
        Assert.Throws<StorageException>(() => log.Close(0));
        Assert.Equal(calls, files.Count(FileOperation.Any));
    }
}
