using RespKv.Storage.Files;
using RespKv.Storage.Wal;
using RespKv.TestKit.Files;
using static RespKv.Storage.Tests.Wal.LogMaker;

namespace RespKv.Storage.Tests.Wal;

/// <summary>Logs that are sound, or that end in what a crash leaves: recovered, cut and reported (D5, D9).</summary>
public sealed class WalRecoveryTests
{
    [Fact]
    public void Empty_directory_becomes_an_empty_log()
    {
        SimulatedFileSystem files = NewDisk();

        using WalLog log = Open(files);

        Assert.Equal(0, log.LastLsn);
        Assert.Equal(1, log.SegmentCount);
        Assert.Equal(new WalRecoveryReport(0, 0, 0, 0, 0, false, []) with { TornTails = log.Recovery.TornTails }, log.Recovery);
        Assert.Empty(log.Recovery.TornTails);
        Assert.Equal(4096, files.ReadFile(Segment(1)).Length);
    }

    [Fact]
    public void Log_that_was_never_written_opens_again()
    {
        SimulatedFileSystem files = NewDisk();
        Open(files).Dispose();

        WalRecoveryReport report = AssertRecovers(files, 0);

        Assert.Empty(report.TornTails);
    }

    [Fact]
    public void Batches_over_several_segments_come_back_in_order()
    {
        WalRecoveryReport report = AssertRecovers(SyncedLog((3 * BatchesPerSegment) + 2), (3 * BatchesPerSegment) + 2);

        Assert.Equal(4, report.Segments);
        Assert.Equal(20, report.Batches);
        Assert.Equal(20, report.Records);
        Assert.Equal(20 * Sector, report.Bytes);
        Assert.False(report.CleanShutdown);
        Assert.Empty(report.TornTails);
    }

    [Fact]
    public void Batch_with_many_records_is_replayed_record_by_record()
    {
        SimulatedFileSystem files = NewDisk();
        byte[][] records = [Content(1, 0), Content(2, 1), Content(3, 700), Content(4, 33)];
        using (WalLog log = Open(files))
        {
            log.Write(Batch(1, records), 0);
            log.Sync();
        }

        var replay = new RecordedReplay();
        using WalLog again = Open(files, replay);

        Assert.Equal(records, replay.Records);
        Assert.Equal(4, again.LastLsn);
    }

    [Fact]
    public void Batch_larger_than_segment_and_read_buffer_comes_back()
    {
        SimulatedFileSystem files = NewDisk();
        const int large = (9 << 20) + 77;
        using (WalLog log = Open(files))
        {
            WriteNext(log);
            WriteNext(log, large);
            WriteNext(log);
            log.Sync();
            Assert.Equal(3, log.SegmentCount);
        }

        var replay = new RecordedReplay();
        using WalLog again = Open(files, replay);

        Assert.Equal(3, again.LastLsn);
        Assert.True(replay.Records[1].AsSpan().SequenceEqual(Content(2, large)));
        Assert.NotEmpty(replay.Steps);
        Assert.All(replay.Steps, step => Assert.InRange(step.BytesDone, 1, step.BytesTotal));
    }

    [Fact]
    public void Closed_log_reports_a_clean_shutdown_and_goes_on()
    {
        SimulatedFileSystem files = SyncedLog(2);
        using (WalLog log = Open(files))
        {
            log.Close(2);
        }

        using (WalLog log = Open(files))
        {
            Assert.True(log.Recovery.CleanShutdown);
            Assert.Equal(3, log.Recovery.Batches);
            Assert.Equal(2, log.Recovery.Records);
            WriteNext(log);
            log.Sync();
        }

        Assert.False(AssertRecovers(files, 3).CleanShutdown);
    }

