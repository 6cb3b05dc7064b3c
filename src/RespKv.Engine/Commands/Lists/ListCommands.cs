using RespKv.Engine.Execution;
using RespKv.Engine.Keyspace.Collections;
using RespKv.Engine.PubSub;
using RespKv.Protocol;

namespace RespKv.Engine.Commands.Lists;

/// <summary>Pushing, popping, and reading by index.</summary>
internal static class ListCommands
{
    private const CommandFlags Pushes = CommandFlags.Write | CommandFlags.DenyOom | CommandFlags.Fast;
    private const CommandFlags Pops = CommandFlags.Write | CommandFlags.Fast | CommandFlags.RemovesElements;
    private const string PushComplexity = "O(1) for each element added, so O(N) to add N elements when the command is called with multiple arguments.";
    private const string PopComplexity = "O(N) where N is the number of elements returned";

    [Command("lpush", -3, Pushes, Keys = "1,1,1 RW insert", Group = "list", Since = "1.0.0", Complexity = PushComplexity,
        Summary = "Prepend one or multiple elements to a list", Syntax = "key element [element ...]")]
    internal static void LPush(WriteContext c, RequestArgs args) => Push(c, args, first: true, onlyExisting: false);

    [Command("rpush", -3, Pushes, Keys = "1,1,1 RW insert", Group = "list", Since = "1.0.0", Complexity = PushComplexity,
        Summary = "Append one or multiple elements to a list", Syntax = "key element [element ...]")]
    internal static void RPush(WriteContext c, RequestArgs args) => Push(c, args, first: false, onlyExisting: false);

    [Command("lpushx", -3, Pushes, Keys = "1,1,1 RW insert", Group = "list", Since = "2.2.0", Complexity = PushComplexity,
        Summary = "Prepend an element to a list, only if the list exists", Syntax = "key element [element ...]")]
    internal static void LPushX(WriteContext c, RequestArgs args) => Push(c, args, first: true, onlyExisting: true);

    [Command("rpushx", -3, Pushes, Keys = "1,1,1 RW insert", Group = "list", Since = "2.2.0", Complexity = PushComplexity,
        Summary = "Append an element to a list, only if the list exists", Syntax = "key element [element ...]")]
    internal static void RPushX(WriteContext c, RequestArgs args) => Push(c, args, first: false, onlyExisting: true);

    [Command("lpop", -2, Pops, Keys = "1,1,1 RW access delete", Group = "list", Since = "1.0.0", Complexity = PopComplexity,
        Summary = "Remove and get the first elements in a list", Syntax = "key [count]")]
    internal static void LPop(WriteContext c, RequestArgs args) => Pop(c, args, first: true);

    [Command("rpop", -2, Pops, Keys = "1,1,1 RW access delete", Group = "list", Since = "1.0.0", Complexity = PopComplexity,
        Summary = "Remove and get the last elements in a list", Syntax = "key [count]")]
    internal static void RPop(WriteContext c, RequestArgs args) => Pop(c, args, first: false);

    [Command("llen", 2, CommandFlags.ReadOnly | CommandFlags.Fast, Keys = "1,1,1 RO", Group = "list", Since = "1.0.0", Complexity = "O(1)",
        Summary = "Get the length of a list", Syntax = "key")]
    internal static void LLen(ReadContext c, RequestArgs args)
    {
        if (c.FindList(new KeyRef(args[1]), out ListView list))
        {
            c.Reply.Integer(list.Count);
        }
    }

    [Command("lindex", 3, CommandFlags.ReadOnly, Keys = "1,1,1 RO access", Group = "list", Since = "1.0.0",
        Complexity = "O(N) where N is the number of elements to traverse to get to the element at index. This makes asking for the first or "
        + "the last element of the list O(1).", Summary = "Get an element from a list by its index", Syntax = "key index")]
    internal static void LIndex(ReadContext c, RequestArgs args)
    {
        if (!c.FindList(new KeyRef(args[1]), out ListView list))
        {
            return;
        }

        if (!list.Exists)
        {
            c.Reply.Null();
        }
        else if (ArgumentParsing.TryInteger(c, args[2], out long index))
        {
            index += index < 0 ? list.Count : 0;
            if (index >= 0 && index < list.Count)
            {
                c.Reply.Bulk(list.Get(index));
            }
            else
            {
                c.Reply.Null();
            }
        }
    }

