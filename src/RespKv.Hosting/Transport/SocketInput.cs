using System.Buffers;
using System.IO.Pipelines;
using System.Threading.Tasks.Sources;
using Microsoft.AspNetCore.Connections;
using RespKv.Storage.Files;

namespace RespKv.Hosting.Transport;

/// <summary>
/// What a client sends, as a pipe without a buffer of its own: bytes are received into the loop's buffer when the reader waits
/// for them, and shown to it there, inline. Only what the reader leaves behind is kept. An idle connection holds nothing.
/// </summary>
internal sealed class SocketInput(SocketConnection connection, EventLoop loop) : PipeReader, IValueTaskSource<ReadResult>
{
    /// <summary>Room made for bytes that follow on ones that were kept.</summary>
    private const int KeptRoomMin = 4096;

    private readonly Lock _gate = new();

    // Completed by who takes _waiting back, under the gate.
    private ManualResetValueTaskSourceCore<ReadResult> _read;
    private volatile bool _waiting;

    // Guarded by the gate.
    private bool _cancelRequested;

    /// <summary>The socket has, or may have, more, of which it will not tell again.</summary>
    private bool _readable;

    // Of the reader and the loop, in turn.
    private ReadOnlySequence<byte> _shown;
    private volatile bool _showsLoopBuffer;
    private byte[]? _kept;
    private int _keptStart;
    private int _keptEnd;
    private bool _keptExamined;
    private bool _peerClosed;
    private volatile bool _ended;
    private volatile Exception? _error;

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            if (TryReadNow(out ReadResult result))
            {
                return new ValueTask<ReadResult>(result);
            }

            _read.Reset();
            _waiting = true;
            if (_readable)
            {
                _readable = false;
                connection.ReceiveLater();
            }

            return new ValueTask<ReadResult>(this, _read.Version);
        }
    }

    public override bool TryRead(out ReadResult result)
    {
        lock (_gate)
        {
            return TryReadNow(out result);
        }
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        if (consumed.Equals(_shown.End))
        {
            DropKept();
        }
        else
        {
            Keep(_shown.Slice(consumed).FirstSpan, examined.Equals(_shown.End));
        }

        _shown = default;
        _showsLoopBuffer = false;
    }

    public override void CancelPendingRead()
    {
        lock (_gate)
        {
            if (!_waiting)
            {
                // Nobody waits, or the loop is receiving just now: the next read is cancelled.
                _cancelRequested = true;
                return;
            }

            _waiting = false;
        }

        Show(isCanceled: true);
    }

    public override void Complete(Exception? exception = null)
    {
        _ended = true;
        DropKept();
    }

    /// <summary>The socket has something. On the loop.</summary>
    /// <param name="peerClosed">The peer has ended; what it sent before may still be there.</param>
    public void OnReadable(bool peerClosed)
    {
        _peerClosed |= peerClosed;
        Receive();
    }

    /// <summary>Receives once if the reader waits, and shows it what came. On the loop.</summary>
    public void Receive()
    {
        lock (_gate)
        {
            if (!_waiting)
            {
                _readable = true;
                return;
            }

            // Claimed before anything is received: a cancel cannot take the wait, and with it what was kept, from under it.
            _waiting = false;
        }

        bool follows = _kept is not null;
        Memory<byte> room = follows ? KeptRoom() : loop.ReceiveBuffer;
        nint received = EpollNative.Receive(connection.Handle, room.Span);
        if (received < 0)
        {
            ReceivedNothing(EpollNative.LastError);
            return;
        }

        lock (_gate)
        {
            _readable = received == room.Length || (_peerClosed && received > 0);
        }

        if (received == 0)
        {
            _ended = true;
        }
        else if (follows)
        {
            _keptEnd += (int)received;
            _keptExamined = false;
        }

        if (follows || received == 0)
        {
            Show(isCanceled: false);
            return;
        }

        _shown = new ReadOnlySequence<byte>(room[..(int)received]);
        _showsLoopBuffer = true;
        _read.SetResult(new ReadResult(_shown, isCanceled: false, isCompleted: false));
        if (_showsLoopBuffer)
        {
            loop.GiveReceiveBufferAway();
        }
    }

    /// <summary>Nothing more comes. On the loop.</summary>
    public void Fail(Exception error)
    {
        _error ??= error;
        lock (_gate)
        {
            if (!_waiting)
            {
                return;
            }

            _waiting = false;
        }

        _read.SetException(_error);
    }

    ReadResult IValueTaskSource<ReadResult>.GetResult(short token) => _read.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<ReadResult>.GetStatus(short token) => _read.GetStatus(token);

    void IValueTaskSource<ReadResult>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
        => _read.OnCompleted(continuation, state, token, flags);

    /// <summary>Goes on waiting, or ends.</summary>
    private void ReceivedNothing(Errno error)
    {
        if (error is not (Errno.EAGAIN or Errno.EINTR))
        {
            _error = new ConnectionResetException($"recv: {error.Name()}");
            _read.SetException(_error);
            return;
        }

        bool cancels;
        lock (_gate)
        {
            cancels = _cancelRequested;
            _cancelRequested = false;
            _waiting = !cancels;
            _readable = cancels;
        }

        if (cancels)
        {
            Show(isCanceled: true);
        }
        else if (error == Errno.EINTR)
        {
            connection.ReceiveLater();
        }
    }

    private bool TryReadNow(out ReadResult result)
    {
        if (_error is { } error)
        {
            throw error;
        }

        bool cancels = _cancelRequested;
        if (!cancels && !_ended && (_kept is null || _keptExamined))
        {
            result = default;
            return false;
        }

        _cancelRequested = false;
        _shown = KeptSequence();
        result = new ReadResult(_shown, cancels, _ended);
        return true;
    }

    /// <summary>Completes the wait with what is kept.</summary>
    private void Show(bool isCanceled)
    {
        _shown = KeptSequence();
        _read.SetResult(new ReadResult(_shown, isCanceled, _ended));
    }

    private ReadOnlySequence<byte> KeptSequence()
        => _kept is null ? ReadOnlySequence<byte>.Empty : new ReadOnlySequence<byte>(_kept, _keptStart, _keptEnd - _keptStart);

    private void Keep(ReadOnlySpan<byte> rest, bool examined)
    {
        if (_kept is null)
        {
            _kept = ArrayPool<byte>.Shared.Rent(Math.Max(KeptRoomMin, rest.Length));
            rest.CopyTo(_kept);
            _keptStart = 0;
            _keptEnd = rest.Length;
        }
        else
        {
            _keptStart = _keptEnd - rest.Length;
        }

        _keptExamined = examined;
    }

    private Memory<byte> KeptRoom()
    {
        byte[] kept = _kept!;
        int length = _keptEnd - _keptStart;
        if (kept.Length - _keptEnd < KeptRoomMin)
        {
            byte[] target = length + KeptRoomMin <= kept.Length ? kept : ArrayPool<byte>.Shared.Rent(checked(2 * (length + KeptRoomMin)));
            kept.AsSpan(_keptStart, length).CopyTo(target);
            if (target != kept)
            {
                ArrayPool<byte>.Shared.Return(kept);
            }

            _kept = target;
            _keptStart = 0;
            _keptEnd = length;
        }

        return _kept.AsMemory(_keptEnd);
    }

    private void DropKept()
    {
        if (_kept is { } kept)
        {
            _kept = null;
            ArrayPool<byte>.Shared.Return(kept);
        }
    }
}
