using RespKv.Engine.Execution;
using RespKv.Protocol;

namespace RespKv.Engine.Commands.Bitmaps;

/// <summary>Arguments that only the bitmap commands have.</summary>
internal static class BitArgument
{
    private const string BadOffset = "ERR bit offset is not an integer or out of range";

    private const string BadType = "ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but i64 is.";

    /// <summary>Reads the position of a bit in a string. False: the error has been replied.</summary>
    /// <param name="c">The command.</param>
    /// <param name="argument">The text.</param>
    /// <param name="fieldBits">Where it may be <c>#n</c>, the width of the fields that n counts, else 0.</param>
    /// <param name="offset">In bits, in a string that is not too long.</param>
    public static bool TryOffset(ReadContext c, ReadOnlySpan<byte> argument, int fieldBits, out long offset)
    {
        bool counts = fieldBits > 0 && argument is [(byte)'#', ..];
        if (RespNumber.TryParseInt64(counts ? argument[1..] : argument, out offset))
        {
            // A product that overflows is judged by what is left of it, as in Redis.
            offset = counts ? unchecked(offset * fieldBits) : offset;
            if (offset >= 0 && offset >> 3 < c.Engine.Config.ProtoMaxBulkBytes)
            {
                return true;
            }
        }

        c.Fail(BadOffset);
        return false;
    }

    /// <summary>Reads a field's type: <c>i</c> and 1 to 64, or <c>u</c> and 1 to 63. False: the error has been replied.</summary>
    public static bool TryType(ReadContext c, ReadOnlySpan<byte> argument, out bool isSigned, out int bits)
    {
        isSigned = argument is [(byte)'i', ..];
        bits = 0;
        if ((isSigned || argument is [(byte)'u', ..])
            && RespNumber.TryParseInt64(argument[1..], out long width) && width >= 1 && width <= (isSigned ? 64 : 63))
        {
            bits = (int)width;
            return true;
        }

        c.Fail(BadType);
        return false;
    }

    /// <summary>Reads a range's unit. False: the error has been replied.</summary>
    public static bool TryUnit(ReadContext c, ReadOnlySpan<byte> argument, out bool countsBits)
    {
        countsBits = argument.Is("bit"u8);
        if (countsBits || argument.Is("byte"u8))
        {
            return true;
        }

        c.Fail(Errors.Syntax);
        return false;
    }
}
