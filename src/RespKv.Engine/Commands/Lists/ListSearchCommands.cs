using System.Runtime.InteropServices;
using RespKv.Engine.Execution;
using RespKv.Engine.Keyspace.Collections;
using RespKv.Engine.PubSub;
using RespKv.Protocol;

namespace RespKv.Engine.Commands.Lists;

/// <summary>Commands that look for elements by their value.</summary>
internal static class ListSearchCommands
{
    [Command("linsert", 5, CommandFlags.Write | CommandFlags.DenyOom | CommandFlags.StoresValues, Keys = "1,1,1 RW insert", Group = "list", Since = "2.2.0",
        Complexity = "O(N) where N is the number of elements to traverse before seeing the value pivot. This means that inserting somewhere on "
        + "the left end on the list (head) can be considered O(1) and inserting somewhere on the right end (tail) is O(N).",
        Summary = "Insert an element before or after another element in a list", Syntax = "key <BEFORE | AFTER> pivot element")]
    internal static void LInsert(WriteContext c, RequestArgs args)
    {
        bool after = args[2].Is("after"u8);
        if (!after && !args[2].Is("before"u8))
        {
            c.Fail(Errors.Syntax);
            return;
        }

        var key = new KeyRef(args[1]);
        if (!c.FindList(key, out ListView list))
        {
            return;
        }

        if (!list.Exists)
        {
            c.Reply.Integer(0);
            return;
        }

        long length = list.Count;
        long index = IndexOf(list, args[3]);
        if (index < 0)
        {
            c.Reply.Integer(-1);
            return;
        }

        c.ListInsert(key, index + (after ? 1 : 0), args[4]);
        c.Notify(KeyspaceEvents.List, "linsert"u8, key);
        c.Reply.Integer(length + 1);
    }

    [Command("lrem", 4, CommandFlags.Write | CommandFlags.StoresValues, Keys = "1,1,1 RW delete", Group = "list", Since = "1.0.0",
        Complexity = "O(N+M) where N is the length of the list and M is the number of elements removed.",
        Summary = "Remove elements from a list", Syntax = "key count element")]
    internal static void LRem(WriteContext c, RequestArgs args)
    {
        var key = new KeyRef(args[1]);
        if (!ArgumentParsing.TryInteger(c, args[2], out long count) || !c.FindList(key, out ListView list))
        {
            return;
        }

        long length = list.Count;
        List<long> indexes = list.Exists ? Matches(list, args[3], fromFirst: count >= 0, count == 0 ? long.MaxValue : Magnitude(count)) : [];
        if (indexes.Count > 0)
        {
            if (indexes.Count == length)
            {
                c.Delete(key);
            }
            else
            {
                c.ListRemoveAt(key, CollectionsMarshal.AsSpan(indexes));
            }

            c.Notify(KeyspaceEvents.List, "lrem"u8, key);
            ListPop.NotifyIfEmptied(c, key, length - indexes.Count);
        }

        c.Reply.Integer(indexes.Count);
    }

    [Command("lpos", -3, CommandFlags.ReadOnly, Keys = "1,1,1 RO access", Group = "list", Since = "6.0.6",
        Complexity = "O(N) where N is the number of elements in the list, for the average case. When searching for elements near the head or the "
        + "tail of the list, or when the MAXLEN option is provided, the command may run in constant time.",
        Summary = "Return the index of matching elements on a list",
        Syntax = "key element [RANK rank] [COUNT num-matches] [MAXLEN len]")]
    internal static void LPos(ReadContext c, RequestArgs args)
    {
        if (!TryOptions(c, args, out long rank, out long count, out long lengthMax) || !c.FindList(new KeyRef(args[1]), out ListView list))
        {
            return;
        }

        // The smallest rank has no opposite: in Redis every match reaches it, and none is the last that is wanted.
        bool fromFirst = rank > 0;
        long skipped = rank == long.MinValue ? 0 : Math.Abs(rank) - 1;
        long wanted = count == 0 || rank == long.MinValue ? long.MaxValue : Math.Max(1, count);
        List<long> found = list.Exists ? Positions(list, args[2], fromFirst, skipped, wanted, lengthMax) : [];
        if (count >= 0)
        {
            c.Reply.ArrayHeader(found.Count);
            found.ForEach(c.Reply.Integer);
        }
        else if (found.Count > 0)
        {
            c.Reply.Integer(found[0]);
        }
        else
        {
            c.Reply.Null();
        }
    }

