using RespKv.Engine.Execution;
using RespKv.Engine.PubSub;
using RespKv.Engine.Sessions;
using RespKv.Protocol;

namespace RespKv.Engine.Commands.PubSub;

/// <summary>Subscribing and unsubscribing. Each channel is answered with a message of its own, which CLIENT REPLY OFF does not silence.</summary>
internal static class SubscribeCommands
{
    private const CommandFlags Flags = CommandFlags.PubSub | CommandFlags.NoScript | CommandFlags.Loading | CommandFlags.Stale;

    [Command("subscribe", -2, Flags, Group = "pubsub", Since = "2.0.0", Complexity = "O(N) where N is the number of channels to subscribe to.",
        Summary = "Listen for messages published to the given channels", Syntax = "channel [channel ...]")]
    internal static void Subscribe(ReadContext c, RequestArgs args) => Subscribe(c, args, ChannelKind.Channel);

    [Command("psubscribe", -2, Flags, Group = "pubsub", Since = "2.0.0",
        Complexity = "O(N) where N is the number of patterns the client is already subscribed to.",
        Summary = "Listen for messages published to channels matching the given patterns", Syntax = "pattern [pattern ...]")]
    internal static void PSubscribe(ReadContext c, RequestArgs args) => Subscribe(c, args, ChannelKind.Pattern);

    [Command("ssubscribe", -2, Flags, Keys = "1,-1,1 not_key", Group = "pubsub", Since = "7.0.0",
        Complexity = "O(N) where N is the number of shard channels to subscribe to.",
        Summary = "Listen for messages published to the given shard channels", Syntax = "shardchannel [shardchannel ...]")]
    internal static void SSubscribe(ReadContext c, RequestArgs args)
    {
        if (c.Session.RunsBlock)
        {
            // In a block a reply a command is expected. SUBSCRIBE is older than that rule.
            c.Fail("ERR SSUBSCRIBE isn't allowed for a DENY BLOCKING client");
            return;
        }

        Subscribe(c, args, ChannelKind.Shard);
    }

    [Command("unsubscribe", -1, Flags, Group = "pubsub", Since = "2.0.0",
        Complexity = "O(N) where N is the number of clients already subscribed to a channel.",
        Summary = "Stop listening for messages posted to the given channels", Syntax = "[channel [channel ...]]")]
    internal static void Unsubscribe(ReadContext c, RequestArgs args) => Unsubscribe(c, args, ChannelKind.Channel);

    [Command("punsubscribe", -1, Flags, Group = "pubsub", Since = "2.0.0",
        Complexity = "O(N+M) where N is the number of patterns the client is already subscribed and M is the number of total patterns subscribed "
        + "in the system (by any client).",
        Summary = "Stop listening for messages posted to channels matching the given patterns", Syntax = "[pattern [pattern ...]]")]
    internal static void PUnsubscribe(ReadContext c, RequestArgs args) => Unsubscribe(c, args, ChannelKind.Pattern);

    [Command("sunsubscribe", -1, Flags, Keys = "1,-1,1 not_key", Group = "pubsub", Since = "7.0.0",
        Complexity = "O(N) where N is the number of clients already subscribed to a shard channel.",
        Summary = "Stop listening for messages posted to the given shard channels", Syntax = "[shardchannel [shardchannel ...]]")]
    internal static void SUnsubscribe(ReadContext c, RequestArgs args) => Unsubscribe(c, args, ChannelKind.Shard);

    private static void Subscribe(ReadContext c, RequestArgs args, ChannelKind kind)
    {
        ReadOnlySpan<byte> word = kind switch
        {
            ChannelKind.Channel => "subscribe"u8,
            ChannelKind.Pattern => "psubscribe"u8,
            _ => "ssubscribe"u8,
        };
        Session session = c.Session;
        for (int i = 1; i < args.Count; i++)
        {
            c.Engine.PubSub.Subscribe(session, kind, args[i]);
            if (!KeepsSubscriptions(c))
            {
                return;
            }

            Confirm(c, kind, word, args[i], hasName: true);
        }

        session.IsSubscriber = true;
    }

    private static void Unsubscribe(ReadContext c, RequestArgs args, ChannelKind kind)
    {
        ReadOnlySpan<byte> word = kind switch
        {
            ChannelKind.Channel => "unsubscribe"u8,
            ChannelKind.Pattern => "punsubscribe"u8,
            _ => "sunsubscribe"u8,
        };
        Session session = c.Session;
        for (int i = 1; i < args.Count; i++)
        {
            c.Engine.PubSub.Unsubscribe(session, kind, args[i]);
            Confirm(c, kind, word, args[i], hasName: true);
        }

        if (args.Count == 1)
        {
            Channel[] channels = [.. session.Subscriptions?.Of(kind) ?? []];
            foreach (Channel channel in channels)
            {
                c.Engine.PubSub.Unsubscribe(session, kind, channel);
                Confirm(c, kind, word, channel.Name, hasName: true);
            }

            if (channels.Length == 0)
            {
                Confirm(c, kind, word, default, hasName: false);
            }
        }

        if (session.Subscriptions is null or { Total: 0 })
        {
            session.Subscriptions = null;
            session.IsSubscriber = false;
        }
    }

    /// <summary>
    /// Ends a client whose subscriptions take more memory than <c>client-query-buffer-limit</c>, as one whose queued commands do: both are what a
    /// client has the server remember. False then, and nothing is to be replied.
    /// </summary>
    private static bool KeepsSubscriptions(ReadContext c)
    {
        if (c.Session.Subscriptions is not { } subscriptions || subscriptions.Bytes <= c.Engine.Config.ClientQueryBufferBytesMax)
        {
            return true;
        }

        c.Engine.PubSub.Forget(c.Session);
        c.Session.IsClosed = true;
        c.Engine.QueryBufferLimitReached(c.Session);
        return false;
    }

    private static void Confirm(ReadContext c, ChannelKind kind, ReadOnlySpan<byte> word, ReadOnlySpan<byte> name, bool hasName)
    {
        int count = c.Session.Subscriptions?.ReplyCount(kind) ?? 0;
        if (c.Session.ReplyMode != ReplyMode.On)
        {
            MessageBuilder message = c.Engine.Pusher.Builder.Begin(3).Bulk(word);
            _ = hasName ? message.Bulk(name) : message.Raw(c.Session.ProtocolVersion >= 3 ? "_\r\n"u8 : "$-1\r\n"u8);
            message.Integer(count);
            c.Engine.Pusher.Push(c.Session);
            return;
        }

        c.Reply.PushHeader(3);
        c.Reply.Bulk(word);
        if (hasName)
        {
            c.Reply.Bulk(name);
        }
        else
        {
            c.Reply.Null();
        }

        c.Reply.Integer(count);
    }
}
