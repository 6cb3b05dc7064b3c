using RespKv.Engine.Commands;
using RespKv.Engine.Sessions;

namespace RespKv.Engine.PubSub;

/// <summary>Who has subscribed to what, and the delivery of messages. Guarded by the turn.</summary>
internal sealed class PubSubHub(RespEngine engine)
{
    private readonly ChannelTable[] _tables = [new(), new(), new()];

    public ChannelTable Of(ChannelKind kind) => _tables[(int)kind];

    /// <summary>Whether anybody listens to anything but shard channels.</summary>
    public bool HasListeners => Of(ChannelKind.Channel).Count + Of(ChannelKind.Pattern).Count != 0;

    /// <summary>Nothing happens if the client has subscribed to it already.</summary>
    public void Subscribe(Session session, ChannelKind kind, ReadOnlySpan<byte> name)
    {
        Subscriptions subscriptions = session.Subscriptions ??= new Subscriptions();
        Channel channel = Of(kind).FindOrAdd(name);
        if (!subscriptions.Has(kind, channel))
        {
            subscriptions.Add(kind, channel, session);
        }
    }

    public void Unsubscribe(Session session, ChannelKind kind, ReadOnlySpan<byte> name)
    {
        if (Of(kind).Find(name) is { } channel)
        {
            Unsubscribe(session, kind, channel);
        }
    }

    public void Unsubscribe(Session session, ChannelKind kind, Channel channel)
    {
        if (session.Subscriptions is { } subscriptions && subscriptions.Remove(kind, channel))
        {
            Of(kind).RemoveIfEmpty(channel);
        }
    }

    /// <summary>The client is gone, or starts anew.</summary>
    public void Forget(Session session)
    {
        session.IsSubscriber = false;
        if (session.Subscriptions is not { } subscriptions)
        {
            return;
        }

        foreach (ChannelKind kind in (ReadOnlySpan<ChannelKind>)[ChannelKind.Channel, ChannelKind.Pattern, ChannelKind.Shard])
        {
            foreach (Channel channel in subscriptions.Of(kind).ToArray())
            {
                Unsubscribe(session, kind, channel);
            }
        }

        session.Subscriptions = null;
    }

    /// <summary>Delivers a message to the subscribers of the channel and of the patterns that match it. Returns how many clients get it.</summary>
    public int Publish(ReadOnlySpan<byte> channel, ReadOnlySpan<byte> message)
        => Deliver(ChannelKind.Channel, "message"u8, channel, message) + DeliverToPatterns(channel, message);

    /// <summary>Delivers a message to the subscribers of a shard channel. Returns how many clients get it.</summary>
    public int PublishToShard(ReadOnlySpan<byte> channel, ReadOnlySpan<byte> message)
        => Deliver(ChannelKind.Shard, "smessage"u8, channel, message);

    private int Deliver(ChannelKind kind, ReadOnlySpan<byte> word, ReadOnlySpan<byte> channel, ReadOnlySpan<byte> message)
    {
        if (Of(kind).Find(channel) is not { } found)
        {
            return 0;
        }

        engine.Pusher.Builder.Begin(3).Bulk(word).Bulk(channel).Bulk(message);
        return PushToAll(found);
    }

    private int DeliverToPatterns(ReadOnlySpan<byte> channel, ReadOnlySpan<byte> message)
    {
        int receivers = 0;
        ChannelTable patterns = Of(ChannelKind.Pattern);
        if (patterns.Count == 0)
        {
            return 0;
        }

        foreach (Channel pattern in patterns.All)
        {
            if (GlobPattern.Matches(pattern.Name, channel))
            {
                engine.Pusher.Builder.Begin(4).Bulk("pmessage"u8).Bulk(pattern.Name).Bulk(channel).Bulk(message);
                receivers += PushToAll(pattern);
            }
        }

        return receivers;
    }

    private int PushToAll(Channel channel)
    {
        int receivers = 0;
        foreach (Session subscriber in channel.Subscribers)
        {
            if (engine.Pusher.Push(subscriber))
            {
                receivers++;
            }
        }

        return receivers;
    }
}
