using RespKv.Engine.Execution;
using RespKv.Engine.Keyspace;
using RespKv.Engine.Keyspace.Collections;
using RespKv.Protocol;

namespace RespKv.Engine.Commands.Hashes;

/// <summary>What hashes hold.</summary>
internal static class HashReadCommands
{
    [Command("hget", 3, CommandFlags.ReadOnly | CommandFlags.Fast, Keys = "1,1,1 RO access", Group = "hash", Since = "2.0.0", Complexity = "O(1)",
        Summary = "Get the value of a hash field", Syntax = "key field")]
    internal static void HGet(ReadContext c, RequestArgs args)
    {
        if (c.FindHash(new KeyRef(args[1]), out ElementsView hash))
        {
            ReplyValue(c, hash, args[2]);
        }
    }

    [Command("hmget", -3, CommandFlags.ReadOnly | CommandFlags.Fast, Keys = "1,1,1 RO access", Group = "hash", Since = "2.0.0",
        Complexity = "O(N) where N is the number of fields being requested.", Summary = "Get the values of all the given hash fields",
        Syntax = "key field [field ...]")]
    internal static void HMGet(ReadContext c, RequestArgs args)
    {
        if (!c.FindHash(new KeyRef(args[1]), out ElementsView hash))
        {
            return;
        }

        c.Reply.ArrayHeader(args.Count - 2);
        for (int i = 2; i < args.Count; i++)
        {
            ReplyValue(c, hash, args[i]);
        }
    }

    [Command("hlen", 2, CommandFlags.ReadOnly | CommandFlags.Fast, Keys = "1,1,1 RO", Group = "hash", Since = "2.0.0", Complexity = "O(1)",
        Summary = "Get the number of fields in a hash", Syntax = "key")]
    internal static void HLen(ReadContext c, RequestArgs args)
    {
        if (c.FindHash(new KeyRef(args[1]), out ElementsView hash))
        {
            c.Reply.Integer(hash.Count);
        }
    }

    [Command("hstrlen", 3, CommandFlags.ReadOnly | CommandFlags.Fast, Keys = "1,1,1 RO", Group = "hash", Since = "3.2.0", Complexity = "O(1)",
        Summary = "Get the length of the value of a hash field", Syntax = "key field")]
    internal static void HStrLen(ReadContext c, RequestArgs args)
    {
        if (c.FindHash(new KeyRef(args[1]), out ElementsView hash))
        {
            c.Reply.Integer(hash.TryGet(args[2], out ReadOnlySpan<byte> value) ? value.Length : 0);
        }
    }

    [Command("hexists", 3, CommandFlags.ReadOnly | CommandFlags.Fast, Keys = "1,1,1 RO", Group = "hash", Since = "2.0.0", Complexity = "O(1)",
        Summary = "Determine if a hash field exists", Syntax = "key field")]
    internal static void HExists(ReadContext c, RequestArgs args)
    {
        if (c.FindHash(new KeyRef(args[1]), out ElementsView hash))
        {
            c.Reply.Integer(hash.Contains(args[2]) ? 1 : 0);
        }
    }

    [Command("hkeys", 2, CommandFlags.ReadOnly, Keys = "1,1,1 RO access", Group = "hash", Since = "2.0.0",
        Complexity = "O(N) where N is the size of the hash.", Summary = "Get all the fields in a hash", Syntax = "key",
        Tips = "nondeterministic_output_order")]
    internal static void HKeys(ReadContext c, RequestArgs args)
    {
        if (!c.FindHash(new KeyRef(args[1]), out ElementsView hash))
        {
            return;
        }

        c.Reply.ArrayHeader((int)hash.Count);
        foreach (ElementCursor element in hash)
        {
            c.Reply.Bulk(element.Name);
        }
    }

    [Command("hvals", 2, CommandFlags.ReadOnly, Keys = "1,1,1 RO access", Group = "hash", Since = "2.0.0",
        Complexity = "O(N) where N is the size of the hash.", Summary = "Get all the values in a hash", Syntax = "key",
        Tips = "nondeterministic_output_order")]
    internal static void HVals(ReadContext c, RequestArgs args)
    {
        if (!c.FindHash(new KeyRef(args[1]), out ElementsView hash))
        {
            return;
        }

        c.Reply.ArrayHeader((int)hash.Count);
        foreach (ElementCursor element in hash)
        {
            c.Reply.Bulk(element.Value);
        }
    }

    [Command("hgetall", 2, CommandFlags.ReadOnly, Keys = "1,1,1 RO access", Group = "hash", Since = "2.0.0",
        Complexity = "O(N) where N is the size of the hash.", Summary = "Get all the fields and values in a hash", Syntax = "key",
        Tips = "nondeterministic_output_order")]
    internal static void HGetAll(ReadContext c, RequestArgs args)
    {
        if (!c.FindHash(new KeyRef(args[1]), out ElementsView hash))
        {
            return;
        }

        c.Reply.MapHeader((int)hash.Count);
        foreach (ElementCursor element in hash)
        {
            c.Reply.Bulk(element.Name);
            c.Reply.Bulk(element.Value);
        }
    }

    private static void ReplyValue(ReadContext c, in ElementsView hash, ReadOnlySpan<byte> field)
    {
        if (hash.TryGet(field, out ReadOnlySpan<byte> value))
        {
            c.Reply.Bulk(value);
        }
        else
        {
            c.Reply.Null();
        }
    }
}
