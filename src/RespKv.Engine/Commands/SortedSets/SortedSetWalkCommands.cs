using RespKv.Engine.Commands.Keys;
using RespKv.Engine.Execution;
using RespKv.Engine.Keyspace.Collections;
using RespKv.Protocol;

namespace RespKv.Engine.Commands.SortedSets;

/// <summary>Members by chance, and all of them step by step.</summary>
internal static class SortedSetWalkCommands
{
    /// <summary>Members that one reply may repeat: Redis has no bound, and runs out of memory.</summary>
    private const long RepeatedMembersMax = 10_000_000;

    /// <summary>Where at most one of so many members is asked for, they are drawn one by one; otherwise all are walked over.</summary>
    private const int DrawnShare = 3;

    [Command("zrandmember", -2, CommandFlags.ReadOnly, Keys = "1,1,1 RO access", Group = "sorted-set", Since = "6.2.0",
        Complexity = "O(N) where N is the number of elements returned", Summary = "Get one or multiple random elements from a sorted set",
        Syntax = "key [count [WITHSCORES]]", Tips = "nondeterministic_output")]
    internal static void ZRandMember(ReadContext c, RequestArgs args)
    {
        if (args.Count == 2)
        {
            ReplyOne(c, new KeyRef(args[1]));
            return;
        }

        if (!TryParseCount(c, args, out long count, out bool withScores) || !c.FindSortedSet(new KeyRef(args[1]), out SortedSetView view))
        {
            return;
        }

        if (!view.Exists || count == 0)
        {
            c.Reply.ArrayHeader(0);
        }
        else if (count < 0)
        {
            ReplyRepeated(c, view, -count, withScores);
        }
        else if (count * DrawnShare > view.Count || view.Count <= PackedElements.CountMax)
        {
            ReplySampled(c, view, Math.Min(count, view.Count), withScores);
        }
        else
        {
            ReplyDrawn(c, view, (int)count, withScores);
        }
    }

    [Command("zscan", -3, CommandFlags.ReadOnly, Keys = "1,1,1 RO access", Group = "sorted-set", Since = "2.8.0",
        Complexity = "O(1) for every call. O(N) for a complete iteration, including enough command calls for the cursor to return back to 0. N is the number of elements inside the collection..",
        Summary = "Incrementally iterate sorted sets elements and associated scores", Syntax = "key cursor [MATCH pattern] [COUNT count]",
        Tips = "nondeterministic_output")]
    internal static void ZScan(ReadContext c, RequestArgs args)
    {
        if (!ScanCursor.TryParse(args[2], out ulong cursor))
        {
            c.Fail("ERR invalid cursor");
            return;
        }

        if (!c.FindSortedSet(new KeyRef(args[1]), out SortedSetView view) || !ElementScan.TryParse(c, args, view.Exists, out ElementScan scan))
        {
            return;
        }

        scan.Run(c, view.Elements, cursor, static (context, value) =>
        {
            Span<byte> text = stackalloc byte[RespNumber.DoubleBytesMax];
            context.Reply.Bulk(text[..RespNumber.FormatDouble(SortedSetScore.Read(value), text)]);
        });
    }

    private static bool TryParseCount(ReadContext c, RequestArgs args, out long count, out bool withScores)
    {
        withScores = false;
        if (!ArgumentParsing.TryInteger(c, args[2], out count))
        {
            return false;
        }

        if (count == long.MinValue)
        {
            c.Fail("ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807");
            return false;
        }

        withScores = args.Count > 3;
        if (args.Count > 4 || (withScores && !args[3].Is("withscores"u8)))
        {
            c.Fail(Errors.Syntax);
            return false;
        }

        if ((withScores && count is < -long.MaxValue / 2 or > long.MaxValue / 2) || count < -RepeatedMembersMax)
        {
            c.Fail("ERR value is out of range");
            return false;
        }

        return true;
    }

    private static void ReplyOne(ReadContext c, in KeyRef key)
    {
        if (!c.FindSortedSet(key, out SortedSetView view))
        {
            return;
        }

        if (view.Exists)
        {
            c.Reply.Bulk(view.Elements.Name(view.Elements.Random(c.Engine.Random)));
        }
        else
        {
            c.Reply.Null();
        }
    }

    private static void ReplyRepeated(ReadContext c, in SortedSetView view, long count, bool withScores)
    {
        SortedSetElements.ReplyHeader(c, count, withScores);
        bool isSmall = view.Count <= PackedElements.CountMax;
        ElementsView elements = view.Elements;
        for (long i = 0; i < count; i++)
        {
            if (isSmall)
            {
                ulong place = elements.Random(c.Engine.Random);
                SortedSetElements.Reply(c, elements.Name(place), SortedSetScore.Read(elements.Value(place)), withScores);
                continue;
            }

            // By rank every member is as likely as any other.
            SortedSetCursor cursor = view.At(c.Engine.Random.NextInt64(view.Count));
            SortedSetElements.Reply(c, cursor.Member, cursor.Score, withScores);
        }
    }

    /// <summary>Walks over all members, downwards as Redis does, and takes each with the probability that the right number comes out (Knuth's algorithm S).</summary>
    private static void ReplySampled(ReadContext c, in SortedSetView view, long count, bool withScores)
    {
        SortedSetElements.ReplyHeader(c, count, withScores);
        SortedSetCursor cursor = view.At(view.Count - 1);
        long left = view.Count;
        while (count > 0)
        {
            if (c.Engine.Random.NextInt64(left--) < count)
            {
                SortedSetElements.Reply(c, cursor.Member, cursor.Score, withScores);
                count--;
            }

            cursor.MovePrevious();
        }
    }

    private static void ReplyDrawn(ReadContext c, in SortedSetView view, int count, bool withScores)
    {
        SortedSetElements.ReplyHeader(c, count, withScores);
        var drawn = new HashSet<long>(count);
        while (drawn.Count < count)
        {
            long rank = c.Engine.Random.NextInt64(view.Count);
            if (drawn.Add(rank))
            {
                SortedSetCursor cursor = view.At(rank);
                SortedSetElements.Reply(c, cursor.Member, cursor.Score, withScores);
            }
        }
    }
}