    [Command("lset", 4, CommandFlags.Write | CommandFlags.DenyOom, Keys = "1,1,1 RW update", Group = "list", Since = "1.0.0",
        Complexity = "O(N) where N is the length of the list. Setting either the first or the last element of the list is O(1).",
        Summary = "Set the value of an element in a list by its index", Syntax = "key index element")]
    internal static void LSet(WriteContext c, RequestArgs args)
    {
        var key = new KeyRef(args[1]);
        if (!c.FindList(key, out ListView list))
        {
            return;
        }

        if (!list.Exists)
        {
            c.Fail(Errors.NoSuchKey);
        }
        else if (ArgumentParsing.TryInteger(c, args[2], out long index))
        {
            index += index < 0 ? list.Count : 0;
            if (index < 0 || index >= list.Count)
            {
                c.Fail(Errors.OutOfRange);
                return;
            }

            c.ListSet(key, index, args[3]);
            c.Notify(KeyspaceEvents.List, "lset"u8, key);
            c.Reply.Ok();
        }
    }

    [Command("lrange", 4, CommandFlags.ReadOnly, Keys = "1,1,1 RO access", Group = "list", Since = "1.0.0",
        Complexity = "O(S+N) where S is the distance of start offset from HEAD for small lists, from nearest end (HEAD or TAIL) for large lists; "
        + "and N is the number of elements in the specified range.",
        Summary = "Get a range of elements from a list", Syntax = "key start stop")]
    internal static void LRange(ReadContext c, RequestArgs args)
    {
        if (!ArgumentParsing.TryInteger(c, args[2], out long start)
            || !ArgumentParsing.TryInteger(c, args[3], out long stop)
            || !c.FindList(new KeyRef(args[1]), out ListView list))
        {
            return;
        }

        long count = Clip(list.Count, ref start, stop);
        ListReply.Write(c, list, start, count, forward: true);
    }

    [Command("ltrim", 4, CommandFlags.Write | CommandFlags.StoresValues, Keys = "1,1,1 RW delete", Group = "list", Since = "1.0.0",
        Complexity = "O(N) where N is the number of elements to be removed by the operation.",
        Summary = "Trim a list to the specified range", Syntax = "key start stop")]
    internal static void LTrim(WriteContext c, RequestArgs args)
    {
        var key = new KeyRef(args[1]);
        if (!ArgumentParsing.TryInteger(c, args[2], out long start)
            || !ArgumentParsing.TryInteger(c, args[3], out long stop)
            || !c.FindList(key, out ListView list))
        {
            return;
        }

        if (list.Exists)
        {
            long length = list.Count;
            long kept = Clip(length, ref start, stop);
            ListPop.Trim(c, key, length, kept == 0 ? length : start, kept == 0 ? 0 : length - start - kept);
            c.Notify(KeyspaceEvents.List, "ltrim"u8, key);
            ListPop.NotifyIfEmptied(c, key, kept);
        }

        c.Reply.Ok();
    }

    private static void Push(WriteContext c, RequestArgs args, bool first, bool onlyExisting)
    {
        var key = new KeyRef(args[1]);
        if (!c.FindList(key, out ListView list))
        {
            return;
        }

        if (onlyExisting && !list.Exists)
        {
            c.Reply.Integer(0);
            return;
        }

        for (int i = 2; i < args.Count; i++)
        {
            c.Elements.AddName(args[i]);
        }

        long count = c.ListPush(key, first, c.Elements);
        c.Notify(KeyspaceEvents.List, first ? "lpush"u8 : "rpush"u8, key);
        c.Reply.Integer(count);
    }

    private static void Pop(WriteContext c, RequestArgs args, bool first)
    {
        bool hasCount = args.Count == 3;
        long count = 1;
        if (args.Count > 3)
        {
            c.Fail(Errors.WrongArity(first ? "lpop" : "rpop"));
            return;
        }

        var key = new KeyRef(args[1]);
        if ((hasCount && !ListArguments.TryAtLeast(c, args[2], 0, "ERR value is out of range, must be positive", out count))
            || !c.FindList(key, out ListView list))
        {
            return;
        }

        if (!list.Exists && hasCount)
        {
            c.Reply.NullArray();
        }
        else if (!list.Exists)
        {
            c.Reply.Null();
        }
        else if (count == 0)
        {
            c.Reply.ArrayHeader(0);
        }
        else if (hasCount)
        {
            ListPop.Range(c, key, list, first, count);
        }
        else
        {
            c.Reply.Bulk(list.Get(first ? 0 : list.Count - 1));
            ListPop.Remove(c, key, list.Count, first, 1);
        }
    }

    /// <summary>A range whose ends may count from the end or lie outside of the list. Returns how many elements it has, from <paramref name="start"/> on.</summary>
    private static long Clip(long length, ref long start, long stop)
    {
        start = Math.Max(0, start < 0 ? start + length : start);
        stop = Math.Min(length - 1, stop < 0 ? stop + length : stop);
        return start > stop ? 0 : stop - start + 1;
    }
}
