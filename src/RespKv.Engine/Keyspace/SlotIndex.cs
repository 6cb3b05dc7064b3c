using System.Runtime.CompilerServices;

namespace RespKv.Engine.Keyspace;

/// <summary>
/// From a key's hash to the addresses of the entries that may be its own. Eight bytes a key, and some room. Knows no keys:
/// the caller compares. Ordered by position, so that a cursor (a tag) means the same whatever splits or merges meanwhile.
/// </summary>
/// <param name="slab">Where segments and entries are.</param>
/// <param name="memory">Where its bytes are counted.</param>
/// <param name="shards">1 for the many indexes that are small: their positions begin with <see cref="ShardBits"/> zeros.</param>
internal sealed class SlotIndex(Slab slab, KeyspaceMemory memory, int shards = 1 << SlotIndex.ShardBits)
{
    /// <summary>64 directories instead of one: the longest copy is then a few hundred KiB at a billion keys.</summary>
    public const int ShardBits = 6;

    private const int ShardShift = 64 - ShardBits;

    private const ulong TagsEnd = 1UL << Slot.TagBits;

    private readonly IndexShard?[] _shards = new IndexShard?[shards];

    public long Count { get; private set; }

    /// <summary>Bytes of segments and directories.</summary>
    public long Bytes { get; private set; }

    /// <summary>
    /// A key's place in the order of the index. Keys lie twice as dense at the start of the order as at its end (the idea
    /// of spiral hashing), so that at any time some segments are about to split and some have just split. With an even
    /// spread all segments would split at about the same number of keys, and all be half empty afterwards.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Position(ulong hash)
    {
        // With x = hash / 2^64: x - (x - x^2) / 3, whose slope goes from 2/3 to 4/3.
        ulong square = Math.BigMul(hash, hash, out _);
        return hash - Math.BigMul(hash - square, 0x5555_5555_5555_5555, out _);
    }

    /// <summary>
    /// The slots from the first whose tag is the position's: the caller looks at them until the tag changes. Slots may be
    /// patched in place (<see cref="Slot.Make"/> with the same position). Valid until the next insertion or removal.
    /// </summary>
    public Span<ulong> From(ulong position)
    {
        IndexShard? shard = _shards[(int)(position >> ShardShift)];
        return shard is null ? default : shard.From(position);
    }

    /// <summary>Reads slots around the position, so that they are in the cache. Returns some of their bits.</summary>
    public ulong ReadAhead(ulong position) => _shards[(int)(position >> ShardShift)]?.ReadAhead(position) ?? 0;

    /// <summary>As <see cref="ReadAhead"/>, only what a search looks at.</summary>
    public ulong ReadSearchAhead(ulong position) => _shards[(int)(position >> ShardShift)]?.ReadSearchAhead(position) ?? 0;

    public void Insert(ulong position, ulong address)
    {
        ref IndexShard? shard = ref _shards[(int)(position >> ShardShift)];
        shard ??= new IndexShard(this, slab);
        shard.Insert(position, address);
        Count++;
    }

    /// <summary>Inserts slots of one shard that are ordered by tag, as <see cref="Slot.Make"/> made them.</summary>
    /// <param name="number">The shard: the first <see cref="ShardBits"/> of their positions.</param>
    /// <param name="slots">The slots.</param>
    /// <param name="scratch">Room that the caller keeps from call to call.</param>
    public void InsertOrdered(int number, ReadOnlySpan<ulong> slots, ref ulong[] scratch)
    {
        ref IndexShard? shard = ref _shards[number];
        shard ??= new IndexShard(this, slab);
        shard.InsertOrdered(slots, ref scratch);
        Count += slots.Length;
    }

    /// <summary>Removes a slot that must be there.</summary>
    public void Remove(ulong position, ulong address)
    {
        _shards[(int)(position >> ShardShift)]!.Remove(position, address);
        Count--;
    }

    /// <summary>Changes the address of a slot that must be there.</summary>
    public void Replace(ulong position, ulong oldAddress, ulong newAddress)
    {
        Span<ulong> slots = From(position);
        slots[slots.IndexOf(Slot.Make(position, oldAddress))] = Slot.Make(position, newAddress);
    }

    /// <summary>Forgets everything. The slab must be cleared too, before or after.</summary>
    public void Clear()
    {
        Array.Clear(_shards);
        AddBytes(-Bytes);
        Count = 0;
    }

    /// <summary>Forgets everything and frees the segments: the slab goes on being used by others.</summary>
    public void Release()
    {
        foreach (IndexShard? shard in _shards)
        {
            shard?.Release();
        }

        Clear();
    }

    /// <summary>
    /// Visits at least <paramref name="count"/> entries from the cursor on if there are so many, and never a part of those
    /// that share a tag. Returns the cursor to go on from, 0 at the end.
    /// </summary>
    public ulong Walk<TVisitor>(ulong cursor, int count, ref TVisitor visitor, out int visited)
        where TVisitor : IEntryVisitor, allows ref struct
    {
        visited = 0;
        ulong tag = cursor & (TagsEnd - 1);
        while (tag < TagsEnd)
        {
            Span<ulong> slots = SegmentFrom(tag, out ulong next);
            if (visited > 0 && visited >= count && !slots.IsEmpty)
            {
                return tag;
            }

            int end = EndOfTag(slots, count - visited);
            foreach (ulong slot in slots[..end])
            {
                visitor.Visit(new Entry(Slot.Address(slot)));
            }

            visited += end;
            tag = end < slots.Length ? Slot.Tag(slots[end]) : next;
        }

        return 0;
    }

    /// <summary>A random entry of an index that is not empty, every one with the same chance; see <see cref="IndexShard.RandomSlot"/>.</summary>
    public Entry Random(Random random)
    {
        long rank = random.NextInt64(Count);
        int chosen = 0;
        while (rank >= (_shards[chosen]?.Count ?? 0))
        {
            rank -= _shards[chosen]?.Count ?? 0;
            chosen++;
        }

        return new Entry(Slot.Address(_shards[chosen]!.RandomSlot(random)));
    }

    internal void AddBytes(long bytes)
    {
        Bytes += bytes;
        memory.IndexBytes += bytes;
    }

    /// <summary>The slots of one segment from a tag on, and the first tag after the segment.</summary>
    private Span<ulong> SegmentFrom(ulong tag, out ulong next)
    {
        int number = (int)(tag >> IndexShard.BitsMax);
        ulong shardTag = (ulong)number << IndexShard.BitsMax;
        IndexShard? shard = number < _shards.Length ? _shards[number] : null;
        if (shard is null)
        {
            next = shardTag + (1UL << IndexShard.BitsMax);
            return default;
        }

        Span<ulong> slots = shard.From(Slot.FirstOfTag(tag), out ulong tagsEnd);
        next = shardTag + tagsEnd;
        return slots;
    }

    /// <summary>How many slots to take for at least so many, without dividing those of one tag.</summary>
    private static int EndOfTag(ReadOnlySpan<ulong> slots, int atLeast)
    {
        int end = Math.Max(atLeast, 1);
        if (end >= slots.Length)
        {
            return slots.Length;
        }

        while (end < slots.Length && Slot.Tag(slots[end]) == Slot.Tag(slots[end - 1]))
        {
            end++;
        }

        return end;
    }
}
