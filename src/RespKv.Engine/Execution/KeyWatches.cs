using RespKv.Engine.Keyspace;
using RespKv.Engine.Sessions;

namespace RespKv.Engine.Execution;

/// <summary>
/// Which clients watch which keys (WATCH). Told of every change by the <see cref="Mutator"/>, before it is applied; while nobody watches, that
/// costs a write one predictable branch. Guarded by the turn.
/// </summary>
/// <remarks>
/// A watch belongs to a database's number, as in Redis: SWAPDB changes what stands under it. A key that had expired when it was watched
/// counts as missing, so its deletion is no change.
/// </remarks>
internal sealed class KeyWatches(Databases databases)
{
    /// <summary>Each key's watches are a chain, so that a client that stops watching costs nobody a search.</summary>
    private readonly Dictionary<WatchedKey, Watch> _chains = new(WatchedKeyComparer.Instance);

    private readonly List<Session> _broken = [];

    public bool IsOn => _chains.Count != 0;

    /// <summary>The client watches one more key. Nothing happens if it does so already.</summary>
    public void Add(Session session, int database, in KeyRef key, bool isExpired)
    {
        ClientWatches watches = session.Watches ??= new ClientWatches(this);
        var watched = new WatchedKey(database, key.Hash, key.Bytes.ToArray());
        if (watches.IsBroken || watches.Keys.ContainsKey(watched))
        {
            return;
        }

        var watch = new Watch(session, watched) { WasExpired = isExpired };
        watches.Add(watch);
        if (_chains.TryGetValue(watched, out Watch? first))
        {
            watch.Next = first;
            first.Previous = watch;
        }

        _chains[watched] = watch;
    }

    /// <summary>The client watches nothing any more.</summary>
    public void Forget(ClientWatches watches)
    {
        foreach (Watch watch in watches.Keys.Values)
        {
            Unlink(watch);
        }

        watches.Clear();
    }

    /// <summary>A key is about to change.</summary>
    /// <param name="database">Its database.</param>
    /// <param name="key">The key.</param>
    /// <param name="deletes">It is deleted.</param>
    /// <param name="lsn">LSN of the record that changes it; null if there is none (<see cref="ClientWatches.BrokenLsn"/>).</param>
    public void Changing(int database, in KeyRef key, bool deletes, long? lsn)
    {
        if (!_chains.GetAlternateLookup<KeyPlace>().TryGetValue(new KeyPlace(database, key), out Watch? watch))
        {
            return;
        }

        while (watch is not null)
        {
            // Taken first: breaking ends the watch. The others in the chain are of other clients.
            Watch? next = watch.Next;
            if (watch.WasExpired && deletes)
            {
                watch.WasExpired = false;
            }
            else
            {
                Break(watch.Session, lsn);
            }

            watch = next;
        }
    }

    /// <summary>A database is about to be emptied: that changes the keys which are there.</summary>
    public void Clearing(int database, long lsn)
    {
        foreach ((WatchedKey key, Watch first) in _chains)
        {
            if (key.Database == database && databases[database].Find(key.Bytes, key.Hash).Exists)
            {
                Note(first, static watch =>
                {
                    bool wasExpired = watch.WasExpired;
                    watch.WasExpired = false;
                    return !wasExpired;
                });
            }
        }

        BreakNoted(lsn);
    }

    /// <summary>Two databases are about to change places: that changes the keys which are in either, unless they are missing or expired in both.</summary>
    public void Swapping(int first, int second, long lsn, long nowMillis)
    {
        foreach ((WatchedKey key, Watch watch) in _chains)
        {
            if (key.Database == first || key.Database == second)
            {
                NoteSwapped(watch, databases[key.Database == first ? second : first], nowMillis);
            }
        }

        BreakNoted(lsn);
    }

    /// <summary>Whether a key that the client watches has expired since, which changes it as much as a deletion does.</summary>
    /// <param name="watches">The client's.</param>
    /// <param name="nowMillis">Now.</param>
    /// <param name="key">The key.</param>
    public bool HasExpired(ClientWatches watches, long nowMillis, out WatchedKey key)
    {
        foreach (Watch watch in watches.Keys.Values)
        {
            key = watch.Key;
            if (!watch.WasExpired && IsExpired(databases[key.Database], new KeyRef(key.Bytes), nowMillis))
            {
                return true;
            }
        }

        key = default;
        return false;
    }

    /// <summary>Whether the key is still there although it has expired.</summary>
    public static bool IsExpired(Database database, in KeyRef key, long nowMillis)
    {
        Entry entry = database.Find(key.Bytes, key.Hash);
        if (!entry.Exists)
        {
            return false;
        }

        long expireAtMillis = database.ExpireAtMillis(entry);
        return expireAtMillis >= 0 && expireAtMillis < nowMillis;
    }

    private void NoteSwapped(Watch first, Database replacement, long nowMillis)
    {
        var key = new KeyRef(first.Key.Bytes);
        bool isThere = databases[first.Key.Database].Find(key.Bytes, key.Hash).Exists;
        bool isThereThen = replacement.Find(key.Bytes, key.Hash).Exists;
        bool isExpiredThen = isThereThen && IsExpired(replacement, key, nowMillis);
        if (!isThere && !isThereThen)
        {
            return;
        }

        Note(first, watch =>
        {
            bool wasMissing = watch.WasExpired || !isThere;
            if (wasMissing && (!isThereThen || isExpiredThen))
            {
                watch.WasExpired = isExpiredThen;
                return false;
            }

            return true;
        });
    }

    private void Note(Watch first, Func<Watch, bool> isBroken)
    {
        for (Watch? watch = first; watch is not null; watch = watch.Next)
        {
            if (isBroken(watch))
            {
                _broken.Add(watch.Session);
            }
        }
    }

    private void BreakNoted(long lsn)
    {
        foreach (Session session in _broken)
        {
            Break(session, lsn);
        }

        _broken.Clear();
    }

    /// <summary>The client's next EXEC does nothing. What it watched beside that is of no interest any more.</summary>
    private void Break(Session session, long? lsn)
    {
        if (session.Watches is { IsBroken: false } watches)
        {
            Forget(watches);
            watches.BreakAt(lsn);
        }
    }

    private void Unlink(Watch watch)
    {
        if (watch.Next is { } next)
        {
            next.Previous = watch.Previous;
        }

        if (watch.Previous is { } previous)
        {
            previous.Next = watch.Next;
        }
        else if (watch.Next is { } head)
        {
            _chains[watch.Key] = head;
        }
        else
        {
            _chains.Remove(watch.Key);
        }
    }
}
