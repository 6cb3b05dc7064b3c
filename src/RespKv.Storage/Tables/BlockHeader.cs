using System.Buffers.Binary;

namespace RespKv.Storage.Tables;

/// <summary>The first bytes of a block. All but the magic is under its checksum.</summary>
internal readonly record struct BlockHeader(TableBlockKind Kind, TableCompression Compression, int StoredBytes, int RawBytes, long Offset)
{
    /// <summary>Bytes that the block takes in the file.</summary>
    internal long FileBytes => TableFormat.BlockHeaderBytes + (long)StoredBytes;

    /// <summary>Writes the header in front of its payload, which stands behind it already.</summary>
    internal static void Seal(Span<byte> block, TableBlockKind kind, TableCompression compression, int rawBytes, long offset)
    {
        new BlockHeader(kind, compression, block.Length - TableFormat.BlockHeaderBytes, rawBytes, offset).Write(block);
        BinaryPrimitives.WriteUInt32LittleEndian(block[TableFormat.BlockCrcOffset..], Wal.Crc32C.Compute(block[TableFormat.BlockKindOffset..]));
    }

    /// <summary>Everything but the checksum.</summary>
    internal void Write(Span<byte> span)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(span, TableFormat.BlockMagic);
        span[TableFormat.BlockKindOffset] = (byte)Kind;
        span[TableFormat.BlockCompressionOffset] = (byte)Compression;
        span[TableFormat.BlockReservedOffset..TableFormat.BlockStoredBytesOffset].Clear();
        BinaryPrimitives.WriteInt32LittleEndian(span[TableFormat.BlockStoredBytesOffset..], StoredBytes);
        BinaryPrimitives.WriteInt32LittleEndian(span[TableFormat.BlockRawBytesOffset..], RawBytes);
        BinaryPrimitives.WriteInt64LittleEndian(span[TableFormat.BlockPlaceOffset..], Offset);
    }

    /// <summary>
    /// Takes a header that is to stand at an offset. The sizes of a header that passes are bounded, but may still be wrong:
    /// the checksum is looked at by <see cref="ProblemOf"/>.
    /// </summary>
    /// <returns>Null, or what is wrong.</returns>
    internal static string? Read(ReadOnlySpan<byte> span, long offset, out BlockHeader header)
    {
        header = default;
        if (span.Length < TableFormat.BlockHeaderBytes)
        {
            return $"{span.Length} bytes where the header of a block should be";
        }

        if (BinaryPrimitives.ReadUInt32LittleEndian(span) != TableFormat.BlockMagic)
        {
            return "no block begins here";
        }

        header = new BlockHeader(
            (TableBlockKind)span[TableFormat.BlockKindOffset],
            (TableCompression)span[TableFormat.BlockCompressionOffset],
            BinaryPrimitives.ReadInt32LittleEndian(span[TableFormat.BlockStoredBytesOffset..]),
            BinaryPrimitives.ReadInt32LittleEndian(span[TableFormat.BlockRawBytesOffset..]),
            BinaryPrimitives.ReadInt64LittleEndian(span[TableFormat.BlockPlaceOffset..]));
        if (header.Offset != offset)
        {
            return $"the block says that it belongs to offset {header.Offset}";
        }

        if (header.Kind is < TableBlockKind.Data or > TableBlockKind.Properties)
        {
            return $"block kind {(int)header.Kind} is not known";
        }

        return header.StoredBytes < 0 || header.FileBytes > TableFormat.BlockBytesMax || !header.HasPossibleRawBytes()
            ? $"a block of {header.StoredBytes} bytes that holds {header.RawBytes}, compressed by method {(int)header.Compression}"
            : null;
    }

    /// <summary>What is wrong with a block that should be of this kind and fill the span; null when it is sound.</summary>
    internal static string? ProblemOf(ReadOnlySpan<byte> block, long offset, TableBlockKind kind, out BlockHeader header)
    {
        string? problem = Read(block, offset, out header);
        if (problem is not null)
        {
            return problem;
        }

        if (header.Kind != kind)
        {
            return $"a block of kind {header.Kind} where one of kind {kind} should be";
        }

        if (header.FileBytes != block.Length)
        {
            return $"the block says that it has {header.FileBytes} bytes, the index {block.Length}";
        }

        uint expected = BinaryPrimitives.ReadUInt32LittleEndian(block[TableFormat.BlockCrcOffset..]);
        uint actual = Wal.Crc32C.Compute(block[TableFormat.BlockKindOffset..]);
        return expected == actual
            ? null
            : $"the checksum of the {kind} block of {block.Length} bytes is {actual:x8}, it should be {expected:x8}";
    }

    private bool HasPossibleRawBytes()
    {
        return Compression switch
        {
            TableCompression.None => RawBytes == StoredBytes,
            TableCompression.Brotli or TableCompression.Deflate => RawBytes is > 0 and <= TableFormat.CompressBytesMax,
            _ => false,
        };
    }
}
