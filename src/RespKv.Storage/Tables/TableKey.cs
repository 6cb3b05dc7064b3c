using System.Buffers.Binary;

namespace RespKv.Storage.Tables;

/// <summary>
/// The key of a table entry: the space as four big-endian bytes, so that the entries of a space stand together, then the
/// key itself. Ordered as unsigned bytes, a shorter key before those that it begins.
/// </summary>
public static class TableKey
{
    public const int SpaceBytes = sizeof(uint);

    /// <summary>Returns the bytes written: <see cref="SpaceBytes"/> more than the key has.</summary>
    public static int Write(Span<byte> destination, uint space, ReadOnlySpan<byte> key)
    {
        BinaryPrimitives.WriteUInt32BigEndian(destination, space);
        key.CopyTo(destination[SpaceBytes..]);
        return SpaceBytes + key.Length;
    }

    public static uint Space(ReadOnlySpan<byte> tableKey) => BinaryPrimitives.ReadUInt32BigEndian(tableKey);

    /// <summary>Points into <paramref name="tableKey"/>.</summary>
    public static ReadOnlySpan<byte> Key(ReadOnlySpan<byte> tableKey) => tableKey[SpaceBytes..];
}
