using RespKv.Storage.Files;

namespace RespKv.Storage.Wal;

/// <summary>Where the log goes on. <c>TailPath</c> is null when there is no log yet.</summary>
internal sealed record WalRecoveryResult(
    ulong LogId, string? TailPath, long TailOffset, long TailSegmentBytes, WalRecoveryReport Report);

/// <summary>
/// Reads the log at start-up (D5, D9).
///
/// Invariants:
/// - Everything is read and judged before anything is changed: corruption leaves the directory as it was.
/// - What is replayed is on disk, not merely in the cache: the last segment is synced and its cached pages are let go
///   before it is read. A state shown after a restart is as durable as any other (D1); and after a failed sync the cache
///   holds bytes that the disk never got. Older segments were synced before the next one existed.
/// - A hole is a torn tail only when nothing behind it, in any file, says that it had been durable.
/// </summary>
internal sealed class WalRecovery
{
    private readonly IFileSystem _files;
    private readonly string _directory;
    private readonly CancellationToken _cancel;
    private readonly List<WalSegment> _segments = [];

    /// <summary>For one reader at a time: the segments are read one after the other.</summary>
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(WalSegmentReader.BufferBytes);

    /// <summary>The last segment file when its header never became durable; then it is as if it were not there.</summary>
    private WalSegment? _orphan;

    private WalRecovery(IFileSystem files, string directory, CancellationToken cancel)
    {
        _files = files;
        _directory = directory;
        _cancel = cancel;
    }

    internal static WalRecoveryResult Run(IFileSystem files, string directory, IWalReplay replay, CancellationToken cancel)
    {
        return new WalRecovery(files, directory, cancel).Run(replay);
    }

    private WalRecoveryResult Run(IWalReplay replay)
    {
        FindSegments();
        SetOrphanAside();
        CheckHeaders();
        var repair = new WalRepair(_files, _directory);
        return _segments.Count == 0 ? StartAnew(repair) : Replay(replay, repair);
    }

    private void FindSegments()
    {
        var found = new List<(string Path, long FirstLsn)>();
        foreach (string name in _files.ListFiles(_directory))
        {
            if (WalNames.TryParseSegment(name, out long firstLsn))
            {
                found.Add((Path.Combine(_directory, name), firstLsn));
            }
        }

        for (int index = 0; index < found.Count; index++)
        {
            // The last, and the one before it in case the last turns out to have no header.
            if (index >= found.Count - 2)
            {
                ReadFromDisk(found[index].Path);
            }

            _segments.Add(WalSegment.Inspect(_files, found[index].Path, found[index].FirstLsn));
        }
    }

    private void ReadFromDisk(string path)
    {
        using IFile file = _files.Open(path, FileOpenKind.OpenExisting);
        file.SyncData();
        file.DropCache();
    }

    // A recycled file can still hold the header of its earlier life under its new name.
    private void SetOrphanAside()
    {
        if (_segments.Count > 0 && _segments[^1] is var last && (last.Header is not { } header || header.FirstLsn < last.NameLsn))
        {
            _orphan = last;
            _segments.RemoveAt(_segments.Count - 1);
        }
    }

    private void CheckHeaders()
    {
        WalSegment? first = _segments.Count > 0 ? _segments[0] : _orphan;
        if (first is not null && first.NameLsn != WalFormat.FirstLsn)
        {
            throw new WalCorruptionException(
                first.Path, 0, WalFormat.FirstLsn, $"the first segment of the log, with LSN {WalFormat.FirstLsn}, is missing");
        }

        foreach (WalSegment segment in _segments)
        {
            if (segment.Header is not { } header)
            {
                throw Corrupt(segment, "the segment's header is damaged, and a later segment shows that it had been durable");
            }

            if (header.FirstLsn != segment.NameLsn)
            {
                throw Corrupt(segment, $"the segment's header says that it begins with LSN {header.FirstLsn}");
            }

            if (header.SegmentBytes < WalFormat.SegmentBytesMin || header.SegmentBytes % WalFormat.SectorBytes != 0)
            {
                throw Corrupt(segment, $"the segment's header gives an impossible size, {header.SegmentBytes} bytes");
            }

            if (header.LogId != _segments[0].Header!.Value.LogId)
            {
                throw Corrupt(segment, $"the segment belongs to another log than {_segments[0].Path}");
            }
        }
    }

    private WalRecoveryResult StartAnew(WalRepair repair)
    {
        List<WalTornTail> torn = [];
        if (_orphan is not null)
        {
            WalTailScan scan = ScanOrphan(logId: null, WalFormat.FirstLsn);
            repair.MoveAside(_orphan, scan, WalFormat.FirstLsn, torn);
        }

        _files.SyncDirectory(_directory);
        return new WalRecoveryResult(0, null, 0, 0, new WalRecoveryReport(0, 0, 0, 0, 0, false, torn));
    }

