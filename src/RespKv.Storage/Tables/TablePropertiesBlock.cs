using System.Buffers.Binary;
using RespKv.Storage.Mutations;

namespace RespKv.Storage.Tables;

/// <summary>The payload of the properties block.</summary>
internal static class TablePropertiesBlock
{
    internal static int PayloadBytesMax(TableProperties properties) => checked(
        TableFormat.PropertyKeysOffset + (2 * Varint.Bytes32Max) + properties.SmallestKey.Length + properties.LargestKey.Length);

    /// <summary>Returns the bytes written.</summary>
    internal static int Write(Span<byte> span, TableProperties properties, long dataBlocks)
    {
        BinaryPrimitives.WriteInt64LittleEndian(span[TableFormat.PropertyFirstLsnOffset..], properties.FirstLsn);
        BinaryPrimitives.WriteInt64LittleEndian(span[TableFormat.PropertyLastLsnOffset..], properties.LastLsn);
        BinaryPrimitives.WriteInt64LittleEndian(span[TableFormat.PropertyEntriesOffset..], properties.Entries);
        BinaryPrimitives.WriteInt64LittleEndian(span[TableFormat.PropertyTombstonesOffset..], properties.Tombstones);
        BinaryPrimitives.WriteInt64LittleEndian(span[TableFormat.PropertyPatchesOffset..], properties.Patches);
        BinaryPrimitives.WriteInt64LittleEndian(span[TableFormat.PropertyBlocksOffset..], dataBlocks);
        BinaryPrimitives.WriteInt64LittleEndian(span[TableFormat.PropertyRawBytesOffset..], properties.RawBytes);
        span[TableFormat.PropertyCompressionOffset] = (byte)properties.Compression;
        int at = TableFormat.PropertyKeysOffset;
        at += WriteKey(span[at..], properties.SmallestKey);
        return at + WriteKey(span[at..], properties.LargestKey);
    }

    /// <returns>Null, or what is wrong.</returns>
    internal static string? Read(ReadOnlySpan<byte> payload, long fileBytes, out TableProperties properties, out long dataBlocks)
    {
        properties = new TableProperties(0, 0, 0, 0, 0, 0, [], [], TableCompression.None, 0);
        dataBlocks = 0;
        if (payload.Length < TableFormat.PropertyKeysOffset)
        {
            return $"properties of {payload.Length} bytes";
        }

        ReadOnlySpan<byte> rest = payload[TableFormat.PropertyKeysOffset..];
        if (!TryReadKey(ref rest, out byte[] smallest) || !TryReadKey(ref rest, out byte[] largest) || !rest.IsEmpty)
        {
            return "the keys in the properties do not fill them";
        }

        dataBlocks = BinaryPrimitives.ReadInt64LittleEndian(payload[TableFormat.PropertyBlocksOffset..]);
        properties = new TableProperties(
            fileBytes,
            BinaryPrimitives.ReadInt64LittleEndian(payload[TableFormat.PropertyEntriesOffset..]),
            BinaryPrimitives.ReadInt64LittleEndian(payload[TableFormat.PropertyTombstonesOffset..]),
            BinaryPrimitives.ReadInt64LittleEndian(payload[TableFormat.PropertyPatchesOffset..]),
            BinaryPrimitives.ReadInt64LittleEndian(payload[TableFormat.PropertyFirstLsnOffset..]),
            BinaryPrimitives.ReadInt64LittleEndian(payload[TableFormat.PropertyLastLsnOffset..]),
            smallest,
            largest,
            (TableCompression)payload[TableFormat.PropertyCompressionOffset],
            BinaryPrimitives.ReadInt64LittleEndian(payload[TableFormat.PropertyRawBytesOffset..]));
        return null;
    }

    private static int WriteKey(Span<byte> span, ReadOnlySpan<byte> key)
    {
        int at = Varint.Write(span, (uint)key.Length);
        key.CopyTo(span[at..]);
        return at + key.Length;
    }

    private static bool TryReadKey(ref ReadOnlySpan<byte> rest, out byte[] key)
    {
        key = [];
        int bytes = Varint.Read(rest, out ulong length);
        if (bytes == 0 || length > (ulong)(rest.Length - bytes))
        {
            return false;
        }

        key = rest.Slice(bytes, (int)length).ToArray();
        rest = rest[(bytes + (int)length)..];
        return true;
    }
}
