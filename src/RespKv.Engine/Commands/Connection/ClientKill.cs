using RespKv.Engine.Execution;
using RespKv.Engine.Security;
using RespKv.Engine.Sessions;
using RespKv.Protocol;

namespace RespKv.Engine.Commands.Connection;

/// <summary>CLIENT KILL, by address or by filters.</summary>
internal static class ClientKill
{
    [Command("client|kill", -3, CommandFlags.Admin | CommandFlags.NoScript | CommandFlags.Loading | CommandFlags.Stale, Group = "connection",
        Since = "2.4.0", Complexity = "O(N) where N is the number of client connections", Summary = "Kill the connection of a client",
        Syntax = "<ip:port | [ID client-id] [TYPE <NORMAL | MASTER | SLAVE | REPLICA | PUBSUB>] [USER username] [ADDR ip:port] [LADDR ip:port] [SKIPME yes/no]>")]
    internal static void Kill(ReadContext c, RequestArgs args)
    {
        if (args.Count == 3)
        {
            KillAddress(c, ArgumentText.Of(args[2]));
            return;
        }

        var filter = new Filter();
        if (!TryFilter(c, args, ref filter))
        {
            return;
        }

        int killed = KillAll(c, filter);
        c.Reply.Integer(killed);
    }

    /// <summary>The form of Redis 2.4: one client by its address, oneself included.</summary>
    private static void KillAddress(ReadContext c, string address)
    {
        int killed = KillAll(c, new Filter { Address = address, SkipMe = false });
        if (killed == 0)
        {
            c.Fail("ERR No such client");
        }
        else
        {
            c.Reply.Ok();
        }
    }

    private static bool TryFilter(ReadContext c, RequestArgs args, ref Filter filter)
    {
        for (int i = 2; i < args.Count; i += 2)
        {
            if (i + 1 == args.Count)
            {
                c.Fail(Errors.Syntax);
                return false;
            }

            if (!TryOption(c, args[i], args[i + 1], ref filter))
            {
                return false;
            }
        }

        return true;
    }

    private static bool TryOption(ReadContext c, ReadOnlySpan<byte> option, ReadOnlySpan<byte> value, ref Filter filter)
    {
        if (option.Is("id"u8))
        {
            if (!RespNumber.TryParseInt64(value, out long id) || id < 1)
            {
                c.Fail("ERR client-id should be greater than 0");
                return false;
            }

            filter.Id = id;
        }
        else if (option.Is("type"u8))
        {
            if (!ClientType.TryParse(c, value, out ClientTypeKind type))
            {
                return false;
            }

            filter.Type = type;
        }
        else if (option.Is("addr"u8))
        {
            filter.Address = ArgumentText.Of(value);
        }
        else if (option.Is("laddr"u8))
        {
            filter.LocalAddress = ArgumentText.Of(value);
        }
        else if (option.Is("user"u8))
        {
            filter.User = c.Engine.Acl.Find(AclText.Of(value));
            if (filter.User is null)
            {
                c.Fail($"ERR No such user '{ArgumentText.Shorten(value)}'");
                return false;
            }
        }
        else if (option.Is("skipme"u8) && (value.Is("yes"u8) || value.Is("no"u8)))
        {
            filter.SkipMe = value.Is("yes"u8);
        }
        else
        {
            c.Fail(Errors.Syntax);
            return false;
        }

        return true;
    }

    private static int KillAll(ReadContext c, Filter filter)
    {
        // A list first: an aborted connection may leave the registry at once.
        Session me = c.Session;
        List<Session> killed = [.. c.Engine.Clients.All.Where(session => !session.IsClosed && filter.Matches(session, me))];
        foreach (Session session in killed)
        {
            if (ReferenceEquals(session, me))
            {
                // Its own reply still has to leave.
                session.CloseAfterReplies = true;
            }
            else
            {
                session.IsClosed = true;
                c.Engine.ForgetListener(session);
                session.Transport.Abort("CLIENT KILL");
            }
        }

        return killed.Count;
    }

    private struct Filter
    {
        public Filter()
        {
        }

        public long Id;
        public string? Address;
        public string? LocalAddress;
        public AclUser? User;
        public ClientTypeKind? Type;
        public bool SkipMe = true;

        public readonly bool Matches(Session session, Session me)
            => (Id == 0 || session.Id == Id)
                && (Address is null || session.RemoteAddress == Address)
                && (LocalAddress is null || session.LocalAddress == LocalAddress)
                && (User is null || ReferenceEquals(session.User, User))
                && (Type is null || ClientType.Of(session) == Type)
                && !(SkipMe && ReferenceEquals(session, me));
    }
}
