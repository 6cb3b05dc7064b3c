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
        var text = new StringBuilder();
        ClientLine.Append(text, c.Session, c.NowMillis, RequestBytes(args));
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

            AppendAll(c, text, args, type);
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
            AppendAll(c, text, args, null);
        }
        else
        {
            c.Fail(Errors.Syntax);
            return;
        }

        WriteLines(c, text);
    }

    private static void AppendAll(ReadContext c, StringBuilder text, RequestArgs args, ClientTypeKind? type)
    {
        foreach (Session session in c.Engine.Clients.All.Where(session => !session.IsClosed))
        {
            if (type is null || ClientType.Of(session) == type)
            {
                ClientLine.Append(text, session, c.NowMillis, ReferenceEquals(session, c.Session) ? RequestBytes(args) : 0);
            }
        }
    }

    /// <summary>Bytes of a request as clients send it.</summary>
    private static int RequestBytes(RequestArgs args)
    {
        int bytes = Header(args.Count);
        for (int i = 0; i < args.Count; i++)
        {
            bytes += Header(args[i].Length) + args[i].Length + 2;
        }

        return bytes;

        static int Header(int number) => 3 + number.ToString(System.Globalization.CultureInfo.InvariantCulture).Length;
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
