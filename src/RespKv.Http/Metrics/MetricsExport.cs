using System.Runtime.CompilerServices;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using RespKv.Engine;
using RespKv.Engine.Observation;

namespace RespKv.Http.Metrics;

/// <summary>The meter <c>RespKv</c> of a server, and with otlp-endpoint its export to an OpenTelemetry collector.</summary>
/// <param name="engine">What is measured.</param>
/// <param name="log">Where it says what it does.</param>
public sealed class MetricsExport(RespEngine engine, IEngineLog log) : IHostedService, IDisposable
{
    private const string SignalPath = "/v1/metrics";

    /// <summary>Series of one metric: all commands times all buckets of their histogram.</summary>
    private const int SeriesMax = 10_000;

    /// <summary>A collector that does not answer must not keep the server from ending.</summary>
    private static readonly TimeSpan LastExportWithin = TimeSpan.FromSeconds(1);

    private EngineMeter? _meter;
#pragma warning disable CA1859 // Its own type has members of OpenTelemetry's, which would be loaded with this class.
    private IDisposable? _export;
#pragma warning restore CA1859
    private Action? _lastExport;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var observer = new EngineObserver(engine);
        _meter = new EngineMeter(observer);
        if (engine.Config.OtlpEndpoint.Length > 0)
        {
            StartExport(observer.Take().Server);
        }

        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_lastExport is { } last)
        {
            _lastExport = null;
            await Task.Run(last, CancellationToken.None).ConfigureAwait(false);
        }
    }

    public void Dispose()
    {
        _export?.Dispose();
        _meter?.Dispose();
    }

    /// <summary>In a method of its own: without it nothing of OpenTelemetry is loaded.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void StartExport(ServerFigures server)
    {
        var endpoint = new UriBuilder(engine.Config.OtlpEndpoint);
        if (endpoint.Path.Length <= 1)
        {
            endpoint.Path = SignalPath;
        }

        int seconds = engine.Config.OtlpIntervalSeconds;

        // Without a password that may stand in it.
        string shown = endpoint.Uri.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);
        var failures = new OtlpFailures(log, shown);
        MeterProvider provider = Sdk.CreateMeterProviderBuilder()
            .ConfigureResource(resource => resource.AddService("respkv", serviceVersion: server.Version, serviceInstanceId: server.RunId))
            .AddMeter(EngineMeter.Name)
            .AddView("respkv_command_duration_seconds_bucket", new MetricStreamConfiguration { CardinalityLimit = SeriesMax })
            .AddOtlpExporter((exporter, reader) =>
            {
                exporter.Protocol = OtlpExportProtocol.HttpProtobuf;
                exporter.Endpoint = endpoint.Uri;
                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = seconds * 1000;
            })
            .Build();
        _lastExport = () => provider.Shutdown((int)LastExportWithin.TotalMilliseconds);
        _export = new Export(provider, failures);
        log.Write(EngineLogLevel.Notice, $"Metrics go to {shown} by OTLP every {seconds} s");
    }

    private sealed class Export(MeterProvider provider, OtlpFailures failures) : IDisposable
    {
        public void Dispose()
        {
            provider.Dispose();
            failures.Dispose();
        }
    }
}
