using RespKv.Storage.Files;
using RespKv.Storage.Wal;
using RespKv.TestKit.Files;
using static RespKv.Storage.Tests.Wal.LogMaker;

namespace RespKv.Storage.Tests.Wal;

/// <summary>Segments that a checkpoint covers: retired (D6), and used again.</summary>
public sealed class WalRetireTests
{
    private const int Seeds = 25;
    private const int Second = BatchesPerSegment + 1;
    private const int Third = (2 * BatchesPerSegment) + 1;

    [Theory]
    [InlineData(0, 0)]
    [InlineData(BatchesPerSegment - 1, 0)]
    [InlineData(BatchesPerSegment, 1)]
    [InlineData((2 * BatchesPerSegment) - 1, 1)]
    [InlineData(2 * BatchesPerSegment, 2)]
    [InlineData(Third, 2)]
    public void Segments_that_the_checkpoint_covers_are_retired_and_no_other(long checkpointLsn, int retired)
    {
        SimulatedFileSystem files = SyncedLog(Third);
        using WalLog log = Open(files);

        Assert.Equal(retired, log.Retire(checkpointLsn));

        Assert.Equal((3 - retired, retired), (log.SegmentCount, log.RetiredCount));
        Assert.Equal(3 - retired, Segments(files).Count());
        Assert.Equal(retired > 0, files.FileExists(Retired(1)));
        Assert.Equal(0, log.Retire(checkpointLsn));
    }

    [Fact]
    public void Active_segment_is_never_retired()
    {
        SimulatedFileSystem files = SyncedLog(3);
        using WalLog log = Open(files);

        Assert.Equal(0, log.Retire(3));

        Assert.Equal([Segment(1)], Segments(files));
    }

    [Fact]
    public void Segment_stays_until_the_next_one_holds_a_durable_record()
    {
        SimulatedFileSystem files = SyncedLog(BatchesPerSegment);
        using WalLog log = Open(files);
        WriteNext(log);

        Assert.Equal(0, log.Retire(BatchesPerSegment));
        log.Sync();
        Assert.Equal(1, log.Retire(BatchesPerSegment));
    }

    [Fact]
    public void Checkpoint_beyond_what_is_durable_is_refused()
    {
        using WalLog log = Open(SyncedLog(3));
        WriteNext(log);

        Assert.Throws<ArgumentOutOfRangeException>(() => log.Retire(4));
    }

    [Fact]
    public void Retired_segments_are_gone_for_good_because_the_directory_was_synced()
    {
        SimulatedFileSystem files = SyncedLog(Third);
        using WalLog log = Open(files);
        log.Retire(Third);

        for (int seed = 0; seed < Seeds; seed++)
        {
            Assert.Equal([Segment(Third)], Segments(files.Crash(seed)));
        }
    }

    [Fact]
    public void Retirement_of_nothing_makes_no_call()
    {
        SimulatedFileSystem files = SyncedLog(3);
        using WalLog log = Open(files);
        long calls = files.Count(FileOperation.Any);

        log.Retire(3);

        Assert.Equal(calls, files.Count(FileOperation.Any));
    }

    [Fact]
    public void No_more_are_kept_than_the_bound_says_and_none_of_another_size()
    {
        SimulatedFileSystem files = NewDisk();
        using WalLog log = Open(files, options: Options with { RetiredSegmentsMax = 2 });
        WriteNext(log, 10_000);
        for (int count = 0; count < 4 * BatchesPerSegment; count++)
        {
            WriteNext(log);
        }

        log.Sync();
        Assert.Equal(4, log.Retire(log.DurableLsn));

        Assert.Equal(2, log.RetiredCount);
        Assert.False(files.FileExists(Retired(1)));
        Assert.True(files.FileExists(Retired(2)));
        Assert.True(files.FileExists(Retired(2 + BatchesPerSegment)));
        Assert.Equal(3, files.ReadAll().Count);
    }

    [Fact]
    public void Retired_segments_can_be_released_to_make_room()
    {
        SimulatedFileSystem files = SyncedLog(Third);
        using WalLog log = Open(files);
        log.Retire(Third);

        Assert.Equal(2, log.ReleaseRetired());

        Assert.Equal([Segment(Third)], files.ReadAll().Keys);
        Assert.Equal((0, 0), (log.RetiredCount, log.ReleaseRetired()));
    }

