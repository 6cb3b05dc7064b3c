using RespKv.Engine.Keyspace;

namespace RespKv.Engine.Tests.Keyspace;

public class SlotIndexTests
{
    private readonly KeyspaceMemory _memory = new();
    private readonly SlotIndex _index;
    private readonly Dictionary<ulong, ulong> _positions = [];
    private ulong _nextAddress = 1;

    public SlotIndexTests()
    {
        _index = new SlotIndex(new Slab(_memory), _memory);
    }

    private struct Addresses() : IEntryVisitor
    {
        public List<ulong> Seen { get; } = [];

        public readonly void Visit(Entry entry) => Seen.Add(entry.Address);
    }

    private void Insert(ulong position)
    {
        _index.Insert(position, _nextAddress);
        _positions.Add(_nextAddress++, position);
    }

    private void Remove(ulong address)
    {
        _index.Remove(_positions[address], address);
        _positions.Remove(address);
    }

    private void Check()
    {
        var all = new Addresses();
        Assert.Equal(0UL, _index.Walk(0, int.MaxValue, ref all, out int visited));
        Assert.Equal(_positions.Count, visited);
        Assert.Equal(_positions.Count, _index.Count);
        Assert.Equal(_positions.Keys.Order(), all.Seen.Order());
        ulong[] tags = all.Seen.Select(address => _positions[address] >> ChunkTable.AddressBits).ToArray();
        Assert.Equal(tags.Order(), tags);
        foreach ((ulong address, ulong position) in _positions)
        {
            Assert.Contains(Slot.Make(position, address), _index.From(position).ToArray());
            Assert.Equal(Slot.Tag(position), Slot.Tag(_index.From(position)[0]));
        }
    }

    [Theory]
    [InlineData(1, 64)]
    [InlineData(2, 64)]
    [InlineData(3, 20)]
    [InlineData(4, 9)]
    public void Slots_stay_in_the_order_of_their_tags_while_segments_split_and_merge(int seed, int positionBits)
    {
        var random = new Random(seed);
        ulong mask = ~0UL << (64 - positionBits);
        for (int round = 0; round < 4; round++)
        {
            while (round % 2 == 0 && _positions.Count < 40_000)
            {
                Insert((ulong)random.NextInt64(long.MinValue, long.MaxValue) & mask);
            }

            ulong[] doomed = _positions.Keys.ToArray();
            random.Shuffle(doomed);
            foreach (ulong address in round % 2 == 0 ? [] : doomed.AsSpan(300))
            {
                Remove(address);
            }

            Check();
        }

        foreach (ulong address in _positions.Keys.ToArray())
        {
            Remove(address);
        }

        Check();
        Assert.InRange(_index.Bytes, 0, 64 * 32);
        Assert.Equal(_memory.IndexBytes, _index.Bytes);
    }

    [Fact]
    public void Positions_keep_the_order_of_hashes_and_lie_twice_as_dense_at_the_start()
    {
        ulong[] hashes = [0, 1, 1UL << 32, 1UL << 62, 1UL << 63, (1UL << 63) + (1UL << 40), ulong.MaxValue - (1UL << 40), ulong.MaxValue];
        ulong[] positions = hashes.Select(SlotIndex.Position).ToArray();
        Assert.Equal(positions.Order(), positions);
        Assert.Equal(0UL, positions[0]);
        Assert.Equal(0xFFFUL, positions[^1] >> 52);
        double first = SlotIndex.Position(1UL << 56);
        double last = ulong.MaxValue - SlotIndex.Position(ulong.MaxValue - (1UL << 56));
        Assert.InRange(last / first, 1.9, 2.1);
    }

    [Fact]
    public void Segments_stay_nearly_full_while_the_index_grows()
    {
        var random = new Random(9);
        for (int i = 1; i <= 300_000; i++)
        {
            _index.Insert(SlotIndex.Position((ulong)random.NextInt64(long.MinValue, long.MaxValue)), (ulong)i);
            if (i > 30_000 && i % 5_000 == 0)
            {
                Assert.InRange(_index.Bytes / (double)i, 8, 9.5);
            }
        }
    }

    [Fact]
    public void Replacing_changes_the_address_of_that_slot_only()
    {
        for (int i = 0; i < 10; i++)
        {
            Insert(77UL << 40);
        }

        _index.Replace(77UL << 40, 4, 4_000);
        _positions.Remove(4);
        _positions.Add(4_000, 77UL << 40);
        Check();
    }

    [Fact]
    public void Slots_of_one_tag_beyond_a_segment_are_kept_together()
    {
        for (int i = 0; i < 5_000; i++)
        {
            Insert(ulong.MaxValue);
        }

        Insert(0);
        Check();
        Assert.Equal(5_000, _index.From(ulong.MaxValue).Length);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(100)]
    public void Lower_bound_is_the_same_from_any_guess(int length)
    {
        ulong[] slots = Enumerable.Range(0, length).Select(i => (ulong)(i / 3) * 10).ToArray();
        for (ulong target = 0; target < (ulong)length * 4; target += 5)
        {
            int expected = slots.Count(slot => slot < target);
            for (int guess = 0; guess < Math.Max(length, 1); guess++)
            {
                Assert.Equal(expected, Slot.LowerBound(slots, target, guess));
            }
        }
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(300, 0)]
    [InlineData(1000, 0)]
    [InlineData(3000, 2500)]
    public void A_random_entry_of_one_shard_is_any_of_them_with_the_same_chance(int keys, int removed)
    {
        const int DrawsPerKey = 200;
        var random = new Random(keys);
        var index = new SlotIndex(new Slab(_memory), _memory, shards: 1);
        var counts = new Dictionary<ulong, long>();
        for (ulong address = 1; address <= (ulong)keys; address++)
        {
            ulong position = SlotIndex.Position((ulong)random.NextInt64(long.MinValue, long.MaxValue)) >> SlotIndex.ShardBits;
            index.Insert(position, address);
            _positions.Add(address, position);
            counts.Add(address, 0);
        }

        for (ulong address = 1; address <= (ulong)removed; address++)
        {
            index.Remove(_positions[address], address);
            counts.Remove(address);
        }

        for (int i = 0; i < counts.Count * DrawsPerKey; i++)
        {
            counts[index.Random(random).Address]++;
        }

        // Chi square has as many degrees of freedom as there are keys less one; six standard deviations above that are never reached by chance.
        double chiSquare = counts.Values.Sum(count => (count - DrawsPerKey) * (double)(count - DrawsPerKey) / DrawsPerKey);
        Assert.InRange(chiSquare, 0, counts.Count - 1 + (6 * Math.Sqrt(2.0 * counts.Count)));
    }
}
