using System.Security.Cryptography;
using RespKv.Storage.Files;

namespace RespKv.Storage.Wal;

/// <summary>
/// The write-ahead log: batches appended to segment files, made durable by one fdatasync each.
///
/// Invariants:
/// - <see cref="DurableLsn"/> moves only after fdatasync returned for every byte up to it (D2).
/// - After a failed write or sync nothing is written or synced again: every later call throws (D3).
/// - A segment's name appears only after all earlier segments were synced; its first batch is written only after the
///   directory was synced (D4).
/// - A batch never spans segments, and every segment keeps a sector for the seal.
///
/// Write, Close and Dispose belong to one thread, the writer. Sync may run on another one at the same time, but not
/// during Close and Dispose.
/// </summary>
public sealed class WalLog : IDisposable
{
    private readonly IFileSystem _files;
    private readonly string _directory;
    private readonly WalOptions _options;
    private readonly WalSpare _spare;
    private readonly ulong _logId;

    // Owned by the writer.
    private long _offset;
    private long _segmentBytes;
    private bool _sealed;
    private bool _disposed;
    private long _bytesWritten;
    private int _segmentCount;

    // Written by the writer in this order (batch, LSN, count), read by Sync in the reverse one.
    private long _lastLsn;
    private long _writes;

    // Guarded by _syncGate; the writer changes the file only there, so it reads it without.
    private readonly Lock _syncGate = new();
    private IFile? _file;
    private long _syncedWrites;
    private long _durableLsn;
    private volatile StorageException? _failure;

    private WalLog(IFileSystem files, string directory, WalOptions options, WalRecoveryResult recovered)
    {
        _files = files;
        _directory = directory;
        _options = options;
        _spare = new WalSpare(files, directory, options.SegmentBytes, options.PrepareSpare);
        _logId = recovered.TailPath is null ? NewLogId(options) : recovered.LogId;
        _offset = recovered.TailOffset;
        _segmentBytes = recovered.TailSegmentBytes;
        _sealed = recovered.Report.CleanShutdown;
        _segmentCount = recovered.Report.Segments;
        _lastLsn = recovered.Report.LastLsn;
        _durableLsn = _lastLsn;
        Recovery = recovered.Report;
    }

    /// <summary>What was found when the log was opened.</summary>
    public WalRecoveryReport Recovery { get; }

    /// <summary>LSN of the last record that was written, durable or not. 0 when there is none.</summary>
    public long LastLsn => Volatile.Read(ref _lastLsn);

    /// <summary>Everything up to here is on disk (D2).</summary>
    public long DurableLsn => Volatile.Read(ref _durableLsn);

    /// <summary>Bytes of batches since the log was opened, padding included.</summary>
    public long BytesWritten => Volatile.Read(ref _bytesWritten);

    /// <summary>Segment files of the log; the spare is not one.</summary>
    public int SegmentCount => Volatile.Read(ref _segmentCount);

    /// <summary>
    /// Recovers the log in a directory, or creates one, and makes it ready for <see cref="Write"/>. The caller holds the
    /// directory's lock. What was replayed is durable.
    /// </summary>
    /// <exception cref="WalCorruptionException">The log contradicts itself; nothing on disk was changed.</exception>
    /// <exception cref="StorageException">A call failed.</exception>
    public static WalLog Open(
        IFileSystem files, string directory, WalOptions options, IWalReplay replay, CancellationToken cancel)
    {
        if (options.SegmentBytes is < WalFormat.SegmentBytesMin or > WalFormat.SegmentBytesMax
            || options.SegmentBytes % WalFormat.SectorBytes != 0)
        {
            throw new ArgumentOutOfRangeException(
                nameof(options),
                $"a segment has {WalFormat.SegmentBytesMin} to {WalFormat.SegmentBytesMax} bytes, a multiple of {WalFormat.SectorBytes}");
        }

        WalRecoveryResult recovered = WalRecovery.Run(files, directory, replay, cancel);
        var log = new WalLog(files, directory, options, recovered);
        try
        {
            log.Start(recovered.TailPath);
            return log;
        }
        catch
        {
            log.Dispose();
            throw;
        }
    }

    /// <summary>Writes a batch that follows the last one; not durable before <see cref="Sync"/>.</summary>
    /// <param name="batch">At least one record, none open. Left as it is.</param>
    /// <param name="durableLsn">What is durable now, as <see cref="Sync"/> said; stated in the batch (decision 11).</param>
    /// <exception cref="StorageException">The caller stops for good (D3).</exception>
    public void Write(WalBatch batch, long durableLsn)
    {
        ThrowIfUnusable();
        if (batch.RecordCount == 0 || batch.FirstLsn != _lastLsn + 1)
        {
            throw new InvalidOperationException(
                $"a batch with {batch.RecordCount} records from LSN {batch.FirstLsn} cannot follow LSN {_lastLsn}");
        }

        if (durableLsn > DurableLsn)
        {
            throw new ArgumentOutOfRangeException(nameof(durableLsn), $"LSN {durableLsn} is not durable, {DurableLsn} is");
        }

        Append(batch.Seal(WalBatchKind.Records, _logId, durableLsn), batch.FirstLsn, batch.LastLsn);
        _sealed = false;
    }

