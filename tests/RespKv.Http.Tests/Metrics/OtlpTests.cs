using System.Net;
using System.Text;
using RespKv.Http.Metrics;
using RespKv.TestKit.Server;

namespace RespKv.Http.Tests.Metrics;

/// <summary>Export by OTLP over HTTP, to a collector that is this test.</summary>
public sealed class OtlpTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Metrics_are_sent_to_the_collector_and_a_last_time_at_the_end()
    {
        using var collector = new HttpListener();
        string url = $"http://127.0.0.1:{FreePort.Take()}";
        collector.Prefixes.Add($"{url}/");
        collector.Start();
        await using TestServer server = await TestServer.StartAsync(
            new TestServerOptions { Directives = [.. TestServerOptions.SmallSegments, "--otlp-endpoint", url, "--otlp-interval", "1"] });
        using RawClient client = await server.ConnectAsync();
        await client.SendAsync("SET", "otlp", "1");
        await client.ReadAsync();

        string body = "";
        for (int i = 0; i < 10 && !body.Contains("respkv_command_duration_seconds_bucket", StringComparison.Ordinal); i++)
        {
            body = await ReceiveAsync(collector);
        }

        string[] expected = [.. ServerMetrics.All.Where(metric => metric.Kind != MetricKind.Histogram && metric.Labels.Count == 0).Select(metric => metric.Name)];
        Assert.Contains("service.name", body, StringComparison.Ordinal);
        Assert.All(expected.Except(["respkv_checkpoint_last_duration_seconds"]), name => Assert.Contains(name, body, StringComparison.Ordinal));
        Assert.Contains("respkv_fsync_duration_seconds_sum", body, StringComparison.Ordinal);
        Assert.Contains("outcome", body, StringComparison.Ordinal);

        server.Process.Signal(ChildProcess.SigTerm);
        Assert.Contains("redis_up", await ReceiveAsync(collector), StringComparison.Ordinal);
        Assert.Equal(0, await server.Process.WaitForExitAsync());
    }

    [Fact]
    public async Task Without_a_collector_the_server_says_so_and_goes_on()
    {
        await using TestServer server = await TestServer.StartAsync(
            new TestServerOptions { Directives = [.. TestServerOptions.SmallSegments, "--otlp-endpoint", $"http://127.0.0.1:{FreePort.Take()}", "--otlp-interval", "1"] });

        await Poll.UntilAsync("the log tells of the failure", () => server.Process.Lines.Any(line => line.Contains("Metrics cannot be sent to", StringComparison.Ordinal)));

        using RawClient client = await server.ConnectAsync();
        await client.SendAsync("SET", "a", "1");
        Assert.Equal("OK", (await client.ReadAsync()).Text);
        Assert.Equal(0, await server.TerminateAsync());
    }

    [Fact]
    public async Task Without_the_directive_nothing_of_OpenTelemetry_is_loaded()
    {
        await using TestServer server = await TestServer.StartAsync(new TestServerOptions { SpeaksHttp = true });
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{server.HttpPort}") };
        Assert.Contains("redis_up 1", await http.GetStringAsync("/metrics"), StringComparison.Ordinal);

        string loaded = await File.ReadAllTextAsync($"/proc/{server.Process.Id}/maps");

        Assert.Contains("RespKv.Http.dll", loaded, StringComparison.Ordinal);
        Assert.DoesNotContain("OpenTelemetry", loaded, StringComparison.Ordinal);
    }

    private static async Task<string> ReceiveAsync(HttpListener collector)
    {
        HttpListenerContext context = await collector.GetContextAsync().WaitAsync(Deadline);
        Assert.Equal("/v1/metrics", context.Request.Url!.AbsolutePath);
        Assert.Equal("application/x-protobuf", context.Request.ContentType);
        using var body = new MemoryStream();
        await context.Request.InputStream.CopyToAsync(body);
        context.Response.Close();
        return Encoding.Latin1.GetString(body.ToArray());
    }
}
