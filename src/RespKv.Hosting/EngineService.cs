using Microsoft.Extensions.Hosting;
using RespKv.Engine;
using RespKv.Storage.Wal;

namespace RespKv.Hosting;

/// <summary>
/// The engine's life inside the host's:
/// listeners are up -> the engine opens in the background, clients are told -LOADING -> ready -> ... -> stop is asked for ->
/// listeners close and connections end (Kestrel, which was registered later and so stops earlier) -> the engine finishes and closes.
/// A failure of the engine does not go this way: it ends the process at once (D3).
/// </summary>
internal sealed class EngineService : IHostedLifecycleService, IDisposable
{
    private readonly IEngineLifecycle _engine;
    private readonly IHostApplicationLifetime _lifetime;
    private readonly Listeners _listeners;
    private readonly StartupLog _log;
    private readonly SystemdNotifier _systemd;
    private readonly IProcessExit _exit;
    private readonly CancellationTokenSource _openCancelled = new();
    private readonly TaskCompletionSource<Exception?> _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _running = Task.CompletedTask;

    public EngineService(
        IEngineLifecycle engine,
        IHostApplicationLifetime lifetime,
        Listeners listeners,
        StartupLog log,
        SystemdNotifier systemd,
        IProcessExit exit)
    {
        _engine = engine;
        _lifetime = lifetime;
        _listeners = listeners;
        _log = log;
        _systemd = systemd;
        _exit = exit;
        _engine.ShutdownRequested += _lifetime.StopApplication;
    }

    /// <summary>Completes when clients are served, with null, or cannot be, with the reason.</summary>
    public Task<Exception?> Opened => _opened.Task;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Comes when all services have started, Kestrel's listeners among them.</summary>
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        _log.Listening(_listeners);
        _running = RunAsync();
        return Task.CompletedTask;
    }

    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        _log.ShutdownRequested();
        _systemd.Stopping();
        return _openCancelled.CancelAsync();
    }

    /// <summary>Takes as long as the disk needs, whatever the host's patience: giving up here could lose what was acknowledged.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _engine.StopAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
    }

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _openCancelled.Dispose();

    private async Task RunAsync()
    {
        _systemd.Recovering();
        if (!await OpenAsync().ConfigureAwait(false))
        {
            return;
        }

        _log.Ready();
        _opened.TrySetResult(null);
        _systemd.Ready();
        if (await _engine.Stopped.ConfigureAwait(false) is { } cause)
        {
            _log.StorageFailed(cause);
            _exit.Now(ExitCodes.StorageFailed);
        }
        else
        {
            _log.Stopped();
        }
    }

    private async Task<bool> OpenAsync()
    {
        try
        {
            await _engine.OpenAsync(_openCancelled.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException e) when (_openCancelled.IsCancellationRequested)
        {
            _opened.TrySetResult(e);
            return false;
        }
        catch (Exception e) when (e is IOException or WalCorruptionException)
        {
            _opened.TrySetResult(e);
            _log.OpenFailed(e);
        }
#pragma warning disable CA1031 // Whatever it is, a server without data must not go on.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _opened.TrySetResult(e);
            _log.OpenCrashed(e);
        }

        _exit.Now(ExitCodes.DataRefused);
        return false;
    }
}
