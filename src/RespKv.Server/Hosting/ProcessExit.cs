using RespKv.Hosting;

namespace RespKv.Server.Hosting;

/// <summary>The way out that waits for nobody.</summary>
/// <param name="log">Disposing it writes out its last lines.</param>
/// <param name="end">Ends the process with a code.</param>
internal sealed class ProcessExit(IDisposable log, Action<int> end) : IProcessExit
{
    public void Now(int code)
    {
        log.Dispose();
        end(code);
    }
}
