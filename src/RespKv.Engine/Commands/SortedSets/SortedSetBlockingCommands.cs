using RespKv.Engine.Execution;
using RespKv.Engine.Keyspace.Collections;
using RespKv.Protocol;

namespace RespKv.Engine.Commands.SortedSets;

/// <summary>Pops that wait until there is something.</summary>
internal static class SortedSetBlockingCommands
{
    [Command("bzpopmin", -3, CommandFlags.Write | CommandFlags.NoScript | CommandFlags.Fast | CommandFlags.Blocking | CommandFlags.RemovesElements,
        Keys = "1,-2,1 RW access delete", Group = "sorted-set", Since = "5.0.0",
        Complexity = "O(log(N)) with N being the number of elements in the sorted set.",
        Summary = "Remove and return the member with the lowest score from one or more sorted sets, or block until one is available",
        Syntax = "key [key ...] timeout")]
    internal static void BZPopMin(WriteContext c, RequestArgs args) => PopOne(c, args, max: false);

    [Command("bzpopmax", -3, CommandFlags.Write | CommandFlags.NoScript | CommandFlags.Fast | CommandFlags.Blocking | CommandFlags.RemovesElements,
        Keys = "1,-2,1 RW access delete", Group = "sorted-set", Since = "5.0.0",
        Complexity = "O(log(N)) with N being the number of elements in the sorted set.",
        Summary = "Remove and return the member with the highest score from one or more sorted sets, or block until one is available",
        Syntax = "key [key ...] timeout")]
    internal static void BZPopMax(WriteContext c, RequestArgs args) => PopOne(c, args, max: true);

    [Command("bzmpop", -5, CommandFlags.Write | CommandFlags.Blocking | CommandFlags.RemovesElements, Keys = "keynum:2 RW access delete",
        Group = "sorted-set", Since = "7.0.0",
        Complexity = "O(K) + O(M*log(N)) where K is the number of provided keys, N being the number of elements in the sorted set, and M being the number of elements popped.",
        Summary = "Remove and return members with scores in a sorted set or block until one is available",
        Syntax = "timeout numkeys key [key ...] <MIN | MAX> [COUNT count]")]
    internal static void BZMPop(WriteContext c, RequestArgs args)
    {
        if (MultiPopOptions.TryParse(c, args, 2, out MultiPopOptions options)
            && TimeoutArgument.TryDeadlineOfSeconds(c, args[1], out long deadlineMillis))
        {
            PopOrWait(c, args, 3, options.KeyCount, new PopWait(options.Max, options.Count, nested: true), deadlineMillis);
        }
    }

    private static void PopOne(WriteContext c, RequestArgs args, bool max)
    {
        if (TimeoutArgument.TryDeadlineOfSeconds(c, args[args.Count - 1], out long deadlineMillis))
        {
            PopOrWait(c, args, 1, args.Count - 2, new PopWait(max, count: 1, nested: false), deadlineMillis);
        }
    }

    private static void PopOrWait(WriteContext c, RequestArgs args, int firstKey, int keyCount, PopWait pop, long deadlineMillis)
    {
        for (int i = firstKey; i < firstKey + keyCount; i++)
        {
            var key = new KeyRef(args[i]);
            if (!c.FindSortedSet(key, out SortedSetView view))
            {
                return;
            }

            if (view.Exists)
            {
                pop.Pop(c, key, view);
                return;
            }
        }

        if (c.Session.RunsBlock)
        {
            pop.TimeOut(c);
            return;
        }

        c.WaitForKeys(pop, args, firstKey, keyCount, deadlineMillis);
    }

    private sealed class PopWait(bool max, long count, bool nested) : KeyWait(Keyspace.ValueType.SortedSet)
    {
        public override void Serve(WriteContext c, in KeyRef key)
        {
            if (c.FindSortedSet(key, out SortedSetView view))
            {
                Pop(c, key, view);
            }
        }

        public void Pop(WriteContext c, in KeyRef key, in SortedSetView view)
        {
            c.Reply.ArrayHeader(nested ? 2 : 3);
            c.Reply.Bulk(key.Bytes);
            if (nested)
            {
                SortedSetPopCommands.TakeAndReply(c, key, view, max, count, nested: true);
            }
            else
            {
                SortedSetPopCommands.Take(c, key, view, max, count, nested: false);
            }
        }
    }
}
