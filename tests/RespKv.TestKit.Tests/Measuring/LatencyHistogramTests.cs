using RespKv.TestKit.Measuring;

namespace RespKv.TestKit.Tests.Measuring;

public sealed class LatencyHistogramTests
{
    private readonly LatencyHistogram _histogram = new();

    [Fact]
    public void Empty_histogram_says_zero()
    {
        Assert.Equal(0, _histogram.Count);
        Assert.Equal(0, _histogram.PercentileNanos(50));
        Assert.Equal(0, _histogram.PercentileNanos(100));
        Assert.Equal(0, _histogram.MinNanos);
        Assert.Equal(0, _histogram.MaxNanos);
        Assert.Equal(0, _histogram.MeanNanos);
        Assert.Empty(_histogram.Buckets());
    }

    [Theory]
    [InlineData(0.5, 1)]
    [InlineData(1, 1)]
    [InlineData(1.5, 2)]
    [InlineData(50, 50)]
    [InlineData(90, 90)]
    [InlineData(99, 99)]
    [InlineData(99.5, 100)]
    [InlineData(100, 100)]
    public void Small_values_are_exact_and_a_percentile_is_the_nearest_rank(double percent, long expected)
    {
        for (int i = 100; i >= 1; i--)
        {
            _histogram.Record(i);
        }

        Assert.Equal(expected, _histogram.PercentileNanos(percent));
    }

    [Theory]
    [InlineData(99.9, 999)]
    [InlineData(99.99, 9_999)]
    [InlineData(99, 99)]
    public void One_slow_one_is_above_the_percentile_that_all_others_make_up(double percent, int fast)
    {
        for (int i = 0; i < fast; i++)
        {
            _histogram.Record(7);
        }

        _histogram.Record(1_000_000_000);

        Assert.Equal(7, _histogram.PercentileNanos(percent));
        Assert.Equal(1_000_000_000, _histogram.PercentileNanos(100));
    }

    [Fact]
    public void Two_slow_ones_of_a_thousand_are_the_99_9th_percentile()
    {
        for (int i = 0; i < 998; i++)
        {
            _histogram.Record(7);
        }

        _histogram.Record(500);
        _histogram.Record(1_000_000);

        Assert.InRange(_histogram.PercentileNanos(99.9), 500, 504);
    }

    [Fact]
    public void Every_value_comes_back_between_itself_and_an_128th_more()
    {
        var random = new Random(1);
        for (int bits = 0; bits < 42; bits++)
        {
            foreach (long value in (long[])[1L << bits, (2L << bits) - 1, (1L << bits) + random.NextInt64(1L << bits)])
            {
                _histogram.Reset();
                _histogram.Record(value);
                _histogram.Record(LatencyHistogram.BucketedNanosMax);
                Assert.InRange(_histogram.PercentileNanos(50), value, value + (value / 128));
            }
        }
    }

    [Fact]
    public void Buckets_are_ascending_and_hold_everything_once()
    {
        var random = new Random(2);
        var values = new List<long>();
        for (int i = 0; i < 10_000; i++)
        {
            values.Add(random.NextInt64(1L << random.Next(1, 43)));
            _histogram.Record(values[^1]);
        }

        long below = -1;
        foreach ((long upper, long count) in _histogram.Buckets())
        {
            Assert.True(upper > below);
            Assert.Equal(values.Count(value => value > below && value <= upper), count);
            below = upper;
        }

        Assert.Equal(values.Max(), below);
    }

    [Fact]
    public void Percentiles_are_those_of_the_sorted_values_within_a_bucket()
    {
        var random = new Random(3);
        long[] values = [.. Enumerable.Range(0, 20_000).Select(_ => (long)Math.Exp(random.NextDouble() * 20))];
        foreach (long value in values)
        {
            _histogram.Record(value);
        }

        Array.Sort(values);
        foreach (double percent in (double[])[10, 50, 90, 99, 99.9, 99.99])
        {
            long exact = values[(int)Math.Ceiling((decimal)percent / 100m * values.Length) - 1];
            Assert.InRange(_histogram.PercentileNanos(percent), exact, exact + (exact / 128));
        }

        Assert.Equal(values[0], _histogram.MinNanos);
        Assert.Equal(values[^1], _histogram.MaxNanos);
        Assert.Equal(values.Average(), _histogram.MeanNanos, 1e-3);
    }

    [Fact]
    public void Value_beyond_the_last_bucket_is_kept_as_the_worst()
    {
        _histogram.Record(5);
        _histogram.Record(long.MaxValue);

        Assert.Equal(long.MaxValue, _histogram.MaxNanos);
        Assert.Equal(long.MaxValue, _histogram.PercentileNanos(100));
        Assert.Equal(5, _histogram.PercentileNanos(50));
    }

    [Fact]
    public void Negative_value_counts_as_zero()
    {
        _histogram.Record(-3);

        Assert.Equal(1, _histogram.Count);
        Assert.Equal(0, _histogram.PercentileNanos(100));
    }

    [Fact]
    public void Sum_of_two_is_as_if_one_had_recorded_all()
    {
        var other = new LatencyHistogram();
        var both = new LatencyHistogram();
        for (int i = 1; i <= 1_000; i++)
        {
            (i % 3 == 0 ? _histogram : other).Record(i * 1_000);
            both.Record(i * 1_000);
        }

        _histogram.Add(other);
        _histogram.Add(new LatencyHistogram());

        Assert.Equal(both.Buckets(), _histogram.Buckets());
        Assert.Equal((both.Count, both.MinNanos, both.MaxNanos, both.MeanNanos), (_histogram.Count, _histogram.MinNanos, _histogram.MaxNanos, _histogram.MeanNanos));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(100.1)]
    public void Percentile_outside_of_0_to_100_is_refused(double percent)
        => Assert.Throws<ArgumentOutOfRangeException>(() => _histogram.PercentileNanos(percent));

    [Fact]
    public void Recording_allocates_nothing()
    {
        _histogram.Record(1);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1_000; i++)
        {
            _histogram.Record(i * 12_345L);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }
}
