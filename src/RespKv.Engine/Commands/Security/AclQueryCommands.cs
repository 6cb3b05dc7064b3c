using System.Security.Cryptography;
using RespKv.Engine.Commands.Introspection;
using RespKv.Engine.Execution;
using RespKv.Engine.Security;
using RespKv.Protocol;

namespace RespKv.Engine.Commands.Security;

/// <summary>ACL: what rules can name, what they would allow, what was refused.</summary>
internal static class AclQueryCommands
{
    private const CommandFlags OfAnyone = CommandFlags.NoScript | CommandFlags.Loading | CommandFlags.Stale;
    private const CommandFlags OfAdministrators = OfAnyone | CommandFlags.Admin;

    private const int PasswordBitsDefault = 256;
    private const int PasswordBitsMax = 4096;

    /// <summary>Entries of ACL LOG without a count.</summary>
    private const int LogCountDefault = 10;

    private static readonly string[] HelpLines =
    [
        "CAT [<category>]",
        "    List all commands that belong to <category>, or all command categories",
        "    when no category is specified.",
        "DELUSER <username> [<username> ...]",
        "    Delete a list of users.",
        "DRYRUN <username> <command> [<arg> ...]",
        "    Returns whether the user can execute the given command without executing the command.",
        "GETUSER <username>",
        "    Get the user's details.",
        "GENPASS [<bits>]",
        "    Generate a secure 256-bit user password. The optional `bits` argument can",
        "    be used to specify a different size.",
        "LIST",
        "    Show users details in config file format.",
        "LOAD",
        "    Reload users from the ACL file.",
        "LOG [<count> | RESET]",
        "    Show the ACL log entries.",
        "SAVE",
        "    Save the current config to the ACL file.",
        "SETUSER <username> <attribute> [<attribute> ...]",
        "    Create or modify a user with the specified attributes.",
        "USERS",
        "    List all the registered usernames.",
        "WHOAMI",
        "    Return the current connection username.",
    ];

    [Command("acl|cat", -2, OfAnyone, Group = "server", Since = "6.0.0", Complexity = "O(1) since the categories and commands are a fixed set.",
        Summary = "List the ACL categories or the commands inside a category", Syntax = "[categoryname]")]
    internal static void Cat(ReadContext c, RequestArgs args)
    {
        if (args.Count > 3)
        {
            HelpReply.FailSyntax(c, "ACL", args);
            return;
        }

        IEnumerable<string> names = AclCategories.All;
        if (args.Count == 3)
        {
            int category = AclCatalog.FindCategory(AclText.Of(args[2]));
            if (category < 0)
            {
                c.Fail($"ERR Unknown category '{ArgumentText.Shorten(args[2])}'");
                return;
            }

            AclCommandSet members = c.Engine.Acl.Catalog.Counted[category];
            names = c.Engine.Commands.AllWithSubcommands().Where(entry => members.Has(entry.AclId)).Select(entry => entry.Name);
        }

        string[] all = [.. names];
        c.Reply.ArrayHeader(all.Length);
        foreach (string name in all)
        {
            c.Reply.Bulk(name);
        }
    }

    [Command("acl|dryrun", -4, OfAdministrators, Group = "server", Since = "7.0.0", Complexity = "O(1).",
        Summary = "Returns whether the user can execute the given command without executing the command.", Syntax = "username command [arg [arg ...]]")]
    internal static void DryRun(ReadContext c, RequestArgs args)
    {
        if (c.Engine.Acl.Find(AclText.Of(args[2])) is not { } user)
        {
            c.Fail($"ERR User '{ArgumentText.Of(args[2])}' not found");
            return;
        }

        RequestArgs command = args.Slice(3);
        if (FindCommand(c, command) is not { } entry)
        {
            c.Fail($"ERR Command '{ArgumentText.Of(command[0])}' not found");
            return;
        }

        if (!entry.Takes(command.Count))
        {
            c.Fail(Errors.WrongArity(entry.Name));
            return;
        }

        AclDenial denial = AccessControl.Check(user, entry, command, out int position);
        switch (denial)
        {
            case AclDenial.None:
                c.Reply.Ok();
                break;
            case AclDenial.Command:
                c.Reply.Bulk($"This user has no permissions to run the '{entry.Name}' command");
                break;
            default:
                string kind = denial == AclDenial.Key ? "key" : "channel";
                c.Reply.Bulk([.. "This user has no permissions to access the '"u8, .. command[position], .. "' "u8, .. AclText.Bytes(kind)]);
                break;
        }
    }

