using RespKv.Engine.Execution;
using RespKv.Engine.Sessions;
using RespKv.Protocol;

namespace RespKv.Engine.Commands.PubSub;

/// <summary>MONITOR.</summary>
internal static class MonitorCommand
{
    [Command("monitor", 1, CommandFlags.Admin | CommandFlags.NoScript | CommandFlags.Loading | CommandFlags.Stale, Group = "server", Since = "1.0.0",
        Summary = "Listen for all requests received by the server in real time")]
    internal static void Monitor(ReadContext c, RequestArgs args)
    {
        _ = args;
        Session session = c.Session;
        if (session.RunsBlock)
        {
            c.Fail("ERR MONITOR isn't allowed for DENY BLOCKING client");
        }
        else if (!session.IsMonitor)
        {
            // A second MONITOR has no reply, as in Redis.
            c.Engine.Monitors.Add(session);
            c.Reply.Ok();
        }
    }
}
