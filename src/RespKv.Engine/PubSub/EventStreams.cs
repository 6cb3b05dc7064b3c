using RespKv.Engine.Commands;
using RespKv.Engine.Security;
using RespKv.Engine.Sessions;
using RespKv.Protocol;

namespace RespKv.Engine.PubSub;

/// <summary>
/// The clients that are told of keyspace events without channels (GET /v1/events): whatever <c>notify-keyspace-events</c> says, filtered here, so that
/// what a client does not ask for costs it nothing. Guarded by the turn.
/// </summary>
/// <remarks>
/// An event is pushed like a message, so it waits for the record in which it happened, and what waits for a client is bounded
/// (<see cref="Pusher"/>). There are at most <c>http-max-event-streams</c>: each is looked at for every event.
/// </remarks>
internal sealed class EventStreams(RespEngine engine)
{
    private readonly List<Session> _listeners = [];

    public int Count => _listeners.Count;

    /// <summary>Classes of events that somebody asks for.</summary>
    public KeyspaceEvents Classes { get; private set; }

    public void Add(Session session, EventFilter filter)
    {
        session.EventFilter = filter;
        session.IsSubscriber = true;
        _listeners.Add(session);
        Changed();
    }

    public void Forget(Session session)
    {
        if (session.EventFilter is not null)
        {
            session.EventFilter = null;
            _listeners.Remove(session);
            Changed();
        }
    }

    /// <summary>A key has changed: tells those who ask for it and may read the key.</summary>
    public void Publish(KeyspaceEvents kind, ReadOnlySpan<byte> name, int database, ReadOnlySpan<byte> key)
    {
        if ((Classes & kind) == 0)
        {
            return;
        }

        bool isBuilt = false;
        foreach (Session session in _listeners)
        {
            if (session.EventFilter is not { } filter || (filter.Classes & kind) == 0 || !filter.Takes(name, database, key) || !session.User.MayRead(key))
            {
                continue;
            }

            if (!isBuilt)
            {
                // An event that happens in a record has that record's LSN, which a record that is open will get.
                Commit.CommitPipeline commit = engine.Commit;
                long lsn = commit.Fill.RecordOpen ? commit.AppendedLsn + 1 : 0;
                engine.Pusher.Builder.Begin(4).Bulk(name).Integer(database).Bulk(key).Integer(lsn);
                isBuilt = true;
            }

            engine.Pusher.Push(session, engine.Pusher.Builder.Message, isPush: false);
        }
    }

    /// <summary>Whether a user may be told of events: it may subscribe, and to the channels that Redis would tell them on.</summary>
    public bool Allows(AclUser user, EventFilter filter)
    {
        CommandEntry subscribe = engine.Commands.Declared("subscribe");
        string database = filter.Database is { } number ? $"{number}" : "*";
        foreach (string name in filter.Names ?? ["*"])
        {
            if (!user.MayListen(subscribe, AclText.Bytes(AclText.FromUnicode($"__keyevent@{database}__:{name}"))))
            {
                return false;
            }
        }

        return true;
    }

    private void Changed()
    {
        Classes = KeyspaceEvents.None;
        foreach (Session session in _listeners)
        {
            Classes |= session.EventFilter!.Classes;
        }

        engine.Notifications.StreamsChanged();
    }
}
