using RespKv.Engine.Execution;
using RespKv.Engine.Keyspace.Collections;
using RespKv.Protocol;

namespace RespKv.Engine.Commands.Lists;

/// <summary>Popping from the first of several lists that is not empty, or from the first that becomes so.</summary>
internal static class ListPopCommands
{
    private const CommandFlags Waits = CommandFlags.Write | CommandFlags.NoScript | CommandFlags.Blocking;
    private const string Complexity = "O(N) where N is the number of provided keys.";
    private const string CountComplexity = "O(N+M) where N is the number of provided keys and M is the number of elements returned.";

    /// <summary>BLPOP's number of elements, which replies with one that is in no array.</summary>
    private const long Single = -1;

    [Command("blpop", -3, Waits, Keys = "1,-2,1 RW access delete", Group = "list", Since = "2.0.0", Complexity = Complexity,
        Summary = "Remove and get the first element in a list, or block until one is available", Syntax = "key [key ...] timeout")]
    internal static void BLPop(WriteContext c, RequestArgs args) => PopOrWait(c, args, 1, args.Count - 2, args.Count - 1, first: true, Single);

    [Command("brpop", -3, Waits, Keys = "1,-2,1 RW access delete", Group = "list", Since = "2.0.0", Complexity = Complexity,
        Summary = "Remove and get the last element in a list, or block until one is available", Syntax = "key [key ...] timeout")]
    internal static void BRPop(WriteContext c, RequestArgs args) => PopOrWait(c, args, 1, args.Count - 2, args.Count - 1, first: false, Single);

    [Command("lmpop", -4, CommandFlags.Write | CommandFlags.RemovesElements, Keys = "keynum:1 RW access delete", Group = "list", Since = "7.0.0",
        Complexity = CountComplexity, Summary = "Pop elements from a list", Syntax = "numkeys key [key ...] <LEFT | RIGHT> [COUNT count]")]
    internal static void LMPop(WriteContext c, RequestArgs args)
    {
        if (TryArguments(c, args, 1, out int keyCount, out bool first, out long count) && !TryPop(c, args, 2, keyCount, first, count))
        {
            c.Reply.NullArray();
        }
    }

    [Command("blmpop", -5, CommandFlags.Write | CommandFlags.Blocking | CommandFlags.RemovesElements, Keys = "keynum:2 RW access delete", Group = "list",
        Since = "7.0.0", Complexity = CountComplexity, Summary = "Pop elements from a list, or block until one is available",
        Syntax = "timeout numkeys key [key ...] <LEFT | RIGHT> [COUNT count]")]
    internal static void BLMPop(WriteContext c, RequestArgs args)
    {
        if (TryArguments(c, args, 2, out int keyCount, out bool first, out long count))
        {
            PopOrWait(c, args, 3, keyCount, 1, first, count);
        }
    }

    private static bool TryArguments(WriteContext c, RequestArgs args, int numKeysAt, out int keyCount, out bool first, out long count)
    {
        keyCount = 0;
        first = false;
        count = 1;
        if (!ListArguments.TryAtLeast(c, args[numKeysAt], 1, "ERR numkeys should be greater than 0", out long keys))
        {
            return false;
        }

        if (keys >= args.Count - numKeysAt - 1)
        {
            c.Fail(Errors.Syntax);
            return false;
        }

        keyCount = (int)keys;
        int sideAt = numKeysAt + keyCount + 1;
        if (!ListArguments.TrySide(c, args[sideAt], out first))
        {
            return false;
        }

        if (args.Count == sideAt + 1)
        {
            return true;
        }

        if (args.Count > sideAt + 2 && args[sideAt + 1].Is("count"u8))
        {
            if (!ListArguments.TryAtLeast(c, args[sideAt + 2], 1, "ERR count should be greater than 0", out count))
            {
                return false;
            }

            if (args.Count == sideAt + 3)
            {
                return true;
            }
        }

        c.Fail(Errors.Syntax);
        return false;
    }

    private static void PopOrWait(WriteContext c, RequestArgs args, int firstKey, int keyCount, int timeoutAt, bool first, long count)
    {
        if (!TimeoutArgument.TryDeadlineOfSeconds(c, args[timeoutAt], out long deadlineMillis)
            || TryPop(c, args, firstKey, keyCount, first, count))
        {
            return;
        }

        if (c.Session.RunsBlock)
        {
            c.Reply.NullArray();
        }
        else
        {
            c.WaitForKeys(new PopWait(first, count), args, firstKey, keyCount, deadlineMillis);
        }
    }

    /// <summary>Pops from the first key that is there. False: none is, and nothing has been replied.</summary>
    private static bool TryPop(WriteContext c, RequestArgs args, int firstKey, int keyCount, bool first, long count)
    {
        for (int i = firstKey; i < firstKey + keyCount; i++)
        {
            var key = new KeyRef(args[i]);
            if (!c.FindList(key, out ListView list))
            {
                return true;
            }

            if (list.Exists)
            {
                Pop(c, key, list, first, count);
                return true;
            }
        }

        return false;
    }

    private static void Pop(WriteContext c, in KeyRef key, in ListView list, bool first, long count)
    {
        if (count == Single)
        {
            ListPop.OneWithKey(c, key, list, first);
        }
        else
        {
            ListPop.RangeWithKey(c, key, list, first, count);
        }
    }

    private sealed class PopWait(bool first, long count) : KeyWait(Keyspace.ValueType.List)
    {
        public override void Serve(WriteContext c, in KeyRef key)
        {
            if (c.FindList(key, out ListView list))
            {
                Pop(c, key, list, first, count);
            }
        }
    }
}
