using RespKv.Engine.Execution;
using RespKv.Engine.Keyspace.Collections;
using RespKv.Engine.PubSub;
using RespKv.Protocol;

namespace RespKv.Engine.Commands.Lists;

/// <summary>Moving an element from one list to another, or around in one.</summary>
internal static class ListMoveCommands
{
    private const CommandFlags Moves = CommandFlags.Write | CommandFlags.DenyOom | CommandFlags.MovesElement;
    private const CommandFlags Waits = Moves | CommandFlags.NoScript | CommandFlags.Blocking;
    private const string Keys = "1,1,1 RW access delete; 2,2,1 RW insert";
    private const string BlockingSummary = "Pop an element from a list, push it to another list and return it; or block until one is available";

    [Command("lmove", 5, Moves, Keys = Keys, Group = "list", Since = "6.2.0", Complexity = "O(1)",
        Summary = "Pop an element from a list, push it to another list and return it",
        Syntax = "source destination <LEFT | RIGHT> <LEFT | RIGHT>")]
    internal static void LMove(WriteContext c, RequestArgs args)
    {
        if (ListArguments.TrySide(c, args[3], out bool fromFirst) && ListArguments.TrySide(c, args[4], out bool toFirst))
        {
            MoveOrNull(c, args, fromFirst, toFirst);
        }
    }

    [Command("rpoplpush", 3, Moves, Keys = Keys, Group = "list", Since = "1.2.0", Complexity = "O(1)",
        Summary = "Remove the last element in a list, prepend it to another list and return it", Syntax = "source destination")]
    internal static void RPopLPush(WriteContext c, RequestArgs args) => MoveOrNull(c, args, fromFirst: false, toFirst: true);

    [Command("blmove", 6, Waits, Keys = Keys, Group = "list", Since = "6.2.0", Complexity = "O(1)", Summary = BlockingSummary,
        Syntax = "source destination <LEFT | RIGHT> <LEFT | RIGHT> timeout")]
    internal static void BLMove(WriteContext c, RequestArgs args)
    {
        if (ListArguments.TrySide(c, args[3], out bool fromFirst)
            && ListArguments.TrySide(c, args[4], out bool toFirst)
            && TimeoutArgument.TryDeadlineOfSeconds(c, args[5], out long deadlineMillis))
        {
            MoveOrWait(c, args, fromFirst, toFirst, deadlineMillis);
        }
    }

    [Command("brpoplpush", 4, Waits, Keys = Keys, Group = "list", Since = "2.2.0", Complexity = "O(1)", Summary = BlockingSummary,
        Syntax = "source destination timeout")]
    internal static void BRPopLPush(WriteContext c, RequestArgs args)
    {
        if (TimeoutArgument.TryDeadlineOfSeconds(c, args[3], out long deadlineMillis))
        {
            MoveOrWait(c, args, fromFirst: false, toFirst: true, deadlineMillis);
        }
    }

    private static void MoveOrNull(WriteContext c, RequestArgs args, bool fromFirst, bool toFirst)
    {
        var source = new KeyRef(args[1]);
        if (!c.FindList(source, out ListView list))
        {
            return;
        }

        if (list.Exists)
        {
            Move(c, source, new KeyRef(args[2]), fromFirst, toFirst);
        }
        else
        {
            c.Reply.Null();
        }
    }

    private static void MoveOrWait(WriteContext c, RequestArgs args, bool fromFirst, bool toFirst, long deadlineMillis)
    {
        var source = new KeyRef(args[1]);
        if (!c.FindList(source, out ListView list))
        {
            return;
        }

        if (list.Exists)
        {
            Move(c, source, new KeyRef(args[2]), fromFirst, toFirst);
        }
        else if (c.Session.RunsBlock)
        {
            c.Reply.Null();
        }
        else
        {
            c.WaitForKeys(new MoveWait(args[2].ToArray(), fromFirst, toFirst), args, 1, 1, deadlineMillis);
        }
    }

    /// <summary>Moves an element of a list that is there, and replies with it; or replies that the destination is no list.</summary>
    private static void Move(WriteContext c, in KeyRef source, in KeyRef destination, bool fromFirst, bool toFirst)
    {
        if (!c.FindList(destination, out _) || !c.FindList(source, out ListView list))
        {
            return;
        }

        long length = list.Count;
        c.Elements.AddName(list.Get(fromFirst ? 0 : length - 1));
        var value = new Storage.Mutations.ElementReader(c.Elements.Bytes);
        value.ReadName();
        bool isSame = source.Bytes.SequenceEqual(destination.Bytes);
        c.Reply.Bulk(value.Name);
        if (isSame && (length == 1 || fromFirst == toFirst))
        {
            c.Touch(source);
        }
        else
        {
            c.ListMove(source, fromFirst, destination, toFirst, c.Elements);
        }

        c.Notify(KeyspaceEvents.List, toFirst ? "lpush"u8 : "rpush"u8, destination);
        c.Notify(KeyspaceEvents.List, fromFirst ? "lpop"u8 : "rpop"u8, source);
        if (!isSame)
        {
            ListPop.NotifyIfEmptied(c, source, length - 1);
        }
    }

    private sealed class MoveWait(byte[] destination, bool fromFirst, bool toFirst) : KeyWait(Keyspace.ValueType.List)
    {
        public override void Serve(WriteContext c, in KeyRef key) => Move(c, key, new KeyRef(destination), fromFirst, toFirst);
    }
}
