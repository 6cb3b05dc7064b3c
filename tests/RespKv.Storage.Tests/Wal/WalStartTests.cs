using RespKv.Storage.Files;
using RespKv.Storage.Wal;
using RespKv.TestKit.Files;
using static RespKv.Storage.Tests.Wal.LogMaker;

namespace RespKv.Storage.Tests.Wal;

/// <summary>Recovery behind a checkpoint: where the log may begin, and what proves that something is missing.</summary>
public sealed class WalStartTests
{
    /// <summary>Three segments, the last one with two batches.</summary>
    private const int Last = (2 * BatchesPerSegment) + 2;

    private const int Second = BatchesPerSegment + 1;
    private const int Third = (2 * BatchesPerSegment) + 1;

    [Theory]
    [InlineData(0, 3)]
    [InlineData(3, 3)]
    [InlineData(BatchesPerSegment - 1, 3)]
    [InlineData(BatchesPerSegment, 2)]
    [InlineData(BatchesPerSegment + 1, 2)]
    [InlineData(2 * BatchesPerSegment, 1)]
    [InlineData(Last - 1, 1)]
    [InlineData(Last, 1)]
    public void Records_behind_the_checkpoint_are_replayed_from_the_segments_that_hold_them(long checkpointLsn, int segments)
    {
        SimulatedFileSystem files = SyncedLog(Last);

        WalRecoveryReport report = AssertRecovers(files, Last, checkpointLsn: checkpointLsn);

        Assert.Equal((segments, Last - checkpointLsn), (report.Segments, report.Records));
        Assert.Equal(segments, Segments(files).Count());
    }

    [Fact]
    public void Log_of_which_all_but_the_active_segment_was_retired_recovers_and_goes_on()
    {
        SimulatedFileSystem files = SyncedLog(Last);
        using (WalLog log = Open(files))
        {
            Assert.Equal(2, log.Retire(Last));
            Assert.Equal(1, log.SegmentCount);
        }

        AssertRecovers(files, Last, checkpointLsn: Last);
        using (WalLog log = Open(files, start: Checkpoint(Last)))
        {
            WriteNext(log);
            log.Close(log.Sync() - 1);
        }

        Assert.True(AssertRecovers(files, Last + 1, checkpointLsn: Last).CleanShutdown);
    }

    [Fact]
    public void Checkpoint_inside_of_a_batch_replays_the_rest_of_it()
    {
        SimulatedFileSystem files = NewDisk();
        using (WalLog log = Open(files))
        {
            log.Write(Batch(1, Content(1), Content(2), Content(3)), 0);
            log.Sync();
        }

        AssertRecovers(files, 3, checkpointLsn: 2);
    }

    [Fact]
    public void Segments_below_the_checkpoint_are_neither_needed_nor_read()
    {
        SimulatedFileSystem files = SyncedLog(Last);
        files.Overwrite(Segment(Second), 0, Content(1, 4096));
        files.Delete(Segment(1));

        AssertRecovers(files, Last, checkpointLsn: 2 * BatchesPerSegment);

        Assert.Equal([Segment(Third)], Segments(files));
        Assert.True(files.FileExists(Retired(Second)));
    }

    [Fact]
    public void Torn_tail_behind_the_checkpoint_is_cut()
    {
        SimulatedFileSystem files = SyncedLog(Last);
        files.FlipBit(Segment(Third), OffsetOf(2) + 60);

        Assert.Equal(Last, Assert.Single(AssertRecovers(files, Last - 1, checkpointLsn: Last - 1).TornTails).Lsn);
    }

