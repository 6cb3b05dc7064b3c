using RespKv.Protocol;

namespace RespKv.Engine.Sessions;

/// <summary>
/// The fence of one client: its replies in order, each held until ReleasedLsn reaches the LSN that it carries (D1, D8).
/// </summary>
/// <remarks>
/// Bytes are appended inside the turn and leave on whichever thread finds them releasable: the connection's own at the end of a
/// turn, the WAL writer's after a sync. One thread at a time has the sending right; the others leave, because the sender looks
/// again before it gives the right back. <c>_gate</c> is held for copying only, never while sending.
/// </remarks>
public sealed class ReplyQueue
{
    /// <summary>
    /// Replies that one client may have waiting before its further requests are left unread. Deep pipelines run ahead of
    /// the fsync up to here.
    /// </summary>
    public const int HeldBytesPause = 1024 * 1024;

    /// <summary>Copied per round, so that the gate is never held for a huge reply.</summary>
    private const int SendChunkBytes = 64 * 1024;

    private readonly Lock _gate = new();
    private readonly IReplyTransport _transport;
    private readonly IReleasePoint _release;

    // Guarded by _gate.
    private readonly ReplyBuffer _held = new();
    private FenceMark[] _marks = new FenceMark[4];
    private int _markHead;
    private int _markCount;
    private long _appendedBytes;
    private long _sentBytes;
    private long _pushedBytes;
    private bool _sending;
    private bool _closed;
    private bool _pauseRequested;
    private TaskCompletionSource? _drained;

    public ReplyQueue(IReplyTransport transport, IReleasePoint release)
    {
        _transport = transport;
        _release = release;
    }

    /// <summary>Bytes not yet handed to the transport.</summary>
    public long HeldBytes
    {
        get
        {
            lock (_gate)
            {
                return _appendedBytes - _sentBytes;
            }
        }
    }

    /// <summary>
    /// Appends the replies of a turn; <paramref name="replies"/> is empty afterwards. The caller holds the turn.
    /// <paramref name="marks"/> say from which byte on which LSN is needed, both ascending; <paramref name="batchFirstLsn"/> is the
    /// first LSN of the batch that is being filled. Returns whether bytes were written through to the transport: then the caller
    /// calls <see cref="FlushWritten"/> after the turn, otherwise <see cref="Release"/>.
    /// </summary>
    internal bool Append(ReplyBuffer replies, ReadOnlySpan<FenceMark> marks, long batchFirstLsn)
    {
        lock (_gate)
        {
            if (_closed)
            {
                replies.Clear();
                return false;
            }

            long length = replies.Length;
            if (!_sending && _appendedBytes == _sentBytes && length <= SendChunkBytes
                && (marks.IsEmpty || marks[^1].Lsn <= _release.ReleasedLsn))
            {
                // Nothing before it and nothing to wait for: straight through, without a stay in the queue.
                replies.CopyOut(_transport.Writer, length);
                _appendedBytes += length;
                _sentBytes += length;
                _sending = true;
                return true;
            }

            foreach (ref readonly FenceMark mark in marks)
            {
                AddMark(_appendedBytes + mark.StartOffset, mark.Lsn, batchFirstLsn);
            }

            _appendedBytes += length;
            replies.MoveTo(_held);
            return false;
        }
    }

    /// <summary>
    /// Appends something that the client did not ask for just now: it waits for <paramref name="lsn"/>, and for what is before it. The caller
    /// holds the turn, and has the queue released afterwards. Returns <see cref="HeldBytes"/>, -1 when the client is gone.
    /// </summary>
    /// <param name="first">Its first byte.</param>
    /// <param name="rest">The others.</param>
    /// <param name="lsn">What it waits for.</param>
    /// <param name="batchFirstLsn">The first LSN of the batch that is being filled.</param>
    /// <param name="pushedBytes">Bytes of such since nothing was held: what is held holds no more of them.</param>
    internal long AppendPush(byte first, ReadOnlySpan<byte> rest, long lsn, long batchFirstLsn, out long pushedBytes)
    {
        lock (_gate)
        {
            pushedBytes = 0;
            if (_closed)
            {
                return -1;
            }

            _pushedBytes = (_appendedBytes == _sentBytes ? 0 : _pushedBytes) + 1 + rest.Length;
            pushedBytes = _pushedBytes;

            if (lsn > _release.ReleasedLsn)
            {
                AddMark(_appendedBytes, lsn, batchFirstLsn);
            }

            _held.GetSpan(1)[0] = first;
            _held.Advance(1);
            _held.Write(rest);
            _appendedBytes += 1 + rest.Length;
            return _appendedBytes - _sentBytes;
        }
    }

