using System.Buffers.Binary;
using RespKv.Storage.Wal;

namespace RespKv.Fuzz.Wal;

/// <summary>A file of the log as it was given.</summary>
internal sealed record WalFile(string Name, long NameLsn, byte[] Bytes)
{
    public SegmentHead? Head { get; } = SegmentHead.Read(Bytes);

    /// <summary>Where batches can be.</summary>
    public ReadOnlySpan<byte> Room => Head is { } head ? Bytes.AsSpan(0, (int)Math.Clamp(head.SegmentBytes, 0, Bytes.Length)) : Bytes;

    public bool IsRecycled => Head is { IsRecycled: true };
}

/// <summary>A record by its place.</summary>
internal readonly record struct WalRecordPlace(long Lsn, WalFile File, int At, int Bytes)
{
    public ReadOnlySpan<byte> Content => File.Bytes.AsSpan(At, Bytes);
}

/// <summary>What is cut.</summary>
internal readonly record struct WalCut(string Name, long At, long Bytes);

/// <summary>
/// Recovery as docs/format/wal.md tells it under "Reading", once more: over all bytes at once, one rule after the other, without a
/// thought for speed.
/// </summary>
internal sealed class WalReference
{
    private readonly List<WalFile> _segments;
    private readonly WalStart _start;
    private WalFile? _orphan;
    private long _next;
    private long _chainEnd;

    private WalReference(List<WalFile> segments, WalStart start)
    {
        _segments = segments;
        _start = start;
    }

    /// <summary>Why the log is refused; null when it is not.</summary>
    public string? Refusal { get; private set; }

    /// <summary>Records behind the checkpoint.</summary>
    public List<WalRecordPlace> Records { get; } = [];

    public List<WalCut> Cuts { get; } = [];

    public long LastLsn => _next - 1;

    public bool EndsWithSeal { get; private set; }

    /// <summary>0: a new log.</summary>
    public ulong LogId { get; private set; }

    /// <summary>
    /// Behind the end of the log stands an older batch, which stays, in a segment that was never recycled: only crafted bytes or a
    /// write that went astray can be that. What is behind it may look torn to a later recovery.
    /// </summary>
    public bool LeavesOlder { get; private set; }

    /// <summary>A later batch stands behind the end of a segment that another one follows: also only crafted bytes, or a stray write.</summary>
    public bool HasStray { get; private set; }

    /// <summary>The last segment is shorter than its header says, and has to get so many bytes.</summary>
    public long ExtendedBytes { get; private set; }

    /// <param name="segments">All files whose names are a segment's, by name.</param>
    /// <param name="start">What the manifest says.</param>
    public static WalReference Read(List<WalFile> segments, WalStart start)
    {
        var reference = new WalReference([.. segments], start);
        reference.Refusal = reference.Read();
        return reference;
    }

    private string? Read()
    {
        string? refusal = FindBegin();
        if (refusal is not null)
        {
            return refusal;
        }

        if (_segments.Count == 0)
        {
            _next = 1;
            return _orphan is null ? null : JudgeOrphan(anyLog: true);
        }

        return CheckHeads() ?? Walk() ?? JudgeTail();
    }

    private string? FindBegin()
    {
        if (_segments.Count > 0)
        {
            WalFile last = _segments[^1];
            if (last.Head is { Version: not 1 })
            {
                return "version";
            }

            // Its name reached the disk and its header did not; a recycled file still has its older one.
            if (last.Head is null || last.Head.Value.FirstLsn < last.NameLsn)
            {
                _orphan = last;
                _segments.RemoveAt(_segments.Count - 1);
            }
        }

        long begin = _start.CheckpointLsn + 1;
        _segments.RemoveRange(0, Math.Max(0, _segments.FindLastIndex(file => file.NameLsn <= begin)));
        if (_segments.Count == 0)
        {
            bool isNew = begin == 1 && (_orphan is null || _orphan.NameLsn == 1);
            return isNew ? null : "no segment to begin with";
        }

        return _segments[0].NameLsn > begin ? "the first segment is missing" : null;
    }

    private string? CheckHeads()
    {
        foreach (WalFile file in _segments)
        {
            if (file.Head is not { } head)
            {
                return "a header is damaged";
            }

            bool isSound = head.Version == 1
                && head.FirstLsn == file.NameLsn
                && head.SegmentBytes is >= WalLayout.SegmentBytesMin and <= WalLayout.SegmentBytesMax
                && head.SegmentBytes % WalLayout.SectorBytes == 0
                && head.Flags <= 1
                && head.LogId == _segments[0].Head!.Value.LogId
                && (_start.LogId == 0 || head.LogId == _start.LogId);
            if (!isSound)
            {
                return "a header contradicts";
            }
        }

        LogId = _segments[0].Head!.Value.LogId;
        return null;
    }

    private string? Walk()
    {
        _next = _segments[0].NameLsn;
        for (int i = 0; i < _segments.Count; i++)
        {
            if (_segments[i].NameLsn != _next)
            {
                return "a segment does not go on where the one before it ended";
            }

            string? refusal = WalkSegment(_segments[i], out long end);
            if (refusal is not null)
            {
                return refusal;
            }

            _chainEnd = end;
            _ = TryScan(_segments[i].Room, end, anyLog: false, out long newerEnd);
            HasStray |= i < _segments.Count - 1 && newerEnd > 0;
        }

        return null;
    }

