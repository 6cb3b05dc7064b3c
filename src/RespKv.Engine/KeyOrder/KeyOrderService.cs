using RespKv.Storage.Manifest;
using RespKv.Storage.Wal;

namespace RespKv.Engine.KeyOrder;

/// <summary>
/// Finds keys in byte order for a keyspace that is not ordered: those of the sorted tables, merged with what the log says since. What comes
/// out are candidates; the command looks each up in the live keyspace, in the turn in which it replies.
/// </summary>
/// <remarks>
/// A command begins with the turn held: <see cref="Begin"/> has new keys noted from there on (<see cref="KeyCapture"/>). The rest runs in
/// the background: wait until the log is written up to that turn, read it behind the checkpoint into the <see cref="KeyOverlay"/>, walk.
/// So every key that is there in a later turn is a candidate or was noted.
/// The overlay is kept for later commands and extended by what the log has got since; it goes after some time without a command.
/// Locks: <c>_overlayGate</c> may be held across I/O and is never awaited with the turn held; <c>_tasksGate</c> is a leaf.
/// </remarks>
internal sealed class KeyOrderService : IDisposable
{
    /// <summary>Memory that the overlay may take: over a million keys of the usual length. Beyond it a checkpoint is made instead.</summary>
    public const long OverlayBytesMax = 64L * 1024 * 1024;

    /// <summary>Without a command for so long, the overlay is freed and new keys are not noted any more.</summary>
    public static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(30);

    /// <summary>Snapshots tried for one walk: each further one needs a checkpoint, asked for here or made by someone else at the wrong moment.</summary>
    private const int AttemptsMax = 4;

    /// <summary>Walks at the same time: they read from the disk on the pool's threads, of which some must be left for everything else.</summary>
    private static readonly int WalksMax = Math.Max(1, Environment.ProcessorCount / 2);

    private readonly ICheckpointView _view;
    private readonly KeyCapture _capture;
    private readonly Lock _turn;
    private readonly IEngineLog _log;
    private readonly TimeProvider _time;
    private readonly long _overlayBytesMax;
    private readonly LsnWaiters _waiters;
    private readonly ITimer _idle;

    private readonly SemaphoreSlim _walks = new(WalksMax, WalksMax);
    private readonly SemaphoreSlim _overlayGate = new(1, 1);
    private KeyOverlay? _overlay;
    private WalTailReader? _tail;
    private long _overlayBytes;

    private readonly Lock _tasksGate = new();
    private CancellationTokenSource _stopping = new();
    private TaskCompletionSource? _drained;
    private int _tasks;
    private long _lastEnded;

