using RespKv.Protocol;

namespace RespKv.Engine.Commands.Introspection;

/// <summary>A command as COMMAND DOCS shows it: its name, then a map of what is known.</summary>
internal static class CommandDocsReply
{
    public static void Write(RespWriter reply, CommandEntry entry)
    {
        CommandAttribute declaration = entry.Declaration;
        IReadOnlyList<SyntaxArgument> arguments = CommandDocFacts.ArgumentsOf(entry);
        List<string> docFlags = [.. CommandDocFacts.Of(entry.Name, "doc_flags")];
        string deprecatedSince = CommandDocFacts.Of(entry.Name, "deprecated_since").FirstOrDefault("");
        string replacedBy = CommandDocFacts.Of(entry.Name, "replaced_by").FirstOrDefault("");
        List<string> history = [.. CommandDocFacts.Of(entry.Name, "history")];
        IReadOnlyList<CommandEntry> subcommands = entry.Subcommands?.All ?? [];

        reply.Bulk(entry.Name);
        reply.MapHeader(
            2 + One(declaration.Summary.Length) + One(declaration.Complexity.Length) + One(docFlags.Count) + One(deprecatedSince.Length)
                + One(replacedBy.Length) + One(history.Count) + One(arguments.Count) + One(subcommands.Count));
        WriteText(reply, "summary", declaration.Summary);
        WriteText(reply, "since", declaration.Since);
        WriteText(reply, "group", declaration.Group);
        WriteText(reply, "complexity", declaration.Complexity);
        if (docFlags.Count > 0)
        {
            reply.Bulk("doc_flags"u8);
            CommandInfoReply.WriteStatuses(reply, docFlags);
        }

        WriteText(reply, "deprecated_since", deprecatedSince);
        WriteText(reply, "replaced_by", replacedBy);
        if (history.Count > 0)
        {
            WriteHistory(reply, history);
        }

        if (arguments.Count > 0)
        {
            reply.Bulk("arguments"u8);
            WriteArguments(reply, arguments);
        }

        if (subcommands.Count > 0)
        {
            reply.Bulk("subcommands"u8);
            reply.MapHeader(subcommands.Count);
            foreach (CommandEntry subcommand in subcommands)
            {
                Write(reply, subcommand);
            }
        }
    }

    /// <summary>A set of pairs: a version, and what it changed.</summary>
    private static void WriteHistory(RespWriter reply, List<string> history)
    {
        reply.Bulk("history"u8);
        reply.SetHeader(history.Count);
        foreach (string change in history)
        {
            int space = change.IndexOf(' ');
            reply.ArrayHeader(2);
            reply.Bulk(change[..space]);
            reply.Bulk(change[(space + 1)..]);
        }
    }

    private static void WriteArguments(RespWriter reply, IReadOnlyList<SyntaxArgument> arguments)
    {
        reply.ArrayHeader(arguments.Count);
        foreach (SyntaxArgument argument in arguments)
        {
            WriteArgument(reply, argument);
        }
    }

    private static void WriteArgument(RespWriter reply, SyntaxArgument argument)
    {
        List<string> flags = [];
        AddIf(argument.IsOptional, "optional");
        AddIf(argument.IsMultiple, "multiple");
        AddIf(argument.IsMultipleToken, "multiple_token");
        bool hasKeySpec = argument.KeySpecIndex >= 0;

        reply.MapHeader(
            2 + (hasKeySpec ? 1 : 0) + One(argument.Token?.Length ?? 0) + One(argument.Since.Length) + One(argument.DeprecatedSince.Length) + One(flags.Count) + One(argument.Arguments.Count));
        WriteText(reply, "name", argument.Name);
        WriteText(reply, "type", argument.Type);
        if (hasKeySpec)
        {
            reply.Bulk("key_spec_index"u8);
            reply.Integer(argument.KeySpecIndex);
        }

        WriteText(reply, "token", argument.Token ?? "");
        WriteText(reply, "since", argument.Since);
        WriteText(reply, "deprecated_since", argument.DeprecatedSince);
        if (flags.Count > 0)
        {
            reply.Bulk("flags"u8);
            CommandInfoReply.WriteStatuses(reply, flags);
        }

        if (argument.Arguments.Count > 0)
        {
            reply.Bulk("arguments"u8);
            WriteArguments(reply, argument.Arguments);
        }

        void AddIf(bool condition, string flag)
        {
            if (condition)
            {
                flags.Add(flag);
            }
        }
    }

    private static int One(int count) => count > 0 ? 1 : 0;

    private static void WriteText(RespWriter reply, string name, string text)
    {
        if (text.Length > 0)
        {
            reply.Bulk(name);
            reply.Bulk(text);
        }
    }
}