    private static bool TryOptions(CommandContext c, RequestArgs args, out long rank, out long count, out long lengthMax)
    {
        rank = 1;
        count = -1;
        lengthMax = 0;
        for (int i = 3; i < args.Count; i += 2)
        {
            bool hasValue = i + 1 < args.Count;
            if (hasValue && args[i].Is("rank"u8))
            {
                if (!TryRank(c, args[i + 1], out rank))
                {
                    return false;
                }
            }
            else if (hasValue && args[i].Is("count"u8))
            {
                if (!ListArguments.TryAtLeast(c, args[i + 1], 0, "ERR COUNT can't be negative", out count))
                {
                    return false;
                }
            }
            else if (hasValue && args[i].Is("maxlen"u8))
            {
                if (!ListArguments.TryAtLeast(c, args[i + 1], 0, "ERR MAXLEN can't be negative", out lengthMax))
                {
                    return false;
                }
            }
            else
            {
                c.Fail(Errors.Syntax);
                return false;
            }
        }

        return true;
    }

    private static bool TryRank(CommandContext c, ReadOnlySpan<byte> argument, out long rank)
    {
        if (!ArgumentParsing.TryInteger(c, argument, out rank))
        {
            return false;
        }

        if (rank != 0)
        {
            return true;
        }

        c.Fail("ERR RANK can't be zero: use 1 to start from the first match, 2 from the second ... or use negative to start from the end of the list");
        return false;
    }

    private static long IndexOf(in ListView list, ReadOnlySpan<byte> value)
    {
        ListCursor cursor = list.At(0);
        long index = 0;
        do
        {
            if (cursor.Current.SequenceEqual(value))
            {
                return index;
            }

            index++;
        }
        while (cursor.MoveNext());
        return -1;
    }

    /// <summary>Ascending indexes of the elements that equal a value, as many as are wanted from one end.</summary>
    private static List<long> Matches(in ListView list, ReadOnlySpan<byte> value, bool fromFirst, long wanted)
    {
        List<long> found = Positions(list, value, fromFirst, 0, wanted, 0);
        if (!fromFirst)
        {
            found.Reverse();
        }

        return found;
    }

    /// <summary>Indexes of the elements that equal a value, in the order in which they are found.</summary>
    /// <param name="list">A list that is there.</param>
    /// <param name="value">The value.</param>
    /// <param name="fromFirst">Where the search begins.</param>
    /// <param name="skipped">How many matches do not count.</param>
    /// <param name="wanted">Where the search ends.</param>
    /// <param name="lengthMax">How many elements are looked at; 0: all.</param>
    private static List<long> Positions(in ListView list, ReadOnlySpan<byte> value, bool fromFirst, long skipped, long wanted, long lengthMax)
    {
        var found = new List<long>();
        long length = list.Count;
        long end = lengthMax == 0 ? length : Math.Min(length, lengthMax);
        ListCursor cursor = list.At(fromFirst ? 0 : length - 1);
        for (long i = 0; i < end && found.Count < wanted; i++)
        {
            if (cursor.Current.SequenceEqual(value) && skipped-- <= 0)
            {
                found.Add(fromFirst ? i : length - 1 - i);
            }

            _ = fromFirst ? cursor.MoveNext() : cursor.MovePrevious();
        }

        return found;
    }

    private static long Magnitude(long count) => count == long.MinValue ? long.MaxValue : Math.Abs(count);
}
