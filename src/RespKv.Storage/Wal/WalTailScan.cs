using RespKv.Storage.Files;

namespace RespKv.Storage.Wal;

/// <summary>
/// What lies behind the end of the log in its last segment: nothing, the old content of a recycled file, batches that
/// were never durable, or the proof that something is missing (D5, decision 11).
/// </summary>
/// <param name="NonZeroEnd">End of the last sector that is not all zeros; not above the start when there is none.</param>
/// <param name="HasNewer">A whole batch of this log with an LSN at or above the expected one is there.</param>
/// <param name="ProofOffset">Where a batch stands that says the expected LSN had been durable; -1 when none does.</param>
/// <param name="Proof">That batch.</param>
internal readonly record struct WalTailScan(long NonZeroEnd, bool HasNewer, long ProofOffset, WalBatchHeader Proof)
{
    /// <param name="reader">The segment.</param>
    /// <param name="start">Where the log ends; a sector boundary.</param>
    /// <param name="logId">The log; null when its header is lost: then batches of any log count.</param>
    /// <param name="expectedLsn">The LSN that is missing.</param>
    /// <param name="cancel">Ends the scan early.</param>
    internal static WalTailScan Run(
        WalSegmentReader reader, long start, ulong? logId, long expectedLsn, CancellationToken cancel)
    {
        long nonZeroEnd = start;
        bool hasNewer = false;
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
            nonZeroEnd = Math.Min(offset + WalFormat.SectorBytes, reader.End);
            if (!MayProve(reader.Peek(offset, WalFormat.BatchHeaderBytes), logId, expectedLsn)
                || reader.ReadBatch(offset, out WalBatchHeader header, out _) != WalBatchState.Valid)
            {
                continue;
            }

            hasNewer = true;
            if (header.DurableLsn >= expectedLsn)
            {
                return new WalTailScan(nonZeroEnd, hasNewer, offset, header);
            }
        }

        return new WalTailScan(nonZeroEnd, hasNewer, -1, default);
    }

    // Looked at before the CRC, so that old content costs one comparison a sector. A batch below the expected LSN says
    // nothing about it: what it calls durable lies below its own LSN.
    private static bool MayProve(ReadOnlySpan<byte> head, ulong? logId, long expectedLsn)
    {
        return WalBatchHeader.TryRead(head, out WalBatchHeader header)
            && (logId is null || header.LogId == logId)
            && header.FirstLsn >= expectedLsn;
    }
}
