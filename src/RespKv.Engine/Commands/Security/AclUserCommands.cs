using RespKv.Engine.Execution;
using RespKv.Engine.Security;
using RespKv.Protocol;

namespace RespKv.Engine.Commands.Security;

/// <summary>ACL: users, made, changed, removed and shown.</summary>
[Command("acl", -2, CommandFlags.None, Group = "server", Since = "6.0.0", Complexity = "Depends on subcommand.",
    Summary = "A container for Access List Control commands ")]
internal static class AclUserCommands
{
    private const CommandFlags OfAnyone = CommandFlags.NoScript | CommandFlags.Loading | CommandFlags.Stale;
    private const CommandFlags OfAdministrators = OfAnyone | CommandFlags.Admin;

    [Command("acl|setuser", -3, OfAdministrators | CommandFlags.HasSecrets, Group = "server", Since = "6.0.0",
        Complexity = "O(N). Where N is the number of rules provided.", Summary = "Modify or create the rules for a specific ACL user",
        Syntax = "username [rule [rule ...]]")]
    internal static void SetUser(ReadContext c, RequestArgs args)
    {
        string name = AclText.Of(args[2]);
        if (AclText.HasBlanks(name))
        {
            c.Fail("ERR Usernames can't contain spaces or null characters");
            return;
        }

        var rules = new List<string>(args.Count - 3);
        for (int i = 3; i < args.Count; i++)
        {
            rules.Add(AclText.Of(args[i]));
        }

        if (c.Engine.Acl.SetUser(name, rules, c.Session) is { } error)
        {
            c.Fail("ERR " + error);
        }
        else
        {
            c.Reply.Ok();
        }
    }

    [Command("acl|deluser", -3, OfAdministrators, Group = "server", Since = "6.0.0", Complexity = "O(1) amortized time considering the typical user.",
        Summary = "Remove the specified ACL users and the associated rules", Syntax = "username [username ...]")]
    internal static void DelUser(ReadContext c, RequestArgs args)
    {
        for (int i = 2; i < args.Count; i++)
        {
            if (args[i].SequenceEqual("default"u8))
            {
                c.Fail("ERR The 'default' user cannot be removed");
                return;
            }
        }

        int deleted = 0;
        for (int i = 2; i < args.Count; i++)
        {
            deleted += c.Engine.Acl.Delete(AclText.Of(args[i]), c.Session) ? 1 : 0;
        }

        c.Reply.Integer(deleted);
    }

    [Command("acl|getuser", 3, OfAdministrators, Group = "server", Since = "6.0.0",
        Complexity = "O(N). Where N is the number of password, command and pattern rules that the user has.",
        Summary = "Get the rules for a specific ACL user", Syntax = "username")]
    internal static void GetUser(ReadContext c, RequestArgs args)
    {
        if (c.Engine.Acl.Find(AclText.Of(args[2])) is not { } user)
        {
            c.Reply.Null();
            return;
        }

        c.Reply.MapHeader(6);
        c.Reply.Bulk("flags"u8);
        string[] flags = [.. user.FlagTexts];
        c.Reply.SetHeader(flags.Length);
        foreach (string flag in flags)
        {
            c.Reply.Bulk(flag);
        }

        c.Reply.Bulk("passwords"u8);
        c.Reply.ArrayHeader(user.Passwords.Count);
        foreach (byte[] password in user.Passwords)
        {
            c.Reply.Bulk(Convert.ToHexStringLower(password));
        }

        WriteSelector(c, user.Selectors[0]);
        c.Reply.Bulk("selectors"u8);
        c.Reply.ArrayHeader(user.Selectors.Count - 1);
        foreach (AclSelector selector in user.Selectors.Skip(1))
        {
            c.Reply.MapHeader(3);
            WriteSelector(c, selector);
        }
    }

    [Command("acl|list", 2, OfAdministrators, Group = "server", Since = "6.0.0", Complexity = "O(N). Where N is the number of configured users.",
        Summary = "List the current ACL rules in ACL config file format")]
    internal static void List(ReadContext c, RequestArgs args)
    {
        _ = args;
        c.Reply.ArrayHeader(c.Engine.Acl.Users.Count);
        foreach (string line in c.Engine.Acl.Describe())
        {
            c.Reply.Bulk(AclText.Bytes(line));
        }
    }

    [Command("acl|users", 2, OfAdministrators, Group = "server", Since = "6.0.0", Complexity = "O(N). Where N is the number of configured users.",
        Summary = "List the username of all the configured ACL rules")]
    internal static void Users(ReadContext c, RequestArgs args)
    {
        _ = args;
        c.Reply.ArrayHeader(c.Engine.Acl.Users.Count);
        foreach (AclUser user in c.Engine.Acl.Users)
        {
            c.Reply.Bulk(AclText.Bytes(user.Name));
        }
    }

    [Command("acl|whoami", 2, OfAnyone, Group = "server", Since = "6.0.0", Complexity = "O(1)",
        Summary = "Return the name of the user associated to the current connection")]
    internal static void WhoAmI(ReadContext c, RequestArgs args)
    {
        _ = args;
        c.Reply.Bulk(AclText.Bytes(c.Session.User.Name));
    }

    private static void WriteSelector(ReadContext c, AclSelector selector)
    {
        c.Reply.Bulk("commands"u8);
        c.Reply.Bulk(AclText.Bytes(AclDescription.OfCommands(c.Engine.Acl.Catalog, selector)));
        c.Reply.Bulk("keys"u8);
        c.Reply.Bulk(AclText.Bytes(AclDescription.OfKeys(selector)));
        c.Reply.Bulk("channels"u8);
        c.Reply.Bulk(AclText.Bytes(AclDescription.OfChannels(selector)));
    }
}