    [Fact]
    public void Garbled_payload_of_the_last_batch_is_cut_and_kept_as_evidence()
    {
        SimulatedFileSystem files = SyncedLog(3);
        files.FlipBit(Segment(1), OffsetOf(3) + 60);
        byte[] bytes = files.ReadFile(Segment(1))[(int)OffsetOf(3)..(int)OffsetOf(4)];

        WalTornTail torn = Assert.Single(AssertRecovers(files, 2).TornTails);

        string evidence = $"{DataDirectory}/torn-{3:D20}-1.bin";
        Assert.Equal(new WalTornTail(Segment(1), OffsetOf(3), 3, Sector, evidence, torn.Reason), torn);
        Assert.Contains("checksum", torn.Reason, StringComparison.Ordinal);
        Assert.Equal(bytes, files.ReadFile(evidence));
        Assert.All(files.ReadFile(Segment(1))[(int)OffsetOf(3)..], value => Assert.Equal(0, value));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    [InlineData(41)]
    public void Garbled_header_of_the_last_batch_is_a_torn_tail(int at)
    {
        SimulatedFileSystem files = SyncedLog(3);
        files.FlipBit(Segment(1), OffsetOf(3) + at, 6);

        WalTornTail torn = Assert.Single(AssertRecovers(files, 2).TornTails);

        Assert.Equal((OffsetOf(3), Sector), (torn.Offset, torn.Bytes));
    }

    [Fact]
    public void Zero_header_with_payload_behind_it_is_a_torn_tail()
    {
        SimulatedFileSystem files = SyncedLog(2, bytes: 1000);
        files.Overwrite(Segment(1), Sector + 1536, new byte[Sector]);

        WalTornTail torn = Assert.Single(AssertRecovers(files, 1, bytes: 1000).TornTails);

        Assert.Equal((Sector + 1536, 1536), (torn.Offset, torn.Bytes));
    }

    [Fact]
    public void Batch_that_never_reached_the_disk_leaves_no_torn_tail()
    {
        SimulatedFileSystem files = SyncedLog(3);
        files.Overwrite(Segment(1), OffsetOf(3), new byte[Sector]);

        Assert.Empty(AssertRecovers(files, 2).TornTails);
    }

    [Fact]
    public void Last_segment_truncated_inside_a_batch_is_a_torn_tail_and_gets_its_size_back()
    {
        SimulatedFileSystem files = SyncedLog(2, bytes: 1000);
        files.Truncate(Segment(1), Sector + 1536 + 700);

        WalTornTail torn = Assert.Single(AssertRecovers(files, 1, bytes: 1000).TornTails);

        Assert.Equal(700, torn.Bytes);
        Assert.Contains("longer than the rest", torn.Reason, StringComparison.Ordinal);
        Assert.Equal(4096, files.ReadFile(Segment(1)).Length);
    }

    [Fact]
    public void Last_segment_truncated_behind_its_batches_is_reported_and_gets_its_size_back()
    {
        SimulatedFileSystem files = SyncedLog(2);
        files.Truncate(Segment(1), OffsetOf(3));

        WalTornTail torn = Assert.Single(AssertRecovers(files, 2).TornTails);

        Assert.Equal((0, ""), (torn.Bytes, torn.EvidenceFile));
        Assert.Contains("1536 of 4096 bytes", torn.Reason, StringComparison.Ordinal);
        Assert.Equal(4096, files.ReadFile(Segment(1)).Length);
    }

    [Fact]
    public void Hole_with_later_batches_that_prove_nothing_is_cut_with_all_of_them()
    {
        SimulatedFileSystem files = UnsyncedLog(5);
        files.FlipBit(Segment(1), OffsetOf(3) + 70);

        WalTornTail torn = Assert.Single(AssertRecovers(files, 2).TornTails);

        Assert.Equal((OffsetOf(3), 3 * Sector), (torn.Offset, torn.Bytes));
    }

    [Fact]
    public void Batches_behind_a_cut_hole_never_come_back()
    {
        SimulatedFileSystem files = UnsyncedLog(5);
        files.FlipBit(Segment(1), OffsetOf(3) + 70);
        using (WalLog log = Open(files))
        {
            WriteNext(log, salt: 7);
            log.Sync();
        }

        var replay = new RecordedReplay();
        using WalLog again = Open(files, replay);

        Assert.Equal([Content(1), Content(2), Content(3, salt: 7)], replay.Records);
        Assert.Empty(again.Recovery.TornTails);
    }

    [Fact]
    public void Second_torn_tail_at_the_same_lsn_does_not_overwrite_the_first_evidence()
    {
        SimulatedFileSystem files = SyncedLog(3);
        for (int number = 1; number <= 2; number++)
        {
            files.FlipBit(Segment(1), OffsetOf(3) + 60 + number);
            WalTornTail torn = Assert.Single(AssertRecovers(files, 2).TornTails);
            Assert.EndsWith($"-{number}.bin", torn.EvidenceFile, StringComparison.Ordinal);
            using WalLog log = Open(files);
            WriteNext(log);
            log.Sync();
        }
    }

    [Fact]
    public void Garbled_seal_is_a_torn_tail_that_loses_nothing()
    {
        SimulatedFileSystem files = SyncedLog(3);
        using (WalLog log = Open(files))
        {
            log.Close(3);
        }

        files.FlipBit(Segment(1), OffsetOf(4) + 33);
        WalRecoveryReport report = AssertRecovers(files, 3);

        Assert.Single(report.TornTails);
        Assert.False(report.CleanShutdown);
    }

    [Fact]
    public void Old_batches_of_a_recycled_file_end_the_log_and_stay_where_they_are()
    {
        SimulatedFileSystem files = SyncedLog(BatchesPerSegment + 2);
        byte[] old = files.ReadFile(Segment(1))[(int)OffsetOf(3)..];
        files.Overwrite(Segment(BatchesPerSegment + 1), OffsetOf(3), old);

        WalRecoveryReport report = AssertRecovers(files, BatchesPerSegment + 2);

        Assert.Empty(report.TornTails);
        Assert.Equal(old, files.ReadFile(Segment(BatchesPerSegment + 1))[(int)OffsetOf(3)..]);
    }

    [Fact]
    public void Batches_of_another_log_in_a_recycled_file_end_the_log()
    {
        SimulatedFileSystem files = SyncedLog(2);
        files.Overwrite(Segment(1), OffsetOf(3), Batch(3, Content(3)).Seal(WalBatchKind.Records, LogId + 1, 2));

        Assert.Empty(AssertRecovers(files, 2).TornTails);
    }

    [Fact]
    public void New_batches_over_old_content_come_back_after_each_restart()
    {
        SimulatedFileSystem files = SyncedLog(BatchesPerSegment + 1);
        files.Overwrite(Segment(BatchesPerSegment + 1), OffsetOf(2), files.ReadFile(Segment(1)).AsSpan((int)OffsetOf(2)));
        for (int lsn = BatchesPerSegment + 1; lsn <= 2 * BatchesPerSegment; lsn++)
        {
            Assert.Empty(AssertRecovers(files, lsn).TornTails);
            using WalLog log = Open(files);
            WriteNext(log);
            log.Sync();
        }
    }

    [Fact]
    public void Torn_batch_over_old_content_is_cut_and_the_old_content_behind_it_proves_nothing()
    {
        SimulatedFileSystem files = SyncedLog(BatchesPerSegment + 2);
        string last = Segment(BatchesPerSegment + 1);
        files.Overwrite(last, OffsetOf(3), files.ReadFile(Segment(1)).AsSpan((int)OffsetOf(3)));
        files.FlipBit(last, OffsetOf(2) + 50);

        WalTornTail torn = Assert.Single(AssertRecovers(files, BatchesPerSegment + 1).TornTails);

        Assert.Equal(OffsetOf(2), torn.Offset);
    }

    [Fact]
    public void Lost_first_sector_over_old_content_with_a_newer_batch_behind_it_is_cut()
    {
        SimulatedFileSystem files = SyncedLog(BatchesPerSegment + 1);
        string last = Segment(BatchesPerSegment + 1);
        long lsn = BatchesPerSegment + 1;
        files.Overwrite(last, OffsetOf(2), files.ReadFile(Segment(1)).AsSpan((int)OffsetOf(2), Sector));
        files.Overwrite(last, OffsetOf(3), Batch(lsn + 2, Content(lsn + 2)).Seal(WalBatchKind.Records, LogId, lsn));

        WalTornTail torn = Assert.Single(AssertRecovers(files, lsn).TornTails);

        Assert.Equal((OffsetOf(2), 2 * Sector), (torn.Offset, torn.Bytes));
    }

    [Fact]
    public void Last_segment_without_header_and_content_is_as_if_absent()
    {
        SimulatedFileSystem files = SyncedLog(BatchesPerSegment + 1);
        files.Overwrite(Segment(BatchesPerSegment + 1), 0, new byte[4096]);

        Assert.Empty(AssertRecovers(files, BatchesPerSegment).TornTails);

        using WalLog log = Open(files);
        WriteNext(log);
        log.Sync();
        Assert.Equal(2, log.SegmentCount);
    }

    [Fact]
    public void Last_segment_with_torn_header_is_moved_aside_whole()
    {
        SimulatedFileSystem files = SyncedLog(BatchesPerSegment + 1);
        string last = Segment(BatchesPerSegment + 1);
        files.FlipBit(last, 20);
        byte[] bytes = files.ReadFile(last);

        WalRecoveryReport report = AssertRecovers(files, BatchesPerSegment);

        WalTornTail torn = Assert.Single(report.TornTails);
        Assert.Equal((last, 0, BatchesPerSegment + 1, 4096), (torn.File, torn.Offset, torn.Lsn, torn.Bytes));
        Assert.Equal(bytes, files.ReadFile(torn.EvidenceFile));
        Assert.False(files.FileExists(last));
    }

    [Fact]
    public void Only_segment_with_torn_header_is_moved_aside_and_a_new_log_begins()
    {
        SimulatedFileSystem files = SyncedLog(1);
        files.FlipBit(Segment(1), 0);

        WalRecoveryReport report = AssertRecovers(files, 0);

        Assert.Equal(4096, Assert.Single(report.TornTails).Bytes);
        AssertRecovers(files, 0);
    }

    [Fact]
    public void Empty_file_under_the_name_of_the_next_segment_is_as_if_absent()
    {
        SimulatedFileSystem files = SyncedLog(BatchesPerSegment);
        files.Open(Segment(BatchesPerSegment + 1), FileOpenKind.CreateNew).Dispose();

        Assert.Empty(AssertRecovers(files, BatchesPerSegment).TornTails);
    }

    [Fact]
    public void Files_with_foreign_names_are_left_alone()
    {
        SimulatedFileSystem files = SyncedLog(2);
        string[] names = ["wal-1.log", "wal-0000000000000000000x.log", $"wal-{0:D20}.log", $"WAL-{9:D20}.log", $"wal-{9:D20}.log.bak", "dump.rdb"];
        foreach (string name in names)
        {
            files.Open($"{DataDirectory}/{name}", FileOpenKind.CreateNew).Dispose();
        }

        AssertRecovers(files, 2);

        Assert.All(names, name => Assert.True(files.FileExists($"{DataDirectory}/{name}")));
    }

    [Fact]
    public void Cancelled_recovery_stops_and_changes_nothing()
    {
        SimulatedFileSystem files = SyncedLog(3);
        files.FlipBit(Segment(1), OffsetOf(3) + 60);
        SortedDictionary<string, byte[]> before = files.ReadAll();
        using var cancel = new CancellationTokenSource();
        var replay = new RecordedReplay { OnApply = _ => cancel.Cancel() };

        Assert.Throws<OperationCanceledException>(() => WalLog.Open(files, DataDirectory, Options, replay, cancel.Token));

        Assert.Equal(before, files.ReadAll());
        Assert.Equal(0, files.OpenFiles);
    }

    [Fact]
    public void Read_error_ends_recovery_with_the_path()
    {
        SimulatedFileSystem files = SyncedLog(3);
        files.FailFrom(FileOperation.Read, 2, Errno.EIO, "wal-");

        StorageException failure = Assert.Throws<StorageException>(() => Open(files));

        Assert.Equal((Segment(1), Errno.EIO), (failure.Path, failure.Errno));
        Assert.Equal(0, files.OpenFiles);
    }
}
