using RespKv.Storage.Files;
using RespKv.Storage.Threading;

namespace RespKv.Storage.Wal;

/// <summary>
/// A file of zeros for a batch that is larger than a segment, made on request and in steps. It only grows: what was claimed
/// stays while a larger request is worked on, and when that fails.
///
/// The fields are guarded by the gate of <see cref="WalSpare"/>; who has set <see cref="IsBusy"/> works on the file without it.
/// </summary>
internal sealed class WalLargeSpare
{
    /// <summary>Made at a time; a switch that needs the ordinary spare meanwhile waits for one step: some 10 ms.</summary>
    private const long StepBytes = 4L << 20;

    private readonly object _gate;
    private readonly IThreads _threads;
    private readonly WalSpareFiles _maker;
    private long _madeBytes;
    private long _wantedBytes;
    private long _failedBytes;
    private volatile StorageException? _error;

    internal WalLargeSpare(object gate, IThreads threads, WalSpareFiles maker)
    {
        _gate = gate;
        _threads = threads;
        _maker = maker;
    }

    /// <summary>Somebody works on the file, or the writer has it.</summary>
    internal bool IsBusy { get; private set; }

    /// <summary>Size of the segment that it can become; 0 when there is none.</summary>
    internal long ReadyBytes { get; private set; }

    /// <summary>Why there was no room for it. Any thread.</summary>
    internal StorageException? Error => _error;

    /// <summary>Asks for it. The caller holds the gate.</summary>
    internal WalLargeClaim Claim(long segmentBytes)
    {
        if (ReadyBytes >= segmentBytes)
        {
            return WalLargeClaim.Ready;
        }

        if (_failedBytes > 0 && segmentBytes >= _failedBytes)
        {
            return WalLargeClaim.Failed;
        }

        _wantedBytes = Math.Max(_wantedBytes, segmentBytes);
        return WalLargeClaim.Pending;
    }

    /// <summary>The next request is tried whatever became of the last one. The caller holds the gate.</summary>
    internal void ForgetFailure()
    {
        _failedBytes = 0;
        _error = null;
    }

    /// <summary>Whether there is a step to do; then it is the caller's. The caller holds the gate.</summary>
    internal bool TryBegin()
    {
        if (_wantedBytes == 0 || IsBusy)
        {
            return false;
        }

        IsBusy = true;
        return true;
    }

    /// <summary>For the writer, when it is ready and large enough. The caller holds the gate.</summary>
    internal bool TryTake(long bytesMin, out WalSpareFile file)
    {
        file = new WalSpareFile(_maker.LargePath, ReadyBytes, IsRecycled: false);
        if (IsBusy || ReadyBytes < bytesMin)
        {
            return false;
        }

        IsBusy = true;
        return true;
    }

    /// <summary>The writer makes it itself. The caller holds the gate; it is not busy.</summary>
    internal void BeginNow() => IsBusy = true;

    /// <summary>The writer has made a segment of it. The caller holds the gate.</summary>
    internal void Switched(long segmentBytes)
    {
        IsBusy = false;
        _madeBytes = 0;
        ReadyBytes = 0;
        if (_wantedBytes <= segmentBytes)
        {
            _wantedBytes = 0;
        }
    }

    /// <summary>No step follows the one that is being done. The caller holds the gate.</summary>
    internal void StopGrowing() => _wantedBytes = 0;

    /// <summary>Nobody needs it any more. True: the caller deletes it. It holds the gate; the file is not busy.</summary>
    internal bool BeginRelease()
    {
        IsBusy = _madeBytes > 0;
        _madeBytes = 0;
        ReadyBytes = 0;
        return IsBusy;
    }

    /// <summary>The caller holds the gate.</summary>
    internal void EndRelease()
    {
        IsBusy = false;
        _threads.PulseAll(_gate);
    }

    /// <summary>One step, after <see cref="TryBegin"/>.</summary>
    /// <returns>Whether those who wait are to be told: it is as large as wanted, or cannot be.</returns>
    internal bool DoStep(CancellationToken cancel)
    {
        long from;
        long wanted;
        lock (_gate)
        {
            from = _madeBytes;
            wanted = _wantedBytes;
        }

        long to = Math.Min(wanted, from + StepBytes);
        StorageException? error = null;
        try
        {
            _maker.MakeLarge(from, to, wanted, ReadyBytes, ZeroWriter.BackgroundSyncBytes, cancel);
        }
        catch (StorageException failure)
        {
            error = failure;
        }
        catch (OperationCanceledException)
        {
            // Disposed; the next start removes it.
            to = from;
        }

        lock (_gate)
        {
            IsBusy = false;
            _threads.PulseAll(_gate);
            return error is null ? Grown(to) : Failed(wanted, error);
        }
    }

    /// <summary>All of it, after <see cref="BeginNow"/>.</summary>
    internal WalSpareFile MakeNow(long segmentBytes)
    {
        try
        {
            _maker.MakeLarge(_madeBytes, segmentBytes, segmentBytes, ReadyBytes, ZeroWriter.ForegroundSyncBytes, CancellationToken.None);
            return new WalSpareFile(_maker.LargePath, segmentBytes, IsRecycled: false);
        }
        catch (StorageException)
        {
            lock (_gate)
            {
                IsBusy = false;
                _madeBytes = ReadyBytes;
                _threads.PulseAll(_gate);
            }

            throw;
        }
    }

    private bool Grown(long bytes)
    {
        _madeBytes = bytes;
        if (bytes < _wantedBytes)
        {
            return false;
        }

        ReadyBytes = bytes;
        _wantedBytes = 0;
        _error = null;
        return true;
    }

    private bool Failed(long wantedBytes, StorageException error)
    {
        _madeBytes = ReadyBytes;
        _wantedBytes = 0;
        _failedBytes = wantedBytes;
        _error = error;
        return true;
    }
}
