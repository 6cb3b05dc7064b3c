using RespKv.Storage.Wal;

namespace RespKv.Storage.Manifest;

/// <summary>
/// The numbers of the manifest's format, version 1; the grammar and a worked example are in docs/format/manifest.md. All
/// fixed integers are little-endian. They are on disk: a change needs a new <see cref="Version"/>.
///
/// Invariants:
/// - The file has its full size, zeros included, and its header and base records are durable before CURRENT names it.
/// - Records start on sector boundaries and are padded with zeros to one, so a torn sector of a new record never holds a
///   byte that was durable before.
/// - An edit is one record; it is written only after the edit before it is durable.
/// </summary>
internal static class ManifestFormat
{
    internal const uint Version = 1;

    /// <summary>What a disk writes whole or not at all, as in the log.</summary>
    internal const int SectorBytes = WalFormat.SectorBytes;

    /// <summary>"RESPKVMF". One sector.</summary>
    internal const ulong FileMagic = 0x464D_564B_5053_4552;

    internal const int FileHeaderBytes = SectorBytes;
    internal const int FileCrcOffset = 8;
    internal const int FileVersionOffset = 12;
    internal const int FileNumberOffset = 16;
    internal const int FileIdOffset = 24;
    internal const int FileSizeOffset = 32;
    internal const int FileBaseRecordsOffset = 40;
    internal const int FileReservedOffset = 44;

    /// <summary>"RKMR". Not zero, so that unused (zero-written) space is never a record.</summary>
    internal const uint RecordMagic = 0x524D_4B52;

    internal const int RecordCrcOffset = 4;
    internal const int RecordKindOffset = 8;
    internal const int RecordReservedOffset = 9;
    internal const int RecordPayloadBytesOffset = 12;
    internal const int RecordFileIdOffset = 16;
    internal const int RecordSequenceOffset = 24;
    internal const int RecordHeaderBytes = 32;

    /// <summary>
    /// A record is encoded and checked as one array. The largest one that cannot be split names one table with two keys
    /// of the largest size (512 MB); it fits with room to spare.
    /// </summary>
    internal const int RecordBytesMax = 0x7FFF_FE00;

    /// <summary>
    /// Space for edits behind the base records, written with zeros ahead: an edit needs no new block of the disk, so a
    /// full disk does not keep tables from being dropped. When an edit does not fit, a new file begins. A small edit is a
    /// sector: 127 of them, each for a few MB of log or of merged tables.
    /// </summary>
    internal const int RoomBytes = 64 << 10;

    /// <summary>
    /// A base record is closed when it has this many bytes, so that no state is too large for one: 100 to 300 tables.
    /// </summary>
    internal const int BasePayloadBytesTarget = 32 << 10;

    /// <summary>The first file, table or manifest.</summary>
    internal const long FirstNumber = 1;

    /// <summary>0 is never given to a database, so that it can stand for "none".</summary>
    internal const uint FirstSpace = 1;

    internal const int FirstLevel = 0;

    /// <summary>Base: one sorted run of disjoint tables, together the oldest data.</summary>
    internal const int BaseLevel = 7;

    /// <summary>The room is read as one array. Larger than the room of today, so that a later one can still be read.</summary>
    internal const int RoomBytesMax = 64 << 20;

    // A broken relation is a division by zero, which does not compile.
    private const int RecordMaxIsAligned = 1 / (RecordBytesMax % SectorBytes == 0 ? 1 : 0);
    private const int RecordMaxFitsArray = 1 / (RecordBytesMax <= 0x7FFF_FFC7 ? 1 : 0);
    private const int RecordFieldsFill = 1 / (RecordSequenceOffset + sizeof(long) == RecordHeaderBytes ? 1 : 0);
    private const int RoomIsAligned = 1 / (RoomBytes % SectorBytes == 0 ? 1 : 0);
    private const int RoomCanBeRead = 1 / (RoomBytes <= RoomBytesMax ? 1 : 0);
    private const int RoomHoldsOneAndSeal = 1 / (RoomBytes >= 2 * SectorBytes ? 1 : 0);

    internal static long AlignUp(long bytes) => WalFormat.AlignUp(bytes);
}

/// <summary>What a record is; on disk.</summary>
internal enum ManifestRecordKind : byte
{
    /// <summary>A part of the state that the file begins with.</summary>
    Base = 1,

    /// <summary>One edit.</summary>
    Edit = 2,

    /// <summary>No payload: every record before it is durable. The next edit is written over it.</summary>
    Seal = 3,
}

/// <summary>Fields of a payload, in rising order; on disk.</summary>
internal enum ManifestTag : byte
{
    LogId = 1,
    CheckpointLsn = 2,
    NextFileNumber = 3,
    NextSpace = 4,
    Spaces = 5,
    Deleted = 6,
    Added = 7,
}
