using RespKv.Engine.Eviction;
using RespKv.Engine.Keyspace;

namespace RespKv.Engine.Tests.Eviction;

public sealed class EvictionPoolTests
{
    [Fact]
    public void Pool_keeps_the_highest_scores_and_gives_them_best_first()
    {
        var pool = new EvictionPool();
        int[] scores = [.. Enumerable.Range(0, 100)];
        new Random(7).Shuffle(scores);
        foreach (int score in scores)
        {
            if (pool.Takes(score))
            {
                pool.Add(new Candidate(0, [(byte)score], score));
            }
        }

        var taken = new List<long>();
        while (pool.TryTakeBest(out Candidate best))
        {
            taken.Add(best.Score);
        }

        Assert.Equal(Enumerable.Range(0, EvictionPool.Capacity).Select(i => 99L - i), taken);
        Assert.False(pool.TryTakeBest(out _));
    }

    [Fact]
    public void Full_pool_takes_only_what_beats_its_lowest()
    {
        var pool = new EvictionPool();
        for (int i = 0; i < EvictionPool.Capacity; i++)
        {
            Assert.True(pool.Takes(3));
            pool.Add(new Candidate(0, [], 3));
        }

        Assert.False(pool.Takes(3));
        Assert.True(pool.Takes(4));
        pool.Clear();
        Assert.True(pool.Takes(0));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(10, 500)]
    [InlineData(20, 2022)]
    public void Tenacity_becomes_microseconds(int tenacity, int micros) => Assert.Equal(micros, (int)Evictor.TurnLimit(tenacity).TotalMicroseconds);

    [Fact]
    public void Highest_tenacity_has_no_bound() => Assert.Equal(TimeSpan.MaxValue, Evictor.TurnLimit(100));

    [Fact]
    public void Count_grows_slowly_and_ends_at_255()
    {
        var random = new Random(3);
        var counter = new AccessCounter(() => random);
        counter.SetNow(60_000L * 70_000);
        uint clock = counter.Initial;
        Assert.Equal(AccessCounter.InitialCount, counter.CountOf(clock));
        for (int i = 0; i < 1000; i++)
        {
            clock = counter.Touched(clock);
        }

        // Redis's documentation: about 18 after a thousand uses with factor 10.
        Assert.InRange(counter.CountOf(clock), 13, 24);
        counter.LogFactor = 0;
        for (int i = 0; i < 1000; i++)
        {
            clock = counter.Touched(clock);
        }

        Assert.Equal(255, counter.CountOf(clock));
    }

    [Fact]
    public void Count_goes_down_with_the_minutes_also_when_they_wrap_around()
    {
        var counter = new AccessCounter(() => new Random(1));
        counter.SetNow(60_000L * 0xFFFE);
        uint clock = counter.Clock(100);
        counter.SetNow(60_000L * (0xFFFE + 10));
        Assert.Equal(90, counter.CountOf(clock));
        counter.DecayMinutes = 4;
        Assert.Equal(98, counter.CountOf(clock));
        counter.DecayMinutes = 1;
        counter.SetNow(60_000L * (0xFFFE + 1000));
        Assert.Equal(0, counter.CountOf(clock));
        counter.DecayMinutes = 0;
        Assert.Equal(100, counter.CountOf(clock));
    }
}
