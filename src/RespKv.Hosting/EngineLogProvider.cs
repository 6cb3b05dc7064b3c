using Microsoft.Extensions.Logging;
using RespKv.Engine;

namespace RespKv.Hosting;

/// <summary>Brings what the framework logs (Kestrel, the host) into the server's log.</summary>
internal sealed class EngineLogProvider(IEngineLog log) : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) => new Logger(log, categoryName);

    public void Dispose()
    {
        // The log belongs to the program; it outlives the host.
    }

    private sealed class Logger(IEngineLog log, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None && log.IsEnabled(ToEngine(logLevel));

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                string text = formatter(state, exception);
                log.Write(ToEngine(logLevel), exception is null ? $"{category}: {text}" : $"{category}: {text}\n{exception}");
            }
        }

        /// <summary>What the framework calls information are steps of its own that matter to nobody but its developers.</summary>
        private static EngineLogLevel ToEngine(LogLevel level) => level >= LogLevel.Warning ? EngineLogLevel.Warning : EngineLogLevel.Debug;
    }
}
