using System.Buffers.Binary;

namespace RespKv.Storage.Wal;

/// <summary>
/// Records on their way to the log, encoded once, straight into the bytes that are written: room for the header, then
/// for every record its length and its mutations. Reused; allocates only to grow. Not thread safe: it belongs to the turn
/// until it is handed to the writer.
///
/// Invariants:
/// - <c>_end</c> never exceeds the buffer, and with the padding never <see cref="WalFormat.BatchBytesMax"/>.
/// - Between records, bytes from the header to <c>_end</c> are whole records with consecutive LSNs.
/// </summary>
public sealed class WalBatch
{
    /// <summary>Some hundred small records: most batches never grow.</summary>
    private const int BufferBytesInitial = 64 << 10;

    /// <summary>A buffer above this is given back at the next reset: one huge value must not hold memory for ever.</summary>
    private const int BufferBytesKept = 8 << 20;

    private const int NoRecord = -1;

    private byte[] _buffer = new byte[BufferBytesInitial];
    private int _end = WalFormat.BatchHeaderBytes;
    private int _recordStart = NoRecord;

    /// <summary>LSN of the first record.</summary>
    public long FirstLsn { get; private set; } = WalFormat.FirstLsn;

    /// <summary>Records that are complete.</summary>
    public int RecordCount { get; private set; }

    /// <summary>LSN of the last complete record; FirstLsn - 1 when there is none.</summary>
    public long LastLsn => FirstLsn + RecordCount - 1;

    /// <summary>Bytes so far, header and an open record included, padding not.</summary>
    public int ByteCount => _end;

    /// <summary>Bytes on disk so far: as <see cref="ByteCount"/>, with the padding.</summary>
    public int PaddedBytes => (int)WalFormat.AlignUp(_end);

    /// <summary>Between BeginRecord and EndRecord or AbandonRecord.</summary>
    public bool RecordOpen => _recordStart != NoRecord;

    /// <summary>Bytes of the buffer; for tests.</summary>
    internal int Capacity => _buffer.Length;

    /// <summary>Empties the batch.</summary>
    public void Reset(long firstLsn)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(firstLsn, WalFormat.FirstLsn);
        FirstLsn = firstLsn;
        RecordCount = 0;
        _end = WalFormat.BatchHeaderBytes;
        _recordStart = NoRecord;
        if (_buffer.Length > BufferBytesKept)
        {
            _buffer = new byte[BufferBytesInitial];
        }
    }

    /// <summary>Starts the record of the next LSN.</summary>
    public void BeginRecord()
    {
        if (RecordOpen)
        {
            throw new InvalidOperationException("a record is open already");
        }

        EnsureRoom(WalFormat.RecordHeaderBytes);
        _recordStart = _end;
        _end += WalFormat.RecordHeaderBytes;
    }

    /// <summary>Completes the record.</summary>
    /// <returns>Its LSN.</returns>
    public long EndRecord()
    {
        ThrowUnlessOpen();
        int bytes = _end - _recordStart - WalFormat.RecordHeaderBytes;
        BinaryPrimitives.WriteInt32LittleEndian(_buffer.AsSpan(_recordStart), bytes);
        _recordStart = NoRecord;
        RecordCount++;
        return LastLsn;
    }

    /// <summary>Takes the open record back, as if it had never been begun.</summary>
    public void AbandonRecord()
    {
        ThrowUnlessOpen();
        _end = _recordStart;
        _recordStart = NoRecord;
    }

    /// <summary>Room for the next bytes of the open record. Fails before anything is changed when the batch would become too large.</summary>
    /// <returns>At least that many bytes, of any content; valid until the next call.</returns>
    public Span<byte> Reserve(int bytesMax)
    {
        ThrowUnlessOpen();
        EnsureRoom(bytesMax);
        return _buffer.AsSpan(_end);
    }

    /// <summary>Makes the first bytes of the reserved room part of the record.</summary>
    public void Advance(int bytes)
    {
        if ((uint)bytes > (uint)(_buffer.Length - _end))
        {
            throw new ArgumentOutOfRangeException(nameof(bytes));
        }

        _end += bytes;
    }

    /// <summary>Completes the batch: header, CRC and padding.</summary>
    /// <param name="kind">Records, or the seal of a clean shutdown.</param>
    /// <param name="logId">The log.</param>
    /// <param name="durableLsn">What is durable now.</param>
    /// <param name="zerosBehind">Bytes of zeros to write behind the batch; not part of it.</param>
    /// <returns>The bytes to write; valid until the next call.</returns>
    internal ReadOnlySpan<byte> Seal(WalBatchKind kind, ulong logId, long durableLsn, int zerosBehind = 0)
    {
        if (RecordOpen)
        {
            throw new InvalidOperationException("a record is still open");
        }

        if (durableLsn >= FirstLsn)
        {
            throw new ArgumentOutOfRangeException(nameof(durableLsn), "a batch cannot be durable before it is written");
        }

        var header = new WalBatchHeader(kind, RecordCount, logId, FirstLsn, durableLsn, _end - WalFormat.BatchHeaderBytes);
        int bytes = (int)header.AlignedBytes + zerosBehind;
        EnsureRoom(bytes - _end);
        Span<byte> batch = _buffer.AsSpan(0, bytes);
        header.Write(batch);
        batch[_end..].Clear();
        return batch;
    }

    private void ThrowUnlessOpen()
    {
        if (!RecordOpen)
        {
            throw new InvalidOperationException("no record is open");
        }
    }

    private void EnsureRoom(int bytes)
    {
        if ((uint)bytes > (uint)(_buffer.Length - _end))
        {
            Grow(bytes);
        }
    }

    private void Grow(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        long needed = (long)_end + bytes;
        if (needed > WalFormat.BatchBytesMax)
        {
            throw new InvalidOperationException($"a batch of {needed} bytes is larger than the log takes ({WalFormat.BatchBytesMax})");
        }

        int size = (int)Math.Min(Math.Max(needed, 2L * _buffer.Length), WalFormat.BatchBytesMax);
        byte[] larger = GC.AllocateUninitializedArray<byte>(size);
        _buffer.AsSpan(0, _end).CopyTo(larger);
        _buffer = larger;
    }
}
