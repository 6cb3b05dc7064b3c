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
    private readonly long _checkpointLsn;
    private readonly long _bytesTotal;
    private readonly CancellationToken _cancel;
    private long _bytesDone;
    private long _bytesReported;

    /// <param name="replay">Receives the records behind the checkpoint.</param>
    /// <param name="firstLsn">Where the first segment begins.</param>
    /// <param name="checkpointLsn">Records up to it are checked, not handed on.</param>
    /// <param name="bytesTotal">For the progress.</param>
    /// <param name="cancel">Ends it early.</param>
    internal WalReplayer(IWalReplay replay, long firstLsn, long checkpointLsn, long bytesTotal, CancellationToken cancel)
    {
        _replay = replay;
        NextLsn = firstLsn;
        _checkpointLsn = checkpointLsn;
        _bytesTotal = bytesTotal;
        _cancel = cancel;
    }

    internal long NextLsn { get; private set; }

    internal long Batches { get; private set; }

    /// <summary>Those that were handed on.</summary>
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
        var records = new WalRecords(segment.Path, offset, header.FirstLsn, header.Count, payload);
        while (records.Next(out long lsn, out ReadOnlySpan<byte> record))
        {
            if (lsn > _checkpointLsn)
            {
                Apply(segment, offset, lsn, record);
            }
        }

        NextLsn = header.NextLsn;
    }

    private void Apply(WalSegment segment, long offset, long lsn, ReadOnlySpan<byte> record)
    {
        try
        {
            _replay.Apply(lsn, record);
            Records++;
        }
        catch (InvalidDataException malformed)
        {
            throw new WalCorruptionException(segment.Path, offset, lsn, $"a record is malformed: {malformed.Message}", malformed);
        }
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
