using RespKv.Engine.Execution;
using RespKv.Engine.Sessions;
using RespKv.Protocol;

namespace RespKv.Engine.Commands.Connection;

/// <summary>CLIENT PAUSE, UNPAUSE and UNBLOCK: holding clients back, and letting them go.</summary>
internal static class ClientPauseCommands
{
    private const CommandFlags OfAdministrators = CommandFlags.Admin | CommandFlags.NoScript | CommandFlags.Loading | CommandFlags.Stale;

    [Command("client|pause", -3, OfAdministrators, Group = "connection", Since = "2.9.50", Complexity = "O(1)",
        Summary = "Stop processing commands from clients for some time", Syntax = "timeout [WRITE | ALL]")]
    internal static void Pause(ReadContext c, RequestArgs args)
    {
        if (args.Count > 4)
        {
            HelpReply.FailSyntax(c, "CLIENT", args);
            return;
        }

        bool writesOnly = args.Count == 4 && args[3].Is("write"u8);
        if (args.Count == 4 && !writesOnly && !args[3].Is("all"u8))
        {
            c.Fail("ERR CLIENT PAUSE mode must be WRITE or ALL");
            return;
        }

        if (!TimeoutArgument.TryDeadline(c, args[2], out long untilMillis))
        {
            return;
        }

        if (untilMillis > c.NowMillis)
        {
            c.Engine.Scheduler.Pause(untilMillis, writesOnly);
        }

        c.Reply.Ok();
    }

    [Command("client|unpause", 2, OfAdministrators, Group = "connection", Since = "6.2.0", Complexity = "O(N) Where N is the number of paused clients",
        Summary = "Resume processing of clients that were paused")]
    internal static void Unpause(ReadContext c, RequestArgs args)
    {
        _ = args;
        c.Engine.Scheduler.Unpause();
        c.Reply.Ok();
    }

    [Command("client|unblock", -3, OfAdministrators, Group = "connection", Since = "5.0.0",
        Complexity = "O(log N) where N is the number of client connections",
        Summary = "Unblock a client blocked in a blocking command from a different connection", Syntax = "client-id [TIMEOUT | ERROR]")]
    internal static void Unblock(ReadContext c, RequestArgs args)
    {
        if (args.Count > 4)
        {
            HelpReply.FailSyntax(c, "CLIENT", args);
            return;
        }

        bool withError = args.Count == 4 && args[3].Is("error"u8);
        if (args.Count == 4 && !withError && !args[3].Is("timeout"u8))
        {
            c.Fail("ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR");
            return;
        }

        if (!ArgumentParsing.TryInteger(c, args[2], out long id))
        {
            return;
        }

        if (c.Engine.Clients.Find(id) is not { IsClosed: false, Suspension: { CanBeUnblocked: true } suspension } session)
        {
            c.Reply.Integer(0);
            return;
        }

        if (suspension.Wait is { } wait)
        {
            // It waits no more: nothing that comes until then is for it.
            c.Engine.Mutator.Blocked.Leave(wait);
        }

        // In a turn of its own, after this one: a suspension that has ended by then stays as it is.
        RespEngine engine = c.Engine;
        SuspensionEnd end = withError ? SuspensionEnd.Unblocked : SuspensionEnd.TimedOut;
        engine.Threads.Post(_ => engine.EndSuspension(session, suspension, end), null);
        c.Reply.Integer(1);
    }
}
