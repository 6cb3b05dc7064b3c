namespace RespKv.Engine;

/// <summary>
/// What the host needs from the engine: open, run, stop. The host calls <see cref="OpenAsync"/> once, and
/// <see cref="StopAsync"/> at the end whatever came of it; connections may exist at any of these times.
/// </summary>
public interface IEngineLifecycle
{
    /// <summary>
    /// Recovers the data directory on a thread of its own and starts the writer. Completes when clients can be served; until then
    /// they are answered <c>-LOADING</c>. Throws when the directory is locked, corrupt or unreadable: nothing has been changed then.
    /// </summary>
    Task OpenAsync(CancellationToken cancel);

    /// <summary>
    /// Accepts no further command, finishes every write that was accepted, syncs and closes the log. Completes when nothing that was
    /// acknowledged can be lost any more. Calling it again returns the same task. After a failure (D3) it only releases what is held.
    /// </summary>
    Task StopAsync();

    /// <summary>Completes once: with null after a clean stop, with the cause when a failed write or sync stopped the engine for good (D3).</summary>
    Task<Exception?> Stopped { get; }

    /// <summary>A client asked for SHUTDOWN. Raised at most once, from a connection's thread: the handler must not block.</summary>
    event Action? ShutdownRequested;
}
