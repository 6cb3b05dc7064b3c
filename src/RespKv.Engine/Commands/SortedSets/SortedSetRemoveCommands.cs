using RespKv.Engine.Execution;
using RespKv.Engine.Keyspace.Collections;
using RespKv.Protocol;

namespace RespKv.Engine.Commands.SortedSets;

/// <summary>Members that are removed, by name or by range. The key goes with the last one.</summary>
internal static class SortedSetRemoveCommands
{
    [Command("zrem", -3, CommandFlags.Write | CommandFlags.Fast, Keys = "1,1,1 RW delete", Group = "sorted-set", Since = "1.2.0",
        Complexity = "O(M*log(N)) with N being the number of elements in the sorted set and M the number of elements to be removed.",
        Summary = "Remove one or more members from a sorted set", Syntax = "key member [member ...]")]
    internal static void ZRem(WriteContext c, RequestArgs args)
    {
        var key = new KeyRef(args[1]);
        if (!c.FindSortedSet(key, out SortedSetView view))
        {
            return;
        }

        for (int i = 2; view.Exists && i < args.Count; i++)
        {
            if (view.TryGetScore(args[i], out _))
            {
                c.Elements.AddName(args[i]);
            }
        }

        // A name that is there twice is removed once.
        c.Reply.Integer(c.Elements.Count == 0 ? 0 : SortedSetElements.Remove(c, key, view.Count, "zrem"u8));
    }

    [Command("zremrangebyrank", 4, CommandFlags.Write | CommandFlags.StoresValues, Keys = "1,1,1 RW delete", Group = "sorted-set", Since = "2.0.0",
        Complexity = "O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements removed by the operation.",
        Summary = "Remove all members in a sorted set within the given indexes", Syntax = "key start stop")]
    internal static void ZRemRangeByRank(WriteContext c, RequestArgs args)
    {
        var key = new KeyRef(args[1]);
        if (ArgumentParsing.TryInteger(c, args[2], out long start) && ArgumentParsing.TryInteger(c, args[3], out long stop)
            && c.FindSortedSet(key, out SortedSetView view))
        {
            Remove(c, key, view, RankRange.OfIndexes(start, stop, view.Count, reverse: false), "zremrangebyrank"u8);
        }
    }

    [Command("zremrangebyscore", 4, CommandFlags.Write | CommandFlags.StoresValues, Keys = "1,1,1 RW delete", Group = "sorted-set", Since = "1.2.0",
        Complexity = "O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements removed by the operation.",
        Summary = "Remove all members in a sorted set within the given scores", Syntax = "key min max")]
    internal static void ZRemRangeByScore(WriteContext c, RequestArgs args)
    {
        if (!ScoreRange.TryParse(args[2], args[3], out ScoreRange range))
        {
            c.Fail(SortedSetErrors.ScoreRange);
            return;
        }

        var key = new KeyRef(args[1]);
        if (c.FindSortedSet(key, out SortedSetView view))
        {
            Remove(c, key, view, RankRange.Of(view, range), "zremrangebyscore"u8);
        }
    }

    [Command("zremrangebylex", 4, CommandFlags.Write | CommandFlags.StoresValues, Keys = "1,1,1 RW delete", Group = "sorted-set", Since = "2.8.9",
        Complexity = "O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements removed by the operation.",
        Summary = "Remove all members in a sorted set between the given lexicographical range", Syntax = "key min max")]
    internal static void ZRemRangeByLex(WriteContext c, RequestArgs args)
    {
        if (!LexRange.TryParse(args[2], args[3], out LexRange range))
        {
            c.Fail(SortedSetErrors.LexRange);
            return;
        }

        var key = new KeyRef(args[1]);
        if (c.FindSortedSet(key, out SortedSetView view))
        {
            Remove(c, key, view, RankRange.Of(view, range, reverse: false), "zremrangebylex"u8);
        }
    }

    private static void Remove(WriteContext c, in KeyRef key, in SortedSetView view, RankRange range, ReadOnlySpan<byte> eventName)
    {
        if (range.Count == 0)
        {
            c.Reply.Integer(0);
            return;
        }

        SortedSetCursor cursor = view.At(range.First);
        for (long i = 0; i < range.Count; i++)
        {
            c.Elements.AddName(cursor.Member);
            cursor.MoveNext();
        }

        c.Reply.Integer(SortedSetElements.Remove(c, key, view.Count, eventName));
    }
}