    private WalRecoveryResult Replay(IWalReplay replay, WalRepair repair)
    {
        ulong logId = _segments[0].Header!.Value.LogId;
        WalSegment tail = _segments[^1];
        using IFile tailFile = _files.Open(tail.Path, FileOpenKind.OpenExisting);
        var replayer = new WalReplayer(replay, _segments.Sum(segment => segment.FileBytes), _cancel);
        for (int index = 0; index < _segments.Count - 1; index++)
        {
            ReplayInner(replayer, _segments[index], _segments[index + 1], logId);
        }

        var reader = new WalSegmentReader(tailFile, _buffer, tail.End);
        WalChainEnd end = replayer.Run(reader, tail, logId);
        long nextLsn = replayer.NextLsn;
        WalTailScan scan = WalTailScan.Run(reader, end.Offset, logId, nextLsn, _cancel);
        ThrowIfProven(tail, end, scan, nextLsn);
        WalTailScan orphanScan = _orphan is null ? default : CheckOrphan(tail, end, logId, nextLsn);

        List<WalTornTail> torn = [];
        bool isOldContent = end.IsStale && !scan.HasNewer;
        if (!isOldContent)
        {
            repair.Cut(tail, tailFile, end, scan, nextLsn, torn);
        }

        WalRepair.Extend(tail, tailFile, end, nextLsn, torn);
        if (_orphan is not null)
        {
            repair.MoveAside(_orphan, orphanScan, nextLsn, torn);
        }

        _files.SyncDirectory(_directory);
        bool isClean = replayer.EndsWithSeal && torn.Count == 0;
        var report = new WalRecoveryReport(
            _segments.Count, replayer.Batches, replayer.Records, replayer.BatchBytes, nextLsn - 1, isClean, torn);
        return new WalRecoveryResult(logId, tail.Path, end.Offset, tail.Header!.Value.SegmentBytes, report);
    }

    private void ReplayInner(WalReplayer replayer, WalSegment segment, WalSegment next, ulong logId)
    {
        using IFile file = _files.Open(segment.Path, FileOpenKind.Read);
        WalChainEnd end = replayer.Run(new WalSegmentReader(file, _buffer, segment.End), segment, logId);
        if (replayer.NextLsn != next.NameLsn)
        {
            throw NotContinued(segment, end, next, replayer.NextLsn);
        }
    }

    // Its name alone proves that everything below its first LSN had been durable.
    private WalTailScan CheckOrphan(WalSegment tail, WalChainEnd end, ulong logId, long nextLsn)
    {
        if (_orphan!.NameLsn != nextLsn)
        {
            throw NotContinued(tail, end, _orphan, nextLsn);
        }

        return ScanOrphan(logId, nextLsn);
    }

    private WalTailScan ScanOrphan(ulong? logId, long expectedLsn)
    {
        using IFile file = _files.Open(_orphan!.Path, FileOpenKind.Read);
        var reader = new WalSegmentReader(file, _buffer, _orphan.FileBytes);
        WalTailScan scan = WalTailScan.Run(reader, 0, logId, expectedLsn, _cancel);
        var end = new WalChainEnd(0, WalBatchState.NoHeader, false);
        ThrowIfProven(_orphan, end, scan, expectedLsn);
        return scan;
    }

    private static void ThrowIfProven(WalSegment segment, WalChainEnd end, WalTailScan scan, long expectedLsn)
    {
        if (scan.ProofOffset >= 0)
        {
            throw new WalCorruptionException(
                segment.Path,
                end.Offset,
                expectedLsn,
                $"expected the batch of LSN {expectedLsn}, found {end.Description}; the batch of LSN {scan.Proof.FirstLsn} at offset "
                    + $"{scan.ProofOffset} says that everything up to LSN {scan.Proof.DurableLsn} had been durable");
        }
    }

    private static WalCorruptionException NotContinued(WalSegment segment, WalChainEnd end, WalSegment next, long nextLsn)
    {
        string problem = next.NameLsn > nextLsn
            ? $"expected the batch of LSN {nextLsn}, found {end.Description}; the next segment {next.Path} exists only because "
                + $"everything up to LSN {next.NameLsn - 1} had been durable"
            : $"the log goes on with LSN {nextLsn} here, but the next segment {next.Path} begins with LSN {next.NameLsn}";
        return new WalCorruptionException(segment.Path, end.Offset, nextLsn, problem);
    }

    private static WalCorruptionException Corrupt(WalSegment segment, string problem) => new(segment.Path, 0, segment.NameLsn, problem);
}