    [Fact]
    public void Retired_segment_becomes_the_next_one_without_writing_zeros()
    {
        SimulatedFileSystem files = SyncedLog(2 * BatchesPerSegment);
        using WalLog log = Open(files);
        log.Retire(log.DurableLsn);
        long writes = files.Count(FileOperation.Write);

        WriteNext(log);

        // The header and the batch.
        Assert.Equal(writes + 2, files.Count(FileOperation.Write));
        Assert.False(files.FileExists(Retired(1)));
        Assert.True(Header(files, Third).IsRecycled);
        Assert.NotEqual(new byte[Sector], files.ReadFile(Segment(Third))[(3 * Sector)..(4 * Sector)]);
    }

    [Fact]
    public void Batch_in_a_recycled_segment_still_costs_one_write_and_one_sync()
    {
        SimulatedFileSystem files = NewDisk();
        using WalLog log = RecycledLog(files, 1);
        long calls = files.Count(FileOperation.Any);
        long bytes = log.BytesWritten;

        WriteNext(log);
        log.Sync();

        Assert.Equal(calls + 2, files.Count(FileOperation.Any));
        Assert.Equal(bytes + Sector, log.BytesWritten);
    }

    [Theory]
    [InlineData(1, 100)]
    [InlineData(2, 100)]
    [InlineData(BatchesPerSegment, 100)]
    [InlineData(1, 700)]
    [InlineData(2, 1000)]
    public void Older_content_is_neither_replayed_nor_taken_for_a_torn_tail(int batches, int bytes)
    {
        SimulatedFileSystem files = NewDisk();
        RecycledLog(files, batches, bytes).Dispose();

        var replay = new RecordedReplay(2 * BatchesPerSegment);
        using WalLog log = Open(files, replay, start: Checkpoint(2 * BatchesPerSegment));

        Assert.Equal(Enumerable.Range(Third, batches).Select(lsn => Content(lsn, bytes)), replay.Records);
        Assert.Empty(log.Recovery.TornTails);
    }

    [Theory]
    [InlineData(0, 100)]
    [InlineData(1, 100)]
    [InlineData(2, 100)]
    [InlineData(1, 700)]
    public void End_in_the_middle_of_an_older_batch_is_not_taken_for_a_torn_tail(int batches, int bytes)
    {
        SimulatedFileSystem files = NewDisk();
        using (WalLog log = Open(files))
        {
            // Two to a segment.
            WriteUpTo(log, 4, 1000);
            log.Retire(4);
            WriteUpTo(log, 4 + batches, bytes);
            log.Close(log.DurableLsn);
        }

        WalRecoveryReport report = AssertRecovers(files, 4 + batches, bytes, 4);
        Assert.Empty(report.TornTails);
        Assert.True(report.CleanShutdown);
    }

    [Fact]
    public void Clean_end_in_a_recycled_segment_is_clean()
    {
        SimulatedFileSystem files = NewDisk();
        using (WalLog log = RecycledLog(files, 2))
        {
            log.Close(log.DurableLsn);
        }

        Assert.True(AssertRecovers(files, Third + 1, checkpointLsn: Third).CleanShutdown);
    }

    [Fact]
    public void Recycled_segment_is_filled_up_to_its_seal()
    {
        SimulatedFileSystem files = NewDisk();
        using (WalLog log = RecycledLog(files, BatchesPerSegment))
        {
            log.Close(log.DurableLsn);
        }

        WalRecoveryReport report = AssertRecovers(files, 3 * BatchesPerSegment, checkpointLsn: Third);
        Assert.True(report.CleanShutdown);
        Assert.Equal(1, report.Segments);
    }

    [Fact]
    public void Old_seal_in_a_recycled_segment_is_not_taken_for_a_clean_end()
    {
        SimulatedFileSystem files = NewDisk();
        using (WalLog log = Open(files))
        {
            WriteNext(log);
            log.Close(0);
        }

        using (WalLog log = Open(files))
        {
            // The seal has taken the place of a batch.
            WriteUpTo(log, (2 * BatchesPerSegment) - 1);
            log.Retire(log.DurableLsn);
            WriteUpTo(log, log.LastLsn + 1);
            Assert.True(Header(files, log.LastLsn).IsRecycled);
        }

        WalRecoveryReport report = AssertRecovers(files, 2 * BatchesPerSegment, checkpointLsn: BatchesPerSegment);
        Assert.False(report.CleanShutdown);
        Assert.Empty(report.TornTails);
    }

