using RespKv.Engine;

namespace RespKv.TestKit.Engine;

/// <summary>Keeps log lines for assertions.</summary>
public sealed class ListLog : IEngineLog
{
    private readonly List<(EngineLogLevel Level, string Line)> _lines = [];

    public IReadOnlyList<(EngineLogLevel Level, string Line)> Lines
    {
        get
        {
            lock (_lines)
            {
                return [.. _lines];
            }
        }
    }

    public bool IsEnabled(EngineLogLevel level) => true;

    public void Write(EngineLogLevel level, string line)
    {
        lock (_lines)
        {
            _lines.Add((level, line));
        }
    }
}