    /// <summary>The LSN that the last push was given came into being in no record: it waits for those that are there. The caller holds the turn.</summary>
    internal void SettleLastMark(long appendedLsn)
    {
        lock (_gate)
        {
            if (_markCount > 0)
            {
                ref FenceMark last = ref _marks[(_markHead + _markCount - 1) & (_marks.Length - 1)];
                last = last with { Lsn = Math.Min(last.Lsn, appendedLsn) };
            }
        }
    }

    /// <summary>Sends what <see cref="Append"/> wrote through, then whatever else has become releasable.</summary>
    internal void FlushWritten()
    {
        if (_transport.Flush())
        {
            EndSend();
            Release();
        }
    }

    /// <summary>Sends every reply whose LSN has been released. Any thread.</summary>
    public void Release()
    {
        while (TakeReleasable())
        {
            if (!_transport.Flush())
            {
                return;
            }

            EndSend();
        }
    }

    /// <summary>As <see cref="Release"/>, but no more than one round. Returns whether more could leave already.</summary>
    public bool ReleaseChunk() => TakeReleasable() && _transport.Flush() && EndSend();

    /// <summary>The transport can take more, after <see cref="IReplyTransport.Flush"/> had returned false.</summary>
    public void FlushCompleted()
    {
        EndSend();
        Release();
    }

    /// <summary>Whether the client has so much waiting that its requests should stay unread. It is resumed when half of it has left.</summary>
    internal bool PauseIfFull()
    {
        lock (_gate)
        {
            if (_closed || _appendedBytes - _sentBytes < HeldBytesPause)
            {
                return false;
            }

            _pauseRequested = true;
            return true;
        }
    }

    /// <summary>Completes when every reply has been handed to the transport and flushed, or the queue was closed.</summary>
    public Task WhenDrainedAsync()
    {
        lock (_gate)
        {
            if (_closed || (!_sending && _appendedBytes == _sentBytes))
            {
                return Task.CompletedTask;
            }

            _drained ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _drained.Task;
        }
    }

    /// <summary>The client is gone: drops what is held.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            _held.Clear();
            _markCount = 0;
            _sentBytes = _appendedBytes;
            _drained?.TrySetResult();
        }
    }

    private bool TakeReleasable()
    {
        lock (_gate)
        {
            if (_sending || _closed)
            {
                return false;
            }

            long releasedLsn = _release.ReleasedLsn;
            while (_markCount > 0 && _marks[_markHead].Lsn <= releasedLsn)
            {
                _markHead = (_markHead + 1) & (_marks.Length - 1);
                _markCount--;
            }

            long releasable = _markCount == 0 ? _appendedBytes : _marks[_markHead].StartOffset;
            long count = Math.Min(releasable - _sentBytes, SendChunkBytes);
            if (count <= 0)
            {
                return false;
            }

            _held.CopyOut(_transport.Writer, count);
            _sentBytes += count;
            _sending = true;
            return true;
        }
    }

    /// <summary>Gives the sending right back. Returns whether more may be releasable.</summary>
    private bool EndSend()
    {
        bool resume = false;
        bool more;
        lock (_gate)
        {
            _sending = false;
            long held = _appendedBytes - _sentBytes;
            more = held > 0 && (_markCount == 0 || _marks[_markHead].Lsn <= _release.ReleasedLsn || _marks[_markHead].StartOffset > _sentBytes);
            if (_pauseRequested && held <= HeldBytesPause / 2)
            {
                _pauseRequested = false;
                resume = true;
            }

            if (held == 0)
            {
                _drained?.TrySetResult();
                _drained = null;
            }
        }

        if (resume)
        {
            _transport.Resume();
        }

        return more;
    }

    private void AddMark(long startOffset, long lsn, long batchFirstLsn)
    {
        if (_markCount > 0)
        {
            ref FenceMark last = ref _marks[(_markHead + _markCount - 1) & (_marks.Length - 1)];
            if (last.Lsn >= batchFirstLsn)
            {
                // Both are in the batch that is being filled, which is released as a whole: one mark serves.
                last = last with { Lsn = Math.Max(last.Lsn, lsn) };
                return;
            }

            if (last.Lsn >= lsn)
            {
                return;
            }
        }

        if (_markCount == _marks.Length)
        {
            GrowMarks();
        }

        _marks[(_markHead + _markCount) & (_marks.Length - 1)] = new FenceMark(startOffset, lsn);
        _markCount++;
    }

    private void GrowMarks()
    {
        var grown = new FenceMark[_marks.Length * 2];
        for (int i = 0; i < _markCount; i++)
        {
            grown[i] = _marks[(_markHead + i) & (_marks.Length - 1)];
        }

        _marks = grown;
        _markHead = 0;
    }
}
