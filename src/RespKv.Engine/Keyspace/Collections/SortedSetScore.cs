using System.Buffers.Binary;

namespace RespKv.Engine.Keyspace.Collections;

/// <summary>The value of a sorted set's element: its score as eight bytes, little-endian.</summary>
internal static class SortedSetScore
{
    public const int Bytes = sizeof(double);

    public static double Read(ReadOnlySpan<byte> value) => BinaryPrimitives.ReadDoubleLittleEndian(value);

    public static void Write(Span<byte> value, double score) => BinaryPrimitives.WriteDoubleLittleEndian(value, score);
}
