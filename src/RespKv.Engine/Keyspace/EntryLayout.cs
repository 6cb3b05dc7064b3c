using System.Buffers.Binary;

namespace RespKv.Engine.Keyspace;

/// <summary>The lengths and offsets of one entry, read from its cell.</summary>
internal readonly struct EntryLayout
{
    public readonly EntryHeader Header;
    public readonly int KeyLength;

    /// <summary>Where the key starts in the cell; not for Large.</summary>
    public readonly int KeyOffset;

    /// <summary>Bytes of the value; eight for Integer.</summary>
    public readonly int ValueLength;

    /// <summary>Where the value length stands; not for Integer.</summary>
    public readonly int ValueLengthOffset;

    /// <summary>The number in <see cref="LargeValues"/>; only for Large.</summary>
    public readonly int LargeNumber;

    public EntryLayout(ReadOnlySpan<byte> cell)
    {
        Header = EntryHeader.Read(cell);
        int offset = Header.LengthsOffset;
        KeyLength = EntryHeader.ReadVarint(cell, ref offset);
        ValueLengthOffset = offset;
        switch (Header.Encoding)
        {
            case EntryEncoding.Inline:
                ValueLength = EntryHeader.ReadVarint(cell, ref offset);
                break;
            case EntryEncoding.Integer:
            case EntryEncoding.Object:
                ValueLength = sizeof(long);
                break;
            default:
                ValueLength = BinaryPrimitives.ReadInt32LittleEndian(cell[offset..]);
                LargeNumber = BinaryPrimitives.ReadInt32LittleEndian(cell[(offset + 4)..]);
                offset += 8;
                break;
        }

        KeyOffset = offset;
    }

    public int ValueOffset => KeyOffset + KeyLength;

    /// <summary>Writes everything before the key. Returns the key's offset.</summary>
    public static int WriteHead(Span<byte> cell, EntryHeader header, long expireAtMillis, int keyLength, int valueLength, int largeNumber)
    {
        header.Write(cell);
        if (header.HasExpiry)
        {
            BinaryPrimitives.WriteInt64LittleEndian(cell[EntryHeader.ExpiryOffset..], expireAtMillis);
        }

        int offset = EntryHeader.WriteVarint(cell, header.LengthsOffset, keyLength);
        switch (header.Encoding)
        {
            case EntryEncoding.Inline:
                return EntryHeader.WriteVarint(cell, offset, valueLength);
            case EntryEncoding.Integer:
            case EntryEncoding.Object:
                return offset;
            default:
                BinaryPrimitives.WriteInt32LittleEndian(cell[offset..], valueLength);
                BinaryPrimitives.WriteInt32LittleEndian(cell[(offset + 4)..], largeNumber);
                return offset + 8;
        }
    }
}
