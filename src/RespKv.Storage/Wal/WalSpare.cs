using RespKv.Storage.Files;
using RespKv.Storage.Threading;

namespace RespKv.Storage.Wal;

/// <summary>A file that is ready to be renamed to a segment.</summary>
/// <param name="Path">The file; all of it is allocated and durable.</param>
/// <param name="SegmentBytes">The size of the segment that it becomes.</param>
/// <param name="IsRecycled">Holds older batches of this log, not zeros.</param>
internal readonly record struct WalSpareFile(string Path, long SegmentBytes, bool IsRecycled);

/// <summary>
/// Makes the next segment ahead of need on a thread of its own, so that a switch finds it ready, and so that its room is
/// claimed before a write is accepted (D11): a retired segment, or a file of zeros, synced, under a name that recovery does
/// not read. On request the same for a batch that is larger than a segment, in steps, so that the ordinary spare does not
/// wait for it.
///
/// Invariants:
/// - At most one thread works on a file: the maker while <c>Making</c> (or while the large one is busy), the writer from
///   <see cref="Take"/> to <see cref="Switched"/>.
/// - What was claimed stays until the writer takes it: no failure and no larger request takes it back.
/// - A failure leaves no half-made file behind: the room is for the checkpoint that makes the log shorter.
/// </summary>
internal sealed class WalSpare : IDisposable
{
    private readonly WalRetired _retired;
    private readonly WalSpareFiles _maker;
    private readonly long _segmentBytes;
    private readonly Action _changed;
    private readonly CancellationTokenSource _stop = new();
    private readonly IThreads _threads;
    private readonly IThread? _thread;

    // Guarded by _gate; the error and the claim are read without.
    private readonly object _gate = new();
    private readonly WalLargeSpare _large;
    private State _state = State.None;
    private bool _isRecycled;
    private volatile StorageException? _error;
    private long _claimedBytes;

    /// <param name="files">The door.</param>
    /// <param name="directory">The log's.</param>
    /// <param name="options">The size of an ordinary segment; whether there is a thread.</param>
    /// <param name="retired">Files to be used again.</param>
    /// <param name="changed">Called on the maker's thread after every attempt.</param>
    internal WalSpare(IFileSystem files, string directory, WalOptions options, WalRetired retired, Action changed)
    {
        _retired = retired;
        _maker = new WalSpareFiles(files, directory);
        _threads = options.Threads;
        _large = new WalLargeSpare(_gate, _threads, _maker);
        _segmentBytes = options.SegmentBytes;
        _changed = changed;
        if (options.PrepareSpare)
        {
            _thread = _threads.Start("wal-spare", Run);
        }
    }

    private enum State
    {
        None,
        Wanted,
        Making,
        Ready,
        Failed,

        /// <summary>The writer has it.</summary>
        Taken,
    }

    private enum Job
    {
        None,
        Ordinary,
        Large,
    }

    /// <summary>Bytes of batches that the larger of the ready files takes. Lowered only once the writer has published its new room.</summary>
    internal long ClaimedBytes => Volatile.Read(ref _claimedBytes);

    /// <summary>Why the last attempt to make the ordinary spare failed; null once it is there.</summary>
    internal StorageException? Error => _error;

    internal StorageException? LargeError => _large.Error;

    /// <summary>For tests.</summary>
    internal bool IsStopping => _stop.IsCancellationRequested;

    /// <summary>Has the next one made in the background.</summary>
    internal void Request()
    {
        lock (_gate)
        {
            if (_thread is not null && _state == State.None)
            {
                _state = State.Wanted;
                _threads.PulseAll(_gate);
            }
        }
    }

    /// <summary>Tries again what has failed: there may be room again.</summary>
    internal void Retry()
    {
        lock (_gate)
        {
            _large.ForgetFailure();
            if (_state == State.Failed)
            {
                _state = _thread is null ? State.None : State.Wanted;
                _threads.PulseAll(_gate);
            }
        }
    }

    /// <summary>Asks for a segment that takes batches of so many bytes; see <see cref="WalLog.ClaimLarge"/>.</summary>
    internal WalLargeClaim ClaimLarge(long batchBytes)
    {
        long segmentBytes = WalFormat.SegmentHeaderBytes + WalFormat.AlignUp(batchBytes) + WalFormat.SectorBytes;
        WalLargeClaim claim = TryClaim(segmentBytes);
        while (claim == WalLargeClaim.Pending && _thread is null)
        {
            Do(NextJob());
            claim = TryClaim(segmentBytes);
        }

        return claim;
    }

    /// <summary>Gives the large file back. The caller has accepted nothing that needs it.</summary>
    internal void ReleaseLarge()
    {
        lock (_gate)
        {
            _large.StopGrowing();
            while (_large.IsBusy)
            {
                _threads.Wait(_gate);
            }

            if (!_large.BeginRelease())
            {
                return;
            }

            PublishClaim();
        }

        try
        {
            _maker.DeleteLarge();
        }
        finally
        {
            lock (_gate)
            {
                _large.EndRelease();
            }
        }
    }

