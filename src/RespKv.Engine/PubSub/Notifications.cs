using RespKv.Engine.Execution;
using RespKv.Engine.Keyspace;
using RespKv.Protocol;

namespace RespKv.Engine.PubSub;

/// <summary>
/// Keyspace notifications: tells subscribers which keys change, as <c>notify-keyspace-events</c> says. Guarded by the turn.
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

    public Notifications(RespEngine engine)
    {
        _engine = engine;
        Mask = MaskOf(engine.Config.NotifyKeyspaceEvents);
        engine.Config.Changed += name =>
        {
            if (name == "notify-keyspace-events")
            {
                Mask = MaskOf(engine.Config.NotifyKeyspaceEvents);
            }
        };
    }

    /// <summary>Classes that are published; none unless a class of channels (K, E) is on.</summary>
    public KeyspaceEvents Mask { get; private set; }

    public void Publish(ReadOnlySpan<byte> name, int database, ReadOnlySpan<byte> key)
    {
        if (!_engine.PubSub.HasListeners)
        {
            return;
        }

        if ((Mask & KeyspaceEvents.Keyspace) != 0)
        {
            _engine.PubSub.Publish(Channel("__keyspace@"u8, database, key), name);
        }

        if ((Mask & KeyspaceEvents.KeyEvent) != 0)
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
                Publish("expired"u8, database, key.Bytes);
            }
        }

        if ((Mask & KeyspaceEvents.New) != 0)
        {
            Publish("new"u8, database, key.Bytes);
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
