using System.Text;
using RespKv.Engine.Execution;
using RespKv.Protocol;

namespace RespKv.Engine.Commands.Introspection;

/// <summary>COMMAND: which commands there are. Everything is derived from the declarations on the handlers.</summary>
internal static class CommandCommands
{
    private const CommandFlags Always = CommandFlags.Loading | CommandFlags.Stale;

    private static readonly string[] HelpLines =
    [
        "(no subcommand)",
        "    Return details about all Redis commands.",
        "COUNT",
        "    Return the total number of commands in this Redis server.",
        "LIST",
        "    Return a list of all commands in this Redis server.",
        "INFO [<command-name> ...]",
        "    Return details about multiple Redis commands.",
        "    If no command names are given, documentation details for all",
        "    commands are returned.",
        "DOCS [<command-name> ...]",
        "    Return documentation details about multiple Redis commands.",
        "    If no command names are given, documentation details for all",
        "    commands are returned.",
        "GETKEYS <full-command>",
        "    Return the keys from a full Redis command.",
        "GETKEYSANDFLAGS <full-command>",
        "    Return the keys and the access flags from a full Redis command.",
    ];

    [Command("command", -1, Always, Group = "server", Since = "2.8.13", Complexity = "O(N) where N is the total number of Redis commands",
        Summary = "Get array of Redis command details", Categories = "connection", Tips = "nondeterministic_output_order")]
    internal static void Bare(ReadContext c, RequestArgs args)
    {
        _ = args;
        WriteAll(c);
    }

    [Command("command|count", 2, Always, Group = "server", Since = "2.8.13", Complexity = "O(1)", Summary = "Get total number of Redis commands",
        Categories = "connection")]
    internal static void Count(ReadContext c, RequestArgs args)
    {
        _ = args;
        c.Reply.Integer(c.Engine.Commands.All.Count);
    }

    [Command("command|help", 2, Always, Group = "server", Since = "5.0.0", Complexity = "O(1)",
        Summary = "Show helpful text about the different subcommands", Categories = "connection")]
    internal static void Help(ReadContext c, RequestArgs args)
    {
        _ = args;
        HelpReply.Write(c, "COMMAND", HelpLines);
    }

    [Command("command|info", -2, Always, Group = "server", Since = "2.8.13", Complexity = "O(N) where N is the number of commands to look up",
        Summary = "Get array of specific Redis command details, or all when no argument is given.", Syntax = "[command-name [command-name ...]]",
        Categories = "connection", Tips = "nondeterministic_output_order")]
    internal static void Info(ReadContext c, RequestArgs args)
    {
        if (args.Count == 2)
        {
            WriteAll(c);
            return;
        }

        c.Reply.ArrayHeader(args.Count - 2);
        for (int i = 2; i < args.Count; i++)
        {
            if (FindByFullName(c.Engine.Commands, args[i]) is { } entry)
            {
                CommandInfoReply.Write(c.Reply, entry);
            }
            else
            {
                c.Reply.Null();
            }
        }
    }

    [Command("command|docs", -2, Always, Group = "server", Since = "7.0.0", Complexity = "O(N) where N is the number of commands to look up",
        Summary = "Get array of specific Redis command documentation", Syntax = "[command-name [command-name ...]]", Categories = "connection",
        Tips = "nondeterministic_output_order")]
    internal static void Docs(ReadContext c, RequestArgs args)
    {
        IReadOnlyList<CommandEntry> entries = c.Engine.Commands.All;
        if (args.Count > 2)
        {
            var named = new List<CommandEntry>(args.Count - 2);
            for (int i = 2; i < args.Count; i++)
            {
                if (FindByFullName(c.Engine.Commands, args[i]) is { } entry)
                {
                    named.Add(entry);
                }
            }

            entries = named;
        }

        c.Reply.MapHeader(entries.Count);
        foreach (CommandEntry entry in entries)
        {
            CommandDocsReply.Write(c.Reply, entry);
        }
    }

    [Command("command|list", -2, Always, Group = "server", Since = "7.0.0", Complexity = "O(N) where N is the total number of Redis commands",
        Summary = "Get an array of Redis command names", Syntax = "[FILTERBY <MODULE module-name | ACLCAT category | PATTERN pattern>]",
        Categories = "connection", Tips = "nondeterministic_output_order")]
    internal static void List(ReadContext c, RequestArgs args)
    {
        if (args.Count == 2)
        {
            WriteNames(c, _ => true);
            return;
        }

        if (args.Count != 5 || !args[2].Is("filterby"u8))
        {
            c.Fail(Errors.Syntax);
            return;
        }

        if (args[3].Is("module"u8))
        {
            // There are no modules, so no command comes from one.
            WriteNames(c, _ => false);
        }
        else if (args[3].Is("aclcat"u8))
        {
            string category = ArgumentText.Of(args[4]).ToLowerInvariant();
            WriteNames(c, entry => AclCategories.Of(entry).Contains(category));
        }
        else if (args[3].Is("pattern"u8))
        {
            byte[] pattern = Encoding.ASCII.GetBytes(ArgumentText.Of(args[4]).ToLowerInvariant());
            WriteNames(c, entry => GlobPattern.Matches(pattern, Encoding.ASCII.GetBytes(entry.Name)));
        }
        else
        {
            c.Fail(Errors.Syntax);
        }
    }

    /// <summary>Finds <c>get</c> and <c>config|get</c>.</summary>
    internal static CommandEntry? FindByFullName(CommandTable commands, ReadOnlySpan<byte> name)
    {
        int bar = name.IndexOf((byte)'|');
        return bar < 0 ? commands.Find(name) : commands.Find(name[..bar])?.Subcommands?.Find(name[(bar + 1)..]);
    }

    private static void WriteAll(ReadContext c)
    {
        IReadOnlyList<CommandEntry> all = c.Engine.Commands.All;
        c.Reply.ArrayHeader(all.Count);
        foreach (CommandEntry entry in all)
        {
            CommandInfoReply.Write(c.Reply, entry);
        }
    }

    private static void WriteNames(ReadContext c, Func<CommandEntry, bool> chosen)
    {
        List<string> names = [.. c.Engine.Commands.AllWithSubcommands().Where(chosen).Select(entry => entry.Name)];
        c.Reply.ArrayHeader(names.Count);
        foreach (string name in names)
        {
            c.Reply.Bulk(name);
        }
    }
}
