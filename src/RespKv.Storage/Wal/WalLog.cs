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
/// - In a segment that was used before, a sector of zeros is written behind every batch: so a sound log ends with zeros
///   there too, and what recovery finds instead of them is a torn tail (D5).
/// - Any batches whose padded bytes add up to at most <see cref="ClaimedBytes"/> can be written without new room on the
///   disk (D11).
///
/// Write, Close and Dispose belong to one thread, the writer. Sync, Retire, the claims and readers may run on others at the
/// same time, but not during Close and Dispose.
/// </summary>
public sealed class WalLog : IDisposable
{
    private readonly IFileSystem _files;
    private readonly string _directory;
    private readonly WalOptions _options;
    private readonly WalRetired _retired;
    private readonly WalSpare _spare;
    private readonly WalSegmentList _segments;
    private readonly ulong _logId;

    // Owned by the writer.
    private WalSegmentFile? _segment;
    private long _offset;
    private bool _isRecycled;
    private bool _sealed;
    private bool _disposed;
    private long _bytesWritten;

    /// <summary>Bytes of batches that the current segment still takes.</summary>
    private long _roomBytes;

    // Written by the writer in this order (batch, LSN, count), read by Sync in the reverse one.
    private long _lastLsn;
    private long _writes;

    // Guarded by _syncGate; the writer changes the file only there, so it reads it without.
    private readonly object _syncGate = new();
    private IFile? _file;
    private long _syncedWrites;
    private long _durableLsn;
    private volatile StorageException? _failure;

    private WalLog(IFileSystem files, string directory, WalOptions options, WalStart start, WalRecoveryResult recovered)
    {
        _files = files;
        _directory = directory;
        _options = options;
        _retired = new WalRetired(files, directory, options);
        _spare = new WalSpare(files, directory, options, _retired, () => ClaimChanged?.Invoke());
        _segments = new WalSegmentList(recovered.Segments);
        _logId = recovered.Segments.Count == 0 ? NewLogId(options, start) : recovered.LogId;
        _sealed = recovered.Report.CleanShutdown;
        _lastLsn = recovered.Report.LastLsn;
        _durableLsn = _lastLsn;
        Recovery = recovered.Report;
    }

    /// <summary>
    /// <see cref="ClaimedBytes"/> or <see cref="ClaimFailed"/> may have changed by what was done in the background; a write
    /// that takes room raises nothing. On a thread of the log's own, with no lock held; Dispose waits for that thread.
    /// </summary>
    public event Action? ClaimChanged;

    /// <summary>What was found when the log was opened.</summary>
    public WalRecoveryReport Recovery { get; }

    /// <summary>LSN of the last record that was written, durable or not. 0 when there is none.</summary>
    public long LastLsn => Volatile.Read(ref _lastLsn);

    /// <summary>Everything up to here is on disk (D2).</summary>
    public long DurableLsn => Volatile.Read(ref _durableLsn);

    /// <summary>Bytes of batches since the log was opened, padding included.</summary>
    public long BytesWritten => Volatile.Read(ref _bytesWritten);

    /// <summary>Segment files of the log; the spare is not one.</summary>
    public int SegmentCount => _segments.Count;

    /// <summary>Retired segments that are kept to be used again.</summary>
    public int RetiredCount => _retired.Count;

    /// <summary>Tells this log from any other.</summary>
    public ulong LogId => _logId;

    /// <summary>
    /// Bytes of batches that can be written for sure, whatever becomes of the disk's free room (D11): any batches whose
    /// <see cref="WalBatch.PaddedBytes"/> add up to at most this, however they fall on segments. So it is the larger of the
    /// room in the current segment and the room in the next one once that is there, not their sum: a batch that does not
    /// fit the former leaves it as it is. A batch counts until <see cref="Write"/> has returned. Any thread; two volatile reads.
    /// </summary>
    public long ClaimedBytes
    {
        get
        {
            // In this order: at a switch the writer publishes its new room before the spare's is taken back.
            long spareBytes = _spare.ClaimedBytes;
            return Math.Max(spareBytes, Volatile.Read(ref _roomBytes));
        }
    }

