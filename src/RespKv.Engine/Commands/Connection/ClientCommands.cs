using RespKv.Engine.Execution;
using RespKv.Engine.Sessions;
using RespKv.Protocol;

namespace RespKv.Engine.Commands.Connection;

/// <summary>CLIENT: what a client says about itself and about its replies.</summary>
[Command("client", -2, CommandFlags.None, Group = "connection", Since = "2.4.0", Complexity = "Depends on subcommand.",
    Summary = "A container for client connection commands")]
internal static class ClientCommands
{
    private static readonly string[] HelpLines =
    [
        "GETREDIR",
        "    Return the client ID we are redirecting to when tracking is enabled.",
        "GETNAME",
        "    Return the name of the current connection.",
        "ID",
        "    Return the ID of the current connection.",
        "INFO",
        "    Return information about the current client connection.",
        "KILL <ip:port>",
        "    Kill connection made from <ip:port>.",
        "KILL <option> <value> [<option> <value> [...]]",
        "    Kill connections. Options are:",
        "    * ADDR (<ip:port>|<unixsocket>:0)",
        "      Kill connections made from the specified address",
        "    * LADDR (<ip:port>|<unixsocket>:0)",
        "      Kill connections made to specified local address",
        "    * TYPE (NORMAL|MASTER|REPLICA|PUBSUB)",
        "      Kill connections by type.",
        "    * USER <username>",
        "      Kill connections authenticated by <username>.",
        "    * SKIPME (YES|NO)",
        "      Skip killing current connection (default: yes).",
        "LIST [options ...]",
        "    Return information about client connections. Options:",
        "    * TYPE (NORMAL|MASTER|REPLICA|PUBSUB)",
        "      Return clients of specified type.",
        "UNPAUSE",
        "    Stop the current client pause, resuming traffic.",
        "PAUSE <timeout> [WRITE|ALL]",
        "    Suspend all, or just write, clients for <timeout> milliseconds.",
        "REPLY (ON|OFF|SKIP)",
        "    Control the replies sent to the current connection.",
        "SETNAME <name>",
        "    Assign the name <name> to the current connection.",
        "SETINFO <option> <value>",
        "    Set client meta attr. Options are:",
        "    * LIB-NAME: the client lib name.",
        "    * LIB-VER: the client lib version.",
        "UNBLOCK <clientid> [TIMEOUT|ERROR]",
        "    Unblock the specified blocked client.",
        "TRACKINGINFO",
        "    Report tracking status for the current connection.",
        "NO-EVICT (ON|OFF)",
        "    Protect current client connection from eviction.",
        "NO-TOUCH (ON|OFF)",
        "    Will not touch LRU/LFU stats when this mode is on.",
    ];

    private const CommandFlags OfAnyone = CommandFlags.NoScript | CommandFlags.Loading | CommandFlags.Stale;

    [Command("client|help", 2, CommandFlags.Loading | CommandFlags.Stale, Group = "connection", Since = "5.0.0", Complexity = "O(1)",
        Summary = "Show helpful text about the different subcommands")]
    internal static void Help(ReadContext c, RequestArgs args)
    {
        _ = args;
        HelpReply.Write(c, "CLIENT", HelpLines);
    }

    [Command("client|id", 2, OfAnyone, Group = "connection", Since = "5.0.0", Complexity = "O(1)",
        Summary = "Returns the client ID for the current connection")]
    internal static void Id(ReadContext c, RequestArgs args)
    {
        _ = args;
        c.Reply.Integer(c.Session.Id);
    }

    [Command("client|getname", 2, OfAnyone, Group = "connection", Since = "2.6.9", Complexity = "O(1)",
        Summary = "Get the current connection name")]
    internal static void GetName(ReadContext c, RequestArgs args)
    {
        _ = args;
        if (c.Session.Name.Length == 0)
        {
            c.Reply.Null();
        }
        else
        {
            c.Reply.Bulk(c.Session.Name);
        }
    }

