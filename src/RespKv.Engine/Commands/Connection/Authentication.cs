using RespKv.Engine.Execution;
using RespKv.Protocol;

namespace RespKv.Engine.Commands.Connection;

/// <summary>AUTH: who a client is. HELLO AUTH comes here too. The users are in <see cref="Security.AccessControl"/>.</summary>
internal static class Authentication
{
    private const string WrongPassword = "WRONGPASS invalid username-password pair or user is disabled.";

    /// <summary>Authenticates the client, or leaves it as it was and replies with the error (false).</summary>
    /// <param name="c">The running command.</param>
    /// <param name="user">The user's name.</param>
    /// <param name="password">The password.</param>
    /// <param name="command">The command that does it, as the client has spelled it.</param>
    public static bool TryAuthenticate(CommandContext c, ReadOnlySpan<byte> user, ReadOnlySpan<byte> password, ReadOnlySpan<byte> command)
    {
        if (c.Engine.Acl.TryAuthenticate(c.Session, user, password, command, c.NowMillis))
        {
            return true;
        }

        c.Fail(WrongPassword);
        return false;
    }

    [Command("auth", -2,
        CommandFlags.NoScript | CommandFlags.Loading | CommandFlags.Stale | CommandFlags.Fast | CommandFlags.NoAuth | CommandFlags.AllowBusy
            | CommandFlags.HasSecrets,
        Group = "connection", Since = "1.0.0", Complexity = "O(N) where N is the number of passwords defined for the user",
        Summary = "Authenticate to the server", Syntax = "[username] password")]
    internal static void Auth(ReadContext c, RequestArgs args)
    {
        if (args.Count > 3)
        {
            c.Fail(Errors.Syntax);
            return;
        }

        if (args.Count == 2 && c.Engine.Acl.Default.NeedsNoPassword)
        {
            c.Fail("ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?");
            return;
        }

        if (TryAuthenticate(c, args.Count == 2 ? "default"u8 : args[1], args[^1], args[0]))
        {
            c.Reply.Ok();
        }
    }
}
