using System.Buffers.Binary;
using RespKv.Storage.Files;
using RespKv.Storage.Wal;
using RespKv.TestKit.Files;
using static RespKv.Storage.Tests.Wal.LogMaker;

namespace RespKv.Storage.Tests.Wal;

/// <summary>Logs that contradict themselves: refused, named, and left as they are (D5, D9).</summary>
public sealed class WalCorruptionTests
{
    [Fact]
    public void Missing_first_segment_is_corruption()
    {
        SimulatedFileSystem files = SyncedLog(BatchesPerSegment + 1);
        files.Delete(Segment(1));

        WalCorruptionException corruption = AssertCorrupt(files, Segment(BatchesPerSegment + 1), 0, 1);

        Assert.Contains("first segment", corruption.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_first_segment_is_corruption_even_when_the_next_has_a_torn_header()
    {
        SimulatedFileSystem files = SyncedLog(BatchesPerSegment + 1);
        files.Delete(Segment(1));
        files.FlipBit(Segment(BatchesPerSegment + 1), 3);

        AssertCorrupt(files, Segment(BatchesPerSegment + 1), 0, 1);
    }

    [Fact]
    public void Missing_middle_segment_is_corruption()
    {
        SimulatedFileSystem files = SyncedLog((2 * BatchesPerSegment) + 1);
        files.Delete(Segment(BatchesPerSegment + 1));

        WalCorruptionException corruption =
            AssertCorrupt(files, Segment(1), OffsetOf(BatchesPerSegment + 1), BatchesPerSegment + 1);

        Assert.Contains($"up to LSN {2 * BatchesPerSegment} had been durable", corruption.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Hole_that_a_later_batch_calls_durable_is_corruption()
    {
        SimulatedFileSystem files = SyncedLog(4);
        files.FlipBit(Segment(1), OffsetOf(2) + 80);

        WalCorruptionException corruption = AssertCorrupt(files, Segment(1), OffsetOf(2), 2);

        Assert.Contains("the batch of LSN 3 at offset 1536 says that everything up to LSN 2", corruption.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Zeroed_batch_that_a_later_batch_calls_durable_is_corruption()
    {
        SimulatedFileSystem files = SyncedLog(4);
        files.Overwrite(Segment(1), OffsetOf(2), new byte[Sector]);

        AssertCorrupt(files, Segment(1), OffsetOf(2), 2);
    }

    [Fact]
    public void Hole_at_the_end_of_a_segment_with_a_next_one_is_corruption()
    {
        SimulatedFileSystem files = SyncedLog(BatchesPerSegment + 1);
        files.FlipBit(Segment(1), OffsetOf(BatchesPerSegment) + 80);

        AssertCorrupt(files, Segment(1), OffsetOf(BatchesPerSegment), BatchesPerSegment);
    }

    [Fact]
    public void Hole_before_a_segment_with_torn_header_is_corruption_because_its_name_proves_it()
    {
        SimulatedFileSystem files = SyncedLog(BatchesPerSegment + 1);
        files.FlipBit(Segment(1), OffsetOf(BatchesPerSegment) + 80);
        files.FlipBit(Segment(BatchesPerSegment + 1), 3);

        AssertCorrupt(files, Segment(1), OffsetOf(BatchesPerSegment), BatchesPerSegment);
    }

    [Fact]
    public void Inner_segment_that_was_truncated_is_corruption()
    {
        SimulatedFileSystem files = SyncedLog(BatchesPerSegment + 1);
        files.Truncate(Segment(1), OffsetOf(4) + 100);

        AssertCorrupt(files, Segment(1), OffsetOf(4), 4);
    }

    [Fact]
    public void Garbled_last_batch_before_a_seal_is_corruption()
    {
        SimulatedFileSystem files = SyncedLog(3);
        using (WalLog log = Open(files))
        {
            log.Close(3);
        }

        files.FlipBit(Segment(1), OffsetOf(3) + 80);

        AssertCorrupt(files, Segment(1), OffsetOf(3), 3);
    }

    [Fact]
    public void Bad_header_of_an_inner_segment_is_corruption()
    {
        SimulatedFileSystem files = SyncedLog(BatchesPerSegment + 1);
        files.FlipBit(Segment(1), 30);

        AssertCorrupt(files, Segment(1), 0, 1);
    }

    [Fact]
    public void Torn_header_with_a_batch_behind_it_that_was_durable_is_corruption()
    {
        SimulatedFileSystem files = SyncedLog(BatchesPerSegment + 2);
        files.FlipBit(Segment(BatchesPerSegment + 1), 30);

        AssertCorrupt(files, Segment(BatchesPerSegment + 1), 0, BatchesPerSegment + 1);
    }

    [Fact]
    public void Torn_header_of_the_only_segment_with_a_durable_batch_is_corruption()
    {
        SimulatedFileSystem files = SyncedLog(2);
        files.FlipBit(Segment(1), 30);

        AssertCorrupt(files, Segment(1), 0, 1);
    }

    [Fact]
    public void Segments_of_two_logs_are_corruption()
    {
        SimulatedFileSystem files = SyncedLog(BatchesPerSegment + 1);
        byte[] header = new byte[Sector];
        new WalSegmentHeader(LogId + 1, BatchesPerSegment + 1, 4096).Write(header);
        files.Overwrite(Segment(BatchesPerSegment + 1), 0, header);

        WalCorruptionException corruption = AssertCorrupt(files, Segment(BatchesPerSegment + 1), 0, BatchesPerSegment + 1);

        Assert.Contains("another log", corruption.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Segment_under_a_wrong_name_is_corruption()
    {
        SimulatedFileSystem files = SyncedLog(3);
        files.Rename(Segment(1), Segment(2));
        files.SyncDirectory(DataDirectory);

        AssertCorrupt(files, Segment(2), 0, 1);
    }

    [Fact]
    public void Header_with_a_later_lsn_than_its_name_is_corruption()
    {
        SimulatedFileSystem files = SyncedLog(3);
        byte[] header = new byte[Sector];
        new WalSegmentHeader(LogId, 2, 4096).Write(header);
        files.Overwrite(Segment(1), 0, header);

        AssertCorrupt(files, Segment(1), 0, 1);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-4096)]
    [InlineData(4097)]
    [InlineData(1L << 40)]
    public void Impossible_segment_size_is_corruption(long segmentBytes)
    {
        SimulatedFileSystem files = SyncedLog(3);
        byte[] header = new byte[Sector];
        new WalSegmentHeader(LogId, 1, segmentBytes).Write(header);
        files.Overwrite(Segment(1), 0, header);

        AssertCorrupt(files, Segment(1), 0, 1);
    }

    [Fact]
    public void Later_format_version_is_refused_by_name()
    {
        SimulatedFileSystem files = SyncedLog(1);
        byte[] header = files.ReadFile(Segment(1))[..Sector];
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(WalFormat.SegmentVersionOffset), 2);
        uint crc = Crc32C.Compute(header.AsSpan(WalFormat.SegmentVersionOffset));
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(WalFormat.SegmentCrcOffset), crc);
        files.Overwrite(Segment(1), 0, header);

        WalCorruptionException corruption = AssertCorrupt(files, Segment(1), 0, 1);

        Assert.Contains("version 2", corruption.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Gap_in_the_lsns_is_corruption()
    {
        SimulatedFileSystem files = SyncedLog(1);
        files.Overwrite(Segment(1), OffsetOf(2), Batch(3, Content(3)).Seal(WalBatchKind.Records, LogId, 0));

        WalCorruptionException corruption = AssertCorrupt(files, Segment(1), OffsetOf(2), 2);

        Assert.Contains("LSN 3", corruption.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Batch_that_overlaps_the_one_before_is_corruption()
    {
        SimulatedFileSystem files = SyncedLog(2);
        files.Overwrite(Segment(1), OffsetOf(3), Batch(2, Content(2), Content(3)).Seal(WalBatchKind.Records, LogId, 0));

        AssertCorrupt(files, Segment(1), OffsetOf(3), 3);
    }

    [Fact]
    public void Next_segment_that_begins_too_early_is_corruption()
    {
        SimulatedFileSystem files = SyncedLog(4);
        byte[] segment = new byte[4096];
        new WalSegmentHeader(LogId, 3, 4096).Write(segment);
        using (IFile file = files.Open(Segment(3), FileOpenKind.CreateNew))
        {
            file.Write(segment, 0);
        }

        AssertCorrupt(files, Segment(1), OffsetOf(5), 5);
    }

    [Theory]
    [InlineData(101, 2)]
    [InlineData(int.MaxValue, 2)]
    [InlineData(-1, 2)]
    [InlineData(99, 3)]
    public void Record_length_that_does_not_fit_its_batch_is_corruption(int recordBytes, long lsn)
    {
        SimulatedFileSystem files = SyncedLog(1);
        byte[] batch = Batch(2, Content(2)).Seal(WalBatchKind.Records, LogId, 1).ToArray();
        BinaryPrimitives.WriteInt32LittleEndian(batch.AsSpan(WalFormat.BatchHeaderBytes), recordBytes);
        new WalBatchHeader(WalBatchKind.Records, 1, LogId, 2, 1, 104).Write(batch);
        files.Overwrite(Segment(1), OffsetOf(2), batch);

        AssertCorrupt(files, Segment(1), OffsetOf(2), lsn);
    }

    [Fact]
    public void Batch_with_more_records_than_bytes_is_corruption()
    {
        SimulatedFileSystem files = SyncedLog(1);
        byte[] batch = Batch(2, Content(2)).Seal(WalBatchKind.Records, LogId, 1).ToArray();
        new WalBatchHeader(WalBatchKind.Records, 2, LogId, 2, 1, 104).Write(batch);
        files.Overwrite(Segment(1), OffsetOf(2), batch);

        AssertCorrupt(files, Segment(1), OffsetOf(2), 3);
    }

    [Fact]
    public void Record_that_the_replay_cannot_read_is_corruption_at_its_lsn()
    {
        SimulatedFileSystem files = SyncedLog(3);
        var replay = new RecordedReplay { OnApply = lsn => _ = lsn == 2 ? throw new InvalidDataException("kind 99") : lsn };

        WalCorruptionException corruption = Assert.Throws<WalCorruptionException>(() => Open(files, replay));

        Assert.Equal((Segment(1), OffsetOf(2), 2), (corruption.File, corruption.Offset, corruption.Lsn));
        Assert.Contains("kind 99", corruption.Problem, StringComparison.Ordinal);
    }
}
