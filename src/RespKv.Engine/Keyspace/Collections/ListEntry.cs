using System.Numerics;

namespace RespKv.Engine.Keyspace.Collections;

/// <summary>
/// An element in a node of a list: its length as a varint, its bytes, and the same varint mirrored, so that nodes can be walked from
/// either end.
/// </summary>
internal static class ListEntry
{
    private const int GroupBits = 7;
    private const byte More = 0x80;

    public static int SizeOf(int length) => length + (2 * VarintBytes(length));

    /// <summary>Writes an element into exactly <see cref="SizeOf"/> bytes.</summary>
    public static void Write(Span<byte> target, ReadOnlySpan<byte> value)
    {
        int rest = value.Length;
        int front = 0;
        int back = target.Length - 1;
        while (rest > 127)
        {
            byte group = (byte)(rest | More);
            target[front++] = group;
            target[back--] = group;
            rest >>= GroupBits;
        }

        target[front++] = (byte)rest;
        target[back] = (byte)rest;
        value.CopyTo(target[front..]);
    }

    /// <summary>Size of the element that begins at an offset, all of it.</summary>
    public static int SizeAt(ReadOnlySpan<byte> node, int offset) => SizeOf(LengthAt(node, offset));

    /// <summary>Size of the element that ends before an offset.</summary>
    public static int SizeBefore(ReadOnlySpan<byte> node, int end)
    {
        int length = node[--end];
        if (length < More)
        {
            return length + 2;
        }

        length &= More - 1;
        for (int shift = GroupBits; ; shift += GroupBits)
        {
            int group = node[--end];
            length |= (group & (More - 1)) << shift;
            if (group < More)
            {
                return SizeOf(length);
            }
        }
    }

    /// <summary>The bytes of the element that begins at an offset.</summary>
    public static ReadOnlySpan<byte> ValueAt(ReadOnlySpan<byte> node, int offset)
    {
        int length = LengthAt(node, offset);
        return node.Slice(offset + VarintBytes(length), length);
    }

    private static int LengthAt(ReadOnlySpan<byte> node, int offset)
    {
        int length = node[offset];
        if (length < More)
        {
            return length;
        }

        length &= More - 1;
        for (int shift = GroupBits; ; shift += GroupBits)
        {
            int group = node[++offset];
            length |= (group & (More - 1)) << shift;
            if (group < More)
            {
                return length;
            }
        }
    }

    private static int VarintBytes(int length) => length < More ? 1 : (BitOperations.Log2((uint)length) / GroupBits) + 1;
}
