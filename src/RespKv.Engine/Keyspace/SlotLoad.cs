namespace RespKv.Engine.Keyspace;

/// <summary>
/// Slots on their way into an index: gathered by shard, then ordered and merged in. The more the index holds, the more are
/// gathered, so that an index of any size is passed through a fixed number of times for each doubling.
/// </summary>
internal sealed class SlotLoad(SlotIndex index)
{
    /// <summary>2 MiB: a small index is built in one go.</summary>
    private const int GatheredMin = 256 << 10;

    /// <summary>Gathered are at most an eighth of what the index holds: one byte a key, beside the eight that it has anyway.</summary>
    private const int GatheredShift = 3;

    /// <summary>Fewer than these are ordered by comparisons: below, the counters cost more than the slots.</summary>
    private const int RadixSlotsMin = 2048;

    /// <summary>The bits of a tag that differ within a shard are two digits.</summary>
    private const int DigitBits = IndexShard.BitsMax / 2;

    private const int Digits = 1 << DigitBits;

    private readonly ulong[][] _shards = new ulong[1 << SlotIndex.ShardBits][];
    private readonly int[] _counts = new int[1 << SlotIndex.ShardBits];
    private ulong[] _sorted = [];
    private ulong[] _scratch = [];
    private long _gathered;

    /// <summary>A slot of a key that is not in the index.</summary>
    public void Add(ulong position, ulong address)
    {
        int shard = (int)(position >> (64 - SlotIndex.ShardBits));
        int count = _counts[shard]++;
        if (_shards[shard] is not { } slots || slots.Length == count)
        {
            slots = Grow(shard, count);
        }

        slots[count] = Slot.Make(position, address);
        if (++_gathered >= GatheredMin && _gathered >= index.Count >> GatheredShift)
        {
            Flush();
        }
    }

    /// <summary>Everything that was added is in the index afterwards.</summary>
    public void Flush()
    {
        for (int shard = 0; shard < _shards.Length; shard++)
        {
            if (_counts[shard] > 0)
            {
                Span<ulong> slots = _shards[shard].AsSpan(0, _counts[shard]);
                Order(slots);
                index.InsertOrdered(shard, slots, ref _scratch);
                _counts[shard] = 0;
            }
        }

        _gathered = 0;
    }

    private ulong[] Grow(int shard, int count)
    {
        Array.Resize(ref _shards[shard], Math.Max(2 * count, 64));
        return _shards[shard];
    }

    private void Order(Span<ulong> slots)
    {
        if (slots.Length < RadixSlotsMin)
        {
            slots.Sort();
            return;
        }

        if (_sorted.Length < slots.Length)
        {
            _sorted = GC.AllocateUninitializedArray<ulong>(slots.Length * 2);
        }

        Span<ulong> other = _sorted.AsSpan(0, slots.Length);
        OrderByDigit(slots, other, ChunkTable.AddressBits);
        OrderByDigit(other, slots, ChunkTable.AddressBits + DigitBits);
    }

    private static void OrderByDigit(ReadOnlySpan<ulong> from, Span<ulong> to, int shift)
    {
        Span<int> places = stackalloc int[Digits];
        places.Clear();
        foreach (ulong slot in from)
        {
            places[(int)(slot >> shift) & (Digits - 1)]++;
        }

        int sum = 0;
        foreach (ref int place in places)
        {
            (place, sum) = (sum, sum + place);
        }

        foreach (ulong slot in from)
        {
            to[places[(int)(slot >> shift) & (Digits - 1)]++] = slot;
        }
    }
}
