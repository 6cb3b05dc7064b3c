namespace RespKv.TestKit.Model;

/// <summary>A connection's side of the model: its database, its open MULTI block and what it watches.</summary>
public sealed class ModelSession
{
    private readonly List<Watch> _watches;
    private readonly List<IReadOnlyList<string>> _queue;

    public ModelSession()
    {
        _watches = [];
        _queue = [];
    }

    private ModelSession(ModelSession other)
    {
        _watches = [.. other._watches];
        _queue = [.. other._queue];
        Database = other.Database;
        InBlock = other.InBlock;
        IsBlockRefused = other.IsBlockRefused;
    }

    /// <summary>What SELECT chose.</summary>
    public int Database { get; internal set; }

    /// <summary>MULTI was answered, EXEC or DISCARD not yet.</summary>
    public bool InBlock { get; private set; }

    public bool IsWatching => _watches.Count > 0;

    /// <summary>"db/key" names.</summary>
    public IEnumerable<string> WatchedNames => _watches.Select(watch => ServerModel.Name(watch.Database, watch.Key));

    /// <summary>Commands of the open block.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Queue => _queue;

    /// <summary>A command of the block was refused while it was queued: EXEC will refuse the whole.</summary>
    internal bool IsBlockRefused { get; set; }

    /// <summary>The same session, for another copy of the model.</summary>
    public ModelSession Copy() => new(this);

    /// <summary>Whether EXEC would find something that it watches changed.</summary>
    public bool IsWatchBroken(ServerModel model, long nowMillis) => _watches.Exists(watch =>
        model.LastChange(watch.Database, watch.Key) != watch.Change
        || (watch.WasThere && model.Find(watch.Database, watch.Key, nowMillis) is null));

    internal void BeginBlock() => InBlock = true;

    internal void Enqueue(IReadOnlyList<string> command) => _queue.Add(command);

    internal void EndBlock()
    {
        InBlock = false;
        IsBlockRefused = false;
        _queue.Clear();
        _watches.Clear();
    }

    /// <summary>The server refused the command for a reason of its own: with a block that is being queued goes the whole block.</summary>
    internal void NoteRefused(IReadOnlyList<string> command)
    {
        if (command[0].Equals("EXEC", StringComparison.OrdinalIgnoreCase))
        {
            EndBlock();
        }

        IsBlockRefused |= InBlock;
    }

    internal void AddWatch(ServerModel model, string key, long nowMillis)
    {
        // A second WATCH of a key does not make it forget what happened since the first.
        if (!_watches.Exists(watch => watch.Database == Database && watch.Key == key))
        {
            _watches.Add(new Watch(Database, key, model.LastChange(Database, key), model.Find(Database, key, nowMillis) is not null));
        }
    }

    internal void ForgetWatches() => _watches.Clear();

    private sealed record Watch(int Database, string Key, long Change, bool WasThere);
}