    /// <summary>Makes everything durable that was written before the call. No system call when nothing was.</summary>
    /// <returns>The LSN up to which everything is durable.</returns>
    /// <exception cref="StorageException">The caller stops for good (D3).</exception>
    public long Sync()
    {
        lock (_syncGate)
        {
            ThrowIfUnusable();
            return SyncLocked();
        }
    }

    /// <summary>A clean end: syncs, says in the log that all of it is durable (D5), syncs that, and disposes.</summary>
    /// <param name="durableLsn">What the caller knows to be durable; the seal states what this call has synced.</param>
    public void Close(long durableLsn)
    {
        ThrowIfUnusable();
        long synced = Sync();
        if (durableLsn > synced)
        {
            throw new ArgumentOutOfRangeException(nameof(durableLsn), $"LSN {durableLsn} is not durable, {synced} is");
        }

        if (!_sealed && _lastLsn > 0)
        {
            var seal = new WalBatch();
            seal.Reset(_lastLsn + 1);
            Append(seal.Seal(WalBatchKind.Seal, _logId, synced), _lastLsn + 1, _lastLsn);
            Sync();
        }

        Dispose();
    }

    /// <summary>Lets go of the files without a word in the log: to the next start it looks like a crash.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        _spare.Dispose();
        _file?.Dispose();
    }

    private static ulong NewLogId(WalOptions options)
    {
        return options.NewLogId != 0
            ? options.NewLogId
            : BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));
    }

    private void Start(string? tailPath)
    {
        string largeSpare = Path.Combine(_directory, WalNames.LargeSpare);
        if (_files.FileExists(largeSpare))
        {
            _files.Delete(largeSpare);
        }

        if (tailPath is null)
        {
            SwitchSegment(WalFormat.FirstLsn, _options.SegmentBytes);
        }
        else
        {
            _file = _files.Open(tailPath, FileOpenKind.OpenExisting);
            _spare.Request();
        }
    }

    private void Append(ReadOnlySpan<byte> bytes, long firstLsn, long lastLsn)
    {
        bool isSeal = lastLsn < firstLsn;
        long reserved = isSeal ? 0 : WalFormat.SectorBytes;
        if (_offset + bytes.Length + reserved > _segmentBytes)
        {
            long needed = WalFormat.SegmentHeaderBytes + bytes.Length + reserved;
            SwitchSegment(firstLsn, Math.Max(needed, _options.SegmentBytes));
        }

        try
        {
            _file!.Write(bytes, _offset);
        }
        catch (StorageException failure)
        {
            _failure = failure;
            throw;
        }

        _offset += bytes.Length;
        Volatile.Write(ref _bytesWritten, _bytesWritten + bytes.Length);
        Volatile.Write(ref _lastLsn, lastLsn);
        Volatile.Write(ref _writes, _writes + 1);
    }

    private long SyncLocked()
    {
        // The count first: bytes that an LSN read later stands for were written even earlier.
        long writes = Volatile.Read(ref _writes);
        long lastLsn = Volatile.Read(ref _lastLsn);
        if (writes != _syncedWrites)
        {
            try
            {
                _file!.SyncData();
            }
            catch (StorageException failure)
            {
                _failure = failure;
                throw;
            }

            _syncedWrites = writes;
            Volatile.Write(ref _durableLsn, lastLsn);
        }

        return _durableLsn;
    }

    // The header is made durable by the sync of the first batch: until then nothing in the file counts.
    private void SwitchSegment(long firstLsn, long segmentBytes)
    {
        string sparePath = _spare.Take(segmentBytes);
        bool isNew;
        lock (_syncGate)
        {
            ThrowIfUnusable();
            SyncLocked();
            try
            {
                // The name is taken when the current segment has no record yet and the batch does not fit it: replaced.
                string path = Path.Combine(_directory, WalNames.Segment(firstLsn));
                isNew = !_files.FileExists(path);
                _files.Rename(sparePath, path);
                IFile next = _files.Open(path, FileOpenKind.OpenExisting);
                _file?.Dispose();
                _file = next;
                Span<byte> header = stackalloc byte[WalFormat.SegmentHeaderBytes];
                new WalSegmentHeader(_logId, firstLsn, segmentBytes).Write(header);
                next.Write(header, 0);
                _files.SyncDirectory(_directory);
            }
            catch (StorageException failure)
            {
                _failure = failure;
                throw;
            }
        }

        _offset = WalFormat.SegmentHeaderBytes;
        _segmentBytes = segmentBytes;
        Volatile.Write(ref _segmentCount, _segmentCount + (isNew ? 1 : 0));
        _spare.Request();
    }

    private void ThrowIfUnusable()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_failure is { } failure)
        {
            throw new StorageException(failure.Operation, failure.Path, failure.Errno);
        }
    }
}
