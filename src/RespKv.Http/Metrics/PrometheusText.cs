using System.Buffers;
using System.Globalization;
using System.Text;
using RespKv.Engine.Observation;

namespace RespKv.Http.Metrics;

/// <summary>
/// Writes metrics in the text format of Prometheus, version 0.0.4, or as OpenMetrics 1.0.0. See
/// https://prometheus.io/docs/instrumenting/exposition_formats/ and https://prometheus.io/docs/specs/om/open_metrics_spec/.
/// </summary>
internal sealed class PrometheusText(IBufferWriter<byte> output, bool isOpenMetrics)
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    public const string OpenMetricsContentType = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    private const string CounterSuffix = "_total";

    private const double MicrosPerSecond = 1e6;

    public void Write(IEnumerable<MetricDeclaration> metrics, MetricSource source)
    {
        foreach (MetricDeclaration metric in metrics)
        {
            if (metric.Kind == MetricKind.Histogram)
            {
                WriteHistogram(metric, source);
            }
            else
            {
                WriteSamples(metric, source);
            }
        }

        if (isOpenMetrics)
        {
            Text("# EOF\n");
        }
    }

    /// <summary>The upper end of a bucket in the metric's unit, as the label <c>le</c> has it.</summary>
    internal static string UpperEnd(HistogramFigures figures, int bucket)
        => ToUnit(figures, figures.UpperEnds[bucket] - (figures.Unit == HistogramUnit.Micros ? 0 : 1)).ToString("R", CultureInfo.InvariantCulture);

    /// <summary>A value of a histogram in the metric's unit.</summary>
    internal static double ToUnit(HistogramFigures figures, double value) => figures.Unit == HistogramUnit.Micros ? value / MicrosPerSecond : value;

    private void WriteSamples(MetricDeclaration metric, MetricSource source)
    {
        bool isFirst = true;
        foreach (MetricSample sample in metric.Samples(source))
        {
            if (isFirst)
            {
                WriteHead(metric);
                isFirst = false;
            }

            Text(metric.Name);
            WriteLabels(metric.Labels, sample.Labels, upperEnd: null);
            WriteValue(sample.Value);
        }
    }

    private void WriteHistogram(MetricDeclaration metric, MetricSource source)
    {
        bool isFirst = true;
        foreach (MetricDistribution distribution in metric.Distributions(source))
        {
            if (isFirst)
            {
                WriteHead(metric);
                isFirst = false;
            }

            HistogramFigures figures = distribution.Figures;
            for (int i = 0; i < figures.UpperEnds.Count; i++)
            {
                WriteBucket(metric, distribution.Labels, UpperEnd(figures, i), figures.Counts[i]);
            }

            WriteBucket(metric, distribution.Labels, "+Inf", figures.Count);
            Text(metric.Name);
            Text("_sum");
            WriteLabels(metric.Labels, distribution.Labels, upperEnd: null);
            WriteValue(ToUnit(figures, figures.Sum));
            Text(metric.Name);
            Text("_count");
            WriteLabels(metric.Labels, distribution.Labels, upperEnd: null);
            WriteValue(figures.Count);
        }
    }

    private void WriteBucket(MetricDeclaration metric, string[] labels, string upperEnd, long count)
    {
        Text(metric.Name);
        Text("_bucket");
        WriteLabels(metric.Labels, labels, upperEnd);
        WriteValue(count);
    }

    private void WriteHead(MetricDeclaration metric)
    {
        // OpenMetrics names the family of a counter without the ending of its samples.
        string family = isOpenMetrics && metric.Kind == MetricKind.Counter ? metric.Name[..^CounterSuffix.Length] : metric.Name;
        Text("# HELP ");
        Text(family);
        Text(" ");
        Text(Escape(metric.Help, quotes: isOpenMetrics));
        Text("\n# TYPE ");
        Text(family);
        Text(metric.Kind switch
        {
            MetricKind.Counter => " counter\n",
            MetricKind.Gauge => " gauge\n",
            _ => " histogram\n",
        });
    }

    private void WriteLabels(IReadOnlyList<string> names, string[] values, string? upperEnd)
    {
        if (names.Count == 0 && upperEnd is null)
        {
            return;
        }

        string separator = "{";
        for (int i = 0; i < names.Count; i++)
        {
            WriteLabel(separator, names[i], Escape(values[i], quotes: true));
            separator = ",";
        }

        if (upperEnd is not null)
        {
            WriteLabel(separator, "le", upperEnd);
        }

        Text("}");
    }

    private void WriteLabel(string separator, string name, string value)
    {
        Text(separator);
        Text(name);
        Text("=\"");
        Text(value);
        Text("\"");
    }

    private void WriteValue(double value)
    {
        const int NumberBytesMax = 32;
        Span<byte> room = output.GetSpan(NumberBytesMax);
        room[0] = (byte)' ';
        int length = 1;
        bool isWhole = Math.Abs(value) < 1e15 && value == Math.Floor(value);
        bool fits = isWhole
            ? ((long)value).TryFormat(room[1..], out int written, default, CultureInfo.InvariantCulture)
            : value.TryFormat(room[1..], out written, "R", CultureInfo.InvariantCulture);
        length += fits ? written : 0;
        room[length] = (byte)'\n';
        output.Advance(length + 1);
    }

    private void Text(string text) => Encoding.UTF8.GetBytes(text, output);

    private static string Escape(string text, bool quotes)
    {
        if (text.AsSpan().IndexOfAny("\\\"\n") < 0)
        {
            return text;
        }

        string escaped = text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
        return quotes ? escaped.Replace("\"", "\\\"", StringComparison.Ordinal) : escaped;
    }
}
