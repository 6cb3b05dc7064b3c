using RespKv.Engine.Execution;
using RespKv.Protocol;

namespace RespKv.Engine.Commands.Connection;

/// <summary>HELLO: protocol version, authentication and name in one command.</summary>
internal static class HelloCommand
{
    [Command("hello", -1,
        CommandFlags.NoScript | CommandFlags.Loading | CommandFlags.Stale | CommandFlags.Fast | CommandFlags.NoAuth | CommandFlags.AllowBusy
            | CommandFlags.HasSecrets,
        Group = "connection", Since = "6.0.0", Complexity = "O(1)", Summary = "Handshake with Redis",
        Syntax = "[protover [AUTH username password] [SETNAME clientname]]")]
    internal static void Hello(ReadContext c, RequestArgs args)
    {
        long version = c.Session.ProtocolVersion;
        if (args.Count >= 2 && !TryVersion(c, args[1], out version))
        {
            return;
        }

        if (!TakeOptions(c, args))
        {
            return;
        }

        if (c.Engine.Acl.NeedsAuthentication(c.Session))
        {
            c.Fail("NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time");
            return;
        }

        c.Session.ProtocolVersion = (int)version;
        c.Reply.Version = (int)version;
        WriteReply(c);
    }

    private static bool TryVersion(ReadContext c, ReadOnlySpan<byte> argument, out long version)
    {
        if (!RespNumber.TryParseInt64(argument, out version))
        {
            c.Fail("ERR Protocol version is not an integer or out of range");
            return false;
        }

        if (version is not (2 or 3))
        {
            c.Fail("NOPROTO unsupported protocol version");
            return false;
        }

        return true;
    }

    /// <summary>Options take effect one by one, as in Redis: a wrong one does not undo those before it.</summary>
    private static bool TakeOptions(ReadContext c, RequestArgs args)
    {
        for (int i = 2; i < args.Count; i++)
        {
            int rest = args.Count - 1 - i;
            if (args[i].Is("AUTH"u8) && rest >= 2)
            {
                if (!Authentication.TryAuthenticate(c, args[i + 1], args[i + 2], args[0]))
                {
                    return false;
                }

                i += 2;
            }
            else if (args[i].Is("SETNAME"u8) && rest >= 1)
            {
                if (!ClientCommands.TrySetName(c, args[i + 1]))
                {
                    return false;
                }

                i++;
            }
            else
            {
                c.Fail($"ERR Syntax error in HELLO option '{ArgumentText.Shorten(args[i])}'");
                return false;
            }
        }

        return true;
    }

    private static void WriteReply(ReadContext c)
    {
        RespWriter reply = c.Reply;
        reply.MapHeader(7);
        reply.Bulk("server"u8);
        reply.Bulk("redis"u8);
        reply.Bulk("version"u8);
        reply.Bulk(ServerIdentity.RedisVersion);
        reply.Bulk("proto"u8);
        reply.Integer(c.Session.ProtocolVersion);
        reply.Bulk("id"u8);
        reply.Integer(c.Session.Id);
        reply.Bulk("mode"u8);
        reply.Bulk("standalone"u8);
        reply.Bulk("role"u8);
        reply.Bulk("master"u8);
        reply.Bulk("modules"u8);
        reply.ArrayHeader(0);
    }
}
