using RespKv.Engine.Sessions;
using RespKv.Storage.Threading;

namespace RespKv.Engine.Commit;

/// <summary>Which clients have replies that wait for the batch that is being filled, and which for the one that is being written.</summary>
internal sealed class BatchWaiters(IThreads threads)
{
    /// <summary>
    /// Up to here the writer sends the replies itself: waking another thread for them takes longer. More of them would keep it from the next batch.
    /// </summary>
    private const int SentByWriterMax = 4;

    private readonly Lock _gate = new();

    // Guarded by _gate.
    private List<Session> _fill = new(64);
    private List<Session> _writing = new(64);

    // The writer thread's own.
    private readonly List<Session> _released = new(64);

    /// <summary>Clients with replies that wait. Any thread.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _fill.Count + _writing.Count;
            }
        }
    }

    /// <summary>The caller holds the turn.</summary>
    public void AddToFill(Session session)
    {
        lock (_gate)
        {
            _fill.Add(session);
        }
    }

    /// <summary>Unless the LSN has been released meanwhile. The caller holds the turn.</summary>
    public void AddToWriting(Session session, long lsn, CommitPipeline commit)
    {
        lock (_gate)
        {
            // The writer publishes ReleasedLsn before it takes this list under the same gate: either it sees the client here, or the
            // client sees the LSN released.
            if (lsn > commit.ReleasedLsn)
            {
                _writing.Add(session);
            }
        }
    }

    /// <summary>The batch that was filled goes to the writer. The caller holds the turn, and has released those of the last one.</summary>
    public void Swap()
    {
        lock (_gate)
        {
            (_fill, _writing) = (_writing, _fill);
        }
    }

    /// <summary>The batch that was written is released. The writer thread, outside turns.</summary>
    public void Release()
    {
        lock (_gate)
        {
            _released.AddRange(_writing);
            _writing.Clear();
        }

        bool handsOver = _released.Count > SentByWriterMax;
        IReleaser? releaser = null;
        foreach (Session session in _released)
        {
            if (handsOver && session.Transport.Releaser is { } own)
            {
                if (own != releaser)
                {
                    releaser?.Kick();
                    releaser = own;
                }

                own.Add(session.Output);
            }

            // A chunk each: a client that takes much must not keep the writer from the next batch.
            else if (session.Output.ReleaseChunk())
            {
                threads.Post(static queue => ((ReplyQueue)queue!).Release(), session.Output);
            }
        }

        releaser?.Kick();
        _released.Clear();
    }
}
