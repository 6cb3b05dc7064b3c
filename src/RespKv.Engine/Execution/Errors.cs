using System.Text;
using RespKv.Engine.Commands;
using RespKv.Engine.Security;
using RespKv.Protocol;

namespace RespKv.Engine.Execution;

/// <summary>Redis's own error texts, where more than one command gives them.</summary>
internal static class Errors
{
    public const string WrongType = "WRONGTYPE Operation against a key holding the wrong kind of value";
    public const string Syntax = "ERR syntax error";
    public const string NotInteger = "ERR value is not an integer or out of range";
    public const string NotFloat = "ERR value is not a valid float";
    public const string NoSuchKey = "ERR no such key";
    public const string OutOfRange = "ERR index out of range";
    public const string StringTooLong = "ERR string exceeds maximum allowed size (proto-max-bulk-len)";
    public const string OutOfMemory = "OOM command not allowed when used memory > 'maxmemory'.";
    public const string NoAuth = "NOAUTH Authentication required.";
    public const string Loading = "LOADING Redis is loading the dataset in memory";
    public const string DatabaseIndex = "ERR DB index is out of range";
    public const string InvalidDatabaseIndex = "ERR invalid DB index";
    public const string NotInMulti = "ERR Command not allowed inside a transaction";
    public const string ExecAborted = "EXECABORT Transaction discarded because of previous errors.";
    public const string NotToMonitors = "ERR Replica can't interact with the keyspace";
    public const string SameObject = "ERR source and destination objects are the same";

    /// <summary>Bytes of a request that an unknown-command error repeats, as in Redis.</summary>
    private const int EchoBytesMax = 128;

    public static string WrongArity(string command) => $"ERR wrong number of arguments for '{command}' command";

    public static string NotToSubscribers(string command)
        => $"ERR Can't execute '{command}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context";

    public static string InvalidExpire(string command) => $"ERR invalid expire time in '{command}' command";

    public static string UnknownCommand(RequestArgs args)
    {
        var text = new StringBuilder("ERR unknown command '").Append(Printable(args[0])).Append("', with args beginning with: ");
        int start = text.Length;
        for (int i = 1; i < args.Count && text.Length - start < EchoBytesMax; i++)
        {
            ReadOnlySpan<byte> argument = args[i];
            int room = EchoBytesMax - (text.Length - start);
            text.Append('\'').Append(Printable(argument[..Math.Min(argument.Length, room)])).Append("' ");
        }

        return text.ToString();
    }

    public static string UnknownSubcommand(string container, ReadOnlySpan<byte> subcommand)
        => $"ERR unknown subcommand '{Printable(subcommand)}'. Try {container.ToUpperInvariant()} HELP.";

    public static string NoPermission(AclDenial denial, string command) => denial switch
    {
        AclDenial.Command => $"NOPERM this user has no permissions to run the '{command}' command",
        AclDenial.Key => "NOPERM this user has no permissions to access one of the keys used as arguments",
        _ => "NOPERM this user has no permissions to access one of the channels used as arguments",
    };

    /// <summary>A queued command that its user may not run any more when EXEC comes to it.</summary>
    public static string NoPermissionAnyMore(AclDenial denial)
        => "NOPERM ACLs rules changed between the moment the transaction was accumulated and the EXEC call. "
            + "This command is no longer allowed for the following reason: "
            + denial switch
            {
                AclDenial.Command => "no permission to execute the command or subcommand",
                AclDenial.Key => "no permission to touch the specified keys",
                _ => "no permission to access one of the channels used as arguments",
            };

    /// <summary>EXEC that is refused for a reason of its own. The reason's code gives way, as in Redis.</summary>
    public static string ExecAbort(string reason)
        => "EXECABORT Transaction discarded because of: " + (reason.StartsWith("ERR ", StringComparison.Ordinal) ? reason[4..] : reason);

    private static string Printable(ReadOnlySpan<byte> bytes) => ArgumentText.Shorten(bytes);
}
