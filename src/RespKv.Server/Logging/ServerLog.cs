using RespKv.Engine;
using RespKv.Engine.Configuration;

namespace RespKv.Server.Logging;

/// <summary>
/// The log of the process. Writing puts a line into a bounded queue and never waits for the disk or the terminal, because the engine
/// logs inside its turn; a thread of its own writes the lines out. <see cref="Dispose"/> writes what is left.
/// </summary>
internal sealed class ServerLog : IEngineLog, IDisposable
{
    /// <summary>Lines that wait to be written. A burst of connections at debug level fits; a stuck disk must not eat the memory.</summary>
    public const int QueuedLinesMax = 8192;

    /// <summary>How long the end of the process waits for a log that does not take its last lines.</summary>
    private static readonly TimeSpan CloseWithin = TimeSpan.FromSeconds(2);

    private readonly ServerConfig _config;
    private readonly ILogOutput _output;
    private readonly TimeProvider _time;
    private readonly LogLineFormat _format;
    private readonly Thread _writer;

    // Guarded by _gate.
    private readonly object _gate = new();
    private List<QueuedLine> _queued = [];
    private long _dropped;
    private bool _closed;

    public ServerLog(ServerConfig config, ILogOutput output, TimeProvider time)
    {
        _config = config;
        _output = output;
        _time = time;
        _format = new LogLineFormat(Environment.ProcessId);
        _writer = new Thread(WriteLoop) { IsBackground = true, Name = "respkv-log" };
        _writer.Start();
    }

    public bool IsEnabled(EngineLogLevel level) => level >= _config.LogLevel;

    public void Write(EngineLogLevel level, string line)
    {
        if (!IsEnabled(level))
        {
            return;
        }

        DateTimeOffset now = _time.GetLocalNow();
        lock (_gate)
        {
            if (_closed || _queued.Count >= QueuedLinesMax)
            {
                _dropped++;
                return;
            }

            _queued.Add(new QueuedLine(now, level, line));
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Writes out what was logged so far and closes. Waits a bounded time; may be called more than once and from any thread.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.Pulse(_gate);
        }

        _writer.Join(CloseWithin);
    }

    private void WriteLoop()
    {
        var writing = new List<QueuedLine>();
        while (Take(ref writing, out long dropped))
        {
            IEnumerable<string> lines = writing.Select(line => _format.Format(line.Time, line.Level, line.Text));
            if (dropped > 0)
            {
                lines = lines.Append(_format.Format(_time.GetLocalNow(), EngineLogLevel.Warning, $"{dropped} log lines were dropped: the log could not be written fast enough"));
            }

            _output.Append(string.Concat(lines));
            writing.Clear();
        }
    }

    /// <summary>Waits for lines and swaps them out. False when closed and empty.</summary>
    private bool Take(ref List<QueuedLine> taken, out long dropped)
    {
        lock (_gate)
        {
            while (_queued.Count == 0 && !_closed)
            {
                Monitor.Wait(_gate);
            }

            (taken, _queued) = (_queued, taken);
            dropped = _dropped;
            _dropped = 0;
            return taken.Count > 0;
        }
    }

    private readonly record struct QueuedLine(DateTimeOffset Time, EngineLogLevel Level, string Text);
}
