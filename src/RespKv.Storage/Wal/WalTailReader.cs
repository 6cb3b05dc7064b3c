using RespKv.Storage.Files;

namespace RespKv.Storage.Wal;

/// <summary>
/// Reads the log behind a point while it is being written, batch by batch. Belongs to one thread.
///
/// Invariants:
/// - Nothing is read beyond what the writer has written, and nothing handed out beyond what the caller knows to be durable.
/// - Which segment holds an LSN is asked of the log, never guessed from what stands in a file: a segment that was left may
///   have been retired, recycled and written over meanwhile.
/// </summary>
public sealed class WalTailReader : IDisposable
{
    /// <summary>A system call for some thousand small records, and little memory to keep for a thread that is seldom awake.</summary>
    private const int BufferBytes = 1 << 20;

    private readonly IFileSystem _files;
    private readonly WalSegmentList _segments;
    private readonly ulong _logId;
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(BufferBytes);
    private WalSegmentFile? _segment;
    private IFile? _file;
    private WalSegmentReader? _reader;
    private long _offset;

    /// <summary>LSN of the batch at the offset.</summary>
    private long _nextLsn;
    private bool _disposed;

    internal WalTailReader(IFileSystem files, WalSegmentList segments, ulong logId, long afterLsn)
    {
        _files = files;
        _segments = segments;
        _logId = logId;
        LastLsn = afterLsn;
    }

    /// <summary>LSN of the last record that was read; where reading began before that.</summary>
    public long LastLsn { get; private set; }

    /// <summary>Bytes of the batches that were read, padding included.</summary>
    public long BytesRead { get; private set; }

    /// <summary>
    /// The next batch. Makes no system call when there is none up to that LSN. Where reading began inside of a batch, the
    /// first one holds only the records behind that LSN. After an exception it can be called again.
    /// </summary>
    /// <param name="upToLsn">What the caller knows to be durable. A batch that goes beyond it is not read yet.</param>
    /// <param name="batch">Its records; valid until the next call.</param>
    /// <returns>False: nothing more up to there.</returns>
    /// <exception cref="WalCorruptionException">The log is not what was written.</exception>
    /// <exception cref="StorageException">A call failed.</exception>
    /// <exception cref="InvalidOperationException">The records were retired before they were read.</exception>
    public bool Read(long upToLsn, out WalRecords batch)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        batch = default;
        while (LastLsn < upToLsn)
        {
            if (!HasMore())
            {
                MoveToSegmentOf(LastLsn + 1);
            }

            WalBatchHeader header = ReadBatch(out ReadOnlySpan<byte> payload);
            if (header.NextLsn - 1 > upToLsn)
            {
                return false;
            }

            long offset = _offset;
            _offset += header.AlignedBytes;
            _nextLsn = header.NextLsn;
            if (_nextLsn <= LastLsn + 1)
            {
                // A seal, or what lies before the point where reading began.
                continue;
            }

            batch = new WalRecords(_segment!.Path, offset, header.FirstLsn, header.Count, payload);
            batch.Skip(LastLsn);
            LastLsn = _nextLsn - 1;
            BytesRead += header.AlignedBytes;
            return true;
        }

        return false;
    }

    public void Dispose()
    {
        _disposed = true;
        _file?.Dispose();
    }

    // The end is read anew each time: what lies below it is final, so what was buffered stays right.
    private bool HasMore()
    {
        if (_segment is null)
        {
            return false;
        }

        _reader!.End = _segment.WrittenEnd;
        return _offset < _reader.End;
    }

    private void MoveToSegmentOf(long lsn)
    {
        WalSegmentFile? next = _segments.Find(lsn);
        if (next is null || next == _segment)
        {
            throw new InvalidOperationException(
                next is null ? $"LSN {lsn} was retired before it was read" : $"LSN {lsn} was not written yet");
        }

        _segment = null;
        IFile file = _files.Open(next.Path, FileOpenKind.Read);
        try
        {
            CheckHeader(file, next);
        }
        catch
        {
            file.Dispose();
            throw;
        }

        _file?.Dispose();
        _file = file;
        _segment = next;
        _offset = WalFormat.SegmentHeaderBytes;
        _nextLsn = next.FirstLsn;
        _reader = new WalSegmentReader(file, _buffer, next.WrittenEnd);
    }

    private void CheckHeader(IFile file, WalSegmentFile segment)
    {
        Span<byte> sector = stackalloc byte[WalFormat.SegmentHeaderBytes];
        sector = sector[..file.Read(sector, 0)];
        if (!WalSegmentHeader.TryRead(sector, out WalSegmentHeader header, out _)
            || header.LogId != _logId
            || header.FirstLsn != segment.FirstLsn)
        {
            throw new WalCorruptionException(segment.Path, 0, segment.FirstLsn, "the segment's header is not the one that was written");
        }
    }

    private WalBatchHeader ReadBatch(out ReadOnlySpan<byte> payload)
    {
        WalBatchState state = _reader!.ReadBatch(_offset, out WalBatchHeader header, out payload);
        if (state == WalBatchState.Valid && header.LogId == _logId && header.FirstLsn == _nextLsn)
        {
            return header;
        }

        ThrowIfRetired();

        // The next call opens the segment anew, and does not trust what this one has buffered.
        string path = _segment!.Path;
        _segment = null;
        string found = state == WalBatchState.Valid ? $"one of LSN {header.FirstLsn}" : new WalChainEnd(_offset, state, false).Description;
        throw new WalCorruptionException(path, _offset, _nextLsn, $"expected the batch of LSN {_nextLsn}, found {found}");
    }

    // Then it may hold another life already. It left the list before anything could be written to it.
    private void ThrowIfRetired()
    {
        if (_segments.Find(_nextLsn) != _segment)
        {
            _segment = null;
            throw new InvalidOperationException($"LSN {_nextLsn} was retired before it was read");
        }
    }
}
