using RespKv.Engine.Commands;
using RespKv.Engine.Execution;
using RespKv.Engine.PubSub;
using RespKv.Engine.Sessions;
using RespKv.Protocol;

namespace RespKv.Engine.Tracking;

/// <summary>
/// Client-side caching: tells clients which keys that they may have cached have changed. Told of every change by the
/// <see cref="Mutator"/>; while nobody tracks, that costs a write one predictable branch. Guarded by the turn.
/// </summary>
/// <remarks>An invalidation leaves with the LSN of the record that changes the key (<see cref="Pusher"/>), behind every reply that showed the old value.</remarks>
internal sealed class KeyTracking
{
    /// <summary>Keys that one look at a table which is too large takes out of it, as in Redis; each look that finds it so again takes that many more.</summary>
    private const int EvictionEffort = 100;

    /// <summary>Changed keys of a prefix that are gathered before its clients are told, at the end of the turn at the latest.</summary>
    private const int ChangedKeysMax = 4096;

    private static ReadOnlySpan<byte> RedirectChannel => "__redis__:invalidate"u8;

    private readonly RespEngine _engine;
    private readonly TrackingTable _table = new();
    private readonly SortedDictionary<byte[], BroadcastPrefix> _prefixes = new(BytesOrder.Instance);
    private readonly HashSet<Session> _clients = [];
    private readonly List<FoundKey> _found = [];
    private int _evictionRounds;

    public KeyTracking(RespEngine engine)
    {
        _engine = engine;
        engine.Config.Changed += name =>
        {
            if (name == "tracking-table-max-keys")
            {
                NoteSize();
            }
        };
    }

    public int ClientCount => _clients.Count;

    public long KeyCount => _table.Count;

    public long ItemCount => _table.ItemCount;

    public int PrefixCount => _prefixes.Count;

    /// <summary>Somebody has to be told of changes.</summary>
    public bool IsOn { get; private set; }

    /// <summary>The table holds more than <c>tracking-table-max-keys</c>.</summary>
    public bool IsTooLarge { get; private set; }

    /// <summary>Changed keys wait for <see cref="Broadcast"/>.</summary>
    public bool HasChanged { get; private set; }

    /// <summary>What changes now is the server's own doing (expiry, eviction), not that of the client whose turn is running.</summary>
    public bool IsServersDoing { get; set; }

    /// <summary>CLIENT TRACKING ON. The options fit each other and those that the client has.</summary>
    public void Enable(Session session, TrackingOptions options, long redirect, IReadOnlyList<byte[]> prefixes)
    {
        ClientTracking tracking = session.Tracking ??= new ClientTracking();
        _clients.Add(session);
        tracking.Options = options;
        tracking.Redirect = redirect;
        tracking.IsRedirectBroken = false;
        foreach (byte[] prefix in prefixes)
        {
            if (!_prefixes.TryGetValue(prefix, out BroadcastPrefix? broadcast))
            {
                _prefixes.Add(prefix, broadcast = new BroadcastPrefix(prefix));
            }

            broadcast.Clients[session.Id] = session;
            tracking.Prefixes.Add(prefix);
        }

        NoteSize();
    }

    /// <summary>CLIENT TRACKING OFF, or the client is gone.</summary>
    public void Disable(Session session)
    {
        if (session.Tracking is not { } tracking)
        {
            return;
        }

        foreach (byte[] prefix in tracking.Prefixes)
        {
            BroadcastPrefix broadcast = _prefixes[prefix];
            broadcast.Clients.Remove(session.Id);
            if (broadcast.Clients.Count == 0)
            {
                _prefixes.Remove(prefix);
            }
        }

        _clients.Remove(session);
        session.Tracking = null;
        NoteSize();
    }

    /// <summary>The client has run a command that reads: remembers its keys, if it wants that.</summary>
    public void NoteRead(Session session, CommandEntry entry, RequestArgs args)
    {
        if (!session.Tracking!.RemembersReads || !entry.Has(CommandFlags.ReadOnly) || entry.Has(CommandFlags.PubSub))
        {
            return;
        }

        _found.Clear();
        CommandKeys.TryFind(entry, args, _found);
        foreach (FoundKey key in _found)
        {
            _table.Add(args[key.Position], session.Id);
        }

        NoteSize();
    }

    /// <summary>A key is about to change.</summary>
    public void Changing(in KeyRef key)
    {
        if (_prefixes.Count != 0)
        {
            NoteForBroadcast(key.Bytes);
        }

        if (_table.Take(key.Bytes) is { } tracked)
        {
            Invalidate(tracked);
            NoteSize();
        }
    }

    /// <summary>A database was emptied: everything that is cached is invalid.</summary>
    public void Flushed()
    {
        foreach (Session session in _clients)
        {
            // By the protocol of the client that tracks, whoever is told.
            Tell(session, session.ProtocolVersion >= 3 ? "_\r\n"u8 : "$-1\r\n"u8);
        }

        _table.Clear();
        NoteSize();
    }

