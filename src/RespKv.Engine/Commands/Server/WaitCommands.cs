using RespKv.Engine.Execution;
using RespKv.Engine.Sessions;
using RespKv.Protocol;

namespace RespKv.Engine.Commands.Server;

/// <summary>WAIT and WAITAOF: waiting until earlier writes of the same client are where it wants them.</summary>
internal static class WaitCommands
{
    /// <summary>There are no replicas yet, so waiting for one ends by the timeout only.</summary>
    [Command("wait", 3, CommandFlags.NoScript, Group = "generic", Since = "3.0.0", Complexity = "O(1)",
        Summary = "Wait for the synchronous replication of all the write commands sent in the context of the current connection",
        Syntax = "numreplicas timeout", Categories = "connection", Tips = "request_policy:all_shards response_policy:agg_min")]
    internal static void Wait(ReadContext c, RequestArgs args)
    {
        if (!ArgumentParsing.TryInteger(c, args[1], out long replicas) || !TimeoutArgument.TryDeadline(c, args[2], out long deadlineMillis))
        {
            return;
        }

        if (replicas <= 0 || c.Session.RunsBlock)
        {
            c.Reply.Integer(0);
            return;
        }

        c.Suspend(new Suspension(static (c, end) => Answer(c, end, static c => c.Reply.Integer(0)), deadlineMillis, CanBeUnblocked: true));
    }

    [Command("waitaof", 4, CommandFlags.NoScript, Group = "generic", Since = "7.2.0", Complexity = "O(1)",
        Summary = "Wait for all write commands sent in the context of the current connection to be synced to the log of the local host and/or replicas",
        Syntax = "numlocal numreplicas timeout", Categories = "connection", Tips = "request_policy:all_shards response_policy:agg_min")]
    internal static void WaitAof(ReadContext c, RequestArgs args)
    {
        if (!TryCount(c, args[1], 1, "ERR value is out of range, value must between 0 and 1", out long local)
            || !TryCount(c, args[2], long.MaxValue, "ERR value is out of range, must be positive", out long replicas)
            || !TimeoutArgument.TryDeadline(c, args[3], out long deadlineMillis))
        {
            return;
        }

        long lsn = c.Session.LastWriteLsn;
        if ((replicas == 0 && (local == 0 || c.Engine.DurableLsn >= lsn)) || c.Session.RunsBlock)
        {
            AnswerDurable(c, lsn);
            return;
        }

        // Replicas are never reached: then only the timeout ends it.
        c.Suspend(new Suspension(
            (c, end) => Answer(c, end, c => AnswerDurable(c, lsn)),
            deadlineMillis,
            DurableLsn: replicas == 0 ? lsn : -1,
            CanBeUnblocked: true));
    }

    private static void AnswerDurable(ReadContext c, long lsn)
    {
        c.Reply.ArrayHeader(2);
        c.Reply.Integer(c.Engine.DurableLsn >= lsn ? 1 : 0);
        c.Reply.Integer(0);
    }

    private static void Answer(ReadContext c, SuspensionEnd end, Action<ReadContext> reply)
    {
        if (end == SuspensionEnd.Unblocked)
        {
            c.Fail("UNBLOCKED client unblocked via CLIENT UNBLOCK");
        }
        else
        {
            reply(c);
        }
    }

    private static bool TryCount(CommandContext c, ReadOnlySpan<byte> argument, long max, string outOfRange, out long count)
    {
        if (!ArgumentParsing.TryInteger(c, argument, out count))
        {
            return false;
        }

        if (count >= 0 && count <= max)
        {
            return true;
        }

        c.Fail(outOfRange);
        return false;
    }
}
