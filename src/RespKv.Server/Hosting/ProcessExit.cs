namespace RespKv.Server.Hosting;

/// <summary>The way out that waits for nobody: after a storage failure no reply may leave any more (D3), so clients are not drained.</summary>
/// <param name="log">Disposing it writes out its last lines.</param>
/// <param name="end">Ends the process with a code.</param>
internal sealed class ProcessExit(IDisposable log, Action<int> end)
{
    public void Now(int code)
    {
        log.Dispose();
        end(code);
    }
}
