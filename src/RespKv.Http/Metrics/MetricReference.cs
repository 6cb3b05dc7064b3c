using System.Text;

namespace RespKv.Http.Metrics;

/// <summary>The table of docs/metrics.md.</summary>
internal static class MetricReference
{
    public static string Table()
    {
        var text = new StringBuilder("| Name | Type | Labels | Unit | Meaning |\n| --- | --- | --- | --- | --- |\n");
        foreach (MetricDeclaration metric in ServerMetrics.All)
        {
            string labels = string.Join(", ", metric.Labels.Select(label => $"`{label}`"));
            text.Append($"| `{metric.Name}` | {KindOf(metric)} | {labels} | {UnitOf(metric)} | {metric.Help} |\n");
        }

        return text.ToString();
    }

    private static string KindOf(MetricDeclaration metric) => metric.Kind switch
    {
        MetricKind.Counter => "counter",
        MetricKind.Gauge => "gauge",
        _ => "histogram",
    };

    private static string UnitOf(MetricDeclaration metric) => metric.Unit switch
    {
        "s" => "seconds",
        "By" => "bytes",
        "1" => "",
        _ => $"{metric.Unit.Trim('{', '}')}",
    };
}
