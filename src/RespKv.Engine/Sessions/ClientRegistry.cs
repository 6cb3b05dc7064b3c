namespace RespKv.Engine.Sessions;

/// <summary>The connected clients by their id. Guarded by the turn, but <see cref="Count"/>.</summary>
internal sealed class ClientRegistry
{
    private readonly SortedDictionary<long, Session> _sessions = [];
    private int _count;
    private long _nextId = 1;

    /// <summary>Any thread.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Ascending by id.</summary>
    public IReadOnlyCollection<Session> All => _sessions.Values;

    public long NextId() => _nextId++;

    public void Add(Session session)
    {
        _sessions.Add(session.Id, session);
        Volatile.Write(ref _count, _sessions.Count);
    }

    public void Remove(Session session)
    {
        session.EndTransaction();
        _sessions.Remove(session.Id);
        Volatile.Write(ref _count, _sessions.Count);
    }

    public Session? Find(long id) => _sessions.GetValueOrDefault(id);
}
