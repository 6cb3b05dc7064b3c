using RespKv.Storage.Files;
using RespKv.Storage.Wal;
using RespKv.TestKit.Files;
using static RespKv.Storage.Tests.Wal.LogMaker;

namespace RespKv.Storage.Tests.Wal;

/// <summary>Reading the log while it is being written.</summary>
public sealed class WalTailReaderTests
{
    [Fact]
    public void Batches_come_in_order_up_to_the_lsn_that_is_asked_for()
    {
        using WalLog log = Open(SyncedLog((2 * BatchesPerSegment) + 3));
        using WalTailReader reader = log.OpenReader(0);

        Assert.Equal(Range(1, 4), ReadUpTo(reader, 4));
        Assert.Equal(4, reader.LastLsn);
        Assert.Empty(ReadUpTo(reader, 4));
        Assert.Equal(Range(5, log.LastLsn), ReadUpTo(reader, log.DurableLsn));
        Assert.Equal(log.LastLsn * Sector, reader.BytesRead);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(BatchesPerSegment - 1)]
    [InlineData(BatchesPerSegment)]
    [InlineData(BatchesPerSegment + 1)]
    [InlineData(2 * BatchesPerSegment)]
    public void Reading_begins_behind_an_lsn(long afterLsn)
    {
        using WalLog log = Open(SyncedLog(2 * BatchesPerSegment));
        using WalTailReader reader = log.OpenReader(afterLsn);

        Assert.Equal(Range(afterLsn + 1, log.LastLsn), ReadUpTo(reader, log.DurableLsn));
    }

    [Fact]
    public void Reading_that_begins_inside_of_a_batch_leaves_its_first_records_out()
    {
        using WalLog log = Open(NewDisk());
        log.Write(Batch(1, Content(1), Content(2), Content(3)), 0);
        log.Sync();
        using WalTailReader reader = log.OpenReader(1);

        Assert.True(reader.Read(3, out WalRecords batch));

        Assert.Equal((2, 2, 3), (batch.FirstLsn, batch.Count, batch.LastLsn));
        Assert.True(batch.Next(out long lsn, out ReadOnlySpan<byte> record));
        Assert.Equal(2, lsn);
        Assert.True(record.SequenceEqual(Content(2)));
    }

    [Fact]
    public void Batch_that_goes_beyond_the_lsn_is_not_read_yet()
    {
        using WalLog log = Open(NewDisk());
        log.Write(Batch(1, Content(1), Content(2), Content(3)), 0);
        log.Sync();
        using WalTailReader reader = log.OpenReader(0);

        Assert.Empty(ReadUpTo(reader, 2));
        Assert.Equal(Range(1, 3), ReadUpTo(reader, 3));
    }

    [Fact]
    public void Written_batch_is_read_as_soon_as_the_caller_knows_it_to_be_durable()
    {
        using WalLog log = Open(NewDisk());
        using WalTailReader reader = log.OpenReader(0);
        for (int lsn = 1; lsn <= 3 * BatchesPerSegment; lsn++)
        {
            WriteNext(log);
            Assert.Empty(ReadUpTo(reader, log.DurableLsn));
            log.Sync();
            Assert.Equal([lsn], ReadUpTo(reader, log.DurableLsn));
        }
    }

    [Fact]
    public void Nothing_new_makes_no_call_and_little_new_one_small_read()
    {
        SimulatedFileSystem files = SyncedLog(2);
        using WalLog log = Open(files);
        using WalTailReader reader = log.OpenReader(0);
        ReadUpTo(reader, 2);
        long calls = files.Count(FileOperation.Any);

        Assert.Empty(ReadUpTo(reader, 2));
        Assert.Equal(calls, files.Count(FileOperation.Any));

        WriteNext(log);
        log.Sync();
        calls = files.Count(FileOperation.Any);
        Assert.Equal([3], ReadUpTo(reader, 3));
        Assert.Equal(calls + 1, files.Count(FileOperation.Any));
    }

