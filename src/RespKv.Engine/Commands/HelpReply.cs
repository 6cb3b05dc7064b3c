using RespKv.Engine.Execution;
using RespKv.Protocol;

namespace RespKv.Engine.Commands;

/// <summary>What containers answer beside their subcommands: HELP, and that the arguments of a subcommand are wrong.</summary>
internal static class HelpReply
{
    /// <summary>The reply to <c>CONTAINER HELP</c> in Redis's layout: usage lines, each followed by indented text.</summary>
    /// <param name="c">The running command.</param>
    /// <param name="container">Upper case.</param>
    /// <param name="lines">Everything between the first line and the two about HELP itself, which are the same everywhere.</param>
    public static void Write(CommandContext c, string container, ReadOnlySpan<string> lines)
    {
        c.Reply.ArrayHeader(lines.Length + 3);
        Line(c, $"{container} <subcommand> [<arg> [value] [opt] ...]. Subcommands are:");
        foreach (string line in lines)
        {
            Line(c, line);
        }

        Line(c, "HELP");
        Line(c, "    Prints this help.");
    }

    /// <summary>Redis's error for a subcommand whose arguments are too many or none that it knows.</summary>
    public static void FailSyntax(CommandContext c, string container, RequestArgs args)
        => c.Fail($"ERR unknown subcommand or wrong number of arguments for '{ArgumentText.Shorten(args[1])}'. Try {container} HELP.");

    private static void Line(CommandContext c, string text) => c.Reply.SimpleString(System.Text.Encoding.UTF8.GetBytes(text));
}
