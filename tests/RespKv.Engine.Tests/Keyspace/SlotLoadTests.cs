using RespKv.Engine.Keyspace;

namespace RespKv.Engine.Tests.Keyspace;

public class SlotLoadTests
{
    private readonly KeyspaceMemory _memory = new();
    private readonly SlotIndex _index;
    private readonly Dictionary<ulong, ulong> _positions = [];
    private ulong _nextAddress = 1;

    public SlotLoadTests()
    {
        _index = new SlotIndex(new Slab(_memory), _memory);
    }

    private struct Addresses() : IEntryVisitor
    {
        public List<ulong> Seen { get; } = [];

        public readonly void Visit(Entry entry) => Seen.Add(entry.Address);
    }

    private void Load(IEnumerable<ulong> positions)
    {
        var load = new SlotLoad(_index);
        foreach (ulong position in positions)
        {
            load.Add(position, _nextAddress);
            _positions.Add(_nextAddress++, position);
        }

        load.Flush();
    }

    private static IEnumerable<ulong> RandomPositions(int seed, int count, int bits)
    {
        var random = new Random(seed);
        ulong mask = ~0UL << (64 - bits);
        return Enumerable.Range(0, count).Select(_ => (ulong)random.NextInt64(long.MinValue, long.MaxValue) & mask);
    }

    private void Check()
    {
        var all = new Addresses();
        Assert.Equal(0UL, _index.Walk(0, int.MaxValue, ref all, out int visited));
        Assert.Equal(_positions.Count, visited);
        Assert.Equal(_positions.Count, _index.Count);
        Assert.Equal(_positions.Keys.Order(), all.Seen.Order());
        ulong[] tags = all.Seen.Select(address => Slot.Tag(_positions[address])).ToArray();
        Assert.Equal(tags.Order(), tags);
        foreach ((ulong address, ulong position) in _positions)
        {
            Span<ulong> slots = _index.From(position);
            Assert.Equal(Slot.Tag(position), Slot.Tag(slots[0]));
            Assert.True(slots.Contains(Slot.Make(position, address)));
        }
    }

    [Theory]
    [InlineData(1, 64)]
    [InlineData(2, 20)]
    [InlineData(3, 9)]
    [InlineData(4, 6)]
    public void Loads_of_all_sizes_keep_the_slots_in_the_order_of_their_tags(int seed, int positionBits)
    {
        foreach (int count in new[] { 1, 10, 300, 5_000, 30_000, 0, 2, 700 })
        {
            Load(RandomPositions(seed + count, count, positionBits));
            Check();
        }
    }

    [Fact]
    public void Loaded_slots_can_be_removed_and_others_inserted_down_to_an_empty_index()
    {
        Load(RandomPositions(7, 20_000, 64));
        foreach (ulong position in RandomPositions(8, 20_000, 64))
        {
            _index.Insert(position, _nextAddress);
            _positions.Add(_nextAddress++, position);
        }

        Load(RandomPositions(9, 20_000, 64));
        Check();
        ulong[] doomed = [.. _positions.Keys];
        new Random(1).Shuffle(doomed);
        foreach (ulong address in doomed)
        {
            _index.Remove(_positions[address], address);
        }

        _positions.Clear();
        Check();
        Assert.InRange(_index.Bytes, 0, 64 * 32);
        Assert.Equal(_memory.IndexBytes, _index.Bytes);
    }

    [Fact]
    public void Load_larger_than_what_is_gathered_leaves_segments_nearly_full()
    {
        const int Count = 700_000;
        var load = new SlotLoad(_index);
        ulong address = 1;
        foreach (ulong position in RandomPositions(5, Count, 64))
        {
            load.Add(SlotIndex.Position(position), address++);
        }

        Assert.InRange(_index.Count, Count / 2, Count - 1);
        load.Flush();
        Assert.Equal(Count, _index.Count);
        Assert.InRange(_index.Bytes / (double)Count, 8, 9.8);
    }

    [Fact]
    public void Slots_of_one_tag_beyond_a_segment_are_kept_together()
    {
        Load(Enumerable.Repeat(ulong.MaxValue, 5_000).Prepend(0UL));
        Load(Enumerable.Repeat(ulong.MaxValue, 3_000).Append(1UL << 63));
        Check();
        Assert.Equal(8_000, _index.From(ulong.MaxValue).Length);
    }
}
