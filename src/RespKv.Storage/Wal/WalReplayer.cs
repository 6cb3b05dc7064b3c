using System.Buffers.Binary;

namespace RespKv.Storage.Wal;

/// <summary>Where the chain of batches ends in a segment, and what stands there.</summary>
/// <param name="Offset">First byte after the last batch; a sector boundary.</param>
/// <param name="State">What stands there.</param>
/// <param name="IsStale">A whole batch that belongs to the file's earlier life (or to another log).</param>
internal readonly record struct WalChainEnd(long Offset, WalBatchState State, bool IsStale)
{
    internal string Description => IsStale ? "an older batch" : State switch
    {
        WalBatchState.EndOfFile => "the end of the segment",
        WalBatchState.Incomplete => "a batch that is longer than the rest of the segment",
        WalBatchState.BadChecksum => "a batch whose checksum does not match",
        _ => "no batch header",
    };
}

/// <summary>
/// Walks the batches of one segment after the other and hands their records on. Invariant: what was applied is a prefix
/// of the log; <see cref="NextLsn"/> is the LSN after it.
/// </summary>
internal sealed class WalReplayer
{
    private readonly IWalReplay _replay;
    private readonly long _bytesTotal;
    private readonly CancellationToken _cancel;
    private long _bytesDone;
    private long _bytesReported;

    internal WalReplayer(IWalReplay replay, long bytesTotal, CancellationToken cancel)
    {
        _replay = replay;
        _bytesTotal = bytesTotal;
        _cancel = cancel;
    }

    internal long NextLsn { get; private set; } = WalFormat.FirstLsn;

    internal long Batches { get; private set; }

    internal long Records { get; private set; }

    internal long BatchBytes { get; private set; }

    /// <summary>The last batch was a seal.</summary>
    internal bool EndsWithSeal { get; private set; }

    /// <exception cref="WalCorruptionException">A whole batch stands where it cannot.</exception>
    internal WalChainEnd Run(WalSegmentReader reader, WalSegment segment, ulong logId)
    {
        long bytesBefore = _bytesDone;
        long offset = WalFormat.SegmentHeaderBytes;
        while (true)
        {
            _cancel.ThrowIfCancellationRequested();
            WalBatchState state = reader.ReadBatch(offset, out WalBatchHeader header, out ReadOnlySpan<byte> payload);
            bool isStale = state == WalBatchState.Valid && (header.LogId != logId || header.FirstLsn < NextLsn);
            if (state != WalBatchState.Valid || isStale)
            {
                ThrowIfOverlapping(segment, offset, isStale && header.LogId == logId, header);
                _bytesDone = bytesBefore + segment.FileBytes;
                return new WalChainEnd(offset, state, isStale);
            }

            if (header.FirstLsn > NextLsn)
            {
                throw new WalCorruptionException(
                    segment.Path, offset, NextLsn, $"a batch begins with LSN {header.FirstLsn}: the records before it are missing");
            }

            Apply(segment, offset, header, payload);
            Batches++;
            BatchBytes += header.AlignedBytes;
            EndsWithSeal = header.Kind == WalBatchKind.Seal;
            offset += header.AlignedBytes;
            _bytesDone = bytesBefore + offset;
            ReportProgress();
        }
    }

    private void Apply(WalSegment segment, long offset, in WalBatchHeader header, ReadOnlySpan<byte> payload)
    {
        long lsn = header.FirstLsn;
        try
        {
            for (; lsn < header.NextLsn; lsn++)
            {
                payload = payload[ApplyFirst(lsn, payload)..];
            }
        }
        catch (InvalidDataException malformed)
        {
            throw new WalCorruptionException(segment.Path, offset, lsn, $"a record is malformed: {malformed.Message}", malformed);
        }

        if (!payload.IsEmpty)
        {
            throw new WalCorruptionException(segment.Path, offset, lsn, $"{payload.Length} bytes follow the last record of a batch");
        }

        Records += header.Count;
        NextLsn = lsn;
    }

    /// <summary>Returns the bytes of the record with its length.</summary>
    private int ApplyFirst(long lsn, ReadOnlySpan<byte> payload)
    {
        if (payload.Length < WalFormat.RecordHeaderBytes)
        {
            throw new InvalidDataException("the batch ends before its length");
        }

        uint bytes = BinaryPrimitives.ReadUInt32LittleEndian(payload);
        if (bytes > payload.Length - WalFormat.RecordHeaderBytes)
        {
            throw new InvalidDataException("it is longer than the rest of the batch");
        }

        _replay.Apply(lsn, payload.Slice(WalFormat.RecordHeaderBytes, (int)bytes));
        return WalFormat.RecordHeaderBytes + (int)bytes;
    }

    // The old life of a recycled file ended below the first LSN of its new one; a batch across that line was never written.
    private void ThrowIfOverlapping(WalSegment segment, long offset, bool isOlder, in WalBatchHeader header)
    {
        if (isOlder && header.NextLsn > NextLsn)
        {
            throw new WalCorruptionException(
                segment.Path, offset, NextLsn, $"a batch holds LSN {header.FirstLsn} to {header.NextLsn - 1}: it overlaps the one before");
        }
    }

    private void ReportProgress()
    {
        if (_bytesDone - _bytesReported >= WalReplayProgress.StepBytes)
        {
            _bytesReported = _bytesDone;
            _replay.Progress(new WalReplayProgress(_bytesDone, _bytesTotal, Records, NextLsn - 1));
        }
    }
}
