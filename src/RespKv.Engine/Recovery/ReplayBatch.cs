using RespKv.Engine.Execution;
using RespKv.Engine.Keyspace;
using RespKv.Storage.Mutations;

namespace RespKv.Engine.Recovery;

/// <summary>
/// Mutations of the log, checked, hashed and copied, on their way from the thread that reads to the one that applies. Fixed
/// in size; reused. Belongs to one of the two threads at a time.
/// </summary>
internal sealed class ReplayBatch
{
    /// <summary>
    /// 256 KiB. A batch is written by one thread and read by the other soon after: it should still be in a cache that both see.
    /// </summary>
    public const int BytesMax = 256 << 10;

    /// <summary>Mutations; as many small ones as the bytes hold.</summary>
    private const int MutationsMax = 4096;

    /// <summary>
    /// Mutations whose index slots and entries are read ahead of being applied. Enough that the waits for memory overlap
    /// (a core keeps 10 to 20 cache lines on the way), few enough that the lines are still in the first cache then.
    /// </summary>
    private const int GroupMutations = 16;

    private readonly byte[] _bytes = GC.AllocateUninitializedArray<byte>(BytesMax);
    private readonly Item[] _items = new Item[MutationsMax];
    private int _count;
    private int _end;

    private struct Item
    {
        public ulong Hash;
        public long Number;
        public int Start;
        public int KeyLength;
        public int ValueLength;
        public int Database;
        public MutationKind Kind;
    }

    public bool IsEmpty => _count == 0;

    public void Clear()
    {
        _count = 0;
        _end = 0;
    }

    /// <summary>Whether a mutation with these lengths can be in any batch at all.</summary>
    public static bool CanHold(scoped in MutationReader mutation) => mutation.Key.Length + (long)mutation.Value.Length <= BytesMax;

    /// <summary>Copies a mutation. False when the batch has no room for it.</summary>
    public bool TryAdd(scoped in MutationReader mutation)
    {
        ReadOnlySpan<byte> key = mutation.Key;
        ReadOnlySpan<byte> value = mutation.Value;
        Span<byte> room = _bytes.AsSpan(_end);
        if (_count == MutationsMax || key.Length + (long)value.Length > room.Length)
        {
            return false;
        }

        ref Item item = ref _items[_count++];
        item.Hash = KeyHash.Compute(key);
        item.Number = Databases.Number(mutation);
        item.Start = _end;
        item.KeyLength = key.Length;
        item.ValueLength = value.Length;
        item.Database = mutation.Database;
        item.Kind = mutation.Kind;
        key.CopyTo(room);
        value.CopyTo(room[key.Length..]);
        _end += key.Length + value.Length;
        return true;
    }

    /// <summary>Applies all mutations in their order. Returns the bits that were read ahead, for the caller to keep.</summary>
    public ulong Apply(Databases databases)
    {
        ulong seen = 0;
        for (int start = 0; start < _count; start += GroupMutations)
        {
            ReadOnlySpan<Item> group = _items.AsSpan(start, Math.Min(GroupMutations, _count - start));
            seen ^= ReadAhead(databases, group);
            foreach (ref readonly Item item in group)
            {
                Apply(databases, item);
            }
        }

        return seen;
    }

    // A hint only: a flush or a swap within the group makes it useless for what follows, not wrong.
    private static ulong ReadAhead(Databases databases, ReadOnlySpan<Item> group)
    {
        ulong seen = 0;
        foreach (ref readonly Item item in group)
        {
            seen ^= databases[item.Database].ReadIndexAhead(item.Hash);
        }

        foreach (ref readonly Item item in group)
        {
            seen ^= databases[item.Database].ReadEntryAhead(item.Hash);
        }

        return seen;
    }

    private void Apply(Databases databases, in Item item)
    {
        ReadOnlySpan<byte> key = _bytes.AsSpan(item.Start, item.KeyLength);
        ReadOnlySpan<byte> value = _bytes.AsSpan(item.Start + item.KeyLength, item.ValueLength);
        databases.Apply(item.Kind, item.Database, key, item.Hash, value, item.Number);
    }
}
