using StackExchange.Redis;

namespace RespKv.Server.Tests.Clients;

/// <summary>StackExchange.Redis with hashes, lists, sets, sorted sets, and transactions with conditions.</summary>
public sealed class StackExchangeCollectionTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private const int Database = 4;

    [Fact]
    public async Task Fields_of_a_hash_are_set_counted_and_deleted()
    {
        using StackExchangeClient client = await ConnectAsync();
        IDatabase db = client.Database(Database);
        await db.KeyDeleteAsync("hash");

        await db.HashSetAsync("hash", [new HashEntry("a", 1), new HashEntry("b", "two"), new HashEntry("c", "x")]);
        Assert.Equal([new HashEntry("a", 1), new HashEntry("b", "two"), new HashEntry("c", "x")], await db.HashGetAllAsync("hash"));
        Assert.False(await db.HashSetAsync("hash", "a", 2, When.NotExists));
        Assert.Equal(42, await db.HashIncrementAsync("hash", "a", 41));
        Assert.Equal(0.5, await db.HashIncrementAsync("hash", "half", 0.5));
        RedisValue[] fields = ["a", "missing", "b"];
        Assert.Equal(["42", default, "two"], await db.HashGetAsync("hash", fields));
        Assert.True(await db.HashDeleteAsync("hash", "c"));
        Assert.False(await db.HashExistsAsync("hash", "c"));
        Assert.Equal(3, await db.HashLengthAsync("hash"));
        Assert.Equal(["a", "b", "half"], await db.HashKeysAsync("hash"));
        Assert.Equal(["42", "two", "0.5"], await db.HashValuesAsync("hash"));
    }

    [Fact]
    public async Task A_scan_of_a_large_hash_and_a_large_set_gives_every_element_once()
    {
        using StackExchangeClient client = await ConnectAsync();
        IDatabase db = client.Database(Database);
        const int Elements = 5000;
        string[] names = [.. Enumerable.Range(0, Elements).Select(i => $"element:{i:0000}")];
        await db.HashSetAsync("large:hash", [.. names.Select(name => new HashEntry(name, name))]);
        await db.SetAddAsync("large:set", [.. names.Select(name => (RedisValue)name)]);

        HashEntry[] entries = [.. db.HashScan("large:hash", pageSize: 100)];
        Assert.Equal(names, entries.Select(entry => (string)entry.Name!).Order(StringComparer.Ordinal));
        Assert.All(entries, entry => Assert.Equal(entry.Name, entry.Value));
        Assert.Equal(names, db.SetScan("large:set", pageSize: 100).Select(value => (string)value!).Order(StringComparer.Ordinal));
        Assert.Equal(10, db.SetScan("large:set", "element:012?", 100).Count());
    }

    [Fact]
    public async Task Elements_of_a_list_come_and_go_at_both_ends()
    {
        using StackExchangeClient client = await ConnectAsync();
        IDatabase db = client.Database(Database);
        await db.KeyDeleteAsync(["list", "target"]);

        Assert.Equal(3, await db.ListRightPushAsync("list", ["a", "b", "c"]));
        Assert.Equal(4, await db.ListLeftPushAsync("list", "z"));
        Assert.Equal(["z", "a", "b", "c"], await db.ListRangeAsync("list"));
        Assert.Equal("z", await db.ListLeftPopAsync("list"));
        Assert.Equal("c", await db.ListRightPopLeftPushAsync("list", "target"));
        Assert.Equal(3, await db.ListInsertBeforeAsync("list", "b", "between"));
        await db.ListSetByIndexAsync("list", 0, "first");
        Assert.Equal(["first", "between", "b"], await db.ListRangeAsync("list"));
        Assert.Equal(1, await db.ListRemoveAsync("list", "between"));
        await db.ListTrimAsync("list", 1, -1);
        Assert.Equal(["b"], await db.ListRangeAsync("list"));
        Assert.Equal(1, await db.ListLengthAsync("target"));
    }

    [Fact]
    public async Task Sets_are_combined_moved_and_popped()
    {
        using StackExchangeClient client = await ConnectAsync();
        IDatabase db = client.Database(Database);
        await db.KeyDeleteAsync(["set", "other", "both"]);

        Assert.Equal(3, await db.SetAddAsync("set", ["a", "b", "c", "a"]));
        Assert.False(await db.SetAddAsync("set", "a"));
        await db.SetAddAsync("other", ["b", "c", "d"]);
        Assert.Equal(["b", "c"], (await db.SetCombineAsync(SetOperation.Intersect, "set", "other")).Order());
        Assert.Equal(["a", "b", "c", "d"], (await db.SetCombineAsync(SetOperation.Union, "set", "other")).Order());
        Assert.Equal(["a"], await db.SetCombineAsync(SetOperation.Difference, "set", "other"));
        Assert.Equal(2, await db.SetCombineAndStoreAsync(SetOperation.Intersect, "both", "set", "other"));
        Assert.True(await db.SetMoveAsync("set", "both", "a"));
        Assert.Equal(3, await db.SetLengthAsync("both"));
        Assert.False(await db.SetContainsAsync("set", "a"));
        RedisValue popped = await db.SetPopAsync("both");
        Assert.Contains(popped, (RedisValue[])["a", "b", "c"]);
        Assert.DoesNotContain(popped, await db.SetMembersAsync("both"));
    }

    [Fact]
    public async Task Members_of_a_sorted_set_are_ranked_by_their_scores()
    {
        using StackExchangeClient client = await ConnectAsync();
        IDatabase db = client.Database(Database);
        await db.KeyDeleteAsync("ranks");

        Assert.Equal(3, await db.SortedSetAddAsync("ranks", [new SortedSetEntry("one", 1), new SortedSetEntry("three", 3), new SortedSetEntry("two", 2)]));
        Assert.Equal(["one", "two", "three"], await db.SortedSetRangeByRankAsync("ranks"));
        Assert.Equal([new SortedSetEntry("three", 3), new SortedSetEntry("two", 2)], await db.SortedSetRangeByScoreWithScoresAsync("ranks", 2, 3, order: Order.Descending));
        Assert.Equal(11, await db.SortedSetIncrementAsync("ranks", "one", 10));
        Assert.Equal(2, await db.SortedSetRankAsync("ranks", "one"));
        Assert.Equal(11, await db.SortedSetScoreAsync("ranks", "one"));
        Assert.Equal(1, await db.SortedSetRemoveRangeByScoreAsync("ranks", 2, 2));
        Assert.Equal(2, await db.SortedSetLengthAsync("ranks"));
    }

    [Fact]
    public async Task A_list_is_sorted_by_other_keys()
    {
        using StackExchangeClient client = await ConnectAsync();
        IDatabase db = client.Database(Database);
        await db.KeyDeleteAsync(["sort:list", "sort:stored"]);
        await db.ListRightPushAsync("sort:list", ["1", "2", "3"]);
        await db.StringSetAsync([new("weight:1", 9), new("weight:2", 7), new("weight:3", 8)]);
        await db.HashSetAsync("object:2", "name", "two");

        Assert.Equal(["2", "3", "1"], await db.SortAsync("sort:list", by: "weight:*"));
        Assert.Equal(["two", default, default], await db.SortAsync("sort:list", by: "weight:*", get: ["object:*->name"]));
        Assert.Equal(3, await db.SortAndStoreAsync("sort:stored", "sort:list", order: Order.Descending));
        Assert.Equal(["3", "2", "1"], await db.ListRangeAsync("sort:stored"));
    }

    [Fact]
    public async Task A_transaction_runs_only_while_its_conditions_hold()
    {
        using StackExchangeClient client = await ConnectAsync();
        IDatabase db = client.Database(Database);
        await db.KeyDeleteAsync(["account", "log"]);
        await db.HashSetAsync("account", "balance", 100);

        Assert.True(await TransferAsync(expected: 100, balance: 60));
        Assert.False(await TransferAsync(expected: 100, balance: 20));
        Assert.Equal(60, await db.HashGetAsync("account", "balance"));
        Assert.Equal(["60"], await db.ListRangeAsync("log"));

        ITransaction missing = db.CreateTransaction();
        missing.AddCondition(Condition.KeyNotExists("account"));
        Task<bool> refused = missing.HashSetAsync("account", "balance", 0);
        Assert.False(await missing.ExecuteAsync());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => refused);

        async Task<bool> TransferAsync(int expected, int balance)
        {
            ITransaction transaction = db.CreateTransaction();
            transaction.AddCondition(Condition.HashEqual("account", "balance", expected));
            transaction.AddCondition(Condition.HashExists("account", "balance"));
            _ = transaction.HashSetAsync("account", "balance", balance);
            _ = transaction.ListRightPushAsync("log", balance);
            return await transaction.ExecuteAsync();
        }
    }

    [Fact]
    public async Task A_command_for_another_type_is_refused_and_changes_nothing()
    {
        using StackExchangeClient client = await ConnectAsync();
        IDatabase db = client.Database(Database);
        await db.KeyDeleteAsync("typed");
        await db.HashSetAsync("typed", "field", "value");

        RedisServerException error = await Assert.ThrowsAsync<RedisServerException>(() => db.SetAddAsync("typed", "member"));

        Assert.StartsWith("WRONGTYPE", error.Message, StringComparison.Ordinal);
        Assert.Equal(RedisType.Hash, await db.KeyTypeAsync("typed"));
        Assert.Equal("value", await db.HashGetAsync("typed", "field"));
    }

    private Task<StackExchangeClient> ConnectAsync() => StackExchangeClient.ConnectAsync(fixture.Server.Port);
}
