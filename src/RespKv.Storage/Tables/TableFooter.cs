using System.Buffers.Binary;

namespace RespKv.Storage.Tables;

/// <summary>The last bytes of a table: where its parts are.</summary>
internal readonly record struct TableFooter(long FilterOffset, long IndexOffset, long PropertiesOffset, long FileBytes)
{
    internal long Offset => FileBytes - TableFormat.FooterBytes;

    internal void Write(Span<byte> span)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(span, TableFormat.FooterMagic);
        BinaryPrimitives.WriteUInt32LittleEndian(span[TableFormat.FooterVersionOffset..], TableFormat.Version);
        BinaryPrimitives.WriteInt64LittleEndian(span[TableFormat.FooterFilterOffset..], FilterOffset);
        BinaryPrimitives.WriteInt64LittleEndian(span[TableFormat.FooterIndexOffset..], IndexOffset);
        BinaryPrimitives.WriteInt64LittleEndian(span[TableFormat.FooterPropertiesOffset..], PropertiesOffset);
        BinaryPrimitives.WriteInt64LittleEndian(span[TableFormat.FooterFileBytesOffset..], FileBytes);
        uint crc = Wal.Crc32C.Compute(span[TableFormat.FooterVersionOffset..TableFormat.FooterBytes]);
        BinaryPrimitives.WriteUInt32LittleEndian(span[TableFormat.FooterCrcOffset..], crc);
    }

    /// <summary>Takes the last bytes of a file.</summary>
    /// <returns>Null, or what is wrong.</returns>
    internal static string? Read(ReadOnlySpan<byte> span, long fileBytes, out TableFooter footer)
    {
        footer = default;
        if (span.Length < TableFormat.FooterBytes)
        {
            return $"a file of {fileBytes} bytes is not a table";
        }

        if (BinaryPrimitives.ReadUInt64LittleEndian(span) != TableFormat.FooterMagic)
        {
            return "the file does not end with the footer of a table: it is truncated, or something else";
        }

        uint expected = BinaryPrimitives.ReadUInt32LittleEndian(span[TableFormat.FooterCrcOffset..]);
        uint actual = Wal.Crc32C.Compute(span[TableFormat.FooterVersionOffset..]);
        if (expected != actual)
        {
            return $"the checksum of the footer is {actual:x8}, it should be {expected:x8}";
        }

        uint version = BinaryPrimitives.ReadUInt32LittleEndian(span[TableFormat.FooterVersionOffset..]);
        if (version != TableFormat.Version)
        {
            return $"format version {version}, this program knows {TableFormat.Version}";
        }

        footer = new TableFooter(
            BinaryPrimitives.ReadInt64LittleEndian(span[TableFormat.FooterFilterOffset..]),
            BinaryPrimitives.ReadInt64LittleEndian(span[TableFormat.FooterIndexOffset..]),
            BinaryPrimitives.ReadInt64LittleEndian(span[TableFormat.FooterPropertiesOffset..]),
            BinaryPrimitives.ReadInt64LittleEndian(span[TableFormat.FooterFileBytesOffset..]));
        if (footer.FileBytes != fileBytes)
        {
            return $"the footer says {footer.FileBytes} bytes, the file has {fileBytes}";
        }

        bool isOrdered = footer.FilterOffset >= 0
            && footer.FilterOffset < footer.IndexOffset
            && footer.IndexOffset < footer.PropertiesOffset
            && footer.PropertiesOffset < footer.Offset;
        return isOrdered
            ? null
            : $"the footer says filter, index, properties at {footer.FilterOffset}, {footer.IndexOffset}, {footer.PropertiesOffset} of {fileBytes}";
    }
}
