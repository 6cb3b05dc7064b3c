using RespKv.Engine.Execution;
using RespKv.Engine.Keyspace;
using RespKv.Engine.PubSub;
using RespKv.Protocol;

namespace RespKv.Engine.Commands.Bitmaps;

/// <summary>Single bits of strings, and counting and finding them.</summary>
internal static class BitCommands
{
    private const string BadBit = "ERR bit is not an integer or out of range";

    private const int BitsPerByte = 8;

    [Command("setbit", 4, CommandFlags.Write | CommandFlags.DenyOom, Keys = "1,1,1 RW access update", Group = "bitmap", Since = "2.2.0",
        Complexity = "O(1)", Summary = "Sets or clears the bit at offset in the string value stored at key", Syntax = "key offset value")]
    internal static void SetBit(WriteContext c, RequestArgs args)
    {
        if (!BitArgument.TryOffset(c, args[2], 0, out long offset))
        {
            return;
        }

        if (!RespNumber.TryParseInt64(args[3], out long bit) || bit is not (0 or 1))
        {
            c.Fail(BadBit);
            return;
        }

        var key = new KeyRef(args[1]);
        if (!c.FindString(key, out Entry entry))
        {
            return;
        }

        int at = (int)(offset / BitsPerByte);
        byte mask = (byte)(0x80 >> (int)(offset % BitsPerByte));
        ReadOnlySpan<byte> value = entry.Exists ? c.StringBytes(entry) : default;
        bool grows = at >= value.Length;
        byte old = grows ? (byte)0 : value[at];
        byte changed = (byte)(bit == 1 ? old | mask : old & ~mask);
        if (grows || changed != old)
        {
            // The byte, not the value: bitmaps are long.
            c.WriteRange(key, at, [changed]);
            c.Notify(KeyspaceEvents.String, "setbit"u8, key);
        }

        c.Reply.Integer((old & mask) != 0 ? 1 : 0);
    }

    [Command("getbit", 3, CommandFlags.ReadOnly | CommandFlags.Fast, Keys = "1,1,1 RO access", Group = "bitmap", Since = "2.2.0",
        Complexity = "O(1)", Summary = "Returns the bit value at offset in the string value stored at key", Syntax = "key offset")]
    internal static void GetBit(ReadContext c, RequestArgs args)
    {
        if (!BitArgument.TryOffset(c, args[2], 0, out long offset) || !c.FindString(new KeyRef(args[1]), out Entry entry))
        {
            return;
        }

        ReadOnlySpan<byte> value = entry.Exists ? c.StringBytes(entry) : default;
        long at = offset / BitsPerByte;
        bool isSet = at < value.Length && (value[(int)at] & (0x80 >> (int)(offset % BitsPerByte))) != 0;
        c.Reply.Integer(isSet ? 1 : 0);
    }

    [Command("bitcount", -2, CommandFlags.ReadOnly, Keys = "1,1,1 RO access", Group = "bitmap", Since = "2.6.0", Complexity = "O(N)",
        Summary = "Count set bits in a string", Syntax = "key [start end [BYTE | BIT]]")]
    internal static void BitCount(ReadContext c, RequestArgs args)
    {
        // The key first, whatever the other arguments are, as in Redis.
        if (!c.FindString(new KeyRef(args[1]), out Entry entry))
        {
            return;
        }

        if (!entry.Exists)
        {
            c.Reply.Integer(0);
            return;
        }

        ReadOnlySpan<byte> value = c.StringBytes(entry);
        long start = 0;
        long end = -1;
        bool countsBits = false;
        if (args.Count is 4 or 5)
        {
            if (!ArgumentParsing.TryInteger(c, args[2], out start) || !ArgumentParsing.TryInteger(c, args[3], out end))
            {
                return;
            }

            // Nothing, whatever the unit.
            if (start < 0 && end < 0 && start > end)
            {
                c.Reply.Integer(0);
                return;
            }

            if (args.Count == 5 && !BitArgument.TryUnit(c, args[4], out countsBits))
            {
                return;
            }
        }
        else if (args.Count != 2)
        {
            c.Fail(Errors.Syntax);
            return;
        }

        c.Reply.Integer(BitRange.Of(start, end, countsBits, value.Length).Count(value));
    }

    [Command("bitpos", -3, CommandFlags.ReadOnly, Keys = "1,1,1 RO access", Group = "bitmap", Since = "2.8.7", Complexity = "O(N)",
        Summary = "Find first bit set or clear in a string", Syntax = "key bit [start [end [BYTE | BIT]]]")]
    internal static void BitPos(ReadContext c, RequestArgs args)
    {
        if (!ArgumentParsing.TryInteger(c, args[2], out long bit))
        {
            return;
        }

        if (bit is not (0 or 1))
        {
            c.Fail("ERR The bit argument must be 1 or 0.");
            return;
        }

        if (!c.FindString(new KeyRef(args[1]), out Entry entry))
        {
            return;
        }

        if (!entry.Exists)
        {
            // A missing key is zeros without an end.
            c.Reply.Integer(bit == 1 ? -1 : 0);
            return;
        }

        ReadOnlySpan<byte> value = c.StringBytes(entry);
        if (!TryBitPosRange(c, args, value.Length, out BitRange range))
        {
            return;
        }

        long position = range.Find(value, bit == 1);
        bool hasEnd = args.Count > 4;
        if (position < 0 && bit == 0 && !hasEnd && !range.IsEmpty)
        {
            // Behind a string of ones there are zeros, unless the caller has said where to stop.
            position = range.Last + 1;
        }

        c.Reply.Integer(position);
    }

    private static bool TryBitPosRange(ReadContext c, RequestArgs args, int valueBytes, out BitRange range)
    {
        range = default;
        long start = 0;
        long end = -1;
        bool countsBits = false;
        if (args.Count > 6)
        {
            c.Fail(Errors.Syntax);
            return false;
        }

        if ((args.Count > 3 && !ArgumentParsing.TryInteger(c, args[3], out start))
            || (args.Count > 5 && !BitArgument.TryUnit(c, args[5], out countsBits))
            || (args.Count > 4 && !ArgumentParsing.TryInteger(c, args[4], out end)))
        {
            return false;
        }

        range = BitRange.Of(start, end, countsBits, valueBytes);
        return true;
    }
}
