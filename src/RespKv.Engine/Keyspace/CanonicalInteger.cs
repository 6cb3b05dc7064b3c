using System.Buffers.Binary;
using RespKv.Protocol;

namespace RespKv.Engine.Keyspace;

/// <summary>
/// Integers stored as eight bytes. Only texts that come back byte for byte qualify: no sign but a minus, no leading
/// zeros, no "-0", within 64 bits.
/// </summary>
internal static class CanonicalInteger
{
    public const int TextBytesMax = RespNumber.Int64BytesMax;

    public static bool TryParse(ReadOnlySpan<byte> text, out long value) => RespNumber.TryParseInt64(text, out value);

    /// <exception cref="ArgumentException">There is no room: <see cref="TextBytesMax"/> always does.</exception>
    public static int Format(long value, Span<byte> text) => RespNumber.FormatInt64(value, text);

    public static long Read(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadInt64LittleEndian(bytes);

    public static void Write(Span<byte> bytes, long value) => BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
}