    /// <summary>
    /// A file for a segment of at least that size, ready to be renamed. Waits when it is in the making; makes it here when
    /// there is none, after a failure in the background too: the disk may have room again. The caller renames it and
    /// calls <see cref="Switched"/>.
    /// </summary>
    /// <exception cref="StorageException">It cannot be made.</exception>
    internal WalSpareFile Take(long bytesMin)
    {
        bool isOrdinary = bytesMin <= _segmentBytes;
        lock (_gate)
        {
            while (true)
            {
                if (isOrdinary && _state == State.Ready)
                {
                    _state = State.Taken;
                    return new WalSpareFile(_maker.OrdinaryPath, _segmentBytes, _isRecycled);
                }

                if (_large.TryTake(bytesMin, out WalSpareFile large))
                {
                    return large;
                }

                // A large one that was claimed is waited for while it is being grown: there may be no room for anything else.
                bool ordinaryComes = isOrdinary && _state is (State.Wanted or State.Making);
                bool largeComes = _large.IsBusy && (!isOrdinary || _large.ReadyBytes >= bytesMin);
                if (!ordinaryComes && !largeComes)
                {
                    break;
                }

                _threads.Wait(_gate);
            }

            if (isOrdinary)
            {
                _state = State.Taken;
            }
            else
            {
                _large.BeginNow();
            }
        }

        return isOrdinary ? MakeOrdinaryNow() : _large.MakeNow(bytesMin);
    }

    /// <summary>What <see cref="Take"/> gave is a segment now, and the writer has published its room.</summary>
    internal void Switched(WalSpareFile file)
    {
        lock (_gate)
        {
            if (file.Path == _maker.LargePath)
            {
                _large.Switched(file.SegmentBytes);
            }
            else
            {
                _state = State.None;
            }

            PublishClaim();
            _threads.PulseAll(_gate);
        }

        Request();
    }

    /// <summary>Waits for the thread; it stops after the slice that it is at.</summary>
    public void Dispose()
    {
        _stop.Cancel();
        lock (_gate)
        {
            _threads.PulseAll(_gate);
        }

        _thread?.Join();
        _stop.Dispose();
    }

    private void Run()
    {
        while (NextJob() is var job and not Job.None)
        {
            Do(job);
        }
    }

    /// <summary>Waits for something to do; None when the thread is to end.</summary>
    private Job NextJob()
    {
        lock (_gate)
        {
            while (!_stop.IsCancellationRequested)
            {
                if (_state == State.Wanted)
                {
                    _state = State.Making;
                    return Job.Ordinary;
                }

                if (_large.TryBegin())
                {
                    return Job.Large;
                }

                _threads.Wait(_gate);
            }

            return Job.None;
        }
    }

    private void Do(Job job)
    {
        bool isNews = job switch
        {
            Job.Ordinary => DoOrdinary(),
            Job.Large => DoLargeStep(),
            _ => false,
        };
        if (isNews && !_stop.IsCancellationRequested)
        {
            _changed();
        }
    }

    private bool DoOrdinary()
    {
        StorageException? error = null;
        bool isRecycled = false;
        bool isDone = false;
        try
        {
            isRecycled = _maker.MakeOrdinary(_retired, _segmentBytes, ZeroWriter.BackgroundSyncBytes, _stop.Token);
            isDone = true;
        }
        catch (StorageException failure)
        {
            error = failure;
        }
        catch (OperationCanceledException)
        {
            // Disposed; the next start makes it anew.
        }

        lock (_gate)
        {
            _state = isDone ? State.Ready : error is null ? State.None : State.Failed;
            _isRecycled = isRecycled;
            _error = error;
            PublishClaim();
            _threads.PulseAll(_gate);
        }

        return true;
    }

    private bool DoLargeStep()
    {
        bool isNews = _large.DoStep(_stop.Token);
        lock (_gate)
        {
            PublishClaim();
        }

        return isNews;
    }

    private WalSpareFile MakeOrdinaryNow()
    {
        try
        {
            bool isRecycled = _maker.MakeOrdinary(_retired, _segmentBytes, ZeroWriter.ForegroundSyncBytes, CancellationToken.None);
            _error = null;
            return new WalSpareFile(_maker.OrdinaryPath, _segmentBytes, isRecycled);
        }
        catch (StorageException failure)
        {
            lock (_gate)
            {
                _state = State.Failed;
                _error = failure;
            }

            throw;
        }
    }

    private WalLargeClaim TryClaim(long segmentBytes)
    {
        lock (_gate)
        {
            WalLargeClaim claim = segmentBytes > _segmentBytes ? _large.Claim(segmentBytes) : ClaimOrdinary();
            _threads.PulseAll(_gate);
            return claim;
        }
    }

    private WalLargeClaim ClaimOrdinary()
    {
        switch (_state)
        {
            case State.Ready:
                return WalLargeClaim.Ready;
            case State.Failed:
                return WalLargeClaim.Failed;
            case State.None:
                _state = State.Wanted;
                return WalLargeClaim.Pending;
            default:
                return WalLargeClaim.Pending;
        }
    }

    private void PublishClaim()
    {
        long segmentBytes = Math.Max(_state == State.Ready ? _segmentBytes : 0, _large.ReadyBytes);
        Volatile.Write(ref _claimedBytes, WalFormat.BatchRoom(segmentBytes, WalFormat.SegmentHeaderBytes));
    }
}
