using System.Numerics;

namespace RespKv.Engine.Commit;

/// <summary>
/// Counts values in buckets of at most 1/8 relative width. One writer at a time; readers may see a value more or less.
/// </summary>
internal sealed class LogHistogram
{
    private const int SubBits = 3;
    private const int SubCount = 1 << SubBits;

    private readonly long[] _counts = new long[64 * SubCount];
    private long _total;
    private long _max;

    public long Total => Volatile.Read(ref _total);

    public long Max => Volatile.Read(ref _max);

    public void Record(long value)
    {
        value = Math.Max(value, 0);
        _counts[BucketOf(value)]++;
        Volatile.Write(ref _total, _total + 1);
        if (value > _max)
        {
            Volatile.Write(ref _max, value);
        }
    }

    /// <summary>The upper end of the bucket that holds the quantile, 0 when nothing was recorded.</summary>
    /// <param name="quantile">0 to 1.</param>
    public long Quantile(double quantile)
    {
        long total = Total;
        if (total == 0)
        {
            return 0;
        }

        long rank = Math.Max(1, (long)Math.Ceiling(quantile * total));
        long seen = 0;
        for (int i = 0; i < _counts.Length; i++)
        {
            seen += _counts[i];
            if (seen >= rank)
            {
                return Math.Min(UpperEnd(i), Max);
            }
        }

        return Max;
    }

    /// <summary>Values below a bound that is a power of two.</summary>
    public long CountBelow(long powerOfTwo)
    {
        int end = BucketOf(powerOfTwo);
        long count = 0;
        for (int i = 0; i < end; i++)
        {
            count += _counts[i];
        }

        return count;
    }

    /// <summary>As <see cref="CountBelow"/> for many bounds at once, ascending. Returns the number of all values.</summary>
    public long CountsBelow(IReadOnlyList<long> powersOfTwo, Span<long> counts)
    {
        long count = 0;
        int i = 0;
        for (int bound = 0; bound < powersOfTwo.Count; bound++)
        {
            for (int end = BucketOf(powersOfTwo[bound]); i < end; i++)
            {
                count += _counts[i];
            }

            counts[bound] = count;
        }

        for (; i < _counts.Length; i++)
        {
            count += _counts[i];
        }

        return count;
    }

    /// <summary>Adds what another one holds. Nobody writes to this one.</summary>
    public void Add(LogHistogram other)
    {
        long added = 0;
        for (int i = 0; i < _counts.Length; i++)
        {
            long count = other._counts[i];
            _counts[i] += count;
            added += count;
        }

        Volatile.Write(ref _total, _total + added);
        Volatile.Write(ref _max, Math.Max(_max, other.Max));
    }

    public void Reset()
    {
        Array.Clear(_counts);
        Volatile.Write(ref _total, 0);
        Volatile.Write(ref _max, 0);
    }

    private static int BucketOf(long value)
    {
        if (value < SubCount)
        {
            return (int)value;
        }

        int exponent = BitOperations.Log2((ulong)value);
        int sub = (int)(value >> (exponent - SubBits)) & (SubCount - 1);
        return ((exponent - SubBits + 1) << SubBits) + sub;
    }

    private static long UpperEnd(int bucket)
    {
        if (bucket < SubCount)
        {
            return bucket;
        }

        int exponent = (bucket >> SubBits) + SubBits - 1;
        long sub = bucket & (SubCount - 1);
        return ((SubCount + sub + 1) << (exponent - SubBits)) - 1;
    }
}
