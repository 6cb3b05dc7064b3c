using RespKv.Engine.Execution;
using RespKv.Engine.Recovery;
using RespKv.Storage.Mutations;
using RespKv.Storage.Threading;
using RespKv.Storage.Wal;

namespace RespKv.Engine.Tests.Recovery;

public class ReplayPipelineTests
{
    private const int DatabaseCount = 20;

    private readonly Databases _databases = new(DatabaseCount);

    private static byte[] One(Action<WalBatch> action) => RecordMaker.Records([action])[0];

    private static byte[] Set(int database, string key, string value)
        => One(batch => MutationWriter.Set(batch, database, RecordMaker.Bytes(key), RecordMaker.Bytes(value), MutationWriter.NoExpiry));

    [Theory]
    [InlineData(1, 20_000, 3, 10)]
    [InlineData(2, 20_000, 1, 3_000)]
    [InlineData(3, 20_000, DatabaseCount, 100)]
    [InlineData(4, 3, 1, 1)]
    public void Random_records_leave_the_same_as_one_by_one(int seed, int count, int databases, int keys)
    {
        List<byte[]> records = RecordMaker.Random(new Random(seed), count, databases, keys);
        var expected = new Databases(DatabaseCount);
        foreach (byte[] record in records)
        {
            expected.Replay(record);
        }

        using var pipeline = new ReplayPipeline(SystemThreads.Instance, _databases);
        var random = new Random(seed);
        foreach (byte[] record in records)
        {
            pipeline.Add(record);
            if (random.Next(5_000) == 0)
            {
                pipeline.Finish();
            }
        }

        pipeline.Finish();
        KeyspaceDump.AssertEqual(expected, _databases);
        Assert.Equal(expected.Memory.UsedBytes, _databases.Memory.UsedBytes);
    }

    [Fact]
    public void Value_too_large_for_a_batch_is_applied_in_its_place()
    {
        using var pipeline = new ReplayPipeline(SystemThreads.Instance, _databases);
        string large = new('x', ReplayBatch.BytesMax);
        for (int i = 0; i < 5_000; i++)
        {
            pipeline.Add(Set(0, "key", $"value {i}"));
            if (i % 1_000 == 0)
            {
                pipeline.Add(Set(0, "key", large));
                pipeline.Add(One(batch => MutationWriter.WriteRange(batch, 0, "key"u8, large.Length, "more"u8)));
                pipeline.Finish();
                Assert.Equal(large + "more@-1", KeyspaceDump.Of(_databases)["0/key"]);
            }
        }

        pipeline.Finish();
        Assert.Equal("value 4999@-1", KeyspaceDump.Of(_databases)["0/key"]);
    }

    [Fact]
    public void Malformed_record_is_refused_when_it_is_added()
    {
        using var pipeline = new ReplayPipeline(SystemThreads.Instance, _databases);
        pipeline.Add(Set(0, "key", "value"));
        Assert.Throws<InvalidDataException>(() => pipeline.Add([99]));
        byte[] cut = Set(0, "key", "value")[..^1];
        Assert.Throws<InvalidDataException>(() => pipeline.Add(cut));
    }

    [Fact]
    public void Database_that_does_not_exist_is_refused_with_a_hint()
    {
        using var pipeline = new ReplayPipeline(SystemThreads.Instance, _databases);
        byte[] record = Set(DatabaseCount, "key", "value");
        InvalidDataException refused = Assert.Throws<InvalidDataException>(() => pipeline.Add(record));
        Assert.Contains("databases 21", refused.Message, StringComparison.Ordinal);
        byte[] swap = One(batch => MutationWriter.SwapDatabases(batch, 0, DatabaseCount));
        Assert.Throws<InvalidDataException>(() => pipeline.Add(swap));
        Assert.Throws<InvalidDataException>(() => _databases.Replay(swap));
    }

    [Fact]
    public void Range_beyond_the_longest_string_is_refused()
    {
        using var pipeline = new ReplayPipeline(SystemThreads.Instance, _databases);
        byte[] record = One(batch => MutationWriter.WriteRange(batch, 0, "key"u8, long.MaxValue, "x"u8));
        Assert.Throws<InvalidDataException>(() => pipeline.Add(record));
        Assert.Throws<InvalidDataException>(() => _databases.Replay(record));
    }

    [Fact]
    public void Dispose_in_the_middle_ends_the_thread_and_takes_nothing_more()
    {
        byte[] record = Set(0, "key", new string('v', 10_000));
        var pipeline = new ReplayPipeline(SystemThreads.Instance, _databases);
        for (int i = 0; i < 200; i++)
        {
            pipeline.Add(record);
        }

        pipeline.Dispose();
        Assert.Throws<InvalidOperationException>(() =>
        {
            for (int i = 0; i < 200; i++)
            {
                pipeline.Add(record);
            }
        });
        pipeline.Dispose();
    }

    [Fact]
    public void Nothing_added_leaves_nothing()
    {
        using var pipeline = new ReplayPipeline(SystemThreads.Instance, _databases);
        pipeline.Finish();
        Assert.Empty(KeyspaceDump.Of(_databases));
    }
}
