using RespKv.Engine.Execution;
using RespKv.Engine.Sessions;
using RespKv.Protocol;

namespace RespKv.Engine.Commands.Connection;

/// <summary>Whether the server is there, and leaving it.</summary>
internal static class ConnectionCommands
{
    [Command("ping", -1, CommandFlags.Fast, Group = "connection", Since = "1.0.0", Complexity = "O(1)", Summary = "Ping the server",
        Syntax = "[message]", Tips = "request_policy:all_shards response_policy:all_succeeded")]
    internal static void Ping(ReadContext c, RequestArgs args)
    {
        if (args.Count > 2)
        {
            c.Fail(Errors.WrongArity("ping"));
        }
        else if (c.Session is { IsSubscriber: true, ProtocolVersion: 2 })
        {
            // Looks like a message, so that a client can tell it from the messages around it.
            c.Reply.ArrayHeader(2);
            c.Reply.Bulk("pong"u8);
            c.Reply.Bulk(args.Count == 2 ? args[1] : default);
        }
        else if (args.Count == 2)
        {
            c.Reply.Bulk(args[1]);
        }
        else
        {
            c.Reply.SimpleString("PONG"u8);
        }
    }

    [Command("echo", 2, CommandFlags.Loading | CommandFlags.Stale | CommandFlags.Fast, Group = "connection", Since = "1.0.0",
        Complexity = "O(1)", Summary = "Echo the given string", Syntax = "message")]
    internal static void Echo(ReadContext c, RequestArgs args) => c.Reply.Bulk(args[1]);

    [Command("quit", -1,
        CommandFlags.NoScript | CommandFlags.Loading | CommandFlags.Stale | CommandFlags.Fast | CommandFlags.NoAuth | CommandFlags.AllowBusy
            | CommandFlags.NotQueued,
        Group = "connection", Since = "1.0.0", Complexity = "O(1)", Summary = "Close the connection")]
    internal static void Quit(ReadContext c, RequestArgs args)
    {
        _ = args;
        c.Session.CloseAfterReplies = true;

        // Nobody counts it as a listener any more, though its connection may take a moment to end.
        c.Engine.ForgetListener(c.Session);
        c.Reply.Ok();
    }

    [Command("reset", 1,
        CommandFlags.NoScript | CommandFlags.Loading | CommandFlags.Stale | CommandFlags.Fast | CommandFlags.NoAuth | CommandFlags.AllowBusy
            | CommandFlags.NotQueued,
        Group = "connection", Since = "6.2.0", Complexity = "O(1)", Summary = "Reset the connection")]
    internal static void Reset(ReadContext c, RequestArgs args)
    {
        _ = args;
        Session session = c.Session;
        session.EndTransaction();
        c.Engine.ForgetListener(session);
        session.Database = 0;
        session.ProtocolVersion = 2;
        session.User = c.Engine.Acl.Default;
        session.IsAuthenticated = session.User.AdmitsAnyone;
        session.Name = "";
        session.ReplyMode = ReplyMode.On;
        session.NoEvict = false;
        session.NoTouch = false;
        c.Reply.Version = 2;
        c.Reply.SimpleString("RESET"u8);
    }
}
