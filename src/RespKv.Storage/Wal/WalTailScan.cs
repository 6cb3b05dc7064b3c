using RespKv.Storage.Files;

namespace RespKv.Storage.Wal;

/// <summary>
/// What lies behind the end of the log in its last segment: nothing, the old content of a recycled file, batches that
/// were never durable, or the proof that something is missing (D5, decision 11).
/// </summary>
/// <param name="NonZeroStart">The first sector that is not all zeros; the start when there is none.</param>
/// <param name="NonZeroEnd">End of the last sector that is not all zeros; not above the start when there is none.</param>
/// <param name="NewerEnd">
/// End of the last batch of this log, whole or not, with an LSN at or above the expected one; 0 when there is none.
/// </param>
/// <param name="ProofOffset">Where a batch stands that says the expected LSN had been durable; -1 when none does.</param>
/// <param name="Proof">That batch.</param>
internal readonly record struct WalTailScan(
    long NonZeroStart, long NonZeroEnd, long NewerEnd, long ProofOffset, WalBatchHeader Proof)
{
    /// <summary>
    /// What is cut of a recycled segment when it is not known how long the torn batch was: those of several syncs on a fast
    /// disk. Behind it stands older content, which is no evidence and would need as much room again.
    /// </summary>
    internal const long RecycledCutBytesMax = 8L << 20;

    /// <param name="reader">The segment.</param>
    /// <param name="start">Where the log ends; a sector boundary.</param>
    /// <param name="logId">The log; null when its header is lost: then batches of any log count.</param>
    /// <param name="expectedLsn">The LSN that is missing.</param>
    /// <param name="cancel">Ends the scan early.</param>
    internal static WalTailScan Run(
        WalSegmentReader reader, long start, ulong? logId, long expectedLsn, CancellationToken cancel)
    {
        long nonZeroStart = start;
        long nonZeroEnd = start;
        long newerEnd = 0;
        for (long offset = start; offset < reader.End; offset += WalFormat.SectorBytes)
        {
            ReadOnlySpan<byte> chunk = reader.PeekChunk(offset);
            if (chunk.IsEmpty)
            {
                break;
            }

            int firstNonZero = chunk.IndexOfAnyExcept((byte)0);
            if (firstNonZero < 0)
            {
                // All whole sectors but one are passed here, that one by the loop; the rest of the chunk is looked at again.
                offset += Math.Max(0, (chunk.Length / WalFormat.SectorBytes) - 1) * (long)WalFormat.SectorBytes;
                cancel.ThrowIfCancellationRequested();
                continue;
            }

            offset += firstNonZero / WalFormat.SectorBytes * WalFormat.SectorBytes;
            nonZeroStart = nonZeroEnd == start ? offset : nonZeroStart;
            nonZeroEnd = Math.Min(offset + WalFormat.SectorBytes, reader.End);
            if (!IsNewer(reader.Peek(offset, WalFormat.BatchHeaderBytes), logId, expectedLsn))
            {
                continue;
            }

            bool isWhole = reader.ReadBatch(offset, out WalBatchHeader header, out _) == WalBatchState.Valid;
            newerEnd = Math.Max(newerEnd, Math.Min(offset + header.AlignedBytes, reader.End));
            if (isWhole && header.DurableLsn >= expectedLsn)
            {
                return new WalTailScan(nonZeroStart, nonZeroEnd, newerEnd, offset, header);
            }
        }

        return new WalTailScan(nonZeroStart, nonZeroEnd, newerEnd, -1, default);
    }

    /// <summary>
    /// Where the cut ends that begins at the end of the chain; not behind its start when there is nothing to cut: zeros, or
    /// what a recycled file held before (older batches, or anything behind the zeros that follow the last batch).
    /// </summary>
    internal long CutEnd(WalChainEnd end, bool isRecycled)
    {
        if (!isRecycled)
        {
            return end.IsStale && NewerEnd == 0 ? end.Offset : NonZeroEnd;
        }

        if (NewerEnd > 0)
        {
            return Math.Min(NonZeroEnd, NewerEnd);
        }

        bool isOld = end.IsStale || NonZeroStart > end.Offset;
        return isOld ? end.Offset : Math.Min(NonZeroEnd, end.Offset + RecycledCutBytesMax);
    }

    // Looked at before the CRC, so that old content costs one comparison a sector. A batch below the expected LSN says
    // nothing about it: what it calls durable lies below its own LSN.
    private static bool IsNewer(ReadOnlySpan<byte> head, ulong? logId, long expectedLsn)
    {
        return WalBatchHeader.TryRead(head, out WalBatchHeader header)
            && (logId is null || header.LogId == logId)
            && header.FirstLsn >= expectedLsn;
    }
}
