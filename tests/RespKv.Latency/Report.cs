using System.Globalization;
using System.Text.Json;
using RespKv.TestKit.Measuring;

namespace RespKv.Latency;

/// <summary>Results as a table and as JSON.</summary>
internal static class Report
{
    private const double NanosPerMilli = 1e6;
    private const double NanosPerMicro = 1e3;

    private static readonly double[] Percents = [50, 90, 99, 99.9, 99.99];

    public static string Title(Options options)
    {
        string mode = options.Closed ? $"closed loop, {options.Pipeline} deep" : "open loop";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{options.Host}:{options.Port}, {mode}, {options.Connections} connections, {Name(options.Command)}, {options.Keys} keys, values of {options.ValueBytes} bytes, {options.Seconds} s each");
    }

    public static string Head => $"{"rate",9} {"achieved",9} {"",-5} {"p50",9} {"p90",9} {"p99",9} {"p99.9",9} {"p99.99",9} {"worst",9}   {"late p99",9} {"worst",9} {"CPU",5}";

    /// <summary>One line, three for two commands, and one for whatever went wrong.</summary>
    public static IEnumerable<string> Lines(Options options, RunResult result)
    {
        Measurement measured = result.Measured;
        string first = $"{(options.Closed ? "closed" : F0(result.Rate)),9} {F0(result.Achieved),9} ";
        string late = $"   {Millis(measured.Late.PercentileNanos(99))} {Millis(measured.Late.MaxNanos)} {Math.Round(result.Cpu * 100),4}%";
        if (options.Command != CommandMix.Mixed)
        {
            yield return first + Columns(Name(options.Command), options.Command == CommandMix.Get ? measured.Gets : measured.Sets) + late;
        }
        else
        {
            yield return first + Columns("all", All(measured)) + late;
            yield return new string(' ', first.Length) + Columns("set", measured.Sets);
            yield return new string(' ', first.Length) + Columns("get", measured.Gets);
        }

        if (measured.Errors > 0 || measured.Unanswered > 0)
        {
            yield return $"{"",10}{measured.Errors} errors, {measured.Unanswered} without a reply. {measured.FirstError}".TrimEnd();
        }
    }

    /// <summary>Everything; durations in microseconds, as their names say.</summary>
    public static string ToJson(Options options, IEnumerable<RunResult> results) => JsonSerializer.Serialize(
        new
        {
            host = options.Host,
            port = options.Port,
            mode = options.Closed ? "closed" : "open",
            pipeline = options.Closed ? options.Pipeline : 0,
            connections = options.Connections,
            threads = options.Threads,
            seconds = options.Seconds,
            command = Name(options.Command),
            keys = options.Keys,
            valueBytes = options.ValueBytes,
            runs = results.Select(result => new
            {
                rate = result.Rate,
                achieved = Math.Round(result.Achieved, 1),
                answered = result.Measured.Answered,
                missing = result.Measured.Missing,
                errors = result.Measured.Errors,
                unanswered = result.Measured.Unanswered,
                firstError = result.Measured.FirstError,
                cpu = Math.Round(result.Cpu, 3),
                lateMicros = Summary(result.Measured.Late, withBuckets: false),
                allMicros = Summary(All(result.Measured), withBuckets: true),
                setMicros = options.Command == CommandMix.Mixed ? Summary(result.Measured.Sets, withBuckets: true) : null,
                getMicros = options.Command == CommandMix.Mixed ? Summary(result.Measured.Gets, withBuckets: true) : null,
            }),
        });

    private static LatencyHistogram All(Measurement measured)
    {
        var all = new LatencyHistogram();
        all.Add(measured.Sets);
        all.Add(measured.Gets);
        return all;
    }

    private static string Columns(string name, LatencyHistogram histogram)
        => $"{name,-5} {string.Join(' ', Percents.Select(percent => Millis(histogram.PercentileNanos(percent))))} {Millis(histogram.MaxNanos)}";

    private static object Summary(LatencyHistogram histogram, bool withBuckets) => new
    {
        count = histogram.Count,
        min = Micros(histogram.MinNanos),
        mean = Micros(histogram.MeanNanos),
        p50 = Micros(histogram.PercentileNanos(50)),
        p90 = Micros(histogram.PercentileNanos(90)),
        p99 = Micros(histogram.PercentileNanos(99)),
        p999 = Micros(histogram.PercentileNanos(99.9)),
        p9999 = Micros(histogram.PercentileNanos(99.99)),
        worst = Micros(histogram.MaxNanos),

        // Pairs: the largest value of a bucket, and how many are in it.
        buckets = withBuckets ? histogram.Buckets().Select(bucket => new[] { Micros(bucket.UpperNanos), bucket.Count }) : null,
    };

    private static string Name(CommandMix command) => command switch
    {
        CommandMix.Set => "set",
        CommandMix.Get => "get",
        _ => "mixed",
    };

    private static double Micros(double nanos) => Math.Round(nanos / NanosPerMicro, 3);

    private static string Millis(long nanos) => (nanos / NanosPerMilli).ToString("F3", CultureInfo.InvariantCulture).PadLeft(9);

    private static string F0(double number) => number.ToString("F0", CultureInfo.InvariantCulture);
}
