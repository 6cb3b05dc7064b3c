using RespKv.Engine.Recovery;
using RespKv.Storage.Threading;

namespace RespKv.Engine.Tests.Recovery;

public class BatchQueueTests
{
    private sealed class Batch
    {
        public int Number;
    }

    private static BatchQueue<Batch> NewQueue(int batches) => new(SystemThreads.Instance, [.. Enumerable.Range(0, batches).Select(_ => new Batch())]);

    [Fact]
    public void Batches_come_out_in_the_order_in_which_they_went_in()
    {
        BatchQueue<Batch> queue = NewQueue(3);
        var producer = new Thread(() =>
        {
            for (int i = 0; i < 1_000; i++)
            {
                Batch batch = queue.Rent()!;
                batch.Number = i;
                queue.Submit(batch);
            }

            queue.Complete();
        });
        producer.Start();
        int expected = 0;
        while (queue.Take() is { } batch)
        {
            Assert.Equal(expected++, batch.Number);
            queue.Return(batch);
        }

        producer.Join();
        Assert.Equal(1_000, expected);
        queue.WaitUntilIdle();
    }

    [Fact]
    public void Stop_wakes_a_producer_that_waits_for_a_batch()
    {
        BatchQueue<Batch> queue = NewQueue(1);
        Batch? second = new();
        Assert.NotNull(queue.Rent());
        var producer = new Thread(() => second = queue.Rent());
        producer.Start();
        queue.Stop(failure: null);
        producer.Join();
        Assert.Null(second);
        queue.ThrowIfFailed();
    }

    [Fact]
    public void Stop_wakes_a_consumer_and_forgets_what_is_queued()
    {
        BatchQueue<Batch> queue = NewQueue(2);
        Batch? taken = new();
        var consumer = new Thread(() => taken = queue.Take());
        consumer.Start();
        queue.Stop(failure: null);
        consumer.Join();
        Assert.Null(taken);
        queue.Submit(new Batch());
        Assert.Null(queue.Take());
        Assert.Null(queue.Rent());
    }

    [Fact]
    public void First_failure_is_thrown_to_whoever_waits()
    {
        BatchQueue<Batch> queue = NewQueue(2);
        queue.Submit(queue.Rent()!);
        queue.Stop(new IOException("first"));
        queue.Stop(new IOException("second"));
        Assert.Equal("first", Assert.Throws<IOException>(queue.WaitUntilIdle).Message);
        Assert.Equal("first", Assert.Throws<IOException>(queue.ThrowIfFailed).Message);
    }
}