    [Fact]
    public void Torn_last_batch_in_a_recycled_segment_is_cut_without_the_older_content_behind_it()
    {
        SimulatedFileSystem files = NewDisk();
        RecycledLog(files, 2, 700).Dispose();
        files.FlipBit(Segment(Third), Sector + 1024 + 700);
        byte[] before = files.ReadFile(Segment(Third));

        WalTornTail torn = Assert.Single(AssertRecovers(files, Third, 700, Third).TornTails);

        Assert.Equal((Sector + 1024, 1024), (torn.Offset, torn.Bytes));
        byte[] after = files.ReadFile(Segment(Third));
        Assert.Equal(before[(Sector + 2048)..], after[(Sector + 2048)..]);
        Assert.Equal(new byte[1024], after[(Sector + 1024)..(Sector + 2048)]);
    }

    [Fact]
    public void Damaged_header_of_the_last_batch_in_a_recycled_segment_is_evidence()
    {
        SimulatedFileSystem files = NewDisk();
        RecycledLog(files, 2).Dispose();
        files.FlipBit(Segment(Third), OffsetOf(2));

        WalTornTail torn = Assert.Single(AssertRecovers(files, Third, checkpointLsn: Third).TornTails);

        Assert.Equal(OffsetOf(2), torn.Offset);
        Assert.Equal(4096 - Sector - OffsetOf(2), torn.Bytes);
    }

    [Theory]
    [InlineData(0, WalTailScan.RecycledCutBytesMax + Sector)]
    [InlineData(32 << 20, 32 << 20)]
    public void Cut_in_a_recycled_segment_ends_with_the_last_newer_batch_or_is_bounded(long newerEnd, long cutEnd)
    {
        var scan = new WalTailScan(Sector, 64 << 20, newerEnd, -1, default);
        var end = new WalChainEnd(Sector, WalBatchState.NoHeader, false);

        Assert.Equal(cutEnd, scan.CutEnd(end, isRecycled: true));
        Assert.Equal(64 << 20, scan.CutEnd(end, isRecycled: false));
    }

    [Fact]
    public void Newer_batch_behind_a_lost_one_in_a_recycled_segment_never_comes_back()
    {
        SimulatedFileSystem files = NewDisk();
        RecycledLog(files, 1).Dispose();
        files.Overwrite(Segment(Third), OffsetOf(3), Batch(Third + 2, Content(Third + 2)).Seal(WalBatchKind.Records, LogId, Third));

        WalTornTail torn = Assert.Single(AssertRecovers(files, Third, checkpointLsn: Third).TornTails);

        Assert.Equal((OffsetOf(2), 2 * Sector), (torn.Offset, torn.Bytes));
        Assert.Equal(new byte[2 * Sector], files.ReadFile(Segment(Third))[(int)OffsetOf(2)..(int)OffsetOf(4)]);
    }

    [Fact]
    public void Hole_in_a_recycled_segment_that_a_later_batch_calls_durable_is_corruption()
    {
        SimulatedFileSystem files = NewDisk();
        RecycledLog(files, 3).Dispose();
        files.FlipBit(Segment(Third), OffsetOf(2) + 80);

        AssertCorrupt(files, Segment(Third), OffsetOf(2), Third + 1, Checkpoint(Third));
    }

    [Fact]
    public void Recycled_segment_whose_new_header_was_lost_is_as_if_absent()
    {
        SimulatedFileSystem files = NewDisk();
        RecycledLog(files, 1).Dispose();
        files.Overwrite(Segment(Third), 0, files.ReadFile(Segment(Second)));
        byte[] header = new byte[Sector];
        new WalSegmentHeader(LogId, 1, 4096).Write(header);
        files.Overwrite(Segment(Third), 0, header);

        Assert.Empty(AssertRecovers(files, Third - 1, checkpointLsn: Third - 1).TornTails);

        Assert.Equal([Segment(Second)], Segments(files));
    }

    [Fact]
    public void Recycled_segment_whose_new_header_was_lost_but_not_its_batch_is_moved_aside()
    {
        SimulatedFileSystem files = NewDisk();
        RecycledLog(files, 1).Dispose();
        byte[] header = new byte[Sector];
        new WalSegmentHeader(LogId, 1, 4096).Write(header);
        files.Overwrite(Segment(Third), 0, header);

        WalTornTail torn = Assert.Single(AssertRecovers(files, Third - 1, checkpointLsn: Third - 1).TornTails);

        Assert.Equal((Segment(Third), 4096), (torn.File, torn.Bytes));
    }

