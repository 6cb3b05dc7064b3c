using RespKv.Engine.Execution;
using RespKv.Engine.Observation;
using RespKv.Protocol;

namespace RespKv.Engine.Commands.Server;

/// <summary>SLOWLOG: the last slow commands.</summary>
[Command("slowlog", -2, CommandFlags.None, Group = "server", Since = "2.2.12", Complexity = "Depends on subcommand.",
    Summary = "A container for slow log commands")]
internal static class SlowLogCommands
{
    private const CommandFlags OfAdministrators = CommandFlags.Admin | CommandFlags.Loading | CommandFlags.Stale;

    /// <summary>Entries of SLOWLOG GET without a count.</summary>
    private const int DefaultCount = 10;

    private static readonly string[] HelpLines =
    [
        "GET [<count>]",
        "    Return top <count> entries from the slowlog (default: 10, -1 mean all).",
        "    Entries are made of:",
        "    id, timestamp, time in microseconds, arguments array, client IP and port,",
        "    client name",
        "LEN",
        "    Return the length of the slowlog.",
        "RESET",
        "    Reset the slowlog.",
    ];

    [Command("slowlog|get", -2, OfAdministrators, Group = "server", Since = "2.2.12", Complexity = "O(N) where N is the number of entries returned",
        Summary = "Get the slow log's entries", Syntax = "[count]", Tips = "request_policy:all_nodes nondeterministic_output")]
    internal static void Get(ReadContext c, RequestArgs args)
    {
        if (args.Count > 3)
        {
            HelpReply.FailSyntax(c, "SLOWLOG", args);
            return;
        }

        long count = DefaultCount;
        if (args.Count == 3 && (!RespNumber.TryParseInt64(args[2], out count) || count < -1))
        {
            c.Fail("ERR count should be greater than or equal to -1");
            return;
        }

        SlowLog log = c.Engine.SlowLog;
        int shown = count < 0 ? log.Count : (int)Math.Min(count, log.Count);
        c.Reply.ArrayHeader(shown);
        foreach (SlowLogEntry entry in log.Entries.Take(shown))
        {
            Write(c.Reply, entry);
        }
    }

    [Command("slowlog|len", 2, OfAdministrators, Group = "server", Since = "2.2.12", Complexity = "O(1)", Summary = "Get the slow log's length",
        Tips = "request_policy:all_nodes response_policy:agg_sum nondeterministic_output")]
    internal static void Len(ReadContext c, RequestArgs args)
    {
        _ = args;
        c.Reply.Integer(c.Engine.SlowLog.Count);
    }

    [Command("slowlog|reset", 2, OfAdministrators, Group = "server", Since = "2.2.12",
        Complexity = "O(N) where N is the number of entries in the slowlog", Summary = "Clear all entries from the slow log",
        Tips = "request_policy:all_nodes response_policy:all_succeeded")]
    internal static void Reset(ReadContext c, RequestArgs args)
    {
        _ = args;
        c.Engine.SlowLog.Clear();
        c.Reply.Ok();
    }

    [Command("slowlog|help", 2, CommandFlags.Loading | CommandFlags.Stale, Group = "server", Since = "6.2.0", Complexity = "O(1)",
        Summary = "Show helpful text about the different subcommands")]
    internal static void Help(ReadContext c, RequestArgs args)
    {
        _ = args;
        HelpReply.Write(c, "SLOWLOG", HelpLines);
    }

    private static void Write(RespWriter reply, SlowLogEntry entry)
    {
        reply.ArrayHeader(6);
        reply.Integer(entry.Id);
        reply.Integer(entry.UnixSeconds);
        reply.Integer(entry.Micros);
        reply.ArrayHeader(entry.Arguments.Length);
        foreach (byte[] argument in entry.Arguments)
        {
            reply.Bulk(argument);
        }

        reply.Bulk(entry.ClientAddress);
        reply.Bulk(entry.ClientName);
    }
}