    private string? WalkSegment(WalFile file, out long end)
    {
        end = WalLayout.SectorBytes;
        while (BatchHead.Read(file.Room, end) is { IsWhole: true } batch && batch.LogId == LogId)
        {
            if (batch.FirstLsn > _next)
            {
                return "a gap";
            }

            if (batch.FirstLsn < _next)
            {
                return batch.NextLsn > _next ? "an overlap" : null;
            }

            if (!TakeRecords(file, (int)end + WalLayout.BatchHeaderBytes, batch))
            {
                return "records do not fill their batch";
            }

            EndsWithSeal = batch.IsSeal;
            end += batch.Bytes;
        }

        return null;
    }

    private bool TakeRecords(WalFile file, int at, BatchHead batch)
    {
        int end = at + batch.PayloadBytes;
        for (int i = 0; i < batch.Count; i++)
        {
            if (end - at < WalLayout.RecordLengthBytes)
            {
                return false;
            }

            uint bytes = BinaryPrimitives.ReadUInt32LittleEndian(file.Bytes.AsSpan(at));
            at += WalLayout.RecordLengthBytes;
            if (bytes > end - at)
            {
                return false;
            }

            if (_next > _start.CheckpointLsn)
            {
                Records.Add(new WalRecordPlace(_next, file, at, (int)bytes));
            }

            at += (int)bytes;
            _next++;
        }

        return at == end;
    }

    private string? JudgeTail()
    {
        WalFile tail = _segments[^1];
        ReadOnlySpan<byte> room = tail.Room;
        if (!TryScan(room, _chainEnd, anyLog: false, out long newerEnd))
        {
            return "a later batch says that the missing record had been durable";
        }

        if (_next <= _start.CheckpointLsn)
        {
            return "the log ends below the checkpoint";
        }

        string? refusal = _orphan is null ? null : JudgeOrphan(anyLog: false);
        if (refusal is not null)
        {
            return refusal;
        }

        long cutEnd = CutEnd(tail, newerEnd);
        LeavesOlder = !tail.IsRecycled && cutEnd <= _chainEnd && room[(int)Math.Min(room.Length, _chainEnd)..].ContainsAnyExcept((byte)0);
        if (cutEnd > _chainEnd)
        {
            Cuts.Insert(0, new WalCut(tail.Name, _chainEnd, cutEnd - _chainEnd));
        }

        ExtendedBytes = Math.Max(0, tail.Head!.Value.SegmentBytes - tail.Bytes.Length);
        if (ExtendedBytes > 0 && cutEnd <= _chainEnd)
        {
            Cuts.Insert(0, new WalCut(tail.Name, _chainEnd, 0));
        }

        return null;
    }

    private long CutEnd(WalFile tail, long newerEnd)
    {
        ReadOnlySpan<byte> room = tail.Room;
        long nonZeroEnd = Math.Min(room.Length, WalLayout.Aligned(room.LastIndexOfAnyExcept((byte)0) + 1L));
        bool isOlder = BatchHead.Read(room, _chainEnd) is { IsWhole: true };
        bool isZeros = _chainEnd >= room.Length
            || !room[(int)_chainEnd..(int)Math.Min(room.Length, _chainEnd + WalLayout.SectorBytes)].ContainsAnyExcept((byte)0);
        if (tail.IsRecycled)
        {
            return newerEnd > 0 ? Math.Min(nonZeroEnd, newerEnd)
                : isOlder || isZeros ? _chainEnd
                : Math.Min(nonZeroEnd, _chainEnd + WalLayout.RecycledCutBytesMax);
        }

        return isOlder && newerEnd == 0 ? _chainEnd : nonZeroEnd;
    }

    private string? JudgeOrphan(bool anyLog)
    {
        if (_orphan!.NameLsn != _next)
        {
            return "a segment without a header does not go on where the log ends";
        }

        if (!TryScan(_orphan.Bytes, 0, anyLog, out long newerEnd))
        {
            return "a segment without a header proves that it had been durable";
        }

        bool isEmpty = !_orphan.Bytes.AsSpan().ContainsAnyExcept((byte)0);
        bool isUntouched = _orphan.Head is { } older && older.LogId == LogId && newerEnd == 0;
        if (!isEmpty && !isUntouched)
        {
            Cuts.Add(new WalCut(_orphan.Name, 0, _orphan.Bytes.Length));
        }

        return null;
    }

    /// <summary>False: a whole batch of the log says that the next LSN had been durable.</summary>
    private bool TryScan(ReadOnlySpan<byte> room, long start, bool anyLog, out long newerEnd)
    {
        newerEnd = 0;
        for (long at = start; at < room.Length; at += WalLayout.SectorBytes)
        {
            if (BatchHead.Read(room, at) is { } batch && (anyLog || batch.LogId == LogId) && batch.FirstLsn >= _next)
            {
                newerEnd = Math.Max(newerEnd, Math.Min(room.Length, at + batch.Bytes));
                if (batch.IsWhole && batch.DurableLsn >= _next)
                {
                    return false;
                }
            }
        }

        return true;
    }
}
