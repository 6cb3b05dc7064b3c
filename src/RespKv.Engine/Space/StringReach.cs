using RespKv.Engine.Commands;
using RespKv.Protocol;

namespace RespKv.Engine.Space;

/// <summary>
/// How long a command can make a string by writing far behind its end (SETRANGE, SETBIT, BITFIELD): the zeros that come in front of what it writes
/// are in the value, not in its record. Part of <see cref="BlockBound"/>.
/// </summary>
internal static class StringReach
{
    private const int BitsPerByte = 8;

    private const int FieldBitsMax = 64;

    /// <summary>In bytes, 0 for other commands. What is longer than strings may be is refused when it runs.</summary>
    public static long Of(CommandEntry entry, RequestArgs args) => entry.Name switch
    {
        "setrange" => Bytes(args[2]),
        "setbit" => Bytes(args[2]) / BitsPerByte,
        "bitfield" => OfBitField(args),
        _ => 0,
    };

    private static long OfBitField(RequestArgs args)
    {
        long bytes = 0;
        for (int i = 2; i + 2 < args.Count; i++)
        {
            if (args[i].Is("set"u8) || args[i].Is("incrby"u8))
            {
                // An offset with # counts in fields, of up to 64 bits.
                ReadOnlySpan<byte> offset = args[i + 2];
                bool counts = offset is [(byte)'#', ..];
                long width = counts && !args[i + 1].IsEmpty ? Math.Min(FieldBitsMax, Bytes(args[i + 1][1..])) : 1;
                bytes = Math.Max(bytes, Bytes(counts ? offset[1..] : offset) * width / BitsPerByte);
            }
        }

        return Math.Min(bytes, Array.MaxLength);
    }

    private static long Bytes(ReadOnlySpan<byte> number) => RespNumber.TryParseInt64(number, out long value) ? Math.Clamp(value, 0, Array.MaxLength) : 0;
}
