using RespKv.Engine.Keyspace;
using RespKv.Protocol;

namespace RespKv.Engine.Execution;

/// <summary>
/// Which clients wait for which keys (BLPOP and its like), and which of those keys are to be looked at because a command has touched them. Told of
/// every change by the <see cref="Mutator"/>; while nobody waits, that costs a write one predictable branch. Guarded by the turn.
///
/// Invariants:
/// - A client stands at most once in a key's queue, and in queues only while it is suspended. So there are at most as many places as the
///   arguments of the suspended clients' commands have keys.
/// - Queues are in the order of arrival. A key is looked at once however often it was touched; keys are in the order in which they were.
/// </summary>
/// <remarks>As in Redis a client waits for a key of a database's number: SWAPDB may bring what it waits for.</remarks>
internal sealed class BlockedKeys(Databases databases)
{
    private readonly Dictionary<WatchedKey, KeyQueue> _queues = new(WatchedKeyComparer.Instance);
    private readonly Queue<KeyQueue> _ready = new();

    /// <summary>Keys that clients wait for (INFO's blocking_keys).</summary>
    public int Count => _queues.Count;

    public bool IsOn => _queues.Count != 0;

    public bool HasReady => _ready.Count != 0;

    /// <summary>A client joins the queues of keys, each of them once.</summary>
    public void Add(KeyWait wait, int database, RequestArgs args, int firstKey, int keyCount)
    {
        for (int i = firstKey; i < firstKey + keyCount; i++)
        {
            KeyQueue queue = QueueOf(database, new KeyRef(args[i]));
            if (queue.Last?.Wait == wait)
            {
                // Named twice: whoever came last is at the end.
                continue;
            }

            var place = new WaitingClient(wait, queue) { Previous = queue.Last };
            if (queue.Last is { } last)
            {
                last.Next = place;
            }
            else
            {
                queue.First = place;
            }

            queue.Last = place;
            wait.Places.Add(place);
        }
    }

    /// <summary>A client leaves all its queues. Nothing happens if it has.</summary>
    public void Leave(KeyWait wait)
    {
        foreach (WaitingClient place in wait.Places)
        {
            Unlink(place);
        }

        wait.Places.Clear();
    }

    /// <summary>A key is about to get something.</summary>
    public void Changing(int database, in KeyRef key)
    {
        if (_queues.GetAlternateLookup<KeyPlace>().TryGetValue(new KeyPlace(database, key), out KeyQueue? queue))
        {
            MarkReady(queue);
        }
    }

    /// <summary>Two databases have changed places.</summary>
    public void Swapped(int first, int second)
    {
        foreach ((WatchedKey key, KeyQueue queue) in _queues)
        {
            if ((key.Database == first || key.Database == second)
                && databases[key.Database].Find(key.Bytes, key.Hash).Exists)
            {
                MarkReady(queue);
            }
        }
    }

    /// <summary>Takes the next key that is to be looked at.</summary>
    public bool TryTake(out KeyQueue queue)
    {
        if (!_ready.TryDequeue(out queue!))
        {
            return false;
        }

        queue.IsReady = false;
        return true;
    }

    public void MarkReady(KeyQueue queue)
    {
        if (!queue.IsReady)
        {
            queue.IsReady = true;
            _ready.Enqueue(queue);
        }
    }

    private KeyQueue QueueOf(int database, in KeyRef key)
    {
        var queues = _queues.GetAlternateLookup<KeyPlace>();
        var place = new KeyPlace(database, key);
        if (!queues.TryGetValue(place, out KeyQueue? queue))
        {
            queue = new KeyQueue(new WatchedKey(database, key.Hash, key.Bytes.ToArray()));
            _queues.Add(queue.Key, queue);
        }

        return queue;
    }

    private void Unlink(WaitingClient place)
    {
        KeyQueue queue = place.Queue;
        if (place.Previous is { } previous)
        {
            previous.Next = place.Next;
        }
        else
        {
            queue.First = place.Next;
        }

        if (place.Next is { } next)
        {
            next.Previous = place.Previous;
        }
        else
        {
            queue.Last = place.Previous;
        }

        if (queue.First is null)
        {
            _queues.Remove(queue.Key);
        }
    }
}
