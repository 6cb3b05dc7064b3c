using RespKv.Engine.KeyOrder;

namespace RespKv.Engine.Tests.KeyOrder;

public sealed class KeyRunTests
{
    [Fact]
    public void Of_equal_keys_the_last_one_counts()
    {
        KeyRun run = Run([("b", 1), ("", 2), ("a", 3), ("", 4), ("b", 5), ("", 6)]);
        Assert.Equal(["", "a", "b"], Keys(run));
        Assert.Equal([6, 3, 5], Enumerable.Range(0, 3).Select(i => run.State(i).Number));
    }

    [Fact]
    public void In_a_merge_the_newer_run_counts()
    {
        KeyRun merged = KeyRun.Merge(Run([("a", 1), ("c", 2), ("d", 3)]), Run([("", 4), ("c", 5), ("e", 6)]));
        Assert.Equal(["", "a", "c", "d", "e"], Keys(merged));
        Assert.Equal([4, 1, 5, 3, 6], Enumerable.Range(0, 5).Select(i => merged.State(i).Number));
    }

    [Fact]
    public void An_empty_run_has_no_lower_bound() => Assert.Equal(0, Run([]).LowerBound("x"u8));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Random_runs_and_merges_are_as_the_model(int seed)
    {
        var random = new Random(seed);
        var model = new SortedDictionary<string, long>(StringComparer.Ordinal);
        KeyRun all = Run([]);
        for (int round = 0; round < 20; round++)
        {
            (string Key, long State)[] added = [.. Enumerable.Range(0, random.Next(200)).Select(i => (OrderedModel.RandomKey(random), (long)random.Next()))];
            foreach ((string key, long state) in added)
            {
                model[key] = state;
            }

            all = KeyRun.Merge(all, Run(added));
            Assert.Equal(model.Keys, Keys(all));
            Assert.Equal(model.Values, Enumerable.Range(0, all.Count).Select(i => all.State(i).Number));
            string probe = OrderedModel.RandomKey(random);
            Assert.Equal(model.Keys.Count(k => string.CompareOrdinal(k, probe) < 0), all.LowerBound(OrderedModel.Bytes(probe)));
        }
    }

    internal static KeyRun Run(IEnumerable<(string Key, long State)> keys)
    {
        var builder = new KeyRunBuilder();
        foreach ((string key, long state) in keys)
        {
            builder.Add(OrderedModel.Bytes(key), new KeyState(state));
        }

        return builder.Build();
    }

    private static IEnumerable<string> Keys(KeyRun run) => Enumerable.Range(0, run.Count).Select(i => OrderedModel.Text(run.Key(i)));
}
