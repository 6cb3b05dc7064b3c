using RespKv.Engine.Execution;
using RespKv.Engine.Keyspace;
using RespKv.Engine.Keyspace.Collections;
using RespKv.Engine.PubSub;
using RespKv.Protocol;

namespace RespKv.Engine.Commands.Hashes;

/// <summary>Fields of hashes set and deleted.</summary>
internal static class HashWriteCommands
{
    [Command("hset", -4, CommandFlags.Write | CommandFlags.DenyOom | CommandFlags.Fast, Keys = "1,1,1 RW update", Group = "hash", Since = "2.0.0",
        Complexity = "O(1) for each field/value pair added, so O(N) to add N field/value pairs when the command is called with multiple field/value "
        + "pairs.",
        Summary = "Set the string value of a hash field", Syntax = "key field value [field value ...]")]
    internal static void HSet(WriteContext c, RequestArgs args)
    {
        if (TrySet(c, args, "hset", out long created))
        {
            c.Reply.Integer(created);
        }
    }

    [Command("hmset", -4, CommandFlags.Write | CommandFlags.DenyOom | CommandFlags.Fast, Keys = "1,1,1 RW update", Group = "hash", Since = "2.0.0",
        Complexity = "O(N) where N is the number of fields being set.", Summary = "Set multiple hash fields to multiple values",
        Syntax = "key field value [field value ...]")]
    internal static void HMSet(WriteContext c, RequestArgs args)
    {
        if (TrySet(c, args, "hmset", out _))
        {
            c.Reply.Ok();
        }
    }

    [Command("hsetnx", 4, CommandFlags.Write | CommandFlags.DenyOom | CommandFlags.Fast, Keys = "1,1,1 RW insert", Group = "hash", Since = "2.0.0",
        Complexity = "O(1)", Summary = "Set the value of a hash field, only if the field does not exist", Syntax = "key field value")]
    internal static void HSetNx(WriteContext c, RequestArgs args)
    {
        var key = new KeyRef(args[1]);
        if (!c.FindHash(key, out ElementsView hash))
        {
            return;
        }

        if (hash.Contains(args[2]))
        {
            c.Reply.Integer(0);
            return;
        }

        Put(c, key, args[2], args[3], "hset"u8);
        c.Reply.Integer(1);
    }

    [Command("hdel", -3, CommandFlags.Write | CommandFlags.Fast, Keys = "1,1,1 RW delete", Group = "hash", Since = "2.0.0",
        Complexity = "O(N) where N is the number of fields to be removed.", Summary = "Delete one or more hash fields",
        Syntax = "key field [field ...]")]
    internal static void HDel(WriteContext c, RequestArgs args)
    {
        var key = new KeyRef(args[1]);
        if (!c.FindHash(key, out ElementsView hash))
        {
            return;
        }

        for (int i = 2; i < args.Count; i++)
        {
            if (hash.Contains(args[i]))
            {
                c.Elements.AddName(args[i]);
            }
        }

        if (c.Elements.Count == 0)
        {
            c.Reply.Integer(0);
            return;
        }

        long count = hash.Count;
        long removed = c.RemoveElements(key, ValueType.Hash, c.Elements);
        c.Notify(KeyspaceEvents.Hash, "hdel"u8, key);
        if (removed == count)
        {
            c.Notify(KeyspaceEvents.Generic, "del"u8, key);
        }

        c.Reply.Integer(removed);
    }

    [Command("hincrby", 4, CommandFlags.Write | CommandFlags.DenyOom | CommandFlags.Fast, Keys = "1,1,1 RW access update", Group = "hash",
        Since = "2.0.0", Complexity = "O(1)", Summary = "Increment the integer value of a hash field by the given number",
        Syntax = "key field increment")]
    internal static void HIncrBy(WriteContext c, RequestArgs args)
    {
        var key = new KeyRef(args[1]);
        if (!ArgumentParsing.TryInteger(c, args[3], out long increment) || !c.FindHash(key, out ElementsView hash))
        {
            return;
        }

        long value = 0;
        if (hash.TryGet(args[2], out ReadOnlySpan<byte> text) && !RespNumber.TryParseInt64(text, out value))
        {
            c.Fail("ERR hash value is not an integer");
            return;
        }

        long sum = value + increment;
        if (((value ^ sum) & (increment ^ sum)) < 0)
        {
            c.Fail("ERR increment or decrement would overflow");
            return;
        }

        Span<byte> digits = stackalloc byte[RespNumber.Int64BytesMax];
        Put(c, key, args[2], digits[..RespNumber.FormatInt64(sum, digits)], "hincrby"u8);
        c.Reply.Integer(sum);
    }

    [Command("hincrbyfloat", 4, CommandFlags.Write | CommandFlags.DenyOom | CommandFlags.Fast, Keys = "1,1,1 RW access update", Group = "hash",
        Since = "2.6.0", Complexity = "O(1)", Summary = "Increment the float value of a hash field by the given amount",
        Syntax = "key field increment")]
    internal static void HIncrByFloat(WriteContext c, RequestArgs args)
    {
        var key = new KeyRef(args[1]);
        Span<byte> sum = stackalloc byte[RespNumber.LongDoubleBytesMax];
        if (!RespNumber.TryAddLongDouble("0"u8, args[3], sum, out _, out LongDoubleStatus status))
        {
            c.Fail(status == LongDoubleStatus.NotAFloat ? Errors.NotFloat : "ERR value is NaN or Infinity");
            return;
        }

        if (!c.FindHash(key, out ElementsView hash))
        {
            return;
        }

        ReadOnlySpan<byte> current = hash.TryGet(args[2], out ReadOnlySpan<byte> value) ? value : "0"u8;
        if (!RespNumber.TryAddLongDouble(current, args[3], sum, out int length, out status))
        {
            c.Fail(status == LongDoubleStatus.NotAFloat ? "ERR hash value is not a float" : "ERR increment would produce NaN or Infinity");
            return;
        }

        // The sum itself is logged, so that replay does no arithmetic (D7).
        Put(c, key, args[2], sum[..length], "hincrbyfloat"u8);
        c.Reply.Bulk(sum[..length]);
    }

    private static bool TrySet(WriteContext c, RequestArgs args, string command, out long created)
    {
        created = 0;
        if (args.Count % 2 == 1)
        {
            c.Fail(Errors.WrongArity(command));
            return false;
        }

        var key = new KeyRef(args[1]);
        if (!c.FindHash(key, out _))
        {
            return false;
        }

        // Equal values too: as in Redis a field that is set is a write.
        for (int i = 2; i < args.Count; i += 2)
        {
            c.Elements.Add(args[i], args[i + 1]);
        }

        created = c.PutElements(key, ValueType.Hash, c.Elements);
        c.Notify(KeyspaceEvents.Hash, "hset"u8, key);
        return true;
    }

    /// <summary>Sets one field. The value must not lie in the database.</summary>
    private static void Put(WriteContext c, in KeyRef key, ReadOnlySpan<byte> field, ReadOnlySpan<byte> value, ReadOnlySpan<byte> eventName)
    {
        c.Elements.Add(field, value);
        c.PutElements(key, ValueType.Hash, c.Elements);
        c.Notify(KeyspaceEvents.Hash, eventName, key);
    }
}