    [Fact]
    public void Retired_files_of_an_earlier_run_are_written_over_before_they_are_used()
    {
        SimulatedFileSystem files = SyncedLog(2 * BatchesPerSegment);
        using (WalLog log = Open(files))
        {
            log.Retire(log.DurableLsn);
        }

        using WalLog again = Open(files, start: Checkpoint(2 * BatchesPerSegment));
        Assert.Equal(1, again.RetiredCount);
        WriteNext(again);

        Assert.False(Header(files, Third).IsRecycled);
        Assert.Equal(new byte[4096 - (2 * Sector)], files.ReadFile(Segment(Third))[(2 * Sector)..]);
    }

    [Fact]
    public void Retired_files_of_another_size_or_above_the_bound_are_deleted_at_the_start()
    {
        SimulatedFileSystem files = SyncedLog((4 * BatchesPerSegment) + 1);
        files.Truncate(Segment(Second), 2000);

        using WalLog log = Open(
            files, options: Options with { RetiredSegmentsMax = 2 }, start: Checkpoint(4 * BatchesPerSegment));

        Assert.Equal(2, log.RetiredCount);
        Assert.Equal([Retired(1), Retired(Third), Segment((4 * BatchesPerSegment) + 1)], files.ReadAll().Keys);
    }

    [Fact]
    public void Failed_retirement_stops_nothing_and_the_next_one_takes_up_the_rest()
    {
        for (int call = 1; call <= 3; call++)
        {
            SimulatedFileSystem files = SyncedLog(Third);
            using WalLog log = Open(files);
            files.FailAt(FileOperation.Any, call, Errno.EIO);

            Assert.Throws<StorageException>(() => log.Retire(Third));
            WriteNext(log);
            log.Sync();
            log.Retire(Third);

            Assert.Equal([Segment(Third)], Segments(files));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4)]
    public void Power_cut_or_kill_at_any_call_of_a_retirement_loses_nothing(int kept)
    {
        ForEachCall(Third, log => log.Retire(2 * BatchesPerSegment), kept, Third, 2 * BatchesPerSegment);
    }

    [Fact]
    public void Power_cut_or_kill_at_any_call_of_a_switch_into_a_recycled_segment_loses_nothing()
    {
        ForEachCall(
            2 * BatchesPerSegment,
            log =>
            {
                log.Retire(log.DurableLsn);
                WriteUpTo(log, log.LastLsn + 2);
            },
            4,
            2 * BatchesPerSegment,
            2 * BatchesPerSegment);
    }

    /// <summary>Does it on a log of so many records with a fault at each call in turn; after each, crashes and kills recover every durable record.</summary>
    private static void ForEachCall(int records, Action<WalLog> action, int kept, long durable, long checkpointLsn)
    {
        SimulatedFileSystem made = SyncedLog(records);
        for (int calls = 1; ; calls++)
        {
            SimulatedFileSystem files = made.Kill();
            using WalLog log = Open(files, options: Options with { RetiredSegmentsMax = kept });
            files.FailFrom(FileOperation.Any, calls, Errno.EIO);
            bool isDone = true;
            try
            {
                action(log);
            }
            catch (StorageException)
            {
                isDone = false;
            }

            long durableNow = Math.Max(durable, log.DurableLsn);
            for (int seed = 0; seed <= Seeds; seed++)
            {
                SimulatedFileSystem survivor = seed == Seeds ? files.Kill() : files.Crash(seed);
                var replay = new RecordedReplay(checkpointLsn);
                Open(survivor, replay, start: Checkpoint(checkpointLsn)).Dispose();
                Assert.InRange(checkpointLsn + replay.Records.Count, durableNow, log.LastLsn + 1);
                AssertRecovers(survivor, checkpointLsn + replay.Records.Count, checkpointLsn: checkpointLsn);
            }

            if (isDone)
            {
                return;
            }
        }
    }

    /// <summary>A log of two full segments of which the first was recycled as the third, with so many batches in it.</summary>
    private static WalLog RecycledLog(SimulatedFileSystem files, int batches, int bytes = 100)
    {
        WalLog log = Open(files);
        WriteUpTo(log, 2 * BatchesPerSegment);
        log.Retire(log.DurableLsn);
        WriteUpTo(log, log.LastLsn + batches, bytes);
        Assert.True(Header(files, Third).IsRecycled);
        return log;
    }

    private static void WriteUpTo(WalLog log, long lastLsn, int bytes = 100)
    {
        while (log.LastLsn < lastLsn)
        {
            WriteNext(log, bytes);
            log.Sync();
        }
    }

    private static WalSegmentHeader Header(SimulatedFileSystem files, long firstLsn)
    {
        Assert.True(WalSegmentHeader.TryRead(files.ReadFile(Segment(firstLsn)), out WalSegmentHeader header, out _));
        return header;
    }
}
