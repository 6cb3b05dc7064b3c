using RespKv.Engine.Execution;
using RespKv.Engine.Keyspace;
using RespKv.Protocol;

namespace RespKv.Engine.PubSub;

/// <summary>
/// Keyspace notifications: tells subscribers which keys change, as <c>notify-keyspace-events</c> says, and event streams, as each asks
/// (<see cref="EventStreams"/>). Guarded by the turn.
/// </summary>
/// <remarks>
/// How commands use it: a handler calls <c>Notify</c> of its context where Redis calls notifyKeyspaceEvent, behind the mutation, with the class
/// of its type, Redis's name of the event, and the key (and the database, if it is not the client's). A deletion that a command makes by the
/// way, an emptied list for example, is <c>Generic</c>, "del", behind the event of the command. Not to be called by commands: "expired" comes
/// from <see cref="RespEngine.ExpireNow"/>, "keymiss" from <c>Find</c> of a read, "new" from the <see cref="Mutator"/>.
///
/// Off, each call is one branch on an integer. The event leaves with the LSN of the command's record wherever it was said in it.
/// </remarks>
internal sealed class Notifications
{
    private readonly RespEngine _engine;
    private byte[] _channel = new byte[128];

    /// <summary>What goes to channels.</summary>
    private KeyspaceEvents _channels;

    public Notifications(RespEngine engine)
    {
        _engine = engine;
        _channels = Mask = MaskOf(engine.Config.NotifyKeyspaceEvents);
        engine.Config.Changed += name =>
        {
            if (name == "notify-keyspace-events")
            {
                _channels = MaskOf(engine.Config.NotifyKeyspaceEvents);
                StreamsChanged();
            }
        };
    }

    /// <summary>Classes that are published: to channels, if a class of those (K, E) is on, and to event streams.</summary>
    public KeyspaceEvents Mask { get; private set; }

    /// <summary>An event stream has come or gone.</summary>
    public void StreamsChanged() => Mask = _channels | _engine.EventStreams.Classes;

    public void Publish(KeyspaceEvents kind, ReadOnlySpan<byte> name, int database, ReadOnlySpan<byte> key)
    {
        if (_engine.EventStreams.Count != 0)
        {
            _engine.EventStreams.Publish(kind, name, database, key);
        }

        if ((_channels & kind) == 0 || !_engine.PubSub.HasListeners)
        {
            return;
        }

        if ((_channels & KeyspaceEvents.Keyspace) != 0)
        {
            _engine.PubSub.Publish(Channel("__keyspace@"u8, database, key), name);
        }

        if ((_channels & KeyspaceEvents.KeyEvent) != 0)
        {
            _engine.PubSub.Publish(Channel("__keyevent@"u8, database, name), key);
        }
    }

    /// <summary>A key is about to be written, by a mutation that does not delete it: is it a new one?</summary>
    public void Writing(Database keys, int database, in KeyRef key)
    {
        Entry entry = keys.Find(key.Bytes, key.Hash);
        if (entry.Exists)
        {
            long expireAtMillis = keys.ExpireAtMillis(entry);
            if (expireAtMillis < 0 || expireAtMillis >= _engine.NowMillis())
            {
                return;
            }

            // It is overwritten without having been looked at.
            if ((Mask & KeyspaceEvents.Expired) != 0)
            {
                Publish(KeyspaceEvents.Expired, "expired"u8, database, key.Bytes);
            }
        }

        if ((Mask & KeyspaceEvents.New) != 0)
        {
            Publish(KeyspaceEvents.New, "new"u8, database, key.Bytes);
        }
    }

    private static KeyspaceEvents MaskOf(KeyspaceEvents events)
        => (events & (KeyspaceEvents.Keyspace | KeyspaceEvents.KeyEvent)) == 0 ? KeyspaceEvents.None : events;

    private ReadOnlySpan<byte> Channel(ReadOnlySpan<byte> prefix, int database, ReadOnlySpan<byte> rest)
    {
        int room = prefix.Length + RespNumber.Int64BytesMax + 3 + rest.Length;
        if (_channel.Length < room)
        {
            _channel = new byte[room];
        }

        prefix.CopyTo(_channel);
        int length = prefix.Length;
        length += RespNumber.FormatInt64(database, _channel.AsSpan(length));
        "__:"u8.CopyTo(_channel.AsSpan(length));
        length += 3;
        rest.CopyTo(_channel.AsSpan(length));
        return _channel.AsSpan(0, length + rest.Length);
    }
}