    /// <summary>The next segment could not be made: the log goes on in what is claimed. Any thread.</summary>
    public bool ClaimFailed => _spare.Error is not null;

    /// <summary>Why, null when it did not fail. No space in most cases, see <see cref="StorageException.Kind"/>.</summary>
    public StorageException? ClaimError => _spare.Error;

    /// <summary>Why <see cref="ClaimLarge"/> said that there is no room.</summary>
    public StorageException? LargeClaimError => _spare.LargeError ?? _spare.Error;

    /// <summary>
    /// Bytes on disk of a batch with so many records whose mutations have so many bytes. At worst one record more costs its
    /// bytes, <see cref="WalFormat.RecordHeaderBytes"/> and one sector.
    /// </summary>
    public static long BatchBytesFor(int records, long recordBytes)
    {
        return WalFormat.AlignUp(WalFormat.BatchHeaderBytes + ((long)records * WalFormat.RecordHeaderBytes) + recordBytes);
    }

    /// <summary>As the other one, for a log without a checkpoint.</summary>
    public static WalLog Open(
        IFileSystem files, string directory, WalOptions options, IWalReplay replay, CancellationToken cancel)
    {
        return Open(files, directory, options, WalStart.None, replay, cancel);
    }

    /// <summary>
    /// Recovers the log in a directory, or creates one, and makes it ready for <see cref="Write"/>. The caller holds the
    /// directory's lock. What was replayed is durable.
    /// </summary>
    /// <param name="files">The door.</param>
    /// <param name="directory">Where the log is.</param>
    /// <param name="options">How it is kept.</param>
    /// <param name="start">What the checkpoint holds: its records are not replayed, segments that it covers are not read.</param>
    /// <param name="replay">Receives the records behind the checkpoint.</param>
    /// <param name="cancel">Ends recovery early; nothing was changed then.</param>
    /// <exception cref="WalCorruptionException">The log contradicts itself or the checkpoint; nothing on disk was changed.</exception>
    /// <exception cref="StorageException">A call failed.</exception>
    public static WalLog Open(
        IFileSystem files, string directory, WalOptions options, WalStart start, IWalReplay replay, CancellationToken cancel)
    {
        options.ThrowIfImpossible();
        WalRecoveryResult recovered = WalRecovery.Run(files, directory, start, replay, cancel);
        var log = new WalLog(files, directory, options, start, recovered);
        try
        {
            log.Start(recovered);
            return log;
        }
        catch
        {
            log.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Makes an empty log that goes on behind what a copied checkpoint holds. The directory has no segment by that name.
    /// A small segment will do, whatever the log's options will be: it is left at the first batch that does not fit.
    /// </summary>
    /// <param name="files">The door.</param>
    /// <param name="directory">Where it is made; the caller holds its lock.</param>
    /// <param name="options">The size of the segment.</param>
    /// <param name="logId">As in the manifest; not 0.</param>
    /// <param name="firstLsn">The LSN of the next record: the one after the checkpoint's.</param>
    public static void CreateEmpty(IFileSystem files, string directory, WalOptions options, ulong logId, long firstLsn)
    {
        options.ThrowIfImpossible();
        ArgumentOutOfRangeException.ThrowIfZero(logId);
        ArgumentOutOfRangeException.ThrowIfLessThan(firstLsn, WalFormat.FirstLsn);
        WalSpareFiles.CreateSegment(files, directory, new WalSegmentHeader(logId, firstLsn, options.SegmentBytes));
    }

    /// <summary>Writes a batch that follows the last one; not durable before <see cref="Sync"/>.</summary>
    /// <param name="batch">At least one record, none open. Left as it is.</param>
    /// <param name="durableLsn">What is durable now, as <see cref="Sync"/> said; stated in the batch (decision 11).</param>
    /// <exception cref="StorageException">
    /// The caller stops for good (D3): so does every later call. Only when the batch was larger than what was claimed, and the
    /// next segment could not be made, nothing was written, and the call may be repeated.
    /// </exception>
    public void Write(WalBatch batch, long durableLsn)
    {
        ThrowIfUnusable();
        if (batch.RecordCount == 0 || batch.RecordOpen || batch.FirstLsn != _lastLsn + 1)
        {
            throw new InvalidOperationException(
                $"a batch with {batch.RecordCount} complete records from LSN {batch.FirstLsn} cannot follow LSN {_lastLsn}");
        }

        if (durableLsn > DurableLsn)
        {
            throw new ArgumentOutOfRangeException(nameof(durableLsn), $"LSN {durableLsn} is not durable, {DurableLsn} is");
        }

        Append(batch, WalBatchKind.Records, durableLsn, WalFormat.SectorBytes);
        _sealed = false;
    }

    /// <summary>Makes everything durable that was written before the call. No system call when nothing was.</summary>
    /// <returns>The LSN up to which everything is durable.</returns>
    /// <exception cref="StorageException">The caller stops for good (D3).</exception>
    public long Sync()
    {
        _options.Threads.Enter(_syncGate);
        try
        {
            ThrowIfUnusable();
            return SyncLocked();
        }
        finally
        {
            _options.Threads.Exit(_syncGate);
        }
    }

    /// <summary>
    /// Takes segments out of the log whose records are all in a checkpoint that a durable manifest names (D6). Never the
    /// active one, and none before the next segment holds a durable record. Some are kept to be used again, the rest is
    /// deleted. One background thread at a time. After a failure the log goes on, and the next call takes up what is left.
    /// </summary>
    /// <param name="checkpointLsn">What the checkpoint holds; no reader needs records up to it any more.</param>
    /// <returns>How many segments were retired.</returns>
    /// <exception cref="StorageException">A call failed.</exception>
    public int Retire(long checkpointLsn)
    {
        ThrowIfUnusable();
        long durableLsn = DurableLsn;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(checkpointLsn, durableLsn);
        try
        {
            return _retired.Retire(_segments, checkpointLsn, durableLsn);
        }
        finally
        {
            _spare.Retry();
        }
    }

    /// <summary>
    /// Deletes the retired segments that are kept: room for the checkpoint when the disk is full. Same thread as <see cref="Retire"/>.
    /// </summary>
    /// <returns>How many there were.</returns>
    public int ReleaseRetired() => _retired.Release();

    /// <summary>A reader for the records behind an LSN, for a thread of its own. They must not be retired before it has read them.</summary>
    public WalTailReader OpenReader(long afterLsn)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(afterLsn);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(afterLsn, LastLsn);
        return new WalTailReader(_files, _segments, _logId, afterLsn);
    }

    /// <summary>Tries in the background to make the next segment again after a failure; <see cref="ClaimChanged"/> tells the outcome. Any thread.</summary>
    public void RetryClaim() => _spare.Retry();

    /// <summary>
    /// Asks for room for batches that are larger than <see cref="ClaimedBytes"/>: a segment of its own is made in the
    /// background when no ordinary one would do. Ask again at <see cref="ClaimChanged"/>. Any thread.
    /// </summary>
    /// <param name="batchBytes">What must fit, as in <see cref="BatchBytesFor"/>, with all that was accepted before and is not written yet.</param>
    public WalLargeClaim ClaimLarge(long batchBytes)
    {
        return batchBytes <= ClaimedBytes ? WalLargeClaim.Ready : _spare.ClaimLarge(batchBytes);
    }

    /// <summary>Gives the room back that <see cref="ClaimLarge"/> has claimed, when nothing that was accepted needs it. Any thread.</summary>
    public void ReleaseLarge() => _spare.ReleaseLarge();

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
            Append(seal, WalBatchKind.Seal, synced, 0);
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

    private static ulong NewLogId(WalOptions options, WalStart start)
    {
        ulong id = start.LogId != 0 ? start.LogId : options.NewLogId;
        return id != 0 ? id : BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));
    }

    private void Start(WalRecoveryResult recovered)
    {
        string largeSpare = Path.Combine(_directory, WalNames.LargeSpare);
        if (_files.FileExists(largeSpare))
        {
            _files.Delete(largeSpare);
        }

        _retired.Adopt(recovered.Retired, recovered.Superfluous);
        if (recovered.Segments.Count == 0)
        {
            SwitchSegment(WalFormat.FirstLsn, _options.SegmentBytes);
            return;
        }

        _segment = recovered.Segments[^1];
        _file = _files.Open(_segment.Path, FileOpenKind.OpenExisting);
        _isRecycled = recovered.IsTailRecycled;
        MoveTo(_segment.WrittenEnd);
        _spare.Request();
    }

    private void Append(WalBatch batch, WalBatchKind kind, long durableLsn, int reservedBytes)
    {
        int bytes = batch.PaddedBytes;
        if (_offset + bytes + reservedBytes > _segment!.SegmentBytes)
        {
            SwitchSegment(batch.FirstLsn, WalFormat.SegmentHeaderBytes + (long)bytes + reservedBytes);
        }

        int zerosBehind = ZerosBehind(bytes);
        ReadOnlySpan<byte> data = batch.Seal(kind, _logId, durableLsn, zerosBehind);
        try
        {
            _file!.Write(data, _offset);
        }
        catch (StorageException failure)
        {
            _failure = failure;
            throw;
        }

        MoveTo(_offset + bytes);
        _segment.WrittenEnd = _offset;
        Volatile.Write(ref _bytesWritten, _bytesWritten + bytes);
        Volatile.Write(ref _lastLsn, batch.LastLsn);
        Volatile.Write(ref _writes, _writes + 1);
    }

    // None behind the last batch of a segment, and none where they would make the write larger than an array: what recovery
    // then finds there may make it report a torn tail that was none.
    private int ZerosBehind(int batchBytes)
    {
        bool isNeeded = _isRecycled
            && _offset + batchBytes < _segment!.SegmentBytes
            && batchBytes <= WalFormat.BatchBytesMax - WalFormat.SectorBytes;
        return isNeeded ? WalFormat.SectorBytes : 0;
    }

    private void MoveTo(long offset)
    {
        _offset = offset;
        Volatile.Write(ref _roomBytes, WalFormat.BatchRoom(_segment!.SegmentBytes, offset));
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
    private void SwitchSegment(long firstLsn, long bytesMin)
    {
        WalSpareFile spare = _spare.Take(bytesMin);
        string path = Path.Combine(_directory, WalNames.Segment(firstLsn));
        _options.Threads.Enter(_syncGate);
        try
        {
            ThrowIfUnusable();
            SyncLocked();
            SwitchFile(path, firstLsn, spare);
        }
        finally
        {
            _options.Threads.Exit(_syncGate);
        }

        _segment = new WalSegmentFile(path, firstLsn, spare.SegmentBytes, WalFormat.SegmentHeaderBytes);
        _segments.Add(_segment);
        _isRecycled = spare.IsRecycled;
        MoveTo(WalFormat.SegmentHeaderBytes);
        _spare.Switched(spare);
    }

    /// <summary>The caller holds the sync gate.</summary>
    private void SwitchFile(string path, long firstLsn, WalSpareFile spare)
    {
        try
        {
            bool isReplacement = _files.FileExists(path);
            if (isReplacement)
            {
                // The name is taken when the current segment has no record yet and the batch does not fit it: replaced. It may be
                // the only segment, so the one that replaces it must not be without a header for a moment.
                using IFile replacement = _files.Open(spare.Path, FileOpenKind.OpenExisting);
                WriteHeader(replacement, firstLsn, spare);
                replacement.SyncData();
            }

            _files.Rename(spare.Path, path);
            IFile next = _files.Open(path, FileOpenKind.OpenExisting);
            _file?.Dispose();
            _file = next;
            if (!isReplacement)
            {
                WriteHeader(next, firstLsn, spare);
            }

            _files.SyncDirectory(_directory);
        }
        catch (StorageException failure)
        {
            _failure = failure;
            throw;
        }
    }

    private void WriteHeader(IFile file, long firstLsn, WalSpareFile spare)
    {
        Span<byte> header = stackalloc byte[WalFormat.SegmentHeaderBytes];
        uint flags = spare.IsRecycled ? WalFormat.SegmentRecycledFlag : 0;
        new WalSegmentHeader(_logId, firstLsn, spare.SegmentBytes, flags).Write(header);
        file.Write(header, 0);
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
