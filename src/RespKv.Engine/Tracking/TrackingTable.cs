using RespKv.Engine.Execution;
using RespKv.Engine.PubSub;

namespace RespKv.Engine.Tracking;

/// <summary>Which clients may have cached which keys; a key counts in all databases, as in Redis. Guarded by the turn.</summary>
/// <remarks>
/// Bounded by <c>tracking-table-max-keys</c>. Clients that are gone stay in it until the key changes: their ids are never used again.
/// </remarks>
internal sealed class TrackingTable
{
    private readonly Dictionary<byte[], TrackedKey> _keys = new(BytesComparer.Instance);
    private readonly Dictionary<byte[], TrackedKey>.AlternateLookup<ReadOnlySpan<byte>> _byKey;
    private readonly List<TrackedKey> _list = [];

    public TrackingTable() => _byKey = _keys.GetAlternateLookup<ReadOnlySpan<byte>>();

    public int Count => _list.Count;

    /// <summary>Clients of all keys.</summary>
    public long ItemCount { get; private set; }

    public void Add(ReadOnlySpan<byte> key, long client)
    {
        if (!_byKey.TryGetValue(key, out TrackedKey? tracked))
        {
            tracked = new TrackedKey(key.ToArray()) { Index = _list.Count };
            _list.Add(tracked);
            _keys.Add(tracked.Key, tracked);
        }

        ItemCount += tracked.Add(client) ? 1 : 0;
    }

    /// <summary>Takes a key out of the table; null when it is not in it.</summary>
    public TrackedKey? Take(ReadOnlySpan<byte> key)
    {
        if (!_byKey.TryGetValue(key, out TrackedKey? tracked))
        {
            return null;
        }

        TrackedKey last = _list[^1];
        _list[tracked.Index] = last;
        last.Index = tracked.Index;
        _list.RemoveAt(_list.Count - 1);
        _keys.Remove(tracked.Key);
        ItemCount -= tracked.Clients.Count;
        return tracked;
    }

    public TrackedKey TakeAny(Random random) => Take(_list[random.Next(_list.Count)].Key)!;

    public void Clear()
    {
        _keys.Clear();
        _keys.TrimExcess();
        _list.Clear();
        _list.TrimExcess();
        ItemCount = 0;
    }
}
