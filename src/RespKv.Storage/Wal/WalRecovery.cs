using RespKv.Storage.Files;

namespace RespKv.Storage.Wal;

/// <summary>Where the log goes on.</summary>
/// <param name="LogId">Which log it is; 0 when there is none yet.</param>
/// <param name="Segments">The segments that were read; the log goes on in the last one. Empty when there is no log yet.</param>
/// <param name="IsTailRecycled">That one may hold older content behind its batches.</param>
/// <param name="Superfluous">Segments that the checkpoint covers: not read, and to be retired.</param>
/// <param name="Retired">Files that an earlier run has retired.</param>
/// <param name="Report">What is told to the operator.</param>
internal sealed record WalRecoveryResult(
    ulong LogId,
    IReadOnlyList<WalSegmentFile> Segments,
    bool IsTailRecycled,
    IReadOnlyList<(string Path, long FirstLsn)> Superfluous,
    IReadOnlyList<string> Retired,
    WalRecoveryReport Report);

/// <summary>
/// Reads the log at start-up (D5, D9).
///
/// Invariants:
/// - Everything is read and judged before anything is changed: corruption leaves the directory as it was.
/// - What is replayed is on disk, not merely in the cache: the last segment is synced and its cached pages are let go
///   before it is read. A state shown after a restart is as durable as any other (D1); and after a failed sync the cache
///   holds bytes that the disk never got. Older segments were synced before the next one existed.
/// - A hole is a torn tail only when nothing behind it, in any file, says that it had been durable; nor the checkpoint,
///   which is made of durable records only.
/// </summary>
internal sealed class WalRecovery
{
    private readonly IFileSystem _files;
    private readonly string _directory;
    private readonly WalStart _start;
    private readonly CancellationToken _cancel;

    /// <summary>All segment files but the orphan.</summary>
    private readonly List<(string Path, long FirstLsn)> _found = [];

    /// <summary>Those of them that hold records behind the checkpoint, or will.</summary>
    private readonly List<WalSegment> _segments = [];
    private readonly List<string> _retired = [];

    /// <summary>For one reader at a time: the segments are read one after the other.</summary>
    private byte[] _buffer = [];

    /// <summary>The last segment file when its header never became durable; then it is as if it were not there.</summary>
    private WalSegment? _orphan;

    private WalRecovery(IFileSystem files, string directory, WalStart start, CancellationToken cancel)
    {
        _files = files;
        _directory = directory;
        _start = start;
        _cancel = cancel;
    }

    internal static WalRecoveryResult Run(
        IFileSystem files, string directory, WalStart start, IWalReplay replay, CancellationToken cancel)
    {
        return new WalRecovery(files, directory, start, cancel).Run(replay);
    }

    private WalRecoveryResult Run(IWalReplay replay)
    {
        FindSegments();
        SetOrphanAside();
        InspectNeeded();
        ThrowIfBeginMissing();
        CheckHeaders();
        long largest = Math.Max(_orphan?.FileBytes ?? 0, _segments.Select(segment => segment.FileBytes).DefaultIfEmpty().Max());
        _buffer = GC.AllocateUninitializedArray<byte>((int)Math.Clamp(largest, WalFormat.SectorBytes, WalSegmentReader.BufferBytes));
        var repair = new WalRepair(_files, _directory);
        return _segments.Count == 0 ? StartAnew(repair) : Replay(replay, repair);
    }

