using System.Buffers;
using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using RespKv.Engine.Observation;

namespace RespKv.Http.Metrics;

/// <summary><c>GET /metrics</c>, for Prometheus. Whoever may run INFO may read it.</summary>
internal sealed class MetricsEndpoint
{
    /// <summary>About what an answer takes, so that its buffer seldom grows.</summary>
    private const int UsualBytes = 64 * 1024;

    private long _lastScrapeTicks;

    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/metrics", new MetricsEndpoint().WriteAsync);

    private async Task WriteAsync(HttpContext http)
    {
        if (!await InfoPermission.HasAsync(http).ConfigureAwait(false))
        {
            return;
        }

        var observer = http.RequestServices.GetRequiredService<EngineObserver>();
        EngineSnapshot snapshot = await observer.TakeAsync(http.RequestAborted).ConfigureAwait(false);
        long started = Stopwatch.GetTimestamp();
        bool isOpenMetrics = http.Request.Headers.Accept.ToString().Contains("application/openmetrics-text", StringComparison.OrdinalIgnoreCase);
        var output = new ArrayBufferWriter<byte>(UsualBytes);
        var process = ProcessFigures.Take(snapshot.Server.Dir, TimeSpan.FromTicks(Interlocked.Read(ref _lastScrapeTicks)));
        new PrometheusText(output, isOpenMetrics).Write(ServerMetrics.All, new MetricSource(snapshot, process, observer.Readiness()));
        Interlocked.Exchange(ref _lastScrapeTicks, Stopwatch.GetElapsedTime(started).Ticks);
        http.Response.ContentType = isOpenMetrics ? PrometheusText.OpenMetricsContentType : PrometheusText.ContentType;
        http.Response.Headers.CacheControl = "no-store";
        http.Response.ContentLength = output.WrittenCount;
        await http.Response.BodyWriter.WriteAsync(output.WrittenMemory, http.RequestAborted).ConfigureAwait(false);
    }
}
