using System.Diagnostics.Metrics;
using RespKv.Engine.Observation;

namespace RespKv.Http.Metrics;

/// <summary>
/// The metrics as instruments of System.Diagnostics.Metrics, for dotnet-counters and OpenTelemetry. They are computed when somebody asks, and cost nothing
/// otherwise. There are no observable histograms, so a histogram is what Prometheus makes of it: counters <c>_bucket</c>, <c>_sum</c>, <c>_count</c>.
/// </summary>
internal sealed class EngineMeter : IDisposable
{
    public const string Name = "RespKv";

    private const string UpperEndLabel = "le";

    private readonly EngineObserver _observer;
    private readonly Meter _meter;
    private volatile MetricSource? _source;

    public EngineMeter(EngineObserver observer)
    {
        _observer = observer;
        _meter = new Meter(Name, observer.Take().Server.Version);
        foreach (MetricDeclaration metric in ServerMetrics.All)
        {
            Create(metric);
        }
    }

    public void Dispose() => _meter.Dispose();

    private void Create(MetricDeclaration metric)
    {
        switch (metric.Kind)
        {
            case MetricKind.Counter:
                _meter.CreateObservableCounter(metric.Name, () => Samples(metric), metric.Unit, metric.Help);
                break;
            case MetricKind.Gauge:
                _meter.CreateObservableGauge(metric.Name, () => Samples(metric), metric.Unit, metric.Help);
                break;
            default:
                _meter.CreateObservableCounter($"{metric.Name}_bucket", () => metric.Distributions(Source()).SelectMany(each => Buckets(metric, each)), "{value}", metric.Help);
                _meter.CreateObservableCounter(
                    $"{metric.Name}_sum",
                    () => metric.Distributions(Source()).Select(each => new Measurement<double>(PrometheusText.ToUnit(each.Figures, each.Figures.Sum), Tags(metric, each.Labels))),
                    metric.Unit,
                    metric.Help);
                _meter.CreateObservableCounter(
                    $"{metric.Name}_count",
                    () => metric.Distributions(Source()).Select(each => new Measurement<double>(each.Figures.Count, Tags(metric, each.Labels))),
                    "{value}",
                    metric.Help);
                break;
        }
    }

    private IEnumerable<Measurement<double>> Samples(MetricDeclaration metric)
        => metric.Samples(Source()).Select(sample => new Measurement<double>(sample.Value, Tags(metric, sample.Labels)));

    private static IEnumerable<Measurement<double>> Buckets(MetricDeclaration metric, MetricDistribution distribution)
    {
        HistogramFigures figures = distribution.Figures;
        for (int i = 0; i <= figures.UpperEnds.Count; i++)
        {
            bool isLast = i == figures.UpperEnds.Count;
            string upperEnd = isLast ? "+Inf" : PrometheusText.UpperEnd(figures, i);
            yield return new Measurement<double>(
                isLast ? figures.Count : figures.Counts[i],
                [.. Tags(metric, distribution.Labels), new KeyValuePair<string, object?>(UpperEndLabel, upperEnd)]);
        }
    }

    private static KeyValuePair<string, object?>[] Tags(MetricDeclaration metric, string[] labels)
        => [.. metric.Labels.Zip(labels, static (name, value) => new KeyValuePair<string, object?>(name, value))];

    /// <summary>The same for all instruments of one collection, unless that takes long.</summary>
    private MetricSource Source()
    {
        EngineSnapshot snapshot = _observer.Take();
        if (_source is not { } source || !ReferenceEquals(source.Engine, snapshot))
        {
            _source = source = new MetricSource(snapshot, ProcessFigures.Take(snapshot.Server.Dir, TimeSpan.Zero), _observer.Readiness());
        }

        return source;
    }
}