    /// <summary>Makes a table smaller that is too large: what is taken out of it counts as changed.</summary>
    public void Shrink()
    {
        for (int i = 0; i < EvictionEffort * (_evictionRounds + 1) && IsTooLarge; i++)
        {
            Invalidate(_table.TakeAny(_engine.Random));
            NoteSize();
        }

        _evictionRounds = IsTooLarge ? _evictionRounds + 1 : 0;
    }

    /// <summary>Tells the clients of prefixes what has changed: at the end of a turn.</summary>
    public void Broadcast()
    {
        HasChanged = false;
        foreach (BroadcastPrefix prefix in _prefixes.Values)
        {
            if (prefix.Changed.Count != 0)
            {
                Broadcast(prefix);
            }
        }
    }

    private void NoteForBroadcast(ReadOnlySpan<byte> key)
    {
        Session? changer = IsServersDoing ? null : _engine.Pusher.Current;
        foreach (BroadcastPrefix prefix in _prefixes.Values)
        {
            if (!key.StartsWith(prefix.Prefix))
            {
                continue;
            }

            prefix.Changed[key.ToArray()] = changer;
            HasChanged = true;
            if (prefix.Changed.Count >= ChangedKeysMax)
            {
                Broadcast(prefix);
            }
        }
    }

    private void Broadcast(BroadcastPrefix prefix)
    {
        byte[] all = Keys(prefix, except: null);
        foreach (Session session in prefix.Clients.Values)
        {
            byte[] keys = session.Tracking!.Has(TrackingOptions.NoLoop) && prefix.Changed.ContainsValue(session) ? Keys(prefix, session) : all;
            if (keys.Length != 0)
            {
                Tell(session, keys);
            }
        }

        prefix.Changed.Clear();
    }

    /// <summary>The keys as an array, but those that a client has changed itself; nothing when none is left.</summary>
    private static byte[] Keys(BroadcastPrefix prefix, Session? except)
    {
        byte[][] keys = [.. prefix.Changed.Where(entry => except is null || entry.Value != except).Select(entry => entry.Key).Order(BytesOrder.Instance)];
        if (keys.Length == 0)
        {
            return [];
        }

        var message = new MessageBuilder();
        message.Begin(keys.Length);
        foreach (byte[] key in keys)
        {
            message.Bulk(key);
        }

        return message.Message.ToArray();
    }

    private void Invalidate(TrackedKey tracked)
    {
        byte[]? payload = null;
        foreach (long id in tracked.Clients)
        {
            if (_engine.Clients.Find(id) is not { Tracking: { } tracking } session || tracking.Has(TrackingOptions.Broadcast)
                || (tracking.Has(TrackingOptions.NoLoop) && session == _engine.Pusher.Current))
            {
                continue;
            }

            payload ??= new MessageBuilder().Begin(1).Bulk(tracked.Key).Message.ToArray();
            Tell(session, payload);
        }
    }

    /// <summary>Sends an invalidation to a client, or to the one that it redirects to. A client of RESP2 gets it as a message only.</summary>
    private void Tell(Session session, ReadOnlySpan<byte> payload)
    {
        ClientTracking tracking = session.Tracking!;
        Session receiver = session;
        if (tracking.Redirect != 0)
        {
            if (_engine.Clients.Find(tracking.Redirect) is not { IsClosed: false, CloseAfterReplies: false } other)
            {
                TellThatRedirectIsBroken(session, tracking);
                return;
            }

            receiver = other;
        }

        MessageBuilder message = _engine.Pusher.Builder;
        if (receiver.ProtocolVersion >= 3)
        {
            message.Begin(2).Bulk("invalidate"u8).Raw(payload);
        }
        else if (tracking.Redirect != 0 && receiver.IsSubscriber)
        {
            message.Begin(3).Bulk("message"u8).Bulk(RedirectChannel).Raw(payload);
        }
        else
        {
            return;
        }

        _engine.Pusher.Push(receiver);
    }

    private void TellThatRedirectIsBroken(Session session, ClientTracking tracking)
    {
        tracking.IsRedirectBroken = true;
        if (session.ProtocolVersion >= 3)
        {
            _engine.Pusher.Builder.Begin(2).Bulk("tracking-redir-broken"u8).Integer(tracking.Redirect);
            _engine.Pusher.Push(session);
        }
    }

    private void NoteSize()
    {
        long keysMax = _engine.Config.TrackingTableKeysMax;
        IsTooLarge = keysMax != 0 && _table.Count > keysMax;
        IsOn = _table.Count != 0 || _prefixes.Count != 0 || _clients.Count != 0;
        _engine.NoteObservers();
    }
}