    [Fact]
    public void Log_that_ends_before_the_checkpoint_is_corruption()
    {
        SimulatedFileSystem files = SyncedLog(Last);
        files.FlipBit(Segment(Third), OffsetOf(2) + 60);

        WalCorruptionException corruption = AssertCorrupt(files, Segment(Third), OffsetOf(2), Last, Checkpoint(Last));

        Assert.Contains($"the checkpoint of LSN {Last} exists only because", corruption.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Log_that_lost_its_last_segments_before_the_checkpoint_is_corruption()
    {
        SimulatedFileSystem files = SyncedLog(Last);
        files.Delete(Segment(Third));

        AssertCorrupt(files, Segment(Second), OffsetOf(BatchesPerSegment + 1), Third, Checkpoint(Third));
        AssertRecovers(files, Third - 1, checkpointLsn: Third - 1);
    }

    [Fact]
    public void Missing_segment_behind_the_checkpoint_is_corruption()
    {
        SimulatedFileSystem files = SyncedLog(Last);
        files.Delete(Segment(1));
        files.Delete(Segment(Second));

        WalCorruptionException corruption = AssertCorrupt(files, Segment(Third), 0, Third - 1, Checkpoint(Third - 2));

        Assert.Contains("the one behind the checkpoint, is missing", corruption.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_segment_between_needed_ones_is_corruption()
    {
        SimulatedFileSystem files = SyncedLog(Last);
        files.Delete(Segment(Second));

        AssertCorrupt(files, Segment(1), OffsetOf(BatchesPerSegment + 1), Second, Checkpoint(3));
    }

    [Fact]
    public void No_log_at_all_behind_a_checkpoint_is_corruption()
    {
        WalCorruptionException corruption = AssertCorrupt(NewDisk(), Segment(8), 0, 8, Checkpoint(7));

        Assert.Contains("checkpoint of LSN 7", corruption.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_a_segment_with_torn_header_behind_a_checkpoint_is_corruption()
    {
        SimulatedFileSystem files = SyncedLog(Second);
        files.Delete(Segment(1));
        files.FlipBit(Segment(Second), 3);

        AssertCorrupt(files, Segment(Second), 0, Second, Checkpoint(Second - 1));
    }

    [Fact]
    public void Segment_with_torn_header_at_the_checkpoint_needs_the_one_before_it()
    {
        SimulatedFileSystem files = SyncedLog(Second);
        files.Overwrite(Segment(Second), 0, new byte[4096]);

        AssertRecovers(files, Second - 1, checkpointLsn: Second - 1);

        Assert.Equal([Segment(1)], Segments(files));
    }

    [Fact]
    public void Log_of_another_id_than_the_checkpoint_is_corruption()
    {
        SimulatedFileSystem files = SyncedLog(3);

        WalCorruptionException corruption = AssertCorrupt(files, Segment(1), 0, 1, new WalStart(LogId + 1, 2));

        Assert.Contains("another log than the checkpoint", corruption.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Malformed_record_below_the_checkpoint_is_corruption_all_the_same()
    {
        SimulatedFileSystem files = SyncedLog(3);
        byte[] batch = Batch(2, Content(2)).Seal(WalBatchKind.Records, LogId, 1).ToArray();
        batch[WalFormat.BatchHeaderBytes]--;
        new WalBatchHeader(WalBatchKind.Records, 1, LogId, 2, 1, 104).Write(batch);
        files.Overwrite(Segment(1), OffsetOf(2), batch);

        AssertCorrupt(files, Segment(1), OffsetOf(2), 3, Checkpoint(2));
    }

    [Fact]
    public void Unknown_flags_in_a_header_are_corruption()
    {
        SimulatedFileSystem files = SyncedLog(3);
        byte[] header = new byte[Sector];
        new WalSegmentHeader(LogId, 1, 4096, 2).Write(header);
        files.Overwrite(Segment(1), 0, header);

        AssertCorrupt(files, Segment(1), 0, 1);
    }

    [Fact]
    public void New_log_takes_the_id_that_the_manifest_names()
    {
        SimulatedFileSystem files = NewDisk();
        using WalLog log = Open(files, start: new WalStart(77, 0));

        Assert.Equal(77ul, log.LogId);
    }

    [Fact]
    public void Opened_log_says_its_id()
    {
        using WalLog log = Open(SyncedLog(1), options: Options with { NewLogId = 5 });

        Assert.Equal(LogId, log.LogId);
    }

    [Fact]
    public void Empty_log_that_was_made_for_a_checkpoint_goes_on_behind_it()
    {
        SimulatedFileSystem files = NewDisk();
        WalLog.CreateEmpty(files, DataDirectory, Options, LogId, 1001);
        for (int seed = 0; seed < 20; seed++)
        {
            AssertRecovers(files.Crash(seed), 1000, checkpointLsn: 1000);
        }

        using (WalLog log = Open(files, start: Checkpoint(1000)))
        {
            Assert.Equal((1000, 1000, LogId), (log.LastLsn, log.DurableLsn, log.LogId));
            WriteNext(log);
            WriteNext(log, 10_000);
            log.Sync();
        }

        var replay = new RecordedReplay(1000);
        Open(files, replay, start: Checkpoint(1000)).Dispose();
        Assert.Equal([Content(1001), Content(1002, 10_000)], replay.Records);
    }

    [Fact]
    public void Empty_log_is_not_made_over_another()
    {
        SimulatedFileSystem files = SyncedLog(1);

        StorageException failure = Assert.Throws<StorageException>(() => WalLog.CreateEmpty(files, DataDirectory, Options, LogId, 1));

        Assert.Equal(Errno.EEXIST, failure.Errno);
        Assert.Throws<ArgumentOutOfRangeException>(() => WalLog.CreateEmpty(files, DataDirectory, Options, 0, 5));
        Assert.Throws<ArgumentOutOfRangeException>(() => WalLog.CreateEmpty(files, DataDirectory, Options, LogId, 0));
    }
}
