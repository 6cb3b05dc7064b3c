using System.Buffers.Binary;

namespace RespKv.Storage.Wal;

/// <summary>
/// The records of one batch whose checksum was found right; valid until its reader moves on. What is checked here again is
/// that the records fill the batch.
/// </summary>
public ref struct WalRecords
{
    private readonly string _path;
    private readonly long _offset;
    private ReadOnlySpan<byte> _rest;
    private long _nextLsn;

    /// <param name="path">The segment, for the text of a refusal.</param>
    /// <param name="offset">Where the batch starts in it.</param>
    /// <param name="firstLsn">LSN of the first record.</param>
    /// <param name="count">Number of records.</param>
    /// <param name="payload">The records with their lengths.</param>
    internal WalRecords(string path, long offset, long firstLsn, int count, ReadOnlySpan<byte> payload)
    {
        _path = path;
        _offset = offset;
        _rest = payload;
        _nextLsn = firstLsn;
        FirstLsn = firstLsn;
        Count = count;
    }

    public long FirstLsn { get; private set; }

    public int Count { get; private set; }

    public readonly long LastLsn => FirstLsn + Count - 1;

    /// <summary>The next record; false behind the last one.</summary>
    /// <exception cref="WalCorruptionException">The records do not fill the batch.</exception>
    public bool Next(out long lsn, out ReadOnlySpan<byte> record)
    {
        lsn = _nextLsn;
        record = default;
        if (lsn > LastLsn)
        {
            if (!_rest.IsEmpty)
            {
                throw Corrupt($"{_rest.Length} bytes follow the last record of a batch");
            }

            return false;
        }

        if (_rest.Length < WalFormat.RecordHeaderBytes)
        {
            throw Corrupt("a record is malformed: the batch ends before its length");
        }

        uint bytes = BinaryPrimitives.ReadUInt32LittleEndian(_rest);
        if (bytes > (uint)(_rest.Length - WalFormat.RecordHeaderBytes))
        {
            throw Corrupt("a record is malformed: it is longer than the rest of the batch");
        }

        record = _rest.Slice(WalFormat.RecordHeaderBytes, (int)bytes);
        _rest = _rest[(WalFormat.RecordHeaderBytes + (int)bytes)..];
        _nextLsn = lsn + 1;
        return true;
    }

    /// <summary>Leaves the records up to an LSN out.</summary>
    internal void Skip(long upToLsn)
    {
        while (FirstLsn <= upToLsn && Next(out _, out _))
        {
            FirstLsn++;
            Count--;
        }
    }

    private readonly WalCorruptionException Corrupt(string problem) => new(_path, _offset, _nextLsn, problem);
}