    [Command("acl|genpass", -2, OfAnyone, Group = "server", Since = "6.0.0", Complexity = "O(1)",
        Summary = "Generate a pseudorandom secure password to use for ACL users", Syntax = "[bits]")]
    internal static void GenPass(ReadContext c, RequestArgs args)
    {
        if (args.Count > 3)
        {
            HelpReply.FailSyntax(c, "ACL", args);
            return;
        }

        long bits = PasswordBitsDefault;
        if (args.Count == 3 && !ArgumentParsing.TryInteger(c, args[2], out bits))
        {
            return;
        }

        if (bits is <= 0 or > PasswordBitsMax)
        {
            c.Fail($"ERR ACL GENPASS argument must be the number of bits for the output password, a positive number up to {PasswordBitsMax}");
            return;
        }

        int digits = ((int)bits + 3) / 4;
        c.Reply.Bulk(RandomNumberGenerator.GetHexString(digits, lowercase: true));
    }

    /// <summary>It tells of clients what CLIENT LIST does, and waits for as much.</summary>
    [Command("acl|log", -2, OfAdministrators | CommandFlags.WholeKeyspace, Group = "server", Since = "6.0.0",
        Complexity = "O(N) with N being the number of entries shown.", Summary = "List latest events denied because of ACLs in place",
        Syntax = "[count | RESET]")]
    internal static void Log(ReadContext c, RequestArgs args)
    {
        if (args.Count > 3)
        {
            HelpReply.FailSyntax(c, "ACL", args);
            return;
        }

        AclLog log = c.Engine.Acl.Log;
        if (args.Count == 3 && args[2].Is("reset"u8))
        {
            log.Clear();
            c.Reply.Ok();
            return;
        }

        long count = LogCountDefault;
        if (args.Count == 3 && !ArgumentParsing.TryInteger(c, args[2], out count))
        {
            return;
        }

        int shown = (int)Math.Clamp(count, 0, log.Entries.Count);
        c.Reply.ArrayHeader(shown);
        foreach (AclLogEntry entry in log.Entries.Take(shown))
        {
            Write(c, entry);
        }
    }

    [Command("acl|help", 2, CommandFlags.Loading | CommandFlags.Stale, Group = "server", Since = "6.0.0", Complexity = "O(1)",
        Summary = "Show helpful text about the different subcommands")]
    internal static void Help(ReadContext c, RequestArgs args)
    {
        _ = args;
        HelpReply.Write(c, "ACL", HelpLines);
    }

    private static CommandEntry? FindCommand(ReadContext c, RequestArgs command)
        => command.Count > 1 ? c.Engine.Commands.Find(command[0], command[1]) : c.Engine.Commands.Find(command[0]);

    /// <summary>The fields of Redis 7.0, and the three that 7.2 has added.</summary>
    private static void Write(ReadContext c, AclLogEntry entry)
    {
        RespWriter reply = c.Reply;
        reply.MapHeader(10);
        reply.Bulk("count"u8);
        reply.Integer(entry.Count);
        reply.Bulk("reason"u8);
        reply.Bulk(entry.Reason switch
        {
            AclDenial.Command => "command"u8,
            AclDenial.Key => "key"u8,
            AclDenial.Channel => "channel"u8,
            _ => "auth"u8,
        });
        reply.Bulk("context"u8);
        reply.Bulk(entry.Context == AclContext.TopLevel ? "toplevel"u8 : "multi"u8);
        reply.Bulk("object"u8);
        reply.Bulk(AclText.Bytes(entry.Object));
        reply.Bulk("username"u8);
        reply.Bulk(AclText.Bytes(entry.User));
        reply.Bulk("age-seconds"u8);
        reply.Double((c.NowMillis - entry.UpdatedAtMillis) / 1000.0);
        reply.Bulk("client-info"u8);
        reply.Bulk(entry.Client);
        reply.Bulk("entry-id"u8);
        reply.Integer(entry.Id);
        reply.Bulk("timestamp-created"u8);
        reply.Integer(entry.CreatedAtMillis);
        reply.Bulk("timestamp-last-updated"u8);
        reply.Integer(entry.UpdatedAtMillis);
    }
}
