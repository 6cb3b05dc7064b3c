namespace RespKv.Storage.Wal;

/// <summary>
/// The numbers of the log's format, version 1; the grammar and a worked example are in docs/format/wal.md. All integers
/// are little-endian. They are on disk: a change needs a new <see cref="Version"/>.
///
/// Invariants:
/// - Segment header and batches start on sector boundaries and are zero-padded to one, so a torn sector of a new batch
///   never holds a byte that was durable before.
/// - LSNs are consecutive over batches and segments; a segment's name and header say its first one.
/// - A segment's name exists only after everything before its first LSN was durable.
/// </summary>
internal static class WalFormat
{
    internal const uint Version = 1;

    /// <summary>The first record of a log. 0 means "none".</summary>
    internal const long FirstLsn = 1;

    /// <summary>What a disk writes whole or not at all. Disks of 4 KiB sectors are at least as good.</summary>
    internal const int SectorBytes = 512;

    /// <summary>"RESPKVWL". One sector, so that it is written whole.</summary>
    internal const ulong SegmentMagic = 0x4C57_564B_5053_4552;

    internal const int SegmentHeaderBytes = SectorBytes;
    internal const int SegmentCrcOffset = 8;
    internal const int SegmentVersionOffset = 12;
    internal const int SegmentLogIdOffset = 16;
    internal const int SegmentFirstLsnOffset = 24;
    internal const int SegmentSizeOffset = 32;
    internal const int SegmentFlagsOffset = 40;
    internal const int SegmentReservedOffset = 44;

    /// <summary>
    /// The file had an earlier life in this log: behind the last batch, and the sector of zeros after it, stands older
    /// content. Without this flag everything there was written as zeros.
    /// </summary>
    internal const uint SegmentRecycledFlag = 1;

    /// <summary>"RKWB". Not zero, so that unused (zero-written) space is never a batch.</summary>
    internal const uint BatchMagic = 0x4257_4B52;

    internal const int BatchCrcOffset = 4;
    internal const int BatchKindOffset = 8;
    internal const int BatchReservedOffset = 9;
    internal const int BatchCountOffset = 12;
    internal const int BatchLogIdOffset = 16;
    internal const int BatchFirstLsnOffset = 24;
    internal const int BatchDurableLsnOffset = 32;
    internal const int BatchPayloadBytesOffset = 40;
    internal const int BatchReserved2Offset = 44;
    internal const int BatchHeaderBytes = 48;

    /// <summary>Every record in a batch is preceded by its length.</summary>
    internal const int RecordHeaderBytes = 4;

    /// <summary>
    /// Header, payload and padding fit one array, because a batch is encoded, written and checked as one span. Two
    /// values of the largest size (512 MB) fit with room to spare.
    /// </summary>
    internal const int BatchBytesMax = 0x7FFF_FE00;

    internal const int PayloadBytesMax = BatchBytesMax - BatchHeaderBytes;

    /// <summary>Room for header, one batch and the seal of a clean shutdown, and for whole pages.</summary>
    internal const long SegmentBytesMin = 4096;

    /// <summary>Recovery reads the rest of the last segment to the end, so an absurd size would make an absurd start.</summary>
    internal const long SegmentBytesMax = 64L << 30;

    // A broken relation is a division by zero, which does not compile.
    private const int BatchMaxIsAligned = 1 / (BatchBytesMax % SectorBytes == 0 ? 1 : 0);
    private const int BatchMaxFitsArray = 1 / (BatchBytesMax <= 0x7FFF_FFC7 ? 1 : 0);
    private const int BatchHeaderFitsSector = 1 / (BatchHeaderBytes <= SectorBytes ? 1 : 0);
    private const int BatchFieldsFill = 1 / (BatchReserved2Offset + sizeof(uint) == BatchHeaderBytes ? 1 : 0);
    private const int SegmentMinHoldsOne = 1 / (SegmentBytesMin >= SegmentHeaderBytes + (2 * SectorBytes) ? 1 : 0);
    private const int SegmentMinIsAligned = 1 / (SegmentBytesMin % SectorBytes == 0 ? 1 : 0);
    private const int SegmentHoldsBatchMax = 1 / (SegmentHeaderBytes + (long)BatchBytesMax + SectorBytes <= SegmentBytesMax ? 1 : 0);

    /// <summary>Bytes of batches that go into a segment behind an offset: a sector is kept for the seal.</summary>
    internal static long BatchRoom(long segmentBytes, long offset) => Math.Max(0, segmentBytes - offset - SectorBytes);

    internal static long AlignUp(long bytes) => (bytes + (SectorBytes - 1)) & ~(long)(SectorBytes - 1);
}

/// <summary>What a batch carries; on disk.</summary>
internal enum WalBatchKind : byte
{
    Records = 1,

    /// <summary>No records: the last word of a clean shutdown, which says that all before it is durable.</summary>
    Seal = 2,
}
