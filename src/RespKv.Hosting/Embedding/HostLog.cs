using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using RespKv.Engine;

namespace RespKv.Hosting.Embedding;

/// <summary>
/// The server's lines in the log of the program around it. They go through a bounded queue, because the engine logs inside its turn and a logger may
/// block; lines that do not fit are dropped.
/// </summary>
internal sealed class HostLog : IEngineLog, IAsyncDisposable
{
    /// <summary>A burst of connections at debug level fits.</summary>
    private const int QueuedLinesMax = 8192;

    private readonly ILogger? _logger;
    private readonly Channel<(EngineLogLevel Level, string Line)> _lines =
        Channel.CreateBounded<(EngineLogLevel, string)>(new BoundedChannelOptions(QueuedLinesMax) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private readonly Task _writing;

    public HostLog(ILogger? logger)
    {
        _logger = logger;
        _writing = Task.Run(WriteAsync);
    }

    public bool IsEnabled(EngineLogLevel level) => _logger?.IsEnabled(LevelOf(level)) ?? false;

    public void Write(EngineLogLevel level, string line)
    {
        if (IsEnabled(level))
        {
            _lines.Writer.TryWrite((level, line));
        }
    }

    public async ValueTask DisposeAsync()
    {
        _lines.Writer.TryComplete();
        await _writing.ConfigureAwait(false);
    }

    private async Task WriteAsync()
    {
        await foreach ((EngineLogLevel level, string line) in _lines.Reader.ReadAllAsync().ConfigureAwait(false))
        {
#pragma warning disable CA1848, CA1873 // A line is what there is: it has no template and no arguments.
            _logger?.Log(LevelOf(level), "{Line}", line);
#pragma warning restore CA1848, CA1873
        }
    }

    private static LogLevel LevelOf(EngineLogLevel level) => level switch
    {
        EngineLogLevel.Debug => LogLevel.Trace,
        EngineLogLevel.Verbose => LogLevel.Debug,
        EngineLogLevel.Notice => LogLevel.Information,
        _ => LogLevel.Warning,
    };
}
