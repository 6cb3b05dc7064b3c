using RespKv.Engine.Keyspace;
using RespKv.Engine.Sessions;

namespace RespKv.Engine.PubSub;

/// <summary>A channel or a pattern that somebody has subscribed to.</summary>
internal sealed class Channel(byte[] name)
{
    public byte[] Name { get; } = name;

    /// <summary>In the order in which they came.</summary>
    public LinkedList<Session> Subscribers { get; } = [];
}

/// <summary>The three families of subscriptions.</summary>
internal enum ChannelKind
{
    Channel,
    Pattern,

    /// <summary>Shard channels: in a cluster they live where a key of that name would.</summary>
    Shard,
}

/// <summary>What one client has subscribed to, from its first SUBSCRIBE on. Guarded by the turn.</summary>
internal sealed class Subscriptions
{
    /// <summary>Memory of a subscription beside its name's bytes: a list node, an entry in the client's dictionary, and the channel's own when it is the only one.</summary>
    private const int SubscriptionBytes = 320;

    private readonly Dictionary<Channel, LinkedListNode<Session>>[] _channels = [[], [], []];

    /// <summary>Memory that they take.</summary>
    public long Bytes { get; private set; }

    public int Total => _channels[0].Count + _channels[1].Count + _channels[2].Count;

    public int Count(ChannelKind kind) => _channels[(int)kind].Count;

    /// <summary>The number in the reply to a subscription of that kind: channels and patterns count together, shard channels alone.</summary>
    public int ReplyCount(ChannelKind kind)
        => kind == ChannelKind.Shard ? Count(kind) : Count(ChannelKind.Channel) + Count(ChannelKind.Pattern);

    public IReadOnlyCollection<Channel> Of(ChannelKind kind) => _channels[(int)kind].Keys;

    public bool Has(ChannelKind kind, Channel channel) => _channels[(int)kind].ContainsKey(channel);

    public void Add(ChannelKind kind, Channel channel, Session session)
    {
        _channels[(int)kind].Add(channel, channel.Subscribers.AddLast(session));
        Bytes += SubscriptionBytes + channel.Name.Length;
    }

    public bool Remove(ChannelKind kind, Channel channel)
    {
        if (!_channels[(int)kind].Remove(channel, out LinkedListNode<Session>? node))
        {
            return false;
        }

        channel.Subscribers.Remove(node);
        Bytes -= SubscriptionBytes + channel.Name.Length;
        return true;
    }
}

/// <summary>Channels by their names, each with at least one subscriber. Guarded by the turn.</summary>
internal sealed class ChannelTable
{
    private readonly Dictionary<byte[], Channel> _channels = new(BytesComparer.Instance);
    private readonly Dictionary<byte[], Channel>.AlternateLookup<ReadOnlySpan<byte>> _byName;

    public ChannelTable() => _byName = _channels.GetAlternateLookup<ReadOnlySpan<byte>>();

    public int Count => _channels.Count;

    public Dictionary<byte[], Channel>.ValueCollection All => _channels.Values;

    public Channel? Find(ReadOnlySpan<byte> name) => _byName.TryGetValue(name, out Channel? channel) ? channel : null;

    public Channel FindOrAdd(ReadOnlySpan<byte> name)
    {
        if (Find(name) is { } known)
        {
            return known;
        }

        var channel = new Channel(name.ToArray());
        _channels.Add(channel.Name, channel);
        return channel;
    }

    public void RemoveIfEmpty(Channel channel)
    {
        if (channel.Subscribers.Count == 0)
        {
            _channels.Remove(channel.Name);
        }
    }
}

/// <summary>Compares by content, and finds without a copy.</summary>
internal sealed class BytesComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
{
    public static readonly BytesComparer Instance = new();

    public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

    public int GetHashCode(byte[] obj) => GetHashCode(obj.AsSpan());

    public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

    public int GetHashCode(ReadOnlySpan<byte> alternate) => KeyHash.Compute(alternate).GetHashCode();

    public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
}
