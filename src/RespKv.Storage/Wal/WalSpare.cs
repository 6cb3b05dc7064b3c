using RespKv.Storage.Files;

namespace RespKv.Storage.Wal;

/// <summary>
/// Makes the next segment ahead of need on a thread of its own, so that a switch finds it ready: a file of the right size,
/// all zeros, synced, under a name that recovery does not read. A failure there is kept and counts only if it is still a
/// failure when the file is needed.
///
/// Invariant: at most one of the two threads works on the file: the background thread while <c>Making</c>, the writer
/// otherwise.
/// </summary>
internal sealed class WalSpare : IDisposable
{
    private readonly IFileSystem _files;
    private readonly string _directory;
    private readonly long _segmentBytes;
    private readonly CancellationTokenSource _stop = new();
    private readonly Thread? _thread;

    // Guarded by _gate.
    private readonly object _gate = new();
    private State _state = State.None;

    internal WalSpare(IFileSystem files, string directory, long segmentBytes, bool inBackground)
    {
        _files = files;
        _directory = directory;
        _segmentBytes = segmentBytes;
        if (inBackground)
        {
            _thread = new Thread(Run) { IsBackground = true, Name = "wal-spare" };
            _thread.Start();
        }
    }

    private enum State
    {
        None,
        Wanted,
        Making,
        Ready,
    }

    /// <summary>For tests.</summary>
    internal bool IsStopping => _stop.IsCancellationRequested;

    private string SparePath => Path.Combine(_directory, WalNames.Spare);

    /// <summary>Has the next one made in the background.</summary>
    internal void Request()
    {
        lock (_gate)
        {
            if (_thread is not null && _state == State.None)
            {
                _state = State.Wanted;
                Monitor.PulseAll(_gate);
            }
        }
    }

    /// <summary>
    /// A file of that size, ready to be renamed. Waits when it is in the making; makes it here when there is none, after a
    /// failure in the background too: the disk may have room again.
    /// </summary>
    /// <returns>Its path. The caller renames it before the next call.</returns>
    /// <exception cref="StorageException">It cannot be made.</exception>
    internal string Take(long segmentBytes)
    {
        if (segmentBytes != _segmentBytes)
        {
            string largePath = Path.Combine(_directory, WalNames.LargeSpare);
            Make(largePath, segmentBytes, ZeroWriter.ForegroundSyncBytes, CancellationToken.None);
            return largePath;
        }

        lock (_gate)
        {
            while (_state is State.Wanted or State.Making)
            {
                Monitor.Wait(_gate);
            }

            bool isReady = _state == State.Ready;
            _state = State.None;
            if (isReady)
            {
                return SparePath;
            }
        }

        Make(SparePath, segmentBytes, ZeroWriter.ForegroundSyncBytes, CancellationToken.None);
        return SparePath;
    }

    /// <summary>Waits for the thread; it stops after the slice that it is at.</summary>
    public void Dispose()
    {
        _stop.Cancel();
        lock (_gate)
        {
            Monitor.PulseAll(_gate);
        }

        _thread?.Join();
        _stop.Dispose();
    }

    private void Run()
    {
        while (WaitForRequest())
        {
            State result = State.None;
            try
            {
                Make(SparePath, _segmentBytes, ZeroWriter.BackgroundSyncBytes, _stop.Token);
                result = State.Ready;
            }
            catch (StorageException)
            {
                // Tried again, and reported, when it is needed.
            }
            catch (OperationCanceledException)
            {
                // Disposed; the next start makes it anew.
            }

            lock (_gate)
            {
                _state = result;
                Monitor.PulseAll(_gate);
            }
        }
    }

    private bool WaitForRequest()
    {
        lock (_gate)
        {
            while (_state != State.Wanted && !_stop.IsCancellationRequested)
            {
                Monitor.Wait(_gate);
            }

            if (_stop.IsCancellationRequested)
            {
                return false;
            }

            _state = State.Making;
            return true;
        }
    }

    // A leftover of an earlier run is written over from its start: how far it got is not known.
    private void Make(string path, long segmentBytes, int syncBytes, CancellationToken cancel)
    {
        FileOpenKind kind = _files.FileExists(path) ? FileOpenKind.OpenExisting : FileOpenKind.CreateNew;
        using IFile file = _files.Open(path, kind);
        if (file.Length > segmentBytes)
        {
            file.SetLength(segmentBytes);
        }

        ZeroWriter.Write(file, 0, segmentBytes, syncBytes, cancel);
    }
}
