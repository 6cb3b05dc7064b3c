namespace RespKv.Engine.Commands.HyperLogLogs;

/// <summary>
/// The cardinality that registers stand for, as Redis estimates it: Otmar Ertl, "New cardinality estimation algorithms for HyperLogLog sketches",
/// arXiv:1702.01284. The order of the operations on doubles is Redis's too, so that results are equal.
/// </summary>
internal static class HllEstimate
{
    /// <summary>0.5 / ln 2.</summary>
    private const double AlphaInfinity = 0.721347520444481703680;

    /// <summary>Values that 6 bits can have, also those that no hash gives.</summary>
    private const int HistogramSize = 1 << HllFormat.RegisterBits;

    /// <summary>Of a value. False: it is corrupted.</summary>
    public static bool TryCount(ReadOnlySpan<byte> value, out long cardinality)
    {
        Span<int> histogram = stackalloc int[HistogramSize];
        histogram.Clear();
        ReadOnlySpan<byte> bytes = value[HllFormat.HeaderBytes..];
        int index = 0;
        if (value[HllFormat.EncodingOffset] == HllFormat.Dense)
        {
            for (; index < HllFormat.Registers; index++)
            {
                histogram[HllRegisters.Get(bytes, index)]++;
            }
        }
        else
        {
            while (!bytes.IsEmpty && index <= HllFormat.Registers)
            {
                SparseRun run = HllRegisters.ReadRun(bytes);
                histogram[run.Value] += run.Length;
                index += run.Length;
                bytes = bytes[Math.Min(run.Bytes, bytes.Length)..];
            }
        }

        cardinality = OfHistogram(histogram);
        return index == HllFormat.Registers;
    }

    /// <summary>Of registers, one byte each.</summary>
    public static long Count(ReadOnlySpan<byte> registers)
    {
        Span<int> histogram = stackalloc int[HistogramSize];
        histogram.Clear();
        foreach (byte register in registers)
        {
            histogram[register]++;
        }

        return OfHistogram(histogram);
    }

    private static long OfHistogram(ReadOnlySpan<int> histogram)
    {
        const double M = HllFormat.Registers;
        double z = M * Tau((M - histogram[HllFormat.RankBits + 1]) / M);
        for (int i = HllFormat.RankBits; i >= 1; i--)
        {
            z += histogram[i];
            z *= 0.5;
        }

        z += M * Sigma(histogram[0] / M);
        return (long)Math.Round(AlphaInfinity * M * M / z, MidpointRounding.AwayFromZero);
    }

    private static double Sigma(double x)
    {
        if (x == 1)
        {
            return double.PositiveInfinity;
        }

        double y = 1;
        double z = x;
        double before;
        do
        {
            x *= x;
            before = z;
            z += x * y;
            y += y;
        }
        while (before != z);
        return z;
    }

    private static double Tau(double x)
    {
        if (x is 0 or 1)
        {
            return 0;
        }

        double y = 1;
        double z = 1 - x;
        double before;
        do
        {
            x = Math.Sqrt(x);
            before = z;
            y *= 0.5;
            z -= Math.Pow(1 - x, 2) * y;
        }
        while (before != z);
        return z / 3;
    }
}
