using RespKv.Engine.Observation;

namespace RespKv.Http.Metrics;

/// <summary>What kind of series a metric is.</summary>
internal enum MetricKind
{
    /// <summary>Grows, and starts again at 0 with the process or CONFIG RESETSTAT.</summary>
    Counter,

    Gauge,

    Histogram,
}

/// <summary>One value of a metric.</summary>
/// <param name="Value">In the metric's unit.</param>
/// <param name="Labels">Values of its labels, in their order.</param>
internal readonly record struct MetricSample(double Value, params string[] Labels);

/// <summary>One distribution of a metric.</summary>
/// <param name="Figures">Its buckets.</param>
/// <param name="Labels">Values of its labels, in their order.</param>
internal readonly record struct MetricDistribution(HistogramFigures Figures, params string[] Labels);

/// <summary>What metrics are computed from.</summary>
/// <param name="Engine">The engine.</param>
/// <param name="Process">The process around it.</param>
/// <param name="Readiness">Whether clients are served.</param>
internal sealed record MetricSource(EngineSnapshot Engine, ProcessFigures Process, Readiness Readiness);

/// <summary>
/// A metric: declared once, told everywhere from there: /metrics, <see cref="System.Diagnostics.Metrics"/>, docs/metrics.md. The name is that of
/// Prometheus, with its unit at the end.
/// </summary>
internal sealed class MetricDeclaration
{
    private static readonly string[] NoLabels = [];

    private MetricDeclaration(string name, MetricKind kind, string unit, string help, string[] labels)
    {
        Name = name;
        Kind = kind;
        Unit = unit;
        Help = help;
        Labels = labels;
    }

    public string Name { get; }

    public MetricKind Kind { get; }

    /// <summary>As UCUM has it: <c>s</c>, <c>By</c>, <c>1</c> for a ratio or a switch, or what is counted in braces.</summary>
    public string Unit { get; }

    /// <summary>One sentence.</summary>
    public string Help { get; }

    public IReadOnlyList<string> Labels { get; }

    /// <summary>Of a counter or a gauge.</summary>
    public Func<MetricSource, IEnumerable<MetricSample>> Samples { get; private init; } = static _ => [];

    /// <summary>Of a histogram.</summary>
    public Func<MetricSource, IEnumerable<MetricDistribution>> Distributions { get; private init; } = static _ => [];

    public static MetricDeclaration Gauge(string name, string unit, string help, Func<MetricSource, double> value)
        => new(name, MetricKind.Gauge, unit, help, NoLabels) { Samples = source => [new MetricSample(value(source))] };

    public static MetricDeclaration Gauge(string name, string unit, string help, string[] labels, Func<MetricSource, IEnumerable<MetricSample>> samples)
        => new(name, MetricKind.Gauge, unit, help, labels) { Samples = samples };

    /// <summary>A gauge that is left out while its value is not known.</summary>
    public static MetricDeclaration MaybeGauge(string name, string unit, string help, Func<MetricSource, double?> value)
        => new(name, MetricKind.Gauge, unit, help, NoLabels)
        {
            Samples = source => value(source) is { } known ? [new MetricSample(known)] : (IEnumerable<MetricSample>)[],
        };

    public static MetricDeclaration Counter(string name, string unit, string help, Func<MetricSource, double> value)
        => new(name, MetricKind.Counter, unit, help, NoLabels) { Samples = source => [new MetricSample(value(source))] };

    public static MetricDeclaration Counter(string name, string unit, string help, string[] labels, Func<MetricSource, IEnumerable<MetricSample>> samples)
        => new(name, MetricKind.Counter, unit, help, labels) { Samples = samples };

    public static MetricDeclaration Histogram(string name, string unit, string help, string[] labels, Func<MetricSource, IEnumerable<MetricDistribution>> distributions)
        => new(name, MetricKind.Histogram, unit, help, labels) { Distributions = distributions };
}
