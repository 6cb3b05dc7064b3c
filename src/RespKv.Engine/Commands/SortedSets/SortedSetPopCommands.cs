using RespKv.Engine.Execution;
using RespKv.Engine.Keyspace.Collections;
using RespKv.Protocol;

namespace RespKv.Engine.Commands.SortedSets;

/// <summary>Members taken from either end.</summary>
internal static class SortedSetPopCommands
{
    [Command("zpopmin", -2, CommandFlags.Write | CommandFlags.Fast | CommandFlags.RemovesElements, Keys = "1,1,1 RW access delete",
        Group = "sorted-set", Since = "5.0.0",
        Complexity = "O(log(N)*M) with N being the number of elements in the sorted set, and M being the number of elements popped.",
        Summary = "Remove and return members with the lowest scores in a sorted set", Syntax = "key [count]")]
    internal static void ZPopMin(WriteContext c, RequestArgs args) => Pop(c, args, max: false);

    [Command("zpopmax", -2, CommandFlags.Write | CommandFlags.Fast | CommandFlags.RemovesElements, Keys = "1,1,1 RW access delete",
        Group = "sorted-set", Since = "5.0.0",
        Complexity = "O(log(N)*M) with N being the number of elements in the sorted set, and M being the number of elements popped.",
        Summary = "Remove and return members with the highest scores in a sorted set", Syntax = "key [count]")]
    internal static void ZPopMax(WriteContext c, RequestArgs args) => Pop(c, args, max: true);

    [Command("zmpop", -4, CommandFlags.Write | CommandFlags.RemovesElements, Keys = "keynum:1 RW access delete", Group = "sorted-set",
        Since = "7.0.0",
        Complexity = "O(K) + O(M*log(N)) where K is the number of provided keys, N being the number of elements in the sorted set, and M being the number of elements popped.",
        Summary = "Remove and return members with scores in a sorted set", Syntax = "numkeys key [key ...] <MIN | MAX> [COUNT count]")]
    internal static void ZMPop(WriteContext c, RequestArgs args)
    {
        if (!MultiPopOptions.TryParse(c, args, 1, out MultiPopOptions options))
        {
            return;
        }

        for (int i = 0; i < options.KeyCount; i++)
        {
            var key = new KeyRef(args[2 + i]);
            if (!c.FindSortedSet(key, out SortedSetView view))
            {
                return;
            }

            if (view.Exists)
            {
                c.Reply.ArrayHeader(2);
                c.Reply.Bulk(key.Bytes);
                TakeAndReply(c, key, view, options.Max, options.Count, nested: true);
                return;
            }
        }

        c.Reply.NullArray();
    }

    /// <summary>
    /// Takes members, as many as asked for if there are so many, and replies an array of them: flat, or each with its score in one of its own.
    /// </summary>
    internal static void TakeAndReply(WriteContext c, in KeyRef key, in SortedSetView view, bool max, long count, bool nested)
    {
        count = Math.Min(count, view.Count);
        c.Reply.ArrayHeader((int)(nested ? count : count * 2));
        Take(c, key, view, max, count, nested);
    }

    /// <summary>Takes members and replies each with its score; the array has been begun.</summary>
    internal static void Take(WriteContext c, in KeyRef key, in SortedSetView view, bool max, long count, bool nested)
    {
        SortedSetCursor cursor = view.At(max ? view.Count - 1 : 0);
        for (long i = 0; i < count; i++)
        {
            if (nested)
            {
                c.Reply.ArrayHeader(2);
            }

            c.Reply.Bulk(cursor.Member);
            c.Reply.Double(cursor.Score);
            c.Elements.AddName(cursor.Member);
            _ = max ? cursor.MovePrevious() : cursor.MoveNext();
        }

        SortedSetElements.Remove(c, key, view.Count, max ? "zpopmax"u8 : "zpopmin"u8);
    }

    private static void Pop(WriteContext c, RequestArgs args, bool max)
    {
        if (args.Count > 3)
        {
            c.Fail(Errors.Syntax);
            return;
        }

        bool hasCount = args.Count == 3;
        long count = 1;
        if (hasCount && (!RespNumber.TryParseInt64(args[2], out count) || count < 0))
        {
            c.Fail("ERR value is out of range, must be positive");
            return;
        }

        var key = new KeyRef(args[1]);
        if (!c.FindSortedSet(key, out SortedSetView view))
        {
            return;
        }

        if (!view.Exists || count == 0)
        {
            c.Reply.ArrayHeader(0);
            return;
        }

        TakeAndReply(c, key, view, max, count, nested: hasCount && c.Reply.Version >= 3);
    }
}
