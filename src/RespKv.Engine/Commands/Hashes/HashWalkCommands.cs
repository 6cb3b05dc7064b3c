using RespKv.Engine.Commands.Keys;
using RespKv.Engine.Execution;
using RespKv.Engine.Keyspace;
using RespKv.Engine.Keyspace.Collections;
using RespKv.Protocol;

namespace RespKv.Engine.Commands.Hashes;

/// <summary>Some fields of a hash: at random, and step by step.</summary>
internal static class HashWalkCommands
{
    [Command("hrandfield", -2, CommandFlags.ReadOnly, Keys = "1,1,1 RO access", Group = "hash", Since = "6.2.0",
        Complexity = "O(N) where N is the number of fields returned", Summary = "Get one or multiple random fields from a hash",
        Syntax = "key [count [WITHVALUES]]", Tips = "nondeterministic_output")]
    internal static void HRandField(ReadContext c, RequestArgs args)
    {
        if (args.Count > 2)
        {
            RandomFields(c, args);
            return;
        }

        if (!c.FindHash(new KeyRef(args[1]), out ElementsView hash))
        {
            return;
        }

        if (hash.Exists)
        {
            c.Reply.Bulk(hash.Name(hash.Random(c.Engine.Random)));
        }
        else
        {
            c.Reply.Null();
        }
    }

    [Command("hscan", -3, CommandFlags.ReadOnly, Keys = "1,1,1 RO access", Group = "hash", Since = "2.8.0",
        Complexity = "O(1) for every call. O(N) for a complete iteration, including enough command calls for the cursor to return back to 0. N is "
        + "the number of elements inside the collection..",
        Summary = "Incrementally iterate hash fields and associated values", Syntax = "key cursor [MATCH pattern] [COUNT count]",
        Tips = "nondeterministic_output")]
    internal static void HScan(ReadContext c, RequestArgs args)
    {
        if (!ScanCursor.TryParse(args[2], out ulong cursor))
        {
            c.Fail("ERR invalid cursor");
            return;
        }

        if (c.FindHash(new KeyRef(args[1]), out ElementsView hash) && ElementScan.TryParse(c, args, hash.Exists, out ElementScan scan))
        {
            scan.Run(c, hash, cursor, static (context, value) => context.Reply.Bulk(value));
        }
    }

    private static void RandomFields(ReadContext c, RequestArgs args)
    {
        if (!RandomElements.TryCount(c, args[2], out long count))
        {
            return;
        }

        bool withValues = args.Count == 4 && args[3].Is("withvalues"u8);
        if (args.Count > 4 || (args.Count == 4 && !withValues))
        {
            c.Fail(Errors.Syntax);
            return;
        }

        if (withValues && count is < -(long.MaxValue / 2) or > long.MaxValue / 2)
        {
            c.Fail("ERR value is out of range");
            return;
        }

        if (!c.FindHash(new KeyRef(args[1]), out ElementsView hash) || (hash.Exists && !RandomElements.MayRepeat(c, count)))
        {
            return;
        }

        if (!hash.Exists || count == 0)
        {
            c.Reply.ArrayHeader(0);
            return;
        }

        if (count >= hash.Count)
        {
            ReplyAll(c, hash, withValues);
            return;
        }

        using var chosen = new ElementList((int)Math.Abs(count));
        if (count < 0)
        {
            RandomElements.ChooseRepeated(hash, (int)-count, c.Engine.Random, chosen);
        }
        else
        {
            RandomElements.Choose(hash, count, c.Engine.Random, chosen);
        }

        ReplyHeader(c, chosen.Count, withValues);
        for (int i = 0; i < chosen.Count; i++)
        {
            ReplyField(c, hash.Name(chosen[i]), hash.Value(chosen[i]), withValues);
        }
    }

    private static void ReplyAll(ReadContext c, in ElementsView hash, bool withValues)
    {
        ReplyHeader(c, (int)hash.Count, withValues);
        foreach (ElementCursor element in hash)
        {
            ReplyField(c, element.Name, element.Value, withValues);
        }
    }

    /// <summary>RESP3 has a pair for each field with its value, RESP2 one after the other.</summary>
    private static void ReplyHeader(ReadContext c, int count, bool withValues)
        => c.Reply.ArrayHeader(withValues && c.Reply.Version < 3 ? 2 * count : count);

    private static void ReplyField(ReadContext c, ReadOnlySpan<byte> field, ReadOnlySpan<byte> value, bool withValues)
    {
        if (withValues && c.Reply.Version >= 3)
        {
            c.Reply.ArrayHeader(2);
        }

        c.Reply.Bulk(field);
        if (withValues)
        {
            c.Reply.Bulk(value);
        }
    }
}
