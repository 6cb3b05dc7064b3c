using RespKv.Engine.Commands.Keys;
using RespKv.Engine.Execution;
using RespKv.Engine.Keyspace;
using RespKv.Engine.Keyspace.Collections;
using RespKv.Engine.PubSub;
using RespKv.Engine.Space;
using RespKv.Protocol;
using RespKv.Storage.Mutations;

namespace RespKv.Engine.Commands.Sets;

/// <summary>Members of one set: added, removed, moved, looked for, told.</summary>
internal static class SetMemberCommands
{
    [Command("sadd", -3, CommandFlags.Write | CommandFlags.DenyOom | CommandFlags.Fast, Keys = "1,1,1 RW insert", Group = "set", Since = "1.0.0",
        Complexity = "O(1) for each element added, so O(N) to add N elements when the command is called with multiple arguments.",
        Summary = "Add one or more members to a set", Syntax = "key member [member ...]")]
    internal static void SAdd(WriteContext c, RequestArgs args)
    {
        var key = new KeyRef(args[1]);
        if (!c.FindSet(key, out ElementsView set))
        {
            return;
        }

        for (int i = 2; i < args.Count; i++)
        {
            if (!set.Contains(args[i]))
            {
                c.Elements.Add(args[i], default);
            }
        }

        if (c.Elements.Count == 0)
        {
            c.Reply.Integer(0);
            return;
        }

        long added = c.PutElements(key, ValueType.Set, c.Elements);
        c.Notify(KeyspaceEvents.Set, "sadd"u8, key);
        c.Reply.Integer(added);
    }

    [Command("srem", -3, CommandFlags.Write | CommandFlags.Fast, Keys = "1,1,1 RW delete", Group = "set", Since = "1.0.0",
        Complexity = "O(N) where N is the number of members to be removed.", Summary = "Remove one or more members from a set",
        Syntax = "key member [member ...]")]
    internal static void SRem(WriteContext c, RequestArgs args)
    {
        var key = new KeyRef(args[1]);
        if (!c.FindSet(key, out ElementsView set))
        {
            return;
        }

        for (int i = 2; i < args.Count; i++)
        {
            if (set.Contains(args[i]))
            {
                c.Elements.AddName(args[i]);
            }
        }

        if (c.Elements.Count == 0)
        {
            c.Reply.Integer(0);
            return;
        }

        long count = set.Count;
        long removed = c.RemoveElements(key, ValueType.Set, c.Elements);
        c.Notify(KeyspaceEvents.Set, "srem"u8, key);
        if (removed == count)
        {
            c.Notify(KeyspaceEvents.Generic, "del"u8, key);
        }

        c.Reply.Integer(removed);
    }

    [Command("smove", 4, CommandFlags.Write | CommandFlags.Fast | CommandFlags.MovesElement, Keys = "1,1,1 RW access delete; 2,2,1 RW insert",
        Group = "set", Since = "1.0.0", Complexity = "O(1)", Summary = "Move a member from one set to another",
        Syntax = "source destination member")]
    internal static void SMove(WriteContext c, RequestArgs args)
    {
        var source = new KeyRef(args[1]);
        var destination = new KeyRef(args[2]);
        ReadOnlySpan<byte> member = args[3];
        if (!c.Find(source, out _))
        {
            // A destination of another type does not matter then.
            c.Reply.Integer(0);
            return;
        }

        // The destination first: looking it up may delete it, which ends the source's view.
        bool isRightType = c.FindSet(destination, out _);
        if (!isRightType || !c.FindSet(source, out ElementsView from))
        {
            return;
        }

        bool isThere = from.Contains(member);
        if (!isThere || source.Bytes.SequenceEqual(destination.Bytes))
        {
            c.Reply.Integer(isThere ? 1 : 0);
            return;
        }

        bool isLast = from.Count == 1;
        c.FindSet(destination, out ElementsView to);
        bool isNew = !to.Contains(member);
        long memberBytes = ElementBuffer.ElementBytesMax(member.Length, 0);
        c.RequireRoom(RecordBound.OfElements(source.Bytes.Length, memberBytes) + RecordBound.OfElements(destination.Bytes.Length, memberBytes), grows: true);
        c.Elements.AddName(member);
        c.RemoveElements(source, ValueType.Set, c.Elements);
        c.Notify(KeyspaceEvents.Set, "srem"u8, source);
        if (isLast)
        {
            c.Notify(KeyspaceEvents.Generic, "del"u8, source);
        }

        if (isNew)
        {
            c.Elements.Clear();
            c.Elements.Add(member, default);
            c.PutElements(destination, ValueType.Set, c.Elements);
            c.Notify(KeyspaceEvents.Set, "sadd"u8, destination);
        }

        c.Reply.Integer(1);
    }

