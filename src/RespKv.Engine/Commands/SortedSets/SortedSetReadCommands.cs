using RespKv.Engine.Execution;
using RespKv.Engine.Keyspace.Collections;
using RespKv.Protocol;

namespace RespKv.Engine.Commands.SortedSets;

/// <summary>What a sorted set tells of single members, and how many there are.</summary>
internal static class SortedSetReadCommands
{
    [Command("zcard", 2, CommandFlags.ReadOnly | CommandFlags.Fast, Keys = "1,1,1 RO", Group = "sorted-set", Since = "1.2.0", Complexity = "O(1)",
        Summary = "Get the number of members in a sorted set", Syntax = "key")]
    internal static void ZCard(ReadContext c, RequestArgs args)
    {
        if (c.FindSortedSet(new KeyRef(args[1]), out SortedSetView view))
        {
            c.Reply.Integer(view.Count);
        }
    }

    [Command("zscore", 3, CommandFlags.ReadOnly | CommandFlags.Fast, Keys = "1,1,1 RO access", Group = "sorted-set", Since = "1.2.0",
        Complexity = "O(1)", Summary = "Get the score associated with the given member in a sorted set", Syntax = "key member")]
    internal static void ZScore(ReadContext c, RequestArgs args)
    {
        if (c.FindSortedSet(new KeyRef(args[1]), out SortedSetView view))
        {
            ReplyScore(c, view, args[2]);
        }
    }

    [Command("zmscore", -3, CommandFlags.ReadOnly | CommandFlags.Fast, Keys = "1,1,1 RO access", Group = "sorted-set", Since = "6.2.0",
        Complexity = "O(N) where N is the number of members being requested.",
        Summary = "Get the score associated with the given members in a sorted set", Syntax = "key member [member ...]")]
    internal static void ZMScore(ReadContext c, RequestArgs args)
    {
        if (!c.FindSortedSet(new KeyRef(args[1]), out SortedSetView view))
        {
            return;
        }

        c.Reply.ArrayHeader(args.Count - 2);
        for (int i = 2; i < args.Count; i++)
        {
            ReplyScore(c, view, args[i]);
        }
    }

    [Command("zrank", 3, CommandFlags.ReadOnly | CommandFlags.Fast, Keys = "1,1,1 RO access", Group = "sorted-set", Since = "2.0.0",
        Complexity = "O(log(N))", Summary = "Determine the index of a member in a sorted set", Syntax = "key member")]
    internal static void ZRank(ReadContext c, RequestArgs args) => ReplyRank(c, args, reverse: false);

    [Command("zrevrank", 3, CommandFlags.ReadOnly | CommandFlags.Fast, Keys = "1,1,1 RO access", Group = "sorted-set", Since = "2.0.0",
        Complexity = "O(log(N))", Summary = "Determine the index of a member in a sorted set, with scores ordered from high to low",
        Syntax = "key member")]
    internal static void ZRevRank(ReadContext c, RequestArgs args) => ReplyRank(c, args, reverse: true);

    [Command("zcount", 4, CommandFlags.ReadOnly | CommandFlags.Fast, Keys = "1,1,1 RO access", Group = "sorted-set", Since = "2.0.0",
        Complexity = "O(log(N)) with N being the number of elements in the sorted set.",
        Summary = "Count the members in a sorted set with scores within the given values", Syntax = "key min max")]
    internal static void ZCount(ReadContext c, RequestArgs args)
    {
        if (!ScoreRange.TryParse(args[2], args[3], out ScoreRange range))
        {
            c.Fail(SortedSetErrors.ScoreRange);
            return;
        }

        if (c.FindSortedSet(new KeyRef(args[1]), out SortedSetView view))
        {
            c.Reply.Integer(RankRange.Of(view, range).Count);
        }
    }

    [Command("zlexcount", 4, CommandFlags.ReadOnly | CommandFlags.Fast, Keys = "1,1,1 RO access", Group = "sorted-set", Since = "2.8.9",
        Complexity = "O(log(N)) with N being the number of elements in the sorted set.",
        Summary = "Count the number of members in a sorted set between a given lexicographical range", Syntax = "key min max")]
    internal static void ZLexCount(ReadContext c, RequestArgs args)
    {
        if (!LexRange.TryParse(args[2], args[3], out LexRange range))
        {
            c.Fail(SortedSetErrors.LexRange);
            return;
        }

        if (c.FindSortedSet(new KeyRef(args[1]), out SortedSetView view))
        {
            c.Reply.Integer(RankRange.Of(view, range, reverse: false).Count);
        }
    }

    private static void ReplyScore(ReadContext c, in SortedSetView view, ReadOnlySpan<byte> member)
    {
        if (view.TryGetScore(member, out double score))
        {
            c.Reply.Double(score);
        }
        else
        {
            c.Reply.Null();
        }
    }

    private static void ReplyRank(ReadContext c, RequestArgs args, bool reverse)
    {
        if (!c.FindSortedSet(new KeyRef(args[1]), out SortedSetView view))
        {
            return;
        }

        if (!view.TryGetScore(args[2], out double score))
        {
            c.Reply.Null();
            return;
        }

        long rank = view.RankOf(args[2], score);
        c.Reply.Integer(reverse ? view.Count - 1 - rank : rank);
    }
}