    private void FindSegments()
    {
        foreach (string name in _files.ListFiles(_directory))
        {
            string path = Path.Combine(_directory, name);
            if (WalNames.TryParseSegment(name, out long firstLsn))
            {
                _found.Add((path, firstLsn));
            }
            else if (WalNames.TryParseRetired(name, out _))
            {
                _retired.Add(path);
            }
        }

        // The last, and the one before it in case the last turns out to have no header.
        foreach ((string path, _) in _found.TakeLast(2))
        {
            ReadFromDisk(path);
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
        if (_found.Count == 0)
        {
            return;
        }

        WalSegment last = WalSegment.Inspect(_files, _found[^1].Path, _found[^1].FirstLsn);
        if (last.Header is not { } header || header.FirstLsn < last.NameLsn)
        {
            _orphan = last;
            _found.RemoveAt(_found.Count - 1);
        }
    }

    // What lies wholly below the checkpoint is not looked at: it may be damaged, or half gone.
    private void InspectNeeded()
    {
        int first = Math.Max(0, _found.FindLastIndex(segment => segment.FirstLsn <= _start.CheckpointLsn + 1));
        foreach ((string path, long firstLsn) in _found.Skip(first))
        {
            _segments.Add(WalSegment.Inspect(_files, path, firstLsn));
        }

        _found.RemoveRange(first, _found.Count - first);
    }

    private void ThrowIfBeginMissing()
    {
        long lsn = _start.CheckpointLsn + 1;
        WalSegment? first = _segments.Count > 0 ? _segments[0] : _orphan;
        if (first is null || (first == _orphan && _start.CheckpointLsn > 0))
        {
            if (_start.CheckpointLsn > 0)
            {
                throw new WalCorruptionException(
                    first?.Path ?? Path.Combine(_directory, WalNames.Segment(lsn)),
                    0,
                    lsn,
                    $"the log is missing that goes on behind the checkpoint of LSN {_start.CheckpointLsn}");
            }
        }
        else if (first.NameLsn > lsn)
        {
            string problem = _start.CheckpointLsn == 0
                ? $"the first segment of the log, with LSN {lsn}, is missing"
                : $"the segment with LSN {lsn}, the one behind the checkpoint, is missing";
            throw new WalCorruptionException(first.Path, 0, lsn, problem);
        }
    }

    private void CheckHeaders()
    {
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

            if (header.SegmentBytes is < WalFormat.SegmentBytesMin or > WalFormat.SegmentBytesMax || header.SegmentBytes % WalFormat.SectorBytes != 0)
            {
                throw Corrupt(segment, $"the segment's header gives an impossible size, {header.SegmentBytes} bytes");
            }

            if (header.HasUnknownFlags)
            {
                throw Corrupt(segment, $"the segment's header has unknown flags, {header.Flags:x}");
            }

            if (_start.LogId != 0 && header.LogId != _start.LogId)
            {
                throw Corrupt(segment, "the segment belongs to another log than the checkpoint");
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
            repair.MoveAside(_orphan, scan, logId: 0, WalFormat.FirstLsn, torn);
        }

        _files.SyncDirectory(_directory);
        return new WalRecoveryResult(0, [], false, _found, _retired, new WalRecoveryReport(0, 0, 0, 0, 0, false, torn));
    }

    private WalRecoveryResult Replay(IWalReplay replay, WalRepair repair)
    {
        ulong logId = _segments[0].Header!.Value.LogId;
        WalSegment tail = _segments[^1];
        using IFile tailFile = _files.Open(tail.Path, FileOpenKind.OpenExisting);
        long bytesTotal = _segments.Sum(segment => segment.FileBytes);
        var replayer = new WalReplayer(replay, _segments[0].NameLsn, _start.CheckpointLsn, bytesTotal, _cancel);
        var opened = new List<WalSegmentFile>();
        for (int index = 0; index < _segments.Count - 1; index++)
        {
            WalChainEnd innerEnd = ReplayInner(replayer, _segments[index], _segments[index + 1], logId);
            opened.Add(Opened(_segments[index], innerEnd));
        }

        var reader = new WalSegmentReader(tailFile, _buffer, tail.End);
        WalChainEnd end = replayer.Run(reader, tail, logId);
        opened.Add(Opened(tail, end));
        long nextLsn = replayer.NextLsn;
        WalTailScan scan = WalTailScan.Run(reader, end.Offset, logId, nextLsn, _cancel);
        ThrowIfProven(tail, end, scan, nextLsn);
        ThrowIfBelowCheckpoint(tail, end, nextLsn);
        WalTailScan orphanScan = _orphan is null ? default : CheckOrphan(tail, end, logId, nextLsn);

        List<WalTornTail> torn = [];
        repair.Cut(tail, tailFile, end, scan.CutEnd(end, tail.IsRecycled), nextLsn, torn);
        WalRepair.Extend(tail, tailFile, end, nextLsn, torn);
        if (_orphan is not null)
        {
            repair.MoveAside(_orphan, orphanScan, logId, nextLsn, torn);
        }

        _files.SyncDirectory(_directory);
        bool isClean = replayer.EndsWithSeal && torn.Count == 0;
        var report = new WalRecoveryReport(
            _segments.Count, replayer.Batches, replayer.Records, replayer.BatchBytes, nextLsn - 1, isClean, torn);
        return new WalRecoveryResult(logId, opened, tail.IsRecycled, _found, _retired, report);
    }

    private static WalSegmentFile Opened(WalSegment segment, WalChainEnd end)
    {
        return new WalSegmentFile(segment.Path, segment.NameLsn, segment.Header!.Value.SegmentBytes, end.Offset);
    }

    private WalChainEnd ReplayInner(WalReplayer replayer, WalSegment segment, WalSegment next, ulong logId)
    {
        using IFile file = _files.Open(segment.Path, FileOpenKind.Read);
        WalChainEnd end = replayer.Run(new WalSegmentReader(file, _buffer, segment.End), segment, logId);
        return replayer.NextLsn == next.NameLsn ? end : throw NotContinued(segment, end, next, replayer.NextLsn);
    }

    private void ThrowIfBelowCheckpoint(WalSegment tail, WalChainEnd end, long nextLsn)
    {
        if (nextLsn <= _start.CheckpointLsn)
        {
            throw new WalCorruptionException(
                tail.Path,
                end.Offset,
                nextLsn,
                $"expected the batch of LSN {nextLsn}, found {end.Description}; the checkpoint of LSN {_start.CheckpointLsn} "
                    + "exists only because everything up to it had been durable");
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
