using RespKv.Engine.Keyspace;

namespace RespKv.Engine.Tests.Keyspace;

public class ScanTests
{
    private static readonly byte[] Value = "a value"u8.ToArray();

    private static ulong Hash(string key) => KeyHash.Compute(DatabaseModel.Bytes(key));

    private static void Add(Database database, string key) => database.SetString(DatabaseModel.Bytes(key), Hash(key), Value, 5);

    private static void Remove(Database database, string key) => database.Delete(DatabaseModel.Bytes(key), Hash(key));

    [Fact]
    public void Empty_database_ends_at_once()
    {
        var database = new Database(new KeyspaceMemory());
        Assert.Empty(Walk.All(database, 10));
        Assert.Empty(Walk.Expiring(database, 10));
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 3)]
    [InlineData(3, 30)]
    [InlineData(4, 500)]
    public void Keys_that_stay_are_returned_exactly_once_while_others_come_and_go(int seed, int churnPerCall)
    {
        var database = new Database(new KeyspaceMemory());
        var random = new Random(seed);
        var staying = new HashSet<string>();
        for (int i = 0; i < 20_000; i++)
        {
            staying.Add("stay:" + i);
            Add(database, "stay:" + i);
        }

        // The number of other keys swings up and down, so that segments split and merge under the cursor.
        var others = new List<string>();
        var collector = new Walk.Collector(database);
        ulong cursor = 0;
        int next = 0;
        int calls = 0;
        do
        {
            cursor = database.Scan(cursor, random.Next(1, 40), ref collector);
            bool isGrowing = calls++ / 40 % 2 == 0;
            for (int i = 0; i < churnPerCall; i++)
            {
                if (isGrowing)
                {
                    others.Add("other:" + next++);
                    Add(database, others[^1]);
                }
                else if (others.Count > 0)
                {
                    Remove(database, others[^1]);
                    others.RemoveAt(others.Count - 1);
                }
            }
        }
        while (cursor != 0);

        IEnumerable<string> seen = collector.Keys.Where(staying.Contains);
        Assert.Equal(staying.Order(), seen.Order());
    }

    [Fact]
    public void Keys_that_stay_survive_a_walk_during_which_nearly_all_others_are_deleted()
    {
        var database = new Database(new KeyspaceMemory());
        for (int i = 0; i < 50_000; i++)
        {
            Add(database, "key:" + i);
        }

        var collector = new Walk.Collector(database);
        ulong cursor = 0;
        int deleted = 0;
        do
        {
            cursor = database.Scan(cursor, 100, ref collector);
            for (int i = 0; i < 1_000 && deleted < 50_000; i++, deleted++)
            {
                if (deleted % 500 != 0)
                {
                    Remove(database, "key:" + deleted);
                }
            }
        }
        while (cursor != 0);

        IEnumerable<string> stayed = Enumerable.Range(0, 100).Select(i => "key:" + (i * 500));
        Assert.Equal(stayed.Order(), collector.Keys.Where(key => int.Parse(key[4..]) % 500 == 0).Order());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(1_000)]
    public void A_call_returns_at_least_the_count_until_the_end(int count)
    {
        var database = new Database(new KeyspaceMemory());
        for (int i = 0; i < 5_000; i++)
        {
            Add(database, "key:" + i);
        }

        ulong cursor = 0;
        int seen = 0;
        do
        {
            var collector = new Walk.Collector(database);
            cursor = database.Scan(cursor, count, ref collector);
            seen += collector.Keys.Count;
            Assert.True(cursor == 0 || collector.Keys.Count >= count);
            Assert.True(collector.Keys.Count <= count + 5);
        }
        while (cursor != 0);
        Assert.Equal(5_000, seen);
    }

    [Fact]
    public void A_count_of_zero_or_less_still_gets_on()
    {
        var database = new Database(new KeyspaceMemory());
        for (int i = 0; i < 100; i++)
        {
            Add(database, "key:" + i);
        }

        Assert.Equal(100, Walk.All(database, 0).Count);
        Assert.Equal(100, Walk.All(database, int.MinValue).Count);
        Assert.Equal(100, Walk.All(database, int.MaxValue).Count);
    }

    [Theory]
    [InlineData(ulong.MaxValue)]
    [InlineData(1UL << 28)]
    [InlineData((1UL << 28) - 1)]
    [InlineData(1UL << 63)]
    public void Any_number_is_accepted_as_a_cursor(ulong cursor)
    {
        var database = new Database(new KeyspaceMemory());
        for (int i = 0; i < 1_000; i++)
        {
            Add(database, "key:" + i);
        }

        var collector = new Walk.Collector(database);
        for (int calls = 0; calls < 1_001; calls++)
        {
            cursor = database.Scan(cursor, 10, ref collector);
            if (cursor == 0)
            {
                return;
            }
        }

        Assert.Fail("the walk does not end");
    }

    [Fact]
    public void Keys_with_one_tag_come_in_one_call()
    {
        var database = new Database(new KeyspaceMemory());
        for (int i = 0; i < 3_000; i++)
        {
            // Six keys to each of 500 hashes.
            database.SetString(DatabaseModel.Bytes("key:" + i), (ulong)(i / 6) << 50, Value, 5);
        }

        ulong cursor = 0;
        int seen = 0;
        do
        {
            var collector = new Walk.Collector(database);
            cursor = database.Scan(cursor, 1, ref collector);
            Assert.Equal(0, collector.Keys.Count % 6);
            Assert.Single(collector.Keys.Select(key => int.Parse(key[4..]) / 6).Distinct());
            seen += collector.Keys.Count;
        }
        while (cursor != 0);
        Assert.Equal(3_000, seen);
    }
}
