using RespKv.Engine.Execution;
using RespKv.Engine.Keyspace.Collections;
using RespKv.Protocol;

namespace RespKv.Engine.Commands.SortedSets;

/// <summary>Ranges of members, by index, score or member, told or stored.</summary>
internal static class SortedSetRangeCommands
{
    [Command("zrange", -4, CommandFlags.ReadOnly, Keys = "1,1,1 RO access", Group = "sorted-set", Since = "1.2.0",
        Complexity = "O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements returned.",
        Summary = "Return a range of members in a sorted set", Syntax = "key start stop [BYSCORE | BYLEX] [REV] [LIMIT offset count] [WITHSCORES]")]
    internal static void ZRange(ReadContext c, RequestArgs args) => Tell(c, args, new RangeOptions());

    [Command("zrevrange", -4, CommandFlags.ReadOnly, Keys = "1,1,1 RO access", Group = "sorted-set", Since = "1.2.0",
        Complexity = "O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements returned.",
        Summary = "Return a range of members in a sorted set, by index, with scores ordered from high to low",
        Syntax = "key start stop [WITHSCORES]")]
    internal static void ZRevRange(ReadContext c, RequestArgs args)
        => Tell(c, args, new RangeOptions { Kind = RangeKind.Index, Reverse = true });

    [Command("zrangebyscore", -4, CommandFlags.ReadOnly, Keys = "1,1,1 RO access", Group = "sorted-set", Since = "1.0.5",
        Complexity = "O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements being returned. If M is constant (e.g. always asking for the first 10 elements with LIMIT), you can consider it O(log(N)).",
        Summary = "Return a range of members in a sorted set, by score", Syntax = "key min max [WITHSCORES] [LIMIT offset count]")]
    internal static void ZRangeByScore(ReadContext c, RequestArgs args)
        => Tell(c, args, new RangeOptions { Kind = RangeKind.Score, Reverse = false });

    [Command("zrevrangebyscore", -4, CommandFlags.ReadOnly, Keys = "1,1,1 RO access", Group = "sorted-set", Since = "2.2.0",
        Complexity = "O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements being returned. If M is constant (e.g. always asking for the first 10 elements with LIMIT), you can consider it O(log(N)).",
        Summary = "Return a range of members in a sorted set, by score, with scores ordered from high to low",
        Syntax = "key max min [WITHSCORES] [LIMIT offset count]")]
    internal static void ZRevRangeByScore(ReadContext c, RequestArgs args)
        => Tell(c, args, new RangeOptions { Kind = RangeKind.Score, Reverse = true });

    [Command("zrangebylex", -4, CommandFlags.ReadOnly, Keys = "1,1,1 RO access", Group = "sorted-set", Since = "2.8.9",
        Complexity = "O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements being returned. If M is constant (e.g. always asking for the first 10 elements with LIMIT), you can consider it O(log(N)).",
        Summary = "Return a range of members in a sorted set, by lexicographical range", Syntax = "key min max [LIMIT offset count]")]
    internal static void ZRangeByLex(ReadContext c, RequestArgs args)
        => Tell(c, args, new RangeOptions { Kind = RangeKind.Lex, Reverse = false });

    [Command("zrevrangebylex", -4, CommandFlags.ReadOnly, Keys = "1,1,1 RO access", Group = "sorted-set", Since = "2.8.9",
        Complexity = "O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements being returned. If M is constant (e.g. always asking for the first 10 elements with LIMIT), you can consider it O(log(N)).",
        Summary = "Return a range of members in a sorted set, by lexicographical range, ordered from higher to lower strings.",
        Syntax = "key max min [LIMIT offset count]")]
    internal static void ZRevRangeByLex(ReadContext c, RequestArgs args)
        => Tell(c, args, new RangeOptions { Kind = RangeKind.Lex, Reverse = true });

    [Command("zrangestore", -5, CommandFlags.Write | CommandFlags.DenyOom | CommandFlags.StoresValues, Keys = "1,1,1 OW update; 2,2,1 RO access",
        Group = "sorted-set", Since = "6.2.0",
        Complexity = "O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements stored into the destination key.",
        Summary = "Store a range of members from sorted set into another key",
        Syntax = "dst src min max [BYSCORE | BYLEX] [REV] [LIMIT offset count]")]
    internal static void ZRangeStore(WriteContext c, RequestArgs args)
    {
        var options = new RangeOptions { Stores = true };
        if (!options.TryParse(c, args, source: 2) || !TryFind(c, args, source: 2, options, out SortedSetView view, out RankRange range))
        {
            return;
        }

        if (range.Count > 0)
        {
            bool isCompact = SortedSetElements.AreFew(c, range.Count);
            SortedSetCursor cursor = view.At(range.First);
            for (long i = 0; i < range.Count; i++)
            {
                SortedSetElements.Add(c, cursor.Member, cursor.Score, isCompact);
                cursor.MoveNext();
            }
        }

        SortedSetElements.Store(c, new KeyRef(args[1]), "zrangestore"u8);
    }

    private static void Tell(ReadContext c, RequestArgs args, RangeOptions options)
    {
        if (!options.TryParse(c, args, source: 1) || !TryFind(c, args, source: 1, options, out SortedSetView view, out RankRange range))
        {
            return;
        }

        SortedSetElements.ReplyHeader(c, range.Count, options.WithScores);
        if (range.Count == 0)
        {
            return;
        }

        bool reverse = options.Reverse == true;
        SortedSetCursor cursor = view.At(reverse ? range.First + range.Count - 1 : range.First);
        for (long i = 0; i < range.Count; i++)
        {
            SortedSetElements.Reply(c, cursor.Member, options.WithScores ? cursor.Score : 0, options.WithScores);
            _ = reverse ? cursor.MovePrevious() : cursor.MoveNext();
        }
    }

    /// <summary>Reads the range and looks it up. False: the error has been replied.</summary>
    private static bool TryFind(ReadContext c, RequestArgs args, int source, in RangeOptions options, out SortedSetView view, out RankRange range)
    {
        view = default;
        range = default;
        bool reverse = options.Reverse == true;
        var key = new KeyRef(args[source]);
        ReadOnlySpan<byte> min = args[reverse ? source + 2 : source + 1];
        ReadOnlySpan<byte> max = args[reverse ? source + 1 : source + 2];
        switch (options.Kind)
        {
            case RangeKind.Score:
                if (!ScoreRange.TryParse(min, max, out ScoreRange scores))
                {
                    c.Fail(SortedSetErrors.ScoreRange);
                    return false;
                }

                if (!c.FindSortedSet(key, out view))
                {
                    return false;
                }

                range = RankRange.Of(view, scores).Limit(options.Offset, options.Limit, reverse);
                return true;

            case RangeKind.Lex:
                if (!LexRange.TryParse(min, max, out LexRange members))
                {
                    c.Fail(SortedSetErrors.LexRange);
                    return false;
                }

                if (!c.FindSortedSet(key, out view))
                {
                    return false;
                }

                range = RankRange.Of(view, members, reverse).Limit(options.Offset, options.Limit, reverse);
                return true;

            default:
                if (!ArgumentParsing.TryInteger(c, args[source + 1], out long start)
                    || !ArgumentParsing.TryInteger(c, args[source + 2], out long stop)
                    || !c.FindSortedSet(key, out view))
                {
                    return false;
                }

                range = RankRange.OfIndexes(start, stop, view.Count, reverse);
                return true;
        }
    }
}
