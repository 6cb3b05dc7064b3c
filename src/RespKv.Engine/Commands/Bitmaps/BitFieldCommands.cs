using RespKv.Engine.Execution;
using RespKv.Engine.Keyspace;
using RespKv.Engine.PubSub;
using RespKv.Engine.Space;
using RespKv.Protocol;

namespace RespKv.Engine.Commands.Bitmaps;

/// <summary>BITFIELD and BITFIELD_RO: a list of operations on integers inside a string. All of them are read before the first is done.</summary>
internal static class BitFieldCommands
{
    private const int FirstOperation = 2;

    private enum Kind
    {
        Get,
        Set,
        Increment,
    }

    [Command("bitfield", -2, CommandFlags.Write | CommandFlags.DenyOom | CommandFlags.RepeatsKey, Keys = "1,1,1 RW access update variable_flags (This command allows both access and modification of the key)",
        Group = "bitmap", Since = "3.2.0", Complexity = "O(1) for each subcommand specified",
        Summary = "Perform arbitrary bitfield integer operations on strings",
        Syntax = "key [GET encoding offset | [OVERFLOW <WRAP | SAT | FAIL>] <SET encoding offset value | INCRBY encoding offset increment> [GET encoding offset | [OVERFLOW <WRAP | SAT | FAIL>] <SET encoding offset value | INCRBY encoding offset increment> ...]]")]
    internal static void BitField(WriteContext c, RequestArgs args)
    {
        if (!TryParse(c, args, out List<Operation> operations, out long writtenBits))
        {
            return;
        }

        var key = new KeyRef(args[1]);
        if (!c.FindString(key, out Entry entry))
        {
            return;
        }

        if (writtenBits == 0)
        {
            c.Engine.Stats.CountLookup(entry.Exists);
            Answer(c, key, operations);
            return;
        }

        // Every write names the key again.
        c.Engine.Commit.Gate.RequireRoom((operations.Count + 1L) * (RecordBound.ArgumentBytes + Bitmaps.BitField.WindowBytes + args[1].Length));
        long length = entry.Exists ? c.StringLength(entry) : 0;
        long neededBytes = ((writtenBits - 1) / 8) + 1;
        bool changed = neededBytes > length;
        if (changed)
        {
            c.WriteRange(key, neededBytes, default);
        }

        c.Reply.ArrayHeader(operations.Count);
        foreach (Operation operation in operations)
        {
            if (operation.Kind == Kind.Get)
            {
                c.Reply.Integer(Read(c, key, operation.Field));
            }
            else
            {
                changed |= Write(c, key, operation);
            }
        }

        if (changed)
        {
            c.Notify(KeyspaceEvents.String, "setbit"u8, key);
        }
    }

    [Command("bitfield_ro", -2, CommandFlags.ReadOnly | CommandFlags.Fast, Keys = "1,1,1 RO access", Group = "bitmap", Since = "6.0.0",
        Complexity = "O(1) for each subcommand specified",
        Summary = "Perform arbitrary bitfield integer operations on strings. Read-only variant of BITFIELD",
        Syntax = "key [GET encoding offset [GET encoding offset ...]]")]
    internal static void BitFieldRo(ReadContext c, RequestArgs args)
    {
        if (!TryParse(c, args, out List<Operation> operations, out long writtenBits))
        {
            return;
        }

        if (writtenBits > 0)
        {
            c.Fail("ERR BITFIELD_RO only supports the GET subcommand");
            return;
        }

        var key = new KeyRef(args[1]);
        if (c.FindString(key, out _))
        {
            Answer(c, key, operations);
        }
    }

    /// <summary>Replies to operations that only read.</summary>
    private static void Answer(ReadContext c, in KeyRef key, List<Operation> operations)
    {
        c.Reply.ArrayHeader(operations.Count);
        foreach (Operation operation in operations)
        {
            c.Reply.Integer(Read(c, key, operation.Field));
        }
    }

