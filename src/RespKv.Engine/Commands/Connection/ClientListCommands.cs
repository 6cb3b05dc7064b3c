using System.Text;
using RespKv.Engine.Execution;
using RespKv.Engine.Sessions;
using RespKv.Protocol;

namespace RespKv.Engine.Commands.Connection;

/// <summary>CLIENT LIST and CLIENT INFO: who is connected.</summary>
internal static class ClientListCommands
{
    [Command("client|info", 2, CommandFlags.WholeKeyspace | CommandFlags.NoScript | CommandFlags.Loading | CommandFlags.Stale, Group = "connection", Since = "6.2.0",
        Complexity = "O(1)", Summary = "Returns information about the current client connection.", Tips = "nondeterministic_output")]
    internal static void Info(ReadContext c, RequestArgs args)
    {
        _ = args;
        var text = new StringBuilder();
        ClientLine.Append(text, c.Session, c.NowMillis);
        WriteLines(c, text);
    }

    [Command("client|list", -2, CommandFlags.WholeKeyspace | CommandFlags.Admin | CommandFlags.NoScript | CommandFlags.Loading | CommandFlags.Stale, Group = "connection",
        Since = "2.4.0", Complexity = "O(N) where N is the number of client connections", Summary = "Get the list of client connections",
        Syntax = "[TYPE <NORMAL | MASTER | REPLICA | PUBSUB>] [ID client-id [client-id ...]]", Tips = "nondeterministic_output")]
    internal static void List(ReadContext c, RequestArgs args)
    {
        var text = new StringBuilder();
        if (args.Count == 4 && args[2].Is("type"u8))
        {
            if (!ClientType.TryParse(c, args[3], out ClientTypeKind type))
            {
                return;
            }

            AppendAll(c, text, type);
        }
        else if (args.Count > 3 && args[2].Is("id"u8))
        {
            if (!TryAppendIds(c, text, args))
            {
                return;
            }
        }
        else if (args.Count == 2)
        {
            AppendAll(c, text, ClientTypeKind.Normal);
        }
        else
        {
            c.Fail(Errors.Syntax);
            return;
        }

        WriteLines(c, text);
    }

    private static void AppendAll(ReadContext c, StringBuilder text, ClientTypeKind type)
    {
        // There are no replicas and no subscribers yet: every client is a normal one.
        if (type != ClientTypeKind.Normal)
        {
            return;
        }

        foreach (Session session in c.Engine.Clients.All.Where(session => !session.IsClosed))
        {
            ClientLine.Append(text, session, c.NowMillis);
        }
    }

    private static bool TryAppendIds(ReadContext c, StringBuilder text, RequestArgs args)
    {
        for (int i = 3; i < args.Count; i++)
        {
            if (!RespNumber.TryParseInt64(args[i], out long id))
            {
                c.Fail("ERR Invalid client ID");
                return false;
            }

            if (c.Engine.Clients.Find(id) is { } session)
            {
                ClientLine.Append(text, session, c.NowMillis);
            }
        }

        return true;
    }

    private static void WriteLines(ReadContext c, StringBuilder text) => c.Reply.Verbatim("txt"u8, Encoding.UTF8.GetBytes(text.ToString()));
}
