using System.Buffers.Binary;

namespace RespKv.Storage.Wal;

/// <summary>The first sector of a segment.</summary>
/// <param name="LogId">Drawn when the log was created; the same in all its segments and batches.</param>
/// <param name="FirstLsn">LSN of the first record in this segment, as in the file's name.</param>
/// <param name="SegmentBytes">Size of the file.</param>
/// <param name="Flags">See <see cref="WalFormat"/>.</param>
internal readonly record struct WalSegmentHeader(ulong LogId, long FirstLsn, long SegmentBytes, uint Flags = 0)
{
    internal bool IsRecycled => (Flags & WalFormat.SegmentRecycledFlag) != 0;

    internal bool HasUnknownFlags => (Flags & ~WalFormat.SegmentRecycledFlag) != 0;

    internal void Write(Span<byte> sector)
    {
        sector = sector[..WalFormat.SegmentHeaderBytes];
        sector.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(sector, WalFormat.SegmentMagic);
        BinaryPrimitives.WriteUInt32LittleEndian(sector[WalFormat.SegmentVersionOffset..], WalFormat.Version);
        BinaryPrimitives.WriteUInt64LittleEndian(sector[WalFormat.SegmentLogIdOffset..], LogId);
        BinaryPrimitives.WriteInt64LittleEndian(sector[WalFormat.SegmentFirstLsnOffset..], FirstLsn);
        BinaryPrimitives.WriteInt64LittleEndian(sector[WalFormat.SegmentSizeOffset..], SegmentBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(sector[WalFormat.SegmentFlagsOffset..], Flags);
        uint crc = Crc32C.Compute(sector[WalFormat.SegmentVersionOffset..]);
        BinaryPrimitives.WriteUInt32LittleEndian(sector[WalFormat.SegmentCrcOffset..], crc);
    }

    /// <summary>False when these bytes are not a header. A header of another version is one, so that it is never taken for garbage.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> sector, out WalSegmentHeader header, out uint version)
    {
        header = default;
        version = 0;
        if (sector.Length < WalFormat.SegmentHeaderBytes
            || BinaryPrimitives.ReadUInt64LittleEndian(sector) != WalFormat.SegmentMagic)
        {
            return false;
        }

        sector = sector[..WalFormat.SegmentHeaderBytes];
        uint crc = BinaryPrimitives.ReadUInt32LittleEndian(sector[WalFormat.SegmentCrcOffset..]);
        if (crc != Crc32C.Compute(sector[WalFormat.SegmentVersionOffset..]))
        {
            return false;
        }

        version = BinaryPrimitives.ReadUInt32LittleEndian(sector[WalFormat.SegmentVersionOffset..]);
        header = new WalSegmentHeader(
            BinaryPrimitives.ReadUInt64LittleEndian(sector[WalFormat.SegmentLogIdOffset..]),
            BinaryPrimitives.ReadInt64LittleEndian(sector[WalFormat.SegmentFirstLsnOffset..]),
            BinaryPrimitives.ReadInt64LittleEndian(sector[WalFormat.SegmentSizeOffset..]),
            BinaryPrimitives.ReadUInt32LittleEndian(sector[WalFormat.SegmentFlagsOffset..]));
        return true;
    }
}