    /// <param name="view">Tables and log.</param>
    /// <param name="capture">Told of new keys by whoever creates them.</param>
    /// <param name="turn">Guards the capture.</param>
    /// <param name="log">Where failures are said.</param>
    /// <param name="time">Measures the idle time.</param>
    /// <param name="overlayBytesMax">See <see cref="OverlayBytesMax"/>.</param>
    public KeyOrderService(
        ICheckpointView view, KeyCapture capture, Lock turn, IEngineLog log, TimeProvider time, long overlayBytesMax = OverlayBytesMax)
    {
        _view = view;
        _capture = capture;
        _turn = turn;
        _log = log;
        _time = time;
        _overlayBytesMax = overlayBytesMax;
        _waiters = new LsnWaiters(() => view.WrittenLsn);
        _idle = time.CreateTimer(static state => ((KeyOrderService)state!).FreeIfIdle(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Memory that the overlay takes. Any thread.</summary>
    public long OverlayBytes => Volatile.Read(ref _overlayBytes);

    /// <summary>Whether nothing is kept for later commands. Any thread.</summary>
    public bool IsResting => Volatile.Read(ref _overlay) is null && !_capture.IsOn;

    /// <summary>New keys are noted from here on. The caller holds the turn.</summary>
    public CaptureMark Begin()
    {
        _capture.TurnOn();
        return _capture.Mark();
    }

    /// <summary>Walks in the background; never fails, see <see cref="KeyGather.Error"/>. With or without the turn.</summary>
    public Task GatherAsync(KeyGather gather)
    {
        CancellationToken cancel;
        lock (_tasksGate)
        {
            _tasks++;
            cancel = _stopping.Token;
        }

        return Task.Run(() => GatherAsync(gather, cancel), CancellationToken.None);
    }

    /// <summary>The writer has written more. Costs a look when nobody waits for it. Any thread, without the turn.</summary>
    public void LsnMoved() => _waiters.Moved();

    /// <summary>
    /// Ends what runs in the background and lets go of tables and log: the engine stops, or reads them again. Commands may come again
    /// afterwards. The caller does not hold the turn.
    /// </summary>
    public async Task StopAsync()
    {
        Task drained;
        CancellationTokenSource stopping;
        lock (_tasksGate)
        {
            stopping = _stopping;
            _stopping = new CancellationTokenSource();
            _drained = _tasks == 0 ? null : new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            drained = _drained?.Task ?? Task.CompletedTask;
        }

        await stopping.CancelAsync().ConfigureAwait(false);
        await drained.ConfigureAwait(false);
        stopping.Dispose();
        _waiters.Clear();
        await _overlayGate.WaitAsync().ConfigureAwait(false);
        Forget();
        _overlayGate.Release();
    }

    public void Dispose()
    {
        _idle.Dispose();
        Forget();
        _stopping.Dispose();
        _overlayGate.Dispose();
        _walks.Dispose();
    }

    private async Task GatherAsync(KeyGather gather, CancellationToken cancel)
    {
        try
        {
            await _waiters.WhenAsync(gather.Lsn, cancel).ConfigureAwait(false);
            (TableSnapshot snapshot, KeyRun[] runs) = await PrepareAsync(gather, cancel).ConfigureAwait(false);
            using (snapshot)
            {
                gather.Result = await WalkAsync(gather, snapshot, runs, cancel).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // Stopping or reloading; the command begins again if it can.
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            gather.Error = $"IOERR the keys cannot be read in order: {e.Message}";
            _log.Write(EngineLogLevel.Warning, $"KEYRANGE failed: {e.Message}");
        }
        catch (Exception e)
        {
            gather.Error = "ERR internal error, see the server's log";
            _log.Write(EngineLogLevel.Warning, $"KEYRANGE failed: {e}");
        }
        finally
        {
            End();
        }
    }

    private async Task<KeyWalkResult> WalkAsync(KeyGather gather, TableSnapshot snapshot, KeyRun[] runs, CancellationToken cancel)
    {
        await _walks.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            return Walk(gather, snapshot, runs, cancel);
        }
        finally
        {
            _walks.Release();
        }
    }

    private static KeyWalkResult Walk(KeyGather gather, TableSnapshot snapshot, KeyRun[] runs, CancellationToken cancel)
    {
        if (!snapshot.State.Spaces.TryGetValue(gather.Database, out uint space))
        {
            return new KeyWalk(gather.Range, runs, NoTableKeys.Instance, gather.NowMillis).Run(gather.KeysMax, cancel);
        }

        using var tables = new TableKeys(snapshot, space);
        return new KeyWalk(gather.Range, runs, tables, gather.NowMillis).Run(gather.KeysMax, cancel);
    }

    /// <summary>The tables, and what the log says behind them at least up to the wanted LSN. The caller disposes the snapshot.</summary>
    private async Task<(TableSnapshot Snapshot, KeyRun[] Runs)> PrepareAsync(KeyGather gather, CancellationToken cancel)
    {
        await _overlayGate.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            for (int attempt = 1; ; attempt++)
            {
                if (TryPrepare(gather, isLast: attempt == AttemptsMax, cancel, out bool needsCheckpoint) is { } prepared)
                {
                    return prepared;
                }

                if (needsCheckpoint)
                {
                    await _view.CheckpointAsync(_view.WrittenLsn).WaitAsync(cancel).ConfigureAwait(false);
                }
            }
        }
        finally
        {
            _overlayGate.Release();
        }
    }

    /// <summary>The caller holds the overlay. Null: not with this snapshot.</summary>
    private (TableSnapshot Snapshot, KeyRun[] Runs)? TryPrepare(KeyGather gather, bool isLast, CancellationToken cancel, out bool needsCheckpoint)
    {
        TableSnapshot snapshot = _view.Acquire();
        bool isHandedOut = false;
        needsCheckpoint = false;
        try
        {
            if (TryExtend(snapshot.State.CheckpointLsn, gather.Lsn, cancel))
            {
                KeyRun[] runs = _overlay!.RunsOf(gather.Database);
                Volatile.Write(ref _overlayBytes, _overlay.Bytes);
                isHandedOut = true;
                return (snapshot, runs);
            }

            needsCheckpoint = true;
            Forget();
            return isLast ? throw new IOException("more is written than checkpoints can follow") : null;
        }
        catch (Exception e) when (e is (IOException or InvalidOperationException) && !isLast && HasMovedOn(snapshot.State.CheckpointLsn))
        {
            // A checkpoint has covered what was to be read, and the log may have let go of it.
            Forget();
            return null;
        }
        catch
        {
            Forget();
            throw;
        }
        finally
        {
            if (!isHandedOut)
            {
                snapshot.Dispose();
            }
        }
    }

    private bool HasMovedOn(long checkpointLsn)
    {
        using TableSnapshot now = _view.Acquire();
        return now.State.CheckpointLsn > checkpointLsn;
    }

    /// <summary>
    /// Brings the overlay from the checkpoint up to an LSN that is written. The caller holds the overlay. False: it would grow too large, or
    /// databases were cleared or swapped since, so that the tables stand under other numbers.
    /// </summary>
    private bool TryExtend(long checkpointLsn, long lsn, CancellationToken cancel)
    {
        if (_overlay is null || _overlay.LastLsn < checkpointLsn)
        {
            Forget();
            Volatile.Write(ref _overlay, new KeyOverlay(checkpointLsn));
        }
        else
        {
            _overlay.DropThrough(checkpointLsn);
        }

        while (_overlay.LastLsn < lsn)
        {
            cancel.ThrowIfCancellationRequested();
            _tail ??= _view.OpenLog(_overlay.LastLsn);
            if (!_tail.Read(_view.WrittenLsn, out WalRecords batch))
            {
                throw new IOException($"the log ends behind LSN {_tail.LastLsn}, LSN {lsn} was written");
            }

            if (!TryApply(ref batch) || _overlay.Bytes > _overlayBytesMax)
            {
                return false;
            }
        }

        return true;
    }

    private bool TryApply(ref WalRecords batch)
    {
        while (batch.Next(out long lsn, out ReadOnlySpan<byte> record))
        {
            if (lsn > _overlay!.LastLsn && !_overlay.Apply(lsn, record))
            {
                return false;
            }
        }

        return true;
    }

    private void Forget()
    {
        Volatile.Write(ref _overlay, null);
        Volatile.Write(ref _overlayBytes, 0);
        _tail?.Dispose();
        _tail = null;
    }

    private void End()
    {
        lock (_tasksGate)
        {
            _tasks--;
            _lastEnded = _time.GetTimestamp();
            if (_tasks == 0)
            {
                _drained?.TrySetResult();
                _drained = null;
            }
        }

        _idle.Change(IdleTime, Timeout.InfiniteTimeSpan);
    }

    /// <summary>A command that is about to reply may lose its notes by this: then it walks once more.</summary>
    private void FreeIfIdle()
    {
        lock (_tasksGate)
        {
            if (_tasks > 0 || _time.GetElapsedTime(_lastEnded) < IdleTime)
            {
                return;
            }
        }

        lock (_turn)
        {
            _capture.TurnOff();
        }

        if (_overlayGate.Wait(0))
        {
            Forget();
            _overlayGate.Release();
        }
    }
}
