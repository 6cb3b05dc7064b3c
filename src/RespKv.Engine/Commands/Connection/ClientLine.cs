using System.Text;
using RespKv.Engine.PubSub;
using RespKv.Engine.Sessions;
using RespKv.Engine.Tracking;

namespace RespKv.Engine.Commands.Connection;

/// <summary>A client as one line of CLIENT LIST: Redis's fields in Redis's order; what does not exist here is 0 or empty.</summary>
internal static class ClientLine
{
    /// <param name="text">Where the line goes.</param>
    /// <param name="session">The client.</param>
    /// <param name="nowMillis">Now.</param>
    /// <param name="runningBytes">Of the request that the client runs just now, which is in its input still.</param>
    public static void Append(StringBuilder text, Session session, long nowMillis, int runningBytes = 0)
    {
        long outputBytes = session.Output.HeldBytes;
        int inputBytes = session.QueryBufferBytes + runningBytes;
        long multiBytes = session.TransactionBytes;
        text.Append("id=").Append(session.Id)
            .Append(" addr=").Append(session.RemoteAddress)
            .Append(" laddr=").Append(session.LocalAddress)
            .Append(" fd=0")
            .Append(" name=").Append(session.Name)
            .Append(" age=").Append(Seconds(nowMillis - session.ConnectedAtMillis))
            .Append(" idle=").Append(Seconds(nowMillis - session.LastCommandAtMillis))
            .Append(" flags=");
        AppendFlags(text, session);
        text.Append(" db=").Append(session.Database)
            .Append(" sub=").Append(session.Subscriptions?.Count(ChannelKind.Channel) ?? 0)
            .Append(" psub=").Append(session.Subscriptions?.Count(ChannelKind.Pattern) ?? 0)
            .Append(" ssub=").Append(session.Subscriptions?.Count(ChannelKind.Shard) ?? 0)
            .Append(" multi=").Append(session.Block?.Commands.Count ?? -1)
            .Append(" qbuf=").Append(inputBytes)
            .Append(" qbuf-free=0 argv-mem=0")
            .Append(" multi-mem=").Append(multiBytes)
            .Append(" rbs=0 rbp=0 obl=0 oll=0")
            .Append(" omem=").Append(outputBytes)
            .Append(" tot-mem=").Append(inputBytes + multiBytes + outputBytes + (session.Subscriptions?.Bytes ?? 0))
            .Append(" events=r")
            .Append(" cmd=").Append(session.LastCommand)
            .Append(" user=").Append(session.User.ShownName)
            .Append(" redir=").Append(session.Tracking?.Redirect ?? -1)
            .Append(" resp=").Append(session.ProtocolVersion)
            .Append(" lib-name=").Append(session.LibraryName)
            .Append(" lib-ver=").Append(session.LibraryVersion)
            .Append('\n');
    }

    private static long Seconds(long millis) => Math.Max(0, millis) / 1000;

    private static void AppendFlags(StringBuilder text, Session session)
    {
        int start = text.Length;
        if (session.IsMonitor)
        {
            text.Append('O');
        }

        if (session.IsSubscriber)
        {
            text.Append('P');
        }

        if (session.Block is not null)
        {
            text.Append('x');
        }

        if (session.IsSuspended || session.IsPostponed)
        {
            text.Append('b');
        }

        if (session.Tracking is { } tracking)
        {
            text.Append('t').Append(tracking.IsRedirectBroken ? "R" : "").Append(tracking.Has(TrackingOptions.Broadcast) ? "B" : "");
        }

        if (session.Watches is { IsBroken: true })
        {
            text.Append('d');
        }

        if (session.CloseAfterReplies)
        {
            text.Append('c');
        }

        if (session.IsClosed)
        {
            text.Append('A');
        }

        if (session.RemoteAddress.StartsWith('/'))
        {
            text.Append('U');
        }

        if (session.NoEvict)
        {
            text.Append('e');
        }

        if (session.NoTouch)
        {
            text.Append('T');
        }

        if (text.Length == start)
        {
            text.Append('N');
        }
    }
}
