using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using RespKv.Http.Metrics;
using RespKv.TestKit.Server;

namespace RespKv.Http.Tests.Metrics;

/// <summary>What conf/ has for Prometheus and Grafana fits the metrics that the server tells.</summary>
public sealed partial class PrometheusFilesTests
{
    private static readonly string[] HistogramSeries = ["_bucket", "_sum", "_count"];

    private static string Conf => Path.Combine(Repository.Root(), "conf");

    private static HashSet<string> Series { get; } = [.. ServerMetrics.All.SelectMany(metric
        => metric.Kind == MetricKind.Histogram ? HistogramSeries.Select(ending => metric.Name + ending) : [metric.Name])];

    [Fact]
    public void Dashboard_queries_metrics_that_exist()
    {
        string[] queries = DashboardQueries();

        Assert.True(queries.Length > 30);
        Assert.All(queries, HasOnlyKnownMetrics);
        Assert.Equal(queries.Length, queries.Count(query => query.Contains("$instance", StringComparison.Ordinal)));
    }

    [Fact]
    public void Alerts_query_metrics_that_exist()
    {
        string[] expressions =
        [
            .. File.ReadLines(Path.Combine(Conf, "prometheus-alerts.yml"))
                .Select(line => line.Trim())
                .Where(line => line.StartsWith("expr: ", StringComparison.Ordinal) && !line.Contains("up{", StringComparison.Ordinal))
                .Select(line => line["expr: ".Length..]),
        ];

        Assert.True(expressions.Length > 8);
        Assert.All(expressions, HasOnlyKnownMetrics);
    }

    [RequiresFact("promtool")]
    public async Task Promtool_takes_configuration_and_alerts()
    {
        await Tool.CheckAsync("promtool", "check", "config", Path.Combine(Conf, "prometheus.yml"));
        await Tool.CheckAsync("promtool", "check", "config", Path.Combine(Conf, "prometheus-compose.yml"));
        await Tool.CheckAsync("promtool", "check", "rules", Path.Combine(Conf, "prometheus-alerts.yml"));
    }

    [RequiresFact("promtool")]
    public async Task Promtool_parses_every_query_of_the_dashboard()
    {
        using var directory = new TempDirectory();
        string rules = directory.Inside("queries.yml");
        IEnumerable<string> lines = DashboardQueries().Select((query, i) =>
            $"      - record: query:{i}\n        expr: {query.Replace("$__rate_interval", "5m", StringComparison.Ordinal).Replace("$instance", ".*", StringComparison.Ordinal)}");
        await File.WriteAllTextAsync(rules, $"groups:\n  - name: dashboard\n    rules:\n{string.Join('\n', lines)}\n");

        await Tool.CheckAsync("promtool", "check", "rules", rules);
    }

    [RequiresFact("promtool")]
    public async Task Alerts_fire_when_they_should_and_not_for_a_server_that_is_well()
    {
        using var directory = new TempDirectory();
        string tests = directory.Inside("alerts.test.yml");
        File.Copy(Path.Combine(Repository.Root(), "tests", "RespKv.Http.Tests", "Metrics", "alerts.test.yml"), tests);
        File.Copy(Path.Combine(Conf, "prometheus-alerts.yml"), directory.Inside("prometheus-alerts.yml"));

        await Tool.CheckAsync("promtool", "test", "rules", tests);
    }

    [RequiresFact("promtool", "prometheus")]
    public async Task Prometheus_scrapes_the_server_by_the_configuration()
    {
        await using TestServer server = await TestServer.StartAsync(new TestServerOptions { SpeaksHttp = true });
        using var directory = new TempDirectory();
        string configuration = directory.Inside("prometheus.yml");
        string text = await File.ReadAllTextAsync(Path.Combine(Conf, "prometheus.yml"));
        await File.WriteAllTextAsync(configuration, text
            .Replace("localhost:8380", $"127.0.0.1:{server.HttpPort}", StringComparison.Ordinal)
            .Replace("scrape_interval: 15s", "scrape_interval: 1s\n  evaluation_interval: 1s", StringComparison.Ordinal)
            .Replace("prometheus-alerts.yml", Path.Combine(Conf, "prometheus-alerts.yml"), StringComparison.Ordinal));
        int port = FreePort.Take();
        await using ChildProcess prometheus = ChildProcess.Start(
            [Tool.Find("prometheus")!, $"--config.file={configuration}", $"--storage.tsdb.path={directory.Inside("tsdb")}", $"--web.listen-address=127.0.0.1:{port}"]);
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };

        await Poll.UntilAsync("Prometheus has scraped the server", async () => await ValueAsync(client, "up{job=\"respkv\"}") == 1);
        await Poll.UntilAsync("a metric is there", async () => await ValueAsync(client, "respkv_ready") == 1);
        await Poll.UntilAsync("a histogram is there", async () => await ValueAsync(client, "count(respkv_fsync_duration_seconds_bucket)") > 10);

        string rules = await client.GetStringAsync("/api/v1/rules");
        Assert.Contains("RespKvDiskAlmostFull", rules, StringComparison.Ordinal);
        Assert.DoesNotContain("\"health\":\"err\"", rules, StringComparison.Ordinal);
    }

    private static string[] DashboardQueries()
    {
        using var dashboard = JsonDocument.Parse(File.ReadAllText(Path.Combine(Conf, "grafana-dashboard.json")));
        return
        [
            .. dashboard.RootElement.GetProperty("panels").EnumerateArray()
                .Where(panel => panel.GetProperty("type").GetString() != "row")
                .SelectMany(panel => panel.GetProperty("targets").EnumerateArray())
                .Select(target => target.GetProperty("expr").GetString()!),
        ];
    }

    private static async Task<double?> ValueAsync(HttpClient client, string query)
    {
        try
        {
            using var answer = JsonDocument.Parse(await client.GetStringAsync($"/api/v1/query?query={Uri.EscapeDataString(query)}"));
            JsonElement result = answer.RootElement.GetProperty("data").GetProperty("result");
            return result.GetArrayLength() == 0 ? null : double.Parse(result[0].GetProperty("value")[1].GetString()!, CultureInfo.InvariantCulture);
        }
        catch (HttpRequestException)
        {
            // It is starting.
            return null;
        }
    }

    private static void HasOnlyKnownMetrics(string query)
    {
        string[] names = [.. MetricName().Matches(query).Select(match => match.Value)];
        Assert.NotEmpty(names);
        Assert.All(names, name => Assert.Contains(name, Series));
    }

    [GeneratedRegex("\\b(redis|respkv|process|dotnet)_[a-z0-9_]+")]
    private static partial Regex MetricName();
}
