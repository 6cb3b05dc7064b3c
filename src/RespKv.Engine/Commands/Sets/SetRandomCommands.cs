using RespKv.Engine.Execution;
using RespKv.Engine.Keyspace;
using RespKv.Engine.Keyspace.Collections;
using RespKv.Engine.PubSub;
using RespKv.Protocol;

namespace RespKv.Engine.Commands.Sets;

/// <summary>Random members of a set, told or taken.</summary>
internal static class SetRandomCommands
{
    [Command("spop", -2, CommandFlags.Write | CommandFlags.Fast | CommandFlags.RemovesElements, Keys = "1,1,1 RW access delete", Group = "set",
        Since = "1.0.0", Complexity = "Without the count argument O(1), otherwise O(N) where N is the value of the passed count.",
        Summary = "Remove and return one or multiple random members from a set", Syntax = "key [count]", Tips = "nondeterministic_output")]
    internal static void SPop(WriteContext c, RequestArgs args)
    {
        if (args.Count > 2)
        {
            PopSome(c, args);
            return;
        }

        var key = new KeyRef(args[1]);
        if (!c.FindSet(key, out ElementsView set))
        {
            return;
        }

        if (!set.Exists)
        {
            c.Reply.Null();
            return;
        }

        // The reply is a copy, as are the names: the view ends with the removal.
        ReadOnlySpan<byte> member = set.Name(set.Random(c.Engine.Random));
        c.Reply.Bulk(member);
        c.Elements.AddName(member);
        Remove(c, key, isLast: set.Count == 1);
    }

    [Command("srandmember", -2, CommandFlags.ReadOnly, Keys = "1,1,1 RO access", Group = "set", Since = "1.0.0",
        Complexity = "Without the count argument O(1), otherwise O(N) where N is the absolute value of the passed count.",
        Summary = "Get one or multiple random members from a set", Syntax = "key [count]", Tips = "nondeterministic_output")]
    internal static void SRandMember(ReadContext c, RequestArgs args)
    {
        if (args.Count > 2)
        {
            RandomMembers(c, args);
            return;
        }

        if (!c.FindSet(new KeyRef(args[1]), out ElementsView set))
        {
            return;
        }

        if (set.Exists)
        {
            c.Reply.Bulk(set.Name(set.Random(c.Engine.Random)));
        }
        else
        {
            c.Reply.Null();
        }
    }

    private static void PopSome(WriteContext c, RequestArgs args)
    {
        if (args.Count > 3)
        {
            c.Fail(Errors.Syntax);
            return;
        }

        if (!RespNumber.TryParseInt64(args[2], out long count) || count < 0)
        {
            c.Fail("ERR value is out of range, must be positive");
            return;
        }

        var key = new KeyRef(args[1]);
        if (!c.FindSet(key, out ElementsView set))
        {
            return;
        }

        if (!set.Exists || count == 0)
        {
            c.Reply.SetHeader(0);
            return;
        }

        if (count >= set.Count)
        {
            ReplyAll(c, set);
            c.Delete(key);
            c.Notify(KeyspaceEvents.Set, "spop"u8, key);
            c.Notify(KeyspaceEvents.Generic, "del"u8, key);
            return;
        }

        using var chosen = new ElementList((int)count);
        RandomElements.Choose(set, count, c.Engine.Random, chosen);
        c.Reply.SetHeader(chosen.Count);
        for (int i = 0; i < chosen.Count; i++)
        {
            ReadOnlySpan<byte> member = set.Name(chosen[i]);
            c.Reply.Bulk(member);
            c.Elements.AddName(member);
        }

        Remove(c, key, isLast: false);
    }

    private static void RandomMembers(ReadContext c, RequestArgs args)
    {
        if (args.Count > 3)
        {
            c.Fail(Errors.Syntax);
            return;
        }

        if (!RandomElements.TryCount(c, args[2], out long count)
            || !c.FindSet(new KeyRef(args[1]), out ElementsView set)
            || (set.Exists && !RandomElements.MayRepeat(c, count)))
        {
            return;
        }

        // Arrays, in RESP3 too: members may come twice.
        if (!set.Exists || count == 0)
        {
            c.Reply.ArrayHeader(0);
            return;
        }

        if (count >= set.Count)
        {
            c.Reply.ArrayHeader((int)set.Count);
            foreach (ElementCursor element in set)
            {
                c.Reply.Bulk(element.Name);
            }

            return;
        }

        using var chosen = new ElementList((int)Math.Abs(count));
        if (count < 0)
        {
            RandomElements.ChooseRepeated(set, (int)-count, c.Engine.Random, chosen);
        }
        else
        {
            RandomElements.Choose(set, count, c.Engine.Random, chosen);
        }

        c.Reply.ArrayHeader(chosen.Count);
        for (int i = 0; i < chosen.Count; i++)
        {
            c.Reply.Bulk(set.Name(chosen[i]));
        }
    }

    private static void ReplyAll(WriteContext c, in ElementsView set)
    {
        c.Reply.SetHeader((int)set.Count);
        foreach (ElementCursor element in set)
        {
            c.Reply.Bulk(element.Name);
        }
    }

    private static void Remove(WriteContext c, in KeyRef key, bool isLast)
    {
        c.RemoveElements(key, ValueType.Set, c.Elements);
        c.Notify(KeyspaceEvents.Set, "spop"u8, key);
        if (isLast)
        {
            c.Notify(KeyspaceEvents.Generic, "del"u8, key);
        }
    }
}