    private static long Read(ReadContext c, in KeyRef key, BitField field)
    {
        Span<byte> window = stackalloc byte[Bitmaps.BitField.WindowBytes];
        Fill(c, key, field, window);
        return field.Read(window);
    }

    /// <summary>Returns whether the field has changed.</summary>
    private static bool Write(WriteContext c, in KeyRef key, in Operation operation)
    {
        Span<byte> window = stackalloc byte[Bitmaps.BitField.WindowBytes];
        BitField field = operation.Field;
        Fill(c, key, field, window);
        long old = field.Read(window);
        bool sets = operation.Kind == Kind.Set;
        if (!field.TryFit(sets ? operation.Value : old, sets ? 0 : operation.Value, operation.Overflow, out long stored))
        {
            c.Reply.Null();
            return false;
        }

        c.Reply.Integer(sets ? old : stored);
        if (stored != old)
        {
            field.Write(window, stored);
            c.WriteRange(key, field.FirstByte, window[..field.ByteCount]);
        }

        return stored != old;
    }

    /// <summary>The bytes that the field lies in, zeros behind the string's end.</summary>
    private static void Fill(ReadContext c, in KeyRef key, BitField field, Span<byte> window)
    {
        window.Clear();
        Span<byte> digits = stackalloc byte[32];
        ReadOnlySpan<byte> value = c.FindUntouched(key, out Entry entry) ? c.StringBytes(entry, digits) : default;
        if (field.FirstByte < value.Length)
        {
            ReadOnlySpan<byte> bytes = value[(int)field.FirstByte..];
            bytes[..Math.Min(bytes.Length, field.ByteCount)].CopyTo(window);
        }
    }

    /// <summary>Reads all operations. False: the error has been replied.</summary>
    private static bool TryParse(ReadContext c, RequestArgs args, out List<Operation> operations, out long writtenBits)
    {
        operations = [];
        writtenBits = 0;
        var overflow = FieldOverflow.Wrap;
        int i = FirstOperation;
        while (i < args.Count)
        {
            int rest = args.Count - i - 1;
            if (args[i].Is("overflow"u8) && rest >= 1)
            {
                if (!TryOverflow(c, args[i + 1], out overflow))
                {
                    return false;
                }

                i += 2;
                continue;
            }

            if (!TryKind(args[i], rest, out Kind kind))
            {
                c.Fail(Errors.Syntax);
                return false;
            }

            if (!BitArgument.TryType(c, args[i + 1], out bool isSigned, out int bits) || !BitArgument.TryOffset(c, args[i + 2], bits, out long offset))
            {
                return false;
            }

            long value = 0;
            if (kind != Kind.Get)
            {
                if (!ArgumentParsing.TryInteger(c, args[i + 3], out value))
                {
                    return false;
                }

                writtenBits = Math.Max(writtenBits, offset + bits);
            }

            operations.Add(new Operation(kind, new BitField(offset, bits, isSigned), value, overflow));
            i += kind == Kind.Get ? 3 : 4;
        }

        return true;
    }

    private static bool TryKind(ReadOnlySpan<byte> argument, int rest, out Kind kind)
    {
        kind = argument.Is("set"u8) ? Kind.Set : argument.Is("incrby"u8) ? Kind.Increment : Kind.Get;
        return rest >= (kind == Kind.Get ? 2 : 3) && (kind != Kind.Get || argument.Is("get"u8));
    }

    private static bool TryOverflow(ReadContext c, ReadOnlySpan<byte> argument, out FieldOverflow overflow)
    {
        overflow = argument.Is("sat"u8) ? FieldOverflow.Saturate : argument.Is("fail"u8) ? FieldOverflow.Fail : FieldOverflow.Wrap;
        if (overflow != FieldOverflow.Wrap || argument.Is("wrap"u8))
        {
            return true;
        }

        c.Fail("ERR Invalid OVERFLOW type specified");
        return false;
    }

    private readonly record struct Operation(Kind Kind, BitField Field, long Value, FieldOverflow Overflow);
}
