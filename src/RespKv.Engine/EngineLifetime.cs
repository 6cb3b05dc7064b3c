using RespKv.Engine.Checkpoints;
using RespKv.Storage.Threading;
using RespKv.Storage.Wal;

namespace RespKv.Engine;

/// <summary>
/// How an engine begins, reads its data again, and ends. Order of an end: no more turns of clients, then whoever uses the log beside the
/// writer (walks in key order, checkpoints), then the writer and the log, then tables, manifest and the directory's lock.
/// </summary>
internal sealed class EngineLifetime(RespEngine engine, DataDirectory data, Housekeeping housekeeping) : IDisposable
{
    /// <summary>Guarded by the turn.</summary>
    private Task? _stopping;

    /// <summary>Recovery or a reload: what must have ended before the directory is given up.</summary>
    private volatile Task _background = Task.CompletedTask;

    /// <summary>1: a stop makes a checkpoint first; -1: it does not; 0: as configured.</summary>
    private int _saves;

    /// <summary>Recovers, and serves clients from then on.</summary>
    public async Task OpenAsync(CancellationToken cancel)
    {
        Task opening = engine.Threads.RunAsync("recovery", () => Open(cancel));
        _background = opening;
        await opening.ConfigureAwait(false);
        housekeeping.Start();
    }

    /// <summary>
    /// DEBUG RELOAD: forgets the keyspace and reads it back from disk. Clients wait meanwhile. Completes when they are served again. The
    /// caller holds the turn.
    /// </summary>
    /// <param name="save">Whether a checkpoint is made first, so that all of it comes from tables.</param>
    public Task ReloadAsync(bool save)
    {
        engine.Scheduler.PauseForReload();
        Task reloading = ReloadPausedAsync(save ? engine.Commit.AppendedLsn : 0);
        _background = reloading;
        return reloading;
    }

    /// <summary>Whether a stop makes a checkpoint first; null: as <c>checkpoint-on-shutdown</c> says.</summary>
    public void SaveOnStop(bool? save) => Volatile.Write(ref _saves, save is null ? 0 : save.Value ? 1 : -1);

    /// <summary>Ends the engine in order. Calling it again returns the same task.</summary>
    public Task StopAsync()
    {
        lock (engine.Turn)
        {
            return _stopping ??= StopOnceAsync();
        }
    }

    public void Dispose() => data.Dispose();

    private void Open(CancellationToken cancel)
    {
        data.Take();
        Serve(data.Recover(engine.Databases, cancel), EngineState.Loading, cancel);
    }

    private void Reload()
    {
        engine.Databases.ClearAll();
        Serve(data.Recover(engine.Databases, CancellationToken.None), EngineState.Ready, CancellationToken.None);
    }

    /// <summary>Goes on behind what was recovered, unless the engine was stopped meanwhile.</summary>
    private void Serve(WalLog log, EngineState expected, CancellationToken cancel)
    {
        engine.RecoveryReport = log.Recovery;
        lock (engine.Turn)
        {
            if (engine.State != expected)
            {
                // Nothing was accepted, so there is nothing to finish.
                log.Dispose();
                throw new OperationCanceledException(cancel);
            }

            engine.Commit.Start(log);
            engine.Checkpoints.Start(log, data.Tables!);
            engine.SetState(EngineState.Ready);
        }

        // After a reload clients may be waiting for what is durable now.
        engine.DurableMoved();
    }

    private async Task ReloadPausedAsync(long saveLsn)
    {
        // Leave the caller's turn before anything else.
        await engine.Threads.Switch();
        try
        {
            await SaveAsync(saveLsn).ConfigureAwait(false);
            await CloseLogAsync().ConfigureAwait(false);
            if (!engine.HasFailed)
            {
                await engine.Threads.RunAsync("recovery", Reload).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (engine.State != EngineState.Ready)
        {
            // Stopped meanwhile: nobody is served any more.
        }
        catch (Exception e)
        {
            // The keyspace is not what the disk says: serve nothing of it.
            engine.FailStop(e);
        }
        finally
        {
            engine.Scheduler.EndReload();
        }
    }

    private async Task StopOnceAsync()
    {
        // Leave the caller's lock before anything else.
        await engine.Threads.Switch();
        lock (engine.Turn)
        {
            if (engine.State is EngineState.Ready or EngineState.Loading)
            {
                engine.SetState(EngineState.Stopping);
            }
        }

        housekeeping.Stop();
        try
        {
            await _background.ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ArgumentException)
        {
            // OpenAsync has reported it.
        }

        int saves = Volatile.Read(ref _saves);
        if (engine.Commit.Log is not null && !engine.HasFailed && (saves > 0 || (saves == 0 && engine.Config.CheckpointOnShutdown)))
        {
            await SaveAsync(engine.Commit.AppendedLsn).ConfigureAwait(false);
        }

        await CloseLogAsync().ConfigureAwait(false);
        engine.SetState(EngineState.Stopped);
        data.Dispose();
        engine.NoteStopped();
    }

    /// <summary>Makes a checkpoint; a failure is in the log, and costs only the time of the next start.</summary>
    private async Task SaveAsync(long lsn)
    {
        try
        {
            await engine.Checkpoints.RequestAsync(lsn).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            engine.Log.Write(EngineLogLevel.Warning, $"No checkpoint was made: {e.Message}");
        }
    }

    private async Task CloseLogAsync()
    {
        await engine.KeyOrder.StopAsync().ConfigureAwait(false);
        await engine.Checkpoints.StopAsync().ConfigureAwait(false);
        await engine.Commit.StopAsync().ConfigureAwait(false);
        lock (engine.Turn)
        {
            engine.Backups.EndAll();
        }
    }
}
