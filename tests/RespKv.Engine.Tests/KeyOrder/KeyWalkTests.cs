using RespKv.Engine.KeyOrder;

namespace RespKv.Engine.Tests.KeyOrder;

public sealed class KeyWalkTests
{
    private const long Now = 1_000;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Random_sources_give_the_keys_that_their_newest_word_leaves(int seed)
    {
        var random = new Random(seed);
        for (int round = 0; round < 200; round++)
        {
            Dictionary<string, long> table = RandomStates(random, 60);
            Dictionary<string, long>[] runs = [.. Enumerable.Range(0, random.Next(4)).Select(_ => RandomStates(random, 20))];
            var newest = new Dictionary<string, long>(table);
            foreach ((string key, long state) in runs.Reverse().SelectMany(r => r))
            {
                newest[key] = state;
            }

            KeyRange range = OrderedModel.RandomRange(random);
            KeyWalkResult walk = Walk(range, table, runs, int.MaxValue);
            Assert.Equal(KeyWalkEnd.RangeEnd, walk.End);
            Assert.Equal(OrderedModel.Walk(newest.Where(k => new KeyState(k.Value).MayExistAt(Now)).Select(k => k.Key), range), Keys(walk));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_walk_that_has_enough_says_how_far_it_came(bool isReverse)
    {
        KeyRange range = KeyRangeTests.Range("-", "+", isReverse);
        KeyWalkResult walk = Walk(range, new() { ["a"] = -1, ["b"] = -2, ["c"] = -1, ["d"] = -1 }, [new() { ["c"] = -2 }], 1);
        Assert.Equal(KeyWalkEnd.Enough, walk.End);
        Assert.Equal(isReverse ? "d" : "a", OrderedModel.Text(walk.Frontier));
    }

    [Fact]
    public void A_walk_over_many_deleted_keys_ends_by_its_budget_and_says_how_far_it_came()
    {
        KeyRun deleted = KeyRunTests.Run(Enumerable.Range(0, KeyWalk.StepsMax + 5).Select(i => ($"{i:d8}", KeyState.Deleted.Number)));
        KeyWalkResult walk = new KeyWalk(KeyRangeTests.Range("-", "+", false), [deleted], NoTableKeys.Instance, Now).Run(10, CancellationToken.None);
        Assert.Equal(KeyWalkEnd.Budget, walk.End);
        Assert.Equal(0, walk.Keys.Count);
        Assert.Equal($"{KeyWalk.StepsMax - 1:d8}", OrderedModel.Text(walk.Frontier));
    }

    [Fact]
    public void A_walk_over_large_entries_ends_by_its_budget()
    {
        var tables = new FakeTableKeys(Enumerable.Range(0, 100).ToDictionary(i => $"{i:d8}", _ => -1L)) { EntryBytes = KeyWalk.EntryBytesMax / 8 };
        KeyWalkResult walk = new KeyWalk(KeyRangeTests.Range("-", "+", false), [], tables, Now).Run(1000, CancellationToken.None);
        Assert.Equal(KeyWalkEnd.Budget, walk.End);
        Assert.Equal(9, walk.Keys.Count);
        Assert.Equal(OrderedModel.Text(walk.Keys[walk.Keys.Count - 1]), OrderedModel.Text(walk.Frontier));
    }

    [Fact]
    public void A_walk_that_is_cancelled_ends()
    {
        KeyRun run = KeyRunTests.Run(Enumerable.Range(0, 5000).Select(i => ($"{i}", -2L)));
        var walk = new KeyWalk(KeyRangeTests.Range("-", "+", false), [run], NoTableKeys.Instance, Now);
        Assert.Throws<OperationCanceledException>(() => walk.Run(10, new CancellationToken(canceled: true)));
    }

    private static KeyWalkResult Walk(KeyRange range, Dictionary<string, long> table, Dictionary<string, long>[] runs, int keysMax)
    {
        KeyRun[] sorted = [.. runs.Select(r => KeyRunTests.Run(r.Select(k => (k.Key, k.Value))))];
        return new KeyWalk(range, sorted, new FakeTableKeys(table), Now).Run(keysMax, CancellationToken.None);
    }

    private static IEnumerable<string> Keys(KeyWalkResult walk) => Enumerable.Range(0, walk.Keys.Count).Select(i => OrderedModel.Text(walk.Keys[i]));

    private static Dictionary<string, long> RandomStates(Random random, int count)
    {
        var states = new Dictionary<string, long>();
        for (int i = random.Next(count); i > 0; i--)
        {
            states[OrderedModel.RandomKey(random)] = random.Next(4) switch { 0 => -2, 1 => Now - 1, 2 => Now, _ => -1 };
        }

        return states;
    }

    private sealed class FakeTableKeys(IReadOnlyDictionary<string, long> states) : ITableKeys
    {
        private string[] _keys = [];
        private int _at;

        public bool Valid => _at < _keys.Length;

        public ReadOnlySpan<byte> Key => OrderedModel.Bytes(_keys[_at]);

        public KeyState State => new(states[_keys[_at]]);

        public long EntryBytes { get; init; }

        public void Seek(KeyRange range)
        {
            // As the real one: behind the range there may be more keys.
            _at = 0;
            IEnumerable<string> keys = states.Keys.Where(k => !range.IsBefore(OrderedModel.Bytes(k))).Order(StringComparer.Ordinal);
            _keys = [.. range.IsReverse ? keys.Reverse() : keys];
        }

        public void Next() => _at++;
    }
}
