namespace RespKv.Engine;

/// <summary>Levels of the log, as in Redis; a line is written when its level is at or above <c>loglevel</c>.</summary>
public enum EngineLogLevel
{
    Debug,
    Verbose,
    Notice,
    Warning,
}

/// <summary>Where the engine writes its log lines. Never blocks and never throws: it is called inside the turn.</summary>
public interface IEngineLog
{
    /// <summary>Lets callers skip building a line that nobody reads.</summary>
    bool IsEnabled(EngineLogLevel level);

    void Write(EngineLogLevel level, string line);
}
