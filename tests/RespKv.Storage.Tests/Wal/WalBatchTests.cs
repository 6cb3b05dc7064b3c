using RespKv.Storage.Mutations;
using RespKv.Storage.Wal;

namespace RespKv.Storage.Tests.Wal;

public sealed class WalBatchTests
{
    [Fact]
    public void New_batch_is_empty()
    {
        var batch = new WalBatch();
        batch.Reset(42);

        Assert.Equal((42, 41, 0), (batch.FirstLsn, batch.LastLsn, batch.RecordCount));
        Assert.Equal(WalFormat.BatchHeaderBytes, batch.ByteCount);
        Assert.False(batch.RecordOpen);
    }

    [Fact]
    public void Records_get_consecutive_lsns()
    {
        var batch = new WalBatch();
        batch.Reset(7);

        Assert.Equal([7, 8, 9], Enumerable.Range(0, 3).Select(_ => Append(batch, 10)));
        Assert.Equal((9, 3), (batch.LastLsn, batch.RecordCount));
        Assert.Equal(WalFormat.BatchHeaderBytes + (3 * 14), batch.ByteCount);
    }

    [Fact]
    public void Abandoned_record_leaves_nothing_behind()
    {
        var batch = new WalBatch();
        batch.Reset(1);
        Append(batch, 10);
        byte[] before = batch.Seal(WalBatchKind.Records, 1, 0).ToArray();

        batch.BeginRecord();
        MutationWriter.Set(batch, 0, "key"u8, "value"u8, MutationWriter.NoExpiry);
        Assert.True(batch.RecordOpen);
        batch.AbandonRecord();

        Assert.False(batch.RecordOpen);
        Assert.Equal(before, batch.Seal(WalBatchKind.Records, 1, 0).ToArray());
        Assert.Equal(2, Append(batch, 5));
    }

    [Fact]
    public void Calls_out_of_order_are_refused()
    {
        var batch = new WalBatch();
        batch.Reset(1);
        Assert.Throws<InvalidOperationException>(() => batch.EndRecord());
        Assert.Throws<InvalidOperationException>(batch.AbandonRecord);
        Assert.Throws<InvalidOperationException>(() => batch.Reserve(1));
        batch.BeginRecord();
        Assert.Throws<InvalidOperationException>(batch.BeginRecord);
        Assert.Throws<ArgumentOutOfRangeException>(() => batch.Advance(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => batch.Advance(int.MaxValue));
        Assert.Throws<ArgumentOutOfRangeException>(() => batch.Reserve(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => batch.Reset(0));
    }

    [Fact]
    public void Seal_refuses_a_durable_lsn_of_its_own()
    {
        var batch = new WalBatch();
        batch.Reset(5);
        Append(batch, 1);

        Assert.Throws<ArgumentOutOfRangeException>(() => batch.Seal(WalBatchKind.Records, 1, 5));
    }

    [Fact]
    public void Record_that_would_exceed_the_largest_batch_is_refused_and_can_be_abandoned()
    {
        var batch = new WalBatch();
        batch.Reset(1);
        Append(batch, 10);
        int before = batch.ByteCount;
        batch.BeginRecord();

        Assert.Throws<InvalidOperationException>(() => batch.Reserve(int.MaxValue));

        batch.AbandonRecord();
        Assert.Equal((before, 1), (batch.ByteCount, batch.RecordCount));
    }

    [Fact]
    public void Growth_keeps_what_was_there()
    {
        var batch = new WalBatch();
        batch.Reset(1);
        var random = new Random(1);
        byte[][] records = [.. Enumerable.Range(0, 200).Select(_ => new byte[random.Next(5000)])];
        foreach (byte[] record in records)
        {
            random.NextBytes(record);
            batch.BeginRecord();
            record.CopyTo(batch.Reserve(record.Length));
            batch.Advance(record.Length);
            batch.EndRecord();
        }

        Assert.Equal(LogMaker.Batch(1, records).Seal(WalBatchKind.Records, 9, 0).ToArray(), batch.Seal(WalBatchKind.Records, 9, 0).ToArray());
        Assert.True(batch.Capacity > 200 * 1000);
    }

    [Fact]
    public void Reset_gives_back_a_buffer_that_one_huge_record_made()
    {
        var batch = new WalBatch();
        int initial = batch.Capacity;
        batch.Reset(1);
        Append(batch, 1 << 20);
        batch.Reset(2);
        Assert.True(batch.Capacity > 1 << 20);
        Append(batch, 20 << 20);
        batch.Reset(3);

        Assert.Equal(initial, batch.Capacity);
        Assert.Equal(3, Append(batch, 10));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(459)]
    [InlineData(460)]
    [InlineData(461)]
    [InlineData(65_536)]
    public void Sealed_batch_is_padded_with_zeros_to_a_sector(int recordBytes)
    {
        var batch = new WalBatch();
        batch.Reset(1);
        batch.BeginRecord();
        batch.Reserve(70_000).Fill(0xFF);
        batch.AbandonRecord();
        Append(batch, recordBytes);
        byte[] bytes = batch.Seal(WalBatchKind.Records, 1, 0).ToArray();

        Assert.Equal(0, bytes.Length % WalFormat.SectorBytes);
        Assert.InRange(bytes.Length - batch.ByteCount, 0, WalFormat.SectorBytes - 1);
        Assert.All(bytes[batch.ByteCount..], value => Assert.Equal(0, value));
        Assert.True(WalBatchHeader.TryRead(bytes, out WalBatchHeader header));
        Assert.True(WalBatchHeader.CrcMatches(bytes.AsSpan(0, batch.ByteCount)));
        Assert.Equal(bytes.Length, header.AlignedBytes);
    }

    [Fact]
    public void Any_flipped_bit_is_noticed()
    {
        byte[] bytes = LogMaker.Batch(3, LogMaker.Content(3, 40)).Seal(WalBatchKind.Records, 5, 2).ToArray();
        int length = WalFormat.BatchHeaderBytes + 44;
        for (int bit = 0; bit < length * 8; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            bool accepted = WalBatchHeader.TryRead(bytes, out WalBatchHeader header)
                && header.AlignedBytes == bytes.Length
                && WalBatchHeader.CrcMatches(bytes.AsSpan(0, WalFormat.BatchHeaderBytes + header.PayloadBytes));
            Assert.False(accepted, $"bit {bit}");
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public void Encoding_allocates_nothing_once_the_buffer_has_its_size()
    {
        var batch = new WalBatch();
        byte[] key = new byte[16];
        byte[] value = new byte[64];

        Assert.Equal(0, Allocations.Least(() => Fill(batch, key, value)));
    }

    private static void Fill(WalBatch batch, byte[] key, byte[] value)
    {
        batch.Reset(1);
        for (int count = 0; count < 2000; count++)
        {
            batch.BeginRecord();
            MutationWriter.Set(batch, 3, key, value, 1_700_000_000_000);
            batch.EndRecord();
        }

        batch.Seal(WalBatchKind.Records, 1, 0);
    }

    private static long Append(WalBatch batch, int bytes)
    {
        batch.BeginRecord();
        batch.Reserve(bytes)[..bytes].Clear();
        batch.Advance(bytes);
        return batch.EndRecord();
    }
}
