using RespKv.Engine.Execution;
using RespKv.Protocol;

namespace RespKv.Engine.Commands.Server;

/// <summary>What time it is, and since when there is something to know.</summary>
internal static class TimeCommands
{
    [Command("time", 1, CommandFlags.Loading | CommandFlags.Stale | CommandFlags.Fast, Group = "server", Since = "2.6.0", Complexity = "O(1)",
        Summary = "Return the current server time", Tips = "nondeterministic_output")]
    internal static void Time(ReadContext c, RequestArgs args)
    {
        _ = args;
        long micros = c.Engine.NowMicros();
        c.Reply.ArrayHeader(2);
        c.Reply.BulkInteger(micros / 1_000_000);
        c.Reply.BulkInteger(micros % 1_000_000);
    }

    /// <summary>A primary without replicas: there is no replication yet, so the offset stays 0.</summary>
    [Command("role", 1, CommandFlags.NoScript | CommandFlags.Loading | CommandFlags.Stale | CommandFlags.Fast, Group = "server", Since = "2.8.12",
        Complexity = "O(1)", Summary = "Return the role of the instance in the context of replication", Categories = "admin dangerous")]
    internal static void Role(ReadContext c, RequestArgs args)
    {
        _ = args;
        c.Reply.ArrayHeader(3);
        c.Reply.Bulk("master"u8);
        c.Reply.Integer(0);
        c.Reply.ArrayHeader(0);
    }
}
