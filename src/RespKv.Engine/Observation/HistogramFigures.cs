using RespKv.Engine.Commit;

namespace RespKv.Engine.Observation;

/// <summary>A copy of a histogram. Values are in the unit of <see cref="Unit"/>; those below an upper end are counted in it.</summary>
public sealed class HistogramFigures
{
    private HistogramFigures(HistogramUnit unit, IReadOnlyList<long> upperEnds, long[] counts, long count, double sum, long max)
    {
        Unit = unit;
        UpperEnds = upperEnds;
        Counts = counts;
        Count = count;
        Sum = sum;
        Max = max;
    }

    public HistogramUnit Unit { get; }

    /// <summary>Exclusive upper ends of the buckets, ascending.</summary>
    public IReadOnlyList<long> UpperEnds { get; }

    /// <summary>For each upper end, how many values lie below it.</summary>
    public IReadOnlyList<long> Counts { get; }

    /// <summary>All values.</summary>
    public long Count { get; }

    /// <summary>Sum of all values.</summary>
    public double Sum { get; }

    public long Max { get; }

    public long P50 { get; private init; }

    public long P99 { get; private init; }

    public long P999 { get; private init; }

    /// <summary>1 microsecond to 1 second: commands.</summary>
    internal static IReadOnlyList<long> CommandMicros { get; } = PowersOfTwo(0, 20);

    /// <summary>16 microseconds to 8 seconds: syncs.</summary>
    internal static IReadOnlyList<long> SyncMicros { get; } = PowersOfTwo(4, 23);

    /// <summary>Up to 32,768 records: batches.</summary>
    internal static IReadOnlyList<long> BatchRecords { get; } = PowersOfTwo(1, 15);

    /// <summary>Copies a histogram that may be written to meanwhile: the copy is one that it could have been.</summary>
    /// <param name="source">What to copy.</param>
    /// <param name="unit">Of its values.</param>
    /// <param name="upperEnds">Powers of two, ascending.</param>
    /// <param name="sum">Of all values.</param>
    internal static HistogramFigures Of(LogHistogram source, HistogramUnit unit, IReadOnlyList<long> upperEnds, double sum)
    {
        var counts = new long[upperEnds.Count];
        long count = source.CountsBelow(upperEnds, counts);
        return new HistogramFigures(unit, upperEnds, counts, count, sum, source.Max)
        {
            P50 = source.Quantile(0.5),
            P99 = source.Quantile(0.99),
            P999 = source.Quantile(0.999),
        };
    }

    private static long[] PowersOfTwo(int first, int last) => [.. Enumerable.Range(first, last - first + 1).Select(exponent => 1L << exponent)];
}

/// <summary>What a histogram counts.</summary>
public enum HistogramUnit
{
    Micros,
    Records,
}
