using System.Diagnostics.Tracing;
using RespKv.Engine;

namespace RespKv.Http.Metrics;

/// <summary>Tells the operator when metrics cannot be exported. OpenTelemetry says so nowhere but to listeners of its event source.</summary>
internal sealed class OtlpFailures(IEngineLog log, string endpoint) : EventListener
{
    private const string Source = "OpenTelemetry-Exporter-OpenTelemetryProtocol";

    /// <summary>A collector that is away for a night is not told of every minute.</summary>
    private static readonly TimeSpan SayEvery = TimeSpan.FromMinutes(10);

    private long _saidAtTicks;

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == Source)
        {
            EnableEvents(eventSource, EventLevel.Warning);
        }
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        long now = TimeProvider.System.GetTimestamp();
        long saidAt = Interlocked.Read(ref _saidAtTicks);
        if (saidAt != 0 && TimeProvider.System.GetElapsedTime(saidAt, now) < SayEvery)
        {
            return;
        }

        if (Interlocked.CompareExchange(ref _saidAtTicks, now, saidAt) == saidAt)
        {
            // Its text has a stack trace behind the first line.
            string why = eventData.Payload?.OfType<string>().Select(static text => text.Split('\n')[0].Trim()).FirstOrDefault(static text => text.Contains(' ', StringComparison.Ordinal)) ?? eventData.EventName ?? "";
            log.Write(EngineLogLevel.Warning, $"Metrics cannot be sent to {endpoint}: {why}");
        }
    }
}
