using System.Globalization;
using System.Net;
using System.Text;
using RespKv.Engine.Observation;
using RespKv.Http.Metrics;
using RespKv.TestKit.Server;

namespace RespKv.Http.Tests.Metrics;

public sealed class MetricsTests(HttpFixture http) : IClassFixture<HttpFixture>
{
    [Fact]
    public async Task Commands_are_counted_by_name_and_outcome()
    {
        await http.ReplyAsync("SET", "metrics", "word");
        using HttpResponseMessage failed = await http.CommandAsync("LPUSH", "metrics", "1");
        using HttpResponseMessage rejected = await http.CommandAsync("LLEN");

        SortedDictionary<string, double> values = await ScrapeAsync("respkv_commands_total{cmd=\"llen\",outcome=\"rejected\"}", 1);

        Assert.True(values["respkv_commands_total{cmd=\"set\",outcome=\"ok\"}"] >= 1);
        Assert.Equal(1, values["respkv_commands_total{cmd=\"lpush\",outcome=\"failed\"}"]);
        Assert.Equal(0, values["respkv_commands_total{cmd=\"lpush\",outcome=\"ok\"}"]);
        Assert.Equal(1, values["respkv_commands_total{cmd=\"llen\",outcome=\"rejected\"}"]);
        Assert.Equal(1, values["redis_commands_failed_calls_total{cmd=\"lpush\"}"]);
        Assert.Equal(1, values["redis_errors_total{err=\"WRONGTYPE\"}"]);
        Assert.Equal(values["respkv_appended_lsn"], values["respkv_durable_lsn"]);
        Assert.True(values["redis_db_keys{db=\"db0\"}"] >= 1);
        Assert.Equal(1, values["redis_up"]);
        Assert.Equal(1, values["respkv_ready"]);
        Assert.True(values["process_cpu_seconds_total"] > 0);
        Assert.DoesNotContain(values.Keys, key => key.Contains("cmd=\"zadd\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Histograms_are_cumulative_and_end_with_all_values()
    {
        for (int i = 0; i < 5; i++)
        {
            await http.ReplyAsync("SET", $"histogram-{i}", "1");
        }

        await ScrapeAsync("redis_commands_total{cmd=\"set\"}", 5);
        string[] lines = (await http.Client.GetStringAsync("/metrics")).Split('\n');

        foreach (string name in (string[])["respkv_command_duration_seconds_bucket{cmd=\"set\"", "respkv_fsync_duration_seconds_bucket{", "respkv_batch_records_bucket{"])
        {
            double[] buckets = [.. lines.Where(line => line.StartsWith(name, StringComparison.Ordinal)).Select(line => Number(line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..]))];
            Assert.True(buckets.Length > 10);
            Assert.Equal(buckets.Order(), buckets);
            string count = name[..name.IndexOf("_bucket", StringComparison.Ordinal)] + "_count";
            string total = Assert.Single(lines, line => line.StartsWith(count, StringComparison.Ordinal) && (!name.Contains("cmd", StringComparison.Ordinal) || line.Contains("cmd=\"set\"", StringComparison.Ordinal)));
            Assert.Equal(buckets[^1], Number(total.Split(' ')[1]));
            Assert.True(buckets[^1] >= 1);
        }
    }

    [Fact]
    public async Task Every_metric_that_is_told_is_declared_once_with_help_and_type()
    {
        string[] lines = (await http.Client.GetStringAsync("/metrics")).Split('\n');
        string[] typed = [.. lines.Where(line => line.StartsWith("# TYPE ", StringComparison.Ordinal)).Select(line => line.Split(' ')[2])];

        Assert.Equal(typed.Distinct(), typed);
        Assert.All(typed, name => Assert.Contains(ServerMetrics.All, metric => metric.Name == name));
        Assert.All(typed, name => Assert.Single(lines, line => line.StartsWith($"# HELP {name} ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task OpenMetrics_are_told_to_those_who_accept_them()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        request.Headers.TryAddWithoutValidation("Accept", "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5");

        using HttpResponseMessage response = await http.Client.SendAsync(request);
        string text = await response.Content.ReadAsStringAsync();

        Assert.Equal("application/openmetrics-text", response.Content.Headers.ContentType!.MediaType);
        Assert.EndsWith("# EOF\n", text, StringComparison.Ordinal);
        Assert.Contains("# TYPE redis_commands_processed counter\nredis_commands_processed_total ", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_permission_for_INFO_nothing_is_told()
    {
        await using TestServer server = await TestServer.StartAsync(
            new TestServerOptions { SpeaksHttp = true, Directives = [.. TestServerOptions.SmallSegments, "--requirepass", "secret"] });
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{server.HttpPort}") };

        using HttpResponseMessage response = await client.GetAsync("/metrics");

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.DoesNotContain("redis_up", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [RequiresFact("promtool")]
    public async Task Promtool_has_nothing_to_object_to()
    {
        await http.ReplyAsync("CONFIG", "GET", "maxmemory");
        using HttpResponseMessage unknown = await http.CommandAsync("NO\\SUCH\"COMMAND");
        byte[] text = await http.Client.GetByteArrayAsync("/metrics");

        ToolResult result = await Tool.RunAsync(["promtool", "check", "metrics"], new MemoryStream(text));

        Assert.True(result.ExitCode == 0 && result.Output.Length + result.Errors.Length == 0, $"{result}\n{Encoding.UTF8.GetString(text)}");
    }

    /// <summary>Scrapes until a metric is at least that: what is told may be <see cref="EngineObserver.FreshFor"/> old.</summary>
    private async Task<SortedDictionary<string, double>> ScrapeAsync(string name, double atLeast)
    {
        var values = new SortedDictionary<string, double>(StringComparer.Ordinal);
        await Poll.UntilAsync($"{name} is {atLeast}", async () =>
        {
            values.Clear();
            string text = await http.Client.GetStringAsync("/metrics");
            foreach (string line in text.Split('\n').Where(line => line.Length > 0 && line[0] != '#'))
            {
                int end = line.LastIndexOf(' ');
                values.Add(line[..end], Number(line[(end + 1)..]));
            }

            return values.TryGetValue(name, out double value) && value >= atLeast;
        });
        return values;
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
