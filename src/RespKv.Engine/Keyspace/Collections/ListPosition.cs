using System.Buffers.Binary;

namespace RespKv.Engine.Keyspace.Collections;

/// <summary>
/// The name of a list's element in the log and in tables: its position, eight bytes whose order as unsigned bytes is the order of the
/// list. Positions of a list have no gaps; the first element ever pushed has position 0, those in front of it negative ones.
/// </summary>
internal static class ListPosition
{
    public const int Bytes = sizeof(long);

    private const ulong Bias = 1UL << 63;

    public static long Read(ReadOnlySpan<byte> name) => (long)(BinaryPrimitives.ReadUInt64BigEndian(name) ^ Bias);

    public static void Write(Span<byte> name, long position) => BinaryPrimitives.WriteUInt64BigEndian(name, (ulong)position ^ Bias);
}
