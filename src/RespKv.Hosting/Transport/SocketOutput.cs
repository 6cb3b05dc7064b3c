using System.Buffers;
using System.IO.Pipelines;
using System.Threading.Tasks.Sources;
using Microsoft.AspNetCore.Connections;
using RespKv.Storage.Files;

namespace RespKv.Hosting.Transport;

/// <summary>
/// What goes to a client, as a pipe that sends on the thread that flushes it. What the socket does not take waits, and with it the
/// flush, until the loop has sent it. One thread at a time writes and flushes. An idle connection holds nothing.
/// </summary>
internal sealed class SocketOutput(SocketConnection connection) : PipeWriter, IValueTaskSource<FlushResult>
{
    private const int FirstBytes = 4096;

    /// <summary>Sent to one client in one go, however fast it takes it: others wait meanwhile.</summary>
    private const int BurstBytesMax = 256 * 1024;

    private readonly Lock _gate = new();
    private ManualResetValueTaskSourceCore<FlushResult> _flush;
    private byte[]? _buffer;
    private int _start;
    private int _end;
    private int _burstBytes;
    private volatile Exception? _error;

    // Guarded by the gate.
    private bool _waiting;

    /// <summary>The socket has become writable while nobody waited for it.</summary>
    private bool _writable;

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => _end - _start;

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        MakeRoom(Math.Max(1, sizeHint));
        return _buffer.AsMemory(_end);
    }

    public override Span<byte> GetSpan(int sizeHint = 0)
    {
        MakeRoom(Math.Max(1, sizeHint));
        return _buffer.AsSpan(_end);
    }

    public override void Advance(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)bytes, (uint)((_buffer?.Length ?? 0) - _end), nameof(bytes));
        _end += bytes;
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfFailed();

        // Before the first try: if the socket becomes writable behind it, that is not missed.
        _writable = false;
        if (Send())
        {
            return default;
        }

        lock (_gate)
        {
            ThrowIfFailed();
            _flush.Reset();
            _waiting = true;
            if (_writable || _burstBytes >= BurstBytesMax)
            {
                connection.SendLater();
            }

            return new ValueTask<FlushResult>(this, _flush.Version);
        }
    }

    public override void CancelPendingFlush() => End(new FlushResult(isCanceled: true, isCompleted: false));

    public override void Complete(Exception? exception = null) => Drop();

    /// <summary>The socket takes bytes again. On the loop.</summary>
    public void OnWritable()
    {
        lock (_gate)
        {
            if (!_waiting)
            {
                _writable = true;
                return;
            }
        }

        try
        {
            _burstBytes = 0;
            if (Send())
            {
                End(default);
            }
            else if (_burstBytes >= BurstBytesMax)
            {
                connection.SendLater();
            }
        }
        catch (IOException e)
        {
            Fail(e);
        }
    }

    /// <summary>Nothing more can be sent. On the loop.</summary>
    public void Fail(Exception error)
    {
        lock (_gate)
        {
            _error ??= error;
            if (!_waiting)
            {
                return;
            }

            _waiting = false;
        }

        // The flush that waited has left the buffer to the loop.
        Drop();
        _flush.SetException(error);
    }

    FlushResult IValueTaskSource<FlushResult>.GetResult(short token) => _flush.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<FlushResult>.GetStatus(short token) => _flush.GetStatus(token);

    void IValueTaskSource<FlushResult>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
        => _flush.OnCompleted(continuation, state, token, flags);

    /// <summary>Whoever goes on writing to a client that is gone must not pile it up.</summary>
    private void ThrowIfFailed()
    {
        if (_error is { } error)
        {
            Drop();
            throw error;
        }
    }

    /// <summary>Sends what is there. False: some of it has to wait.</summary>
    private bool Send()
    {
        while (_start < _end)
        {
            if (_burstBytes >= BurstBytesMax)
            {
                return false;
            }

            nint sent = EpollNative.Send(connection.Handle, _buffer.AsSpan(_start, _end - _start));
            if (sent < 0)
            {
                switch (EpollNative.LastError)
                {
                    case Errno.EAGAIN:
                        return false;
                    case Errno.EINTR:
                        continue;
                    case var error:
                        _error = new ConnectionResetException($"send: {error.Name()}");
                        Drop();
                        throw _error;
                }
            }

            _start += (int)sent;
            _burstBytes += (int)sent;
        }

        Drop();
        return true;
    }

    private void End(FlushResult result)
    {
        lock (_gate)
        {
            if (!_waiting)
            {
                return;
            }

            _waiting = false;
        }

        _flush.SetResult(result);
    }

    private void MakeRoom(int bytes)
    {
        if (_buffer is null)
        {
            _buffer = ArrayPool<byte>.Shared.Rent(Math.Max(FirstBytes, bytes));
        }
        else if (_buffer.Length - _end < bytes)
        {
            int length = _end - _start;
            byte[] grown = ArrayPool<byte>.Shared.Rent(checked(2 * length) + bytes);
            _buffer.AsSpan(_start, length).CopyTo(grown);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = grown;
            _start = 0;
            _end = length;
        }
    }

    private void Drop()
    {
        if (_buffer is { } buffer)
        {
            _buffer = null;
            _start = 0;
            _end = 0;
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