    [Fact]
    public void Many_batches_are_read_with_few_calls()
    {
        WalOptions options = Options with { SegmentBytes = 4 << 20 };
        SimulatedFileSystem files = NewDisk();
        using WalLog log = Open(files, options: options);
        for (int count = 0; count < 4000; count++)
        {
            WriteNext(log);
        }

        using WalTailReader reader = log.OpenReader(0);
        long reads = files.Count(FileOperation.Read);
        Assert.Equal(4000, ReadUpTo(reader, log.Sync()).Count);

        // 2 MB in pieces of 1 MiB, and the header of the segment.
        Assert.InRange(files.Count(FileOperation.Read) - reads, 2, 5);
    }

    [Fact]
    public void Batch_larger_than_the_buffer_is_read_and_small_ones_behind_it()
    {
        const int large = (5 << 20) + 3;
        using WalLog log = Open(NewDisk());
        WriteNext(log);
        WriteNext(log, large);
        WriteNext(log);
        using WalTailReader reader = log.OpenReader(1);

        Assert.True(reader.Read(log.Sync(), out WalRecords batch));
        Assert.True(batch.Next(out _, out ReadOnlySpan<byte> record));
        Assert.True(record.SequenceEqual(Content(2, large)));
        Assert.Equal([3], ReadUpTo(reader, 3));
    }

    [Fact]
    public void Seals_of_earlier_runs_are_passed_over()
    {
        SimulatedFileSystem files = SyncedLog(2);
        for (int run = 0; run < 3; run++)
        {
            using WalLog closing = Open(files);
            WriteNext(closing);
            closing.Close(0);
        }

        using WalLog log = Open(files);
        using WalTailReader reader = log.OpenReader(0);

        Assert.Equal(Range(1, 5), ReadUpTo(reader, 5));
    }

    [Fact]
    public void Reader_goes_on_when_segments_that_it_has_read_are_retired_recycled_and_written_over()
    {
        SimulatedFileSystem files = NewDisk();
        using WalLog log = Open(files);
        using WalTailReader reader = log.OpenReader(0);
        for (long lsn = 1; lsn <= 20 * BatchesPerSegment; lsn++)
        {
            WriteNext(log);
            log.Sync();
            if (lsn % 5 == 0)
            {
                long before = reader.LastLsn;
                Assert.Equal(Range(before + 1, lsn), ReadUpTo(reader, lsn));
                log.Retire(lsn);
            }
        }

        Assert.True(WalSegmentHeader.TryRead(files.ReadFile(Segments(files).Last()), out WalSegmentHeader header, out _));
        Assert.True(header.IsRecycled);
    }

    [Fact]
    public void Records_that_were_retired_before_they_were_read_are_refused()
    {
        using WalLog log = Open(SyncedLog(2 * BatchesPerSegment));
        using WalTailReader reader = log.OpenReader(1);
        log.Retire(BatchesPerSegment);

        Assert.Throws<InvalidOperationException>(() => reader.Read(4, out _));
    }

    [Fact]
    public void Lsn_that_was_not_written_is_refused()
    {
        using WalLog log = Open(SyncedLog(2));
        using WalTailReader reader = log.OpenReader(0);
        ReadUpTo(reader, 2);

        Assert.Throws<InvalidOperationException>(() => reader.Read(3, out _));
        Assert.Throws<ArgumentOutOfRangeException>(() => log.OpenReader(3));
        Assert.Throws<ArgumentOutOfRangeException>(() => log.OpenReader(-1));
    }

