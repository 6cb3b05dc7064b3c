using RespKv.Storage.Files;

namespace RespKv.Storage.Tests.Files;

public sealed class WakeEventTests
{
    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(1_000_000_000)]
    public void Signal_before_the_wait_is_consumed_by_it(long timeoutMicros)
    {
        using var wake = new WakeEvent();
        wake.Signal();

        Assert.True(wake.Wait(timeoutMicros));
        Assert.False(wake.Wait(0));
    }

    [Fact]
    public void Signals_before_the_wait_count_as_one()
    {
        using var wake = new WakeEvent();
        wake.Signal();
        wake.Signal();

        Assert.True(wake.Wait(0));
        Assert.False(wake.Wait(0));
        wake.Signal();
        Assert.True(wake.Wait(0));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1_000)]
    public void Wait_without_a_signal_times_out(long timeoutMicros)
    {
        using var wake = new WakeEvent();

        Assert.False(wake.Wait(timeoutMicros));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(60_000_000)]
    public async Task Every_signal_of_another_thread_arrives(long timeoutMicros)
    {
        using var ping = new WakeEvent();
        using var pong = new WakeEvent();
        Task answering = Task.Run(() =>
        {
            for (int count = 0; count < 2_000; count++)
            {
                Assert.True(ping.Wait(timeoutMicros));
                pong.Signal();
            }
        });
        for (int count = 0; count < 2_000; count++)
        {
            ping.Signal();
            Assert.True(pong.Wait(timeoutMicros));
        }

        await answering;
    }

    [Fact]
    public async Task Work_published_before_a_signal_is_never_slept_through()
    {
        const int signallers = 4;
        const int each = 20_000;
        using var wake = new WakeEvent();
        int published = 0;
        Task[] tasks = [.. Enumerable.Range(0, signallers).Select(_ => Task.Run(() =>
        {
            for (int count = 0; count < each; count++)
            {
                Interlocked.Increment(ref published);
                wake.Signal();
            }
        }))];
        while (Volatile.Read(ref published) < signallers * each)
        {
            Assert.True(wake.Wait(60_000_000));
        }

        await Task.WhenAll(tasks);
    }

    [Fact]
    public void Signal_and_wait_allocate_nothing()
    {
        WakeEvent.SetPreciseTimers();
        using var wake = new WakeEvent();

        Assert.Equal(0, Allocations.Least(() => Use(wake)));
    }

    private static void Use(WakeEvent wake)
    {
        for (int count = 0; count < 20; count++)
        {
            wake.Signal();
            wake.Wait(-1);
            wake.Signal();
            wake.Wait(10);
            wake.Wait(1);
        }
    }
}
