using System.Numerics;

namespace RespKv.TestKit.Measuring;

/// <summary>
/// Counts durations in buckets whose width grows with the value, as HdrHistogram does: below 256 ns every value has a bucket of its
/// own, above it a bucket is at most 1/128 of its values wide. So any percentile, however far out, is known to 0.8 % from memory of a
/// fixed size. Recording allocates nothing. One thread at a time.
/// </summary>
public sealed class LatencyHistogram
{
    /// <summary>73 minutes in nanoseconds. Larger values share the last bucket; <see cref="MaxNanos"/> keeps them as they are.</summary>
    public const long BucketedNanosMax = (1L << ValueBits) - 1;

    private const int ValueBits = 42;

    /// <summary>Leading bits of a value that choose its bucket.</summary>
    private const int PrecisionBits = 8;

    private const int ExactCount = 1 << PrecisionBits;
    private const int HalfCount = ExactCount / 2;

    private readonly long[] _counts = new long[ExactCount + ((ValueBits - PrecisionBits) * HalfCount)];
    private double _sum;

    /// <summary>How many were recorded.</summary>
    public long Count { get; private set; }

    /// <summary>The smallest, exactly; 0 when nothing was recorded.</summary>
    public long MinNanos { get; private set; }

    /// <summary>The largest, exactly; 0 when nothing was recorded.</summary>
    public long MaxNanos { get; private set; }

    /// <summary>0 when nothing was recorded.</summary>
    public double MeanNanos => Count == 0 ? 0 : _sum / Count;

    /// <summary>Counts one duration. A negative one (clocks of two processors) counts as 0.</summary>
    public void Record(long nanos)
    {
        nanos = Math.Max(nanos, 0);
        _counts[IndexOf(Math.Min(nanos, BucketedNanosMax))]++;
        Cover(nanos, nanos);
        Count++;
        _sum += nanos;
    }

    /// <summary>Adds all that another one has counted.</summary>
    public void Add(LatencyHistogram other)
    {
        if (other.Count == 0)
        {
            return;
        }

        for (int i = 0; i < _counts.Length; i++)
        {
            _counts[i] += other._counts[i];
        }

        Cover(other.MinNanos, other.MaxNanos);
        Count += other.Count;
        _sum += other._sum;
    }

    public void Reset()
    {
        Array.Clear(_counts);
        Count = 0;
        MinNanos = 0;
        MaxNanos = 0;
        _sum = 0;
    }

    /// <summary>
    /// The smallest duration that so many percent of all do not exceed, rounded up to its bucket's end and never above the largest.
    /// 0 when nothing was recorded.
    /// </summary>
    /// <param name="percent">Above 0 and at most 100.</param>
    public long PercentileNanos(double percent)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(percent);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(percent, 100);

        // Decimal: 99.9 % of 1,000 are 999, which a double makes a little more of.
        long rank = (long)Math.Ceiling((decimal)percent / 100m * Count);
        if (rank >= Count)
        {
            return MaxNanos;
        }

        int index = -1;
        while (rank > 0)
        {
            rank -= _counts[++index];
        }

        return Math.Min(UpperOf(index), MaxNanos);
    }

    /// <summary>The buckets that hold something, ascending: the largest value that belongs there, and how many there are.</summary>
    public IEnumerable<(long UpperNanos, long Count)> Buckets()
    {
        for (int i = 0; i < _counts.Length; i++)
        {
            if (_counts[i] > 0)
            {
                yield return (Math.Min(UpperOf(i), MaxNanos), _counts[i]);
            }
        }
    }

    private static int IndexOf(long nanos)
    {
        if (nanos < ExactCount)
        {
            return (int)nanos;
        }

        // What is left of the value are its leading bits, the first of which is always set.
        int shift = BitOperations.Log2((ulong)nanos) - (PrecisionBits - 1);
        return ExactCount + ((shift - 1) * HalfCount) + (int)(nanos >> shift) - HalfCount;
    }

    private static long UpperOf(int index)
    {
        if (index < ExactCount)
        {
            return index;
        }

        int shift = ((index - ExactCount) / HalfCount) + 1;
        long leading = ((index - ExactCount) % HalfCount) + HalfCount;
        return ((leading + 1) << shift) - 1;
    }

    /// <summary>Called before <see cref="Count"/> moves.</summary>
    private void Cover(long min, long max)
    {
        MinNanos = Count == 0 ? min : Math.Min(MinNanos, min);
        MaxNanos = Math.Max(MaxNanos, max);
    }
}
