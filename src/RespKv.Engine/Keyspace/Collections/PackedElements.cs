using System.Buffers.Binary;

namespace RespKv.Engine.Keyspace.Collections;

/// <summary>
/// A small collection in one piece, as it lies in its entry's cell: how many elements (two bytes), then the elements. Found by looking at
/// one after the other.
/// <code>
///   hash, set, sorted set:  u16 count { varint name length, name, varint value length, value }
///   list:                   u16 count, i64 position of the first, { varint length, value }
/// </code>
/// A hash keeps the order in which its fields came; a sorted set the order of its scores and members; a set that holds only integers
/// theirs, and the order in which they came otherwise.
/// </summary>
internal static class PackedElements
{
    /// <summary>Where the elements begin.</summary>
    public const int HeadBytes = sizeof(ushort);

    /// <summary>Where the values of a list begin.</summary>
    public const int ListHeadBytes = HeadBytes + sizeof(long);

    /// <summary>What is longer becomes a large collection. To look at so many bytes takes about as long as an index would, a microsecond.</summary>
    public const int BytesMax = 4096;

    /// <summary>No more elements either, so that a walk over all of them stays short. Redis's intsets have as many.</summary>
    public const int CountMax = 512;

    public static int Count(ReadOnlySpan<byte> packed) => BinaryPrimitives.ReadUInt16LittleEndian(packed);

    public static void SetCount(Span<byte> packed, int count) => BinaryPrimitives.WriteUInt16LittleEndian(packed, (ushort)count);

    public static long FirstPosition(ReadOnlySpan<byte> list) => BinaryPrimitives.ReadInt64LittleEndian(list[HeadBytes..]);

    public static void SetFirstPosition(Span<byte> list, long position) => BinaryPrimitives.WriteInt64LittleEndian(list[HeadBytes..], position);

    /// <summary>Bytes of a name or a value with its length.</summary>
    public static int BytesOf(int length) => EntryHeader.VarintBytes(length) + length;

    /// <summary>Writes length and bytes; returns the offset behind them.</summary>
    public static int Write(Span<byte> packed, int offset, ReadOnlySpan<byte> bytes)
    {
        offset = EntryHeader.WriteVarint(packed, offset, bytes.Length);
        bytes.CopyTo(packed[offset..]);
        return offset + bytes.Length;
    }

    /// <summary>Reads length and bytes; the offset moves behind them.</summary>
    public static ReadOnlySpan<byte> Read(ReadOnlySpan<byte> packed, scoped ref int offset)
    {
        int length = EntryHeader.ReadVarint(packed, ref offset);
        ReadOnlySpan<byte> bytes = packed.Slice(offset, length);
        offset += length;
        return bytes;
    }

    /// <summary>Finds an element by its name. False when there is none; <paramref name="start"/> to <paramref name="end"/> is where it stands.</summary>
    public static bool TryFind(ReadOnlySpan<byte> packed, ReadOnlySpan<byte> name, out int start, out int end, out ReadOnlySpan<byte> value)
    {
        int offset = HeadBytes;
        while (offset < packed.Length)
        {
            start = offset;
            int length = EntryHeader.ReadVarint(packed, ref offset);
            bool found = length == name.Length && packed.Slice(offset, length).SequenceEqual(name);
            offset += length;
            value = Read(packed, ref offset);
            if (found)
            {
                end = offset;
                return true;
            }
        }

        start = end = packed.Length;
        value = default;
        return false;
    }

    /// <summary>The offsets of all elements, in their order, and behind the last one the end.</summary>
    public static ushort[] Offsets(ReadOnlySpan<byte> packed, bool isList)
    {
        int count = Count(packed);
        var offsets = new ushort[count + 1];
        int offset = isList ? ListHeadBytes : HeadBytes;
        for (int i = 0; i < count; i++)
        {
            offsets[i] = (ushort)offset;
            Skip(packed, ref offset);
            if (!isList)
            {
                Skip(packed, ref offset);
            }
        }

        offsets[count] = (ushort)offset;
        return offsets;
    }

    /// <summary>Moves the offset behind a length and its bytes.</summary>
    public static void Skip(ReadOnlySpan<byte> packed, scoped ref int offset)
    {
        int length = EntryHeader.ReadVarint(packed, ref offset);
        offset += length;
    }
}
