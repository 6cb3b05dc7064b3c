using RespKv.Engine.Execution;

namespace RespKv.Engine.Sessions;

/// <summary>What one client watches, from its first WATCH to the end of its transaction. Guarded by the turn.</summary>
internal sealed class ClientWatches(KeyWatches owner)
{
    /// <summary>Memory of a watch beside its key's bytes: itself, the key's array, and its place in the dictionaries of the client and of all.</summary>
    private const int WatchBytes = 256;

    private readonly Dictionary<WatchedKey, Watch> _keys = new(WatchedKeyComparer.Instance);

    public IReadOnlyDictionary<WatchedKey, Watch> Keys => _keys;

    /// <summary>A key was changed: EXEC does nothing.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>
    /// LSN of the change. EXEC's reply tells of it, and waits for it (D1). Null: a touch that makes no record of its own; it tells that the
    /// block was executed in which it may have stood, so whoever tells of it waits for all that has been appended by then.
    /// </summary>
    public long? BrokenLsn { get; private set; }

    /// <summary>Memory that the watches take.</summary>
    public long Bytes { get; private set; }

    public void Add(Watch watch)
    {
        _keys.Add(watch.Key, watch);
        Bytes += WatchBytes + watch.Key.Bytes.Length;
    }

    /// <summary>Stops watching.</summary>
    public void Forget() => owner.Forget(this);

    /// <summary>For the owner, which has forgotten them.</summary>
    public void Clear()
    {
        _keys.Clear();
        Bytes = 0;
    }

    public void BreakAt(long? lsn)
    {
        IsBroken = true;
        BrokenLsn = lsn;
    }
}
