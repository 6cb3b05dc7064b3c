using System.Diagnostics;

namespace RespKv.Latency;

/// <summary>Nanoseconds of a clock that only goes forward.</summary>
internal static class Clock
{
    public const long NanosPerSecond = 1_000_000_000;

    /// <summary>Linux counts in nanoseconds already.</summary>
    private static readonly double NanosPerTick = (double)NanosPerSecond / Stopwatch.Frequency;

    public static long Now() => Stopwatch.Frequency == NanosPerSecond ? Stopwatch.GetTimestamp() : (long)(Stopwatch.GetTimestamp() * NanosPerTick);

    public static long Nanos(double seconds) => (long)(seconds * NanosPerSecond);
}
