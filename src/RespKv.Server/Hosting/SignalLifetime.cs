using System.Runtime.InteropServices;
using Microsoft.Extensions.Hosting;

namespace RespKv.Server.Hosting;

/// <summary>
/// Signals of the process, from its first step to its last: SIGTERM, SIGINT and SIGQUIT ask for a clean stop, also before the host runs;
/// asking again changes nothing, also while the log is being closed. SIGHUP is ignored, as in Redis: a terminal that goes away is no reason to stop.
/// SIGXFSZ is ignored, so that a log that outgrows the process's file size limit is a failed write with a last log line (D3), not a sudden end.
/// </summary>
internal sealed class SignalLifetime : IHostLifetime, IDisposable
{
    /// <summary>SIGXFSZ of Linux; .NET has no name for it and takes the number.</summary>
    private const PosixSignal FileSizeLimitExceeded = (PosixSignal)25;

    private readonly CancellationTokenSource _stopAsked = new();
    private readonly List<PosixSignalRegistration> _registrations;

    public SignalLifetime()
    {
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, AskToStop),
            PosixSignalRegistration.Create(PosixSignal.SIGINT, AskToStop),
            PosixSignalRegistration.Create(PosixSignal.SIGQUIT, AskToStop),
            PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal => signal.Cancel = true),
            PosixSignalRegistration.Create(FileSizeLimitExceeded, signal => signal.Cancel = true),
        ];
    }

    /// <summary>Stops the application when it is asked to, or at once when it was asked already.</summary>
    public void Attach(IHostApplicationLifetime application) => _stopAsked.Token.Register(application.StopApplication);

    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
        {
            registration.Dispose();
        }

        _stopAsked.Dispose();
    }

    private void AskToStop(PosixSignalContext signal)
    {
        // Without this the runtime ends the process when the handler returns.
        signal.Cancel = true;
        _stopAsked.Cancel();
    }
}
