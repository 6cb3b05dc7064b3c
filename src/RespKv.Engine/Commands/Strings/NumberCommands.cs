using RespKv.Engine.Execution;
using RespKv.Engine.Keyspace;
using RespKv.Engine.PubSub;
using RespKv.Protocol;

namespace RespKv.Engine.Commands.Strings;

/// <summary>Counters: strings that hold a number. All of them keep the key's expiry.</summary>
internal static class NumberCommands
{
    [Command("incr", 2, CommandFlags.Write | CommandFlags.DenyOom | CommandFlags.Fast, Keys = "1,1,1 RW access update", Group = "string",
        Since = "1.0.0", Complexity = "O(1)", Summary = "Increment the integer value of a key by one", Syntax = "key")]
    internal static void Incr(WriteContext c, RequestArgs args) => Add(c, args[1], 1);

    [Command("decr", 2, CommandFlags.Write | CommandFlags.DenyOom | CommandFlags.Fast, Keys = "1,1,1 RW access update", Group = "string",
        Since = "1.0.0", Complexity = "O(1)", Summary = "Decrement the integer value of a key by one", Syntax = "key")]
    internal static void Decr(WriteContext c, RequestArgs args) => Add(c, args[1], -1);

    [Command("incrby", 3, CommandFlags.Write | CommandFlags.DenyOom | CommandFlags.Fast, Keys = "1,1,1 RW access update", Group = "string",
        Since = "1.0.0", Complexity = "O(1)", Summary = "Increment the integer value of a key by the given amount", Syntax = "key increment")]
    internal static void IncrBy(WriteContext c, RequestArgs args)
    {
        if (ArgumentParsing.TryInteger(c, args[2], out long increment))
        {
            Add(c, args[1], increment);
        }
    }

    [Command("decrby", 3, CommandFlags.Write | CommandFlags.DenyOom | CommandFlags.Fast, Keys = "1,1,1 RW access update", Group = "string",
        Since = "1.0.0", Complexity = "O(1)", Summary = "Decrement the integer value of a key by the given number", Syntax = "key decrement")]
    internal static void DecrBy(WriteContext c, RequestArgs args)
    {
        if (!ArgumentParsing.TryInteger(c, args[2], out long decrement))
        {
            return;
        }

        if (decrement == long.MinValue)
        {
            c.Fail("ERR decrement would overflow");
            return;
        }

        Add(c, args[1], -decrement);
    }

    [Command("incrbyfloat", 3, CommandFlags.Write | CommandFlags.DenyOom | CommandFlags.Fast, Keys = "1,1,1 RW access update", Group = "string",
        Since = "2.6.0", Complexity = "O(1)", Summary = "Increment the float value of a key by the given amount", Syntax = "key increment")]
    internal static void IncrByFloat(WriteContext c, RequestArgs args)
    {
        var key = new KeyRef(args[1]);
        if (!c.FindString(key, out Entry entry))
        {
            return;
        }

        ReadOnlySpan<byte> current = entry.Exists ? c.StringBytes(entry) : "0"u8;
        Span<byte> sum = stackalloc byte[RespNumber.LongDoubleBytesMax];
        if (!RespNumber.TryAddLongDouble(current, args[2], sum, out int length, out LongDoubleStatus status))
        {
            c.Fail(status == LongDoubleStatus.NotAFloat ? Errors.NotFloat : "ERR increment would produce NaN or Infinity");
            return;
        }

        // The sum itself is logged, so that replay does no arithmetic (D7).
        c.SetString(key, sum[..length], entry.Exists ? c.ExpireAtMillis(entry) : -1);
        c.Notify(KeyspaceEvents.String, "incrbyfloat"u8, key);
        c.Reply.Bulk(sum[..length]);
    }

    private static void Add(WriteContext c, ReadOnlySpan<byte> name, long increment)
    {
        var key = new KeyRef(name);
        if (!c.FindString(key, out Entry entry))
        {
            return;
        }

        long value = 0;
        long expireAtMillis = -1;
        if (entry.Exists)
        {
            if (!TryRead(c, entry, out value))
            {
                c.Fail(Errors.NotInteger);
                return;
            }

            expireAtMillis = c.ExpireAtMillis(entry);
        }

        long sum = value + increment;
        if (((value ^ sum) & (increment ^ sum)) < 0)
        {
            c.Fail("ERR increment or decrement would overflow");
            return;
        }

        c.SetInteger(key, sum, expireAtMillis);
        c.Notify(KeyspaceEvents.String, "incrby"u8, key);
        c.Reply.Integer(sum);
    }

    private static bool TryRead(WriteContext c, Entry entry, out long value)
    {
        if (!c.IsInteger(entry))
        {
            return RespNumber.TryParseInt64(c.StringBytes(entry), out value);
        }

        value = c.Integer(entry);
        return true;
    }
}
