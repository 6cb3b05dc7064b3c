using RespKv.Engine.Commands.Keys;
using RespKv.Engine.Execution;
using RespKv.Engine.Keyspace.Collections;
using RespKv.Protocol;

namespace RespKv.Engine.Commands.SortedSets;

/// <summary>Members by chance, and all of them step by step.</summary>
internal static class SortedSetWalkCommands
{
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
        else if (count >= view.Count)
        {
            ReplyAll(c, view, withScores);
        }
        else
        {
            ReplyChosen(c, view.Elements, count, withScores);
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
        if (!RandomElements.TryCount(c, args[2], out count))
        {
            return false;
        }

        withScores = args.Count > 3;
        if (args.Count > 4 || (withScores && !args[3].Is("withscores"u8)))
        {
            c.Fail(Errors.Syntax);
            return false;
        }

        if (withScores && count is < -long.MaxValue / 2 or > long.MaxValue / 2)
        {
            c.Fail("ERR value is out of range");
            return false;
        }

        return RandomElements.MayRepeat(c, count);
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

    /// <summary>All members, downwards as in Redis.</summary>
    private static void ReplyAll(ReadContext c, in SortedSetView view, bool withScores)
    {
        SortedSetElements.ReplyHeader(c, view.Count, withScores);
        SortedSetCursor cursor = view.At(view.Count - 1);
        do
        {
            SortedSetElements.Reply(c, cursor.Member, cursor.Score, withScores);
        }
        while (cursor.MovePrevious());
    }

    /// <summary>Members by chance; a negative number of them may be the same ones.</summary>
    private static void ReplyChosen(ReadContext c, in ElementsView elements, long count, bool withScores)
    {
        using var chosen = new ElementList(PackedElements.CountMax);
        if (count < 0)
        {
            RandomElements.ChooseRepeated(elements, (int)-count, c.Engine.Random, chosen);
        }
        else
        {
            RandomElements.Choose(elements, count, c.Engine.Random, chosen);
        }

        SortedSetElements.ReplyHeader(c, chosen.Count, withScores);
        for (int i = 0; i < chosen.Count; i++)
        {
            SortedSetElements.Reply(c, elements.Name(chosen[i]), SortedSetScore.Read(elements.Value(chosen[i])), withScores);
        }
    }
}
