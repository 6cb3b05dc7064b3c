using System.Buffers.Binary;
using RespKv.Storage.Wal;

namespace RespKv.Storage.Manifest;

/// <summary>The first sector of a manifest.</summary>
/// <param name="Number">As in the file's name.</param>
/// <param name="FileId">Drawn for this file; in all its records, so that nothing else can be taken for one.</param>
/// <param name="FileBytes">Size of the file.</param>
/// <param name="BaseRecords">How many records make up the state that the file begins with.</param>
internal readonly record struct ManifestFileHeader(long Number, ulong FileId, long FileBytes, int BaseRecords)
{
    internal void Write(Span<byte> sector)
    {
        sector = sector[..ManifestFormat.FileHeaderBytes];
        sector.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(sector, ManifestFormat.FileMagic);
        BinaryPrimitives.WriteUInt32LittleEndian(sector[ManifestFormat.FileVersionOffset..], ManifestFormat.Version);
        BinaryPrimitives.WriteInt64LittleEndian(sector[ManifestFormat.FileNumberOffset..], Number);
        BinaryPrimitives.WriteUInt64LittleEndian(sector[ManifestFormat.FileIdOffset..], FileId);
        BinaryPrimitives.WriteInt64LittleEndian(sector[ManifestFormat.FileSizeOffset..], FileBytes);
        BinaryPrimitives.WriteInt32LittleEndian(sector[ManifestFormat.FileBaseRecordsOffset..], BaseRecords);
        uint crc = Crc32C.Compute(sector[ManifestFormat.FileVersionOffset..]);
        BinaryPrimitives.WriteUInt32LittleEndian(sector[ManifestFormat.FileCrcOffset..], crc);
    }

    /// <summary>False when these bytes are not a header. A header of another version is one, so that it is never taken for garbage.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> sector, out ManifestFileHeader header, out uint version)
    {
        header = default;
        version = 0;
        if (sector.Length < ManifestFormat.FileHeaderBytes
            || BinaryPrimitives.ReadUInt64LittleEndian(sector) != ManifestFormat.FileMagic)
        {
            return false;
        }

        sector = sector[..ManifestFormat.FileHeaderBytes];
        uint crc = BinaryPrimitives.ReadUInt32LittleEndian(sector[ManifestFormat.FileCrcOffset..]);
        if (crc != Crc32C.Compute(sector[ManifestFormat.FileVersionOffset..]))
        {
            return false;
        }

        version = BinaryPrimitives.ReadUInt32LittleEndian(sector[ManifestFormat.FileVersionOffset..]);
        header = new ManifestFileHeader(
            BinaryPrimitives.ReadInt64LittleEndian(sector[ManifestFormat.FileNumberOffset..]),
            BinaryPrimitives.ReadUInt64LittleEndian(sector[ManifestFormat.FileIdOffset..]),
            BinaryPrimitives.ReadInt64LittleEndian(sector[ManifestFormat.FileSizeOffset..]),
            BinaryPrimitives.ReadInt32LittleEndian(sector[ManifestFormat.FileBaseRecordsOffset..]));
        return true;
    }
}