    [Command("sismember", 3, CommandFlags.ReadOnly | CommandFlags.Fast, Keys = "1,1,1 RO", Group = "set", Since = "1.0.0", Complexity = "O(1)",
        Summary = "Determine if a given value is a member of a set", Syntax = "key member")]
    internal static void SIsMember(ReadContext c, RequestArgs args)
    {
        if (c.FindSet(new KeyRef(args[1]), out ElementsView set))
        {
            c.Reply.Integer(set.Contains(args[2]) ? 1 : 0);
        }
    }

    [Command("smismember", -3, CommandFlags.ReadOnly | CommandFlags.Fast, Keys = "1,1,1 RO access", Group = "set", Since = "6.2.0",
        Complexity = "O(N) where N is the number of elements being checked for membership",
        Summary = "Returns the membership associated with the given elements for a set", Syntax = "key member [member ...]")]
    internal static void SMIsMember(ReadContext c, RequestArgs args)
    {
        if (!c.FindSet(new KeyRef(args[1]), out ElementsView set))
        {
            return;
        }

        c.Reply.ArrayHeader(args.Count - 2);
        for (int i = 2; i < args.Count; i++)
        {
            c.Reply.Integer(set.Contains(args[i]) ? 1 : 0);
        }
    }

    [Command("scard", 2, CommandFlags.ReadOnly | CommandFlags.Fast, Keys = "1,1,1 RO", Group = "set", Since = "1.0.0", Complexity = "O(1)",
        Summary = "Get the number of members in a set", Syntax = "key")]
    internal static void SCard(ReadContext c, RequestArgs args)
    {
        if (c.FindSet(new KeyRef(args[1]), out ElementsView set))
        {
            c.Reply.Integer(set.Count);
        }
    }

    [Command("smembers", 2, CommandFlags.ReadOnly, Keys = "1,1,1 RO access", Group = "set", Since = "1.0.0",
        Complexity = "O(N) where N is the set cardinality.", Summary = "Get all the members in a set", Syntax = "key",
        Tips = "nondeterministic_output_order")]
    internal static void SMembers(ReadContext c, RequestArgs args)
    {
        if (!c.FindSet(new KeyRef(args[1]), out ElementsView set))
        {
            return;
        }

        c.Reply.SetHeader((int)set.Count);
        foreach (ElementCursor element in set)
        {
            c.Reply.Bulk(element.Name);
        }
    }

    [Command("sscan", -3, CommandFlags.ReadOnly, Keys = "1,1,1 RO access", Group = "set", Since = "2.8.0",
        Complexity = "O(1) for every call. O(N) for a complete iteration, including enough command calls for the cursor to return back to 0. N is "
        + "the number of elements inside the collection..",
        Summary = "Incrementally iterate Set elements", Syntax = "key cursor [MATCH pattern] [COUNT count]", Tips = "nondeterministic_output")]
    internal static void SScan(ReadContext c, RequestArgs args)
    {
        if (!ScanCursor.TryParse(args[2], out ulong cursor))
        {
            c.Fail("ERR invalid cursor");
            return;
        }

        if (c.FindSet(new KeyRef(args[1]), out ElementsView set) && ElementScan.TryParse(c, args, set.Exists, out ElementScan scan))
        {
            scan.Run(c, set, cursor, replyValue: null);
        }
    }
}