    [Fact]
    public void Damaged_batch_is_corruption_and_named()
    {
        SimulatedFileSystem files = SyncedLog(4);
        using WalLog log = Open(files);
        files.FlipBit(Segment(1), OffsetOf(3) + 90);
        using WalTailReader reader = log.OpenReader(0);
        ReadUpTo(reader, 2);

        WalCorruptionException corruption = Assert.Throws<WalCorruptionException>(() => reader.Read(4, out _));

        Assert.Equal((Segment(1), OffsetOf(3), 3), (corruption.File, corruption.Offset, corruption.Lsn));
        Assert.Contains("checksum", corruption.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Damaged_segment_header_is_corruption()
    {
        SimulatedFileSystem files = SyncedLog(4);
        using WalLog log = Open(files);
        files.FlipBit(Segment(1), 30);
        using WalTailReader reader = log.OpenReader(0);

        Assert.Equal(0, Assert.Throws<WalCorruptionException>(() => reader.Read(4, out _)).Offset);
    }

    [Fact]
    public void Batch_that_shows_older_content_is_corruption()
    {
        SimulatedFileSystem files = SyncedLog(4);
        using WalLog log = Open(files);
        files.Overwrite(Segment(1), OffsetOf(3), files.ReadFile(Segment(1)).AsSpan((int)OffsetOf(1), Sector));
        using WalTailReader reader = log.OpenReader(0);
        ReadUpTo(reader, 2);

        WalCorruptionException corruption = Assert.Throws<WalCorruptionException>(() => reader.Read(4, out _));

        Assert.Contains("one of LSN 1", corruption.Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(FileOperation.Open)]
    [InlineData(FileOperation.Read)]
    public void Reader_can_be_asked_again_after_a_failed_call(FileOperation operation)
    {
        SimulatedFileSystem files = SyncedLog(BatchesPerSegment + 2);
        using (WalLog log = Open(files))
        {
            using WalTailReader reader = log.OpenReader(0);
            for (int call = 1; call <= 2; call++)
            {
                files.FailAt(operation, call, Errno.EIO);
                while (reader.LastLsn < log.DurableLsn)
                {
                    try
                    {
                        long next = reader.LastLsn + 1;
                        Assert.Equal([next], ReadUpTo(reader, next));
                    }
                    catch (StorageException)
                    {
                        // Once.
                    }
                }
            }
        }

        Assert.Equal(0, files.OpenFiles);
    }

    [Fact]
    public async Task Reader_beside_a_writer_and_a_retirement_sees_every_record_once()
    {
        SimulatedFileSystem files = NewDisk();
        using WalLog log = Open(files, options: new WalOptions(16 << 10, NewLogId: LogId));
        const int last = 3000;
        Task writing = Task.Run(() =>
        {
            while (log.LastLsn < last)
            {
                WriteNext(log, (int)(log.LastLsn % 900));
                log.Sync();
            }
        });
        using WalTailReader reader = log.OpenReader(0);
        long expected = 1;
        while (expected <= last)
        {
            long durable = log.DurableLsn;
            while (reader.Read(durable, out WalRecords batch))
            {
                Assert.True(batch.Next(out long lsn, out ReadOnlySpan<byte> record));
                Assert.Equal(expected, lsn);
                Assert.True(record.SequenceEqual(Content(lsn, (int)((lsn - 1) % 900))));
                expected++;
            }

            log.Retire(reader.LastLsn);
            if (writing.IsFaulted)
            {
                await writing;
            }
        }

        await writing;
    }

    private static IEnumerable<long> Range(long first, long last) => Enumerable.Range((int)first, (int)(last - first + 1)).Select(lsn => (long)lsn);

    /// <summary>The LSNs that come, each with the content that it was written with.</summary>
    private static List<long> ReadUpTo(WalTailReader reader, long upToLsn)
    {
        List<long> lsns = [];
        while (reader.Read(upToLsn, out WalRecords batch))
        {
            while (batch.Next(out long lsn, out ReadOnlySpan<byte> record))
            {
                Assert.True(record.SequenceEqual(Content(lsn, record.Length)));
                lsns.Add(lsn);
            }
        }

        return lsns;
    }
}