    [Command("client|setname", 3, OfAnyone, Group = "connection", Since = "2.6.9", Complexity = "O(1)",
        Summary = "Set the current connection name", Syntax = "connection-name")]
    internal static void SetName(ReadContext c, RequestArgs args)
    {
        if (TrySetName(c, args[2]))
        {
            c.Reply.Ok();
        }
    }

    /// <summary>False: the name is not allowed, and the error has been replied. An empty name removes it.</summary>
    internal static bool TrySetName(CommandContext c, ReadOnlySpan<byte> name)
    {
        if (!ArgumentText.IsClientAttribute(name))
        {
            c.Fail("ERR Client names cannot contain spaces, newlines or special characters.");
            return false;
        }

        c.Session.Name = ArgumentText.Of(name);
        return true;
    }

    [Command("client|setinfo", 4, OfAnyone, Group = "connection", Since = "7.2.0", Complexity = "O(1)",
        Summary = "Set information specific to the client or connection", Syntax = "<LIB-NAME libname | LIB-VER libver>",
        Tips = "request_policy:all_nodes response_policy:all_succeeded")]
    internal static void SetInfo(ReadContext c, RequestArgs args)
    {
        bool isName = args[2].Is("lib-name"u8);
        if (!isName && !args[2].Is("lib-ver"u8))
        {
            c.Fail($"ERR Unrecognized option '{ArgumentText.Shorten(args[2])}'");
        }
        else if (!ArgumentText.IsClientAttribute(args[3]))
        {
            c.Fail($"ERR {ArgumentText.Of(args[2])} cannot contain spaces, newlines or special characters.");
        }
        else
        {
            string value = ArgumentText.Of(args[3]);
            if (isName)
            {
                c.Session.LibraryName = value;
            }
            else
            {
                c.Session.LibraryVersion = value;
            }

            c.Reply.Ok();
        }
    }

    [Command("client|no-evict", 3, OfAnyone | CommandFlags.Admin, Group = "connection", Since = "7.0.0", Complexity = "O(1)",
        Summary = "Set client eviction mode for the current connection", Syntax = "<ON | OFF>")]
    internal static void NoEvict(ReadContext c, RequestArgs args)
    {
        if (TryOnOff(c, args[2], out bool on))
        {
            c.Session.NoEvict = on;
            c.Reply.Ok();
        }
    }

    [Command("client|no-touch", 3, OfAnyone, Group = "connection", Since = "7.2.0", Complexity = "O(1)",
        Summary = "Control whether commands sent by the client affect the LRU/LFU of accessed keys", Syntax = "<ON | OFF>")]
    internal static void NoTouch(ReadContext c, RequestArgs args)
    {
        if (TryOnOff(c, args[2], out bool on))
        {
            c.Session.NoTouch = on;
            c.Reply.Ok();
        }
    }

    [Command("client|reply", 3, OfAnyone, Group = "connection", Since = "3.2.0", Complexity = "O(1)",
        Summary = "Instruct the server whether to reply to commands", Syntax = "<ON | OFF | SKIP>")]
    internal static void Reply(ReadContext c, RequestArgs args)
    {
        if (args[2].Is("on"u8))
        {
            c.Session.ReplyMode = ReplyMode.On;
            c.Reply.Ok();
        }
        else if (args[2].Is("off"u8))
        {
            c.Session.ReplyMode = ReplyMode.Off;
        }
        else if (args[2].Is("skip"u8))
        {
            if (c.Session.ReplyMode != ReplyMode.Off)
            {
                c.Session.ReplyMode = ReplyMode.SkipAsked;
            }
        }
        else
        {
            c.Fail(Errors.Syntax);
        }
    }

    private static bool TryOnOff(CommandContext c, ReadOnlySpan<byte> argument, out bool on)
    {
        on = argument.Is("on"u8);
        if (on || argument.Is("off"u8))
        {
            return true;
        }

        c.Fail(Errors.Syntax);
        return false;
    }
}
