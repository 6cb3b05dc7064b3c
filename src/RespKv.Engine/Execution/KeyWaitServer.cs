using System.Diagnostics;
using RespKv.Engine.Sessions;
using RespKv.Engine.Space;
using RespKv.Protocol;

namespace RespKv.Engine.Execution;

/// <summary>
/// Serves the clients that wait for keys, behind the command that has touched one, or behind the whole MULTI block. Guarded by the turn.
///
/// Invariants:
/// - Each client served is a write of its own: its own record, its own LSN, under which its reply leaves through its own queue (D1, D8).
/// - It is served only when there is room for its record (D11). Otherwise the key stays where it is, and the housekeeping tries again.
/// - While CLIENT PAUSE holds writes, nobody is served.
/// </summary>
internal sealed class KeyWaitServer
{
    private readonly RespEngine _engine;
    private readonly BlockedKeys _keys;

    /// <summary>Not the turn's: the client that woke them is in the middle of its own replies.</summary>
    private readonly RespWriter _reply = new(new ReplyBuffer(keepsSegment: true));
    private readonly WriteContext _context;
    private List<ServedClient>? _served;
    private bool _lacksRoom;

    public KeyWaitServer(RespEngine engine)
    {
        _engine = engine;
        _keys = engine.Mutator.Blocked;
        _context = new WriteContext(engine, _reply);
    }

    /// <summary>Whether a key is to be looked at now.</summary>
    public bool IsDue => _keys.HasReady && !_lacksRoom;

    /// <summary>Looks at keys that clients wait for, until no more of them is ready. No record is open.</summary>
    public void Serve(long nowMillis)
    {
        if (_engine.State != EngineState.Ready || _engine.Pauses(writes: true, nowMillis))
        {
            return;
        }

        // Each round serves somebody or is the last for its key: serving is all that makes further keys ready.
        while (!_lacksRoom && _keys.TryTake(out KeyQueue queue))
        {
            ServeQueue(queue, nowMillis);
        }
    }

    /// <summary>The housekeeping's turn: what could not be served for want of room or because of a pause is tried again.</summary>
    public void Retry(long nowMillis)
    {
        _lacksRoom = false;
        if (_keys.HasReady)
        {
            Serve(nowMillis);
        }
    }

    /// <summary>Who was served in this turn and is to be let go after it (<see cref="RespEngine"/>); null: nobody.</summary>
    public List<ServedClient>? TakeServed()
    {
        List<ServedClient>? served = _served;
        _served = null;
        return served;
    }

    private void ServeQueue(KeyQueue queue, long nowMillis)
    {
        var key = new KeyRef(queue.Key.Bytes);
        WaitingClient? next;
        for (WaitingClient? place = queue.First; place is not null; place = next)
        {
            // A client that is served takes only its own place out of this queue.
            next = place.Next;
            KeyWait wait = place.Wait;
            _context.Begin(wait.Session, nowMillis);
            if (!_context.FindUntouched(queue.Key.Database, key, out Keyspace.Entry entry))
            {
                _engine.EndRecord();
                return;
            }

            if (_context.Type(entry) != wait.Type || wait.Session.IsClosed)
            {
                continue;
            }

            if (!TryServe(wait, key, nowMillis))
            {
                _lacksRoom = true;
                _keys.MarkReady(queue);
                return;
            }
        }
    }

    /// <summary>False: there is no room for what it would log, nothing has changed.</summary>
    private bool TryServe(KeyWait wait, in KeyRef key, long nowMillis)
    {
        Session session = wait.Session;
        long ticks = Stopwatch.GetTimestamp();
        _reply.Version = session.ProtocolVersion;
        if (!_engine.Commit.Gate.AdmitServing(RecordBound.Of(wait.Entry, wait.Request.Args), wait.Entry.Has(Commands.CommandFlags.DenyOom)))
        {
            return false;
        }

        _engine.Pusher.Served = session;
        bool ran = Run(wait, key);
        _engine.Pusher.Served = null;
        if (!ran)
        {
            return false;
        }

        long lsn = _context.ObservedLsn;
        if (_engine.Commit.Fill.RecordOpen)
        {
            lsn = _engine.Commit.Fill.EndRecord();
            session.LastWriteLsn = lsn;
            _engine.Commit.NoteWriter(session);
        }

        _engine.Scheduler.Forget(session);
        CommandRunner.MeasureServed(_engine, wait, Stopwatch.GetTimestamp() - ticks, _context.Failed, nowMillis);
        Executor.DropUnwantedReply(session, _reply.Buffer, 0);
        if (_engine.Pusher.TakeServedOwn(_reply.Buffer))
        {
            lsn = _engine.Commit.AppendedLsn;
        }

        Send(session, lsn);
        return true;
    }

    private bool Run(KeyWait wait, in KeyRef key)
    {
        int fillBytes = _engine.Commit.Fill.ByteCount;
        try
        {
            wait.Serve(_context, key);
            return true;
        }
        catch (NoRoomException e) when (e.IsLimit)
        {
            _reply.Buffer.Clear();
            _context.Fail(e.Message);
            return true;
        }
        catch (NoRoomException)
        {
            // At most keys that it found expired are in its record, and they are deleted either way.
            _engine.EndRecord();
            _reply.Buffer.Clear();
            return false;
        }
        catch (Exception e) when (_engine.Commit.Fill.ByteCount == fillBytes)
        {
            // As any command that has changed nothing yet.
            _reply.Buffer.Clear();
            _context.Fail("ERR internal error, see the server's log");
            _engine.Log.Write(EngineLogLevel.Warning, $"Command '{wait.Entry.Name}' failed when it was woken: {e}");
            return true;
        }
        catch (Exception e)
        {
            // Memory is ahead of the log by half a command: nothing may be told to anyone any more.
            _engine.Commit.Fill.AbandonRecord();
            _engine.FailStop(e);
            throw;
        }
    }

    private void Send(Session session, long lsn)
    {
        bool written = false;
        if (_reply.Buffer.Length > 0)
        {
            FenceMark mark = new(0, lsn);
            ReadOnlySpan<FenceMark> marks = lsn > _engine.Commit.ReleasedLsn ? new ReadOnlySpan<FenceMark>(in mark) : [];
            if (!marks.IsEmpty)
            {
                _engine.Commit.Await(session, lsn);
            }

            written = session.Output.Append(_reply.Buffer, marks, _engine.Commit.Fill.FirstLsn);
        }

        (_served ??= []).Add(new ServedClient(session, written));
    }
}

/// <summary>A client that was served in another one's turn.</summary>
/// <param name="Session">The client.</param>
/// <param name="Written">What <see cref="ReplyQueue.Append"/> said about its reply.</param>
internal readonly record struct ServedClient(Session Session, bool Written);
