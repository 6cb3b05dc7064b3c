using System.Diagnostics;
using System.Text;
using RespKv.Engine.Commands;
using RespKv.Engine.Commit;
using RespKv.Engine.Sessions;
using RespKv.Engine.Space;
using RespKv.Protocol;

namespace RespKv.Engine.Execution;

/// <summary>
/// Runs requests one at a time inside a turn (decision 3), and gives each reply the LSN that it has to wait for (D1). Every member
/// is guarded by the turn.
/// </summary>
internal sealed class Executor
{
    private static readonly long TicksPerMicro = Math.Max(1, Stopwatch.Frequency / 1_000_000);

    /// <summary>Bytes of a request that an unknown-command error repeats, as in Redis.</summary>
    private const int EchoBytesMax = 128;

    /// <summary>Replies after which a turn ends: what may be held for a client, so that a pipeline of large replies cannot fill memory.</summary>
    private const int TurnReplyBytesMax = ReplyQueue.HeldBytesPause;

    private readonly RespEngine _engine;
    private readonly CommitPipeline _commit;
    private readonly ReadContext _read;
    private readonly WriteContext _write;
    private readonly ReplyBuffer _replies;

    /// <summary>At most two: replies of one turn wait for the batch that is being written, for the one that is being filled, or for nothing.</summary>
    private readonly FenceMark[] _marks = new FenceMark[2];
    private int _markCount;
    private long _fenceLsn;

    /// <summary>No request of the turn makes a record above this.</summary>
    private long _recordBytesMax;

    public Executor(RespEngine engine)
    {
        _engine = engine;
        _commit = engine.Commit;
        _replies = engine.TurnWriter.Buffer;
        _read = new ReadContext(engine);
        _write = new WriteContext(engine);
    }

    /// <summary>Why <see cref="Execute"/> stopped before the last request.</summary>
    public enum Stop
    {
        /// <summary>It did not.</summary>
        None,

        /// <summary>The client was suspended by its own command, which counts as executed.</summary>
        Suspended,

        /// <summary>The request has to wait (pause, full log); it was not executed.</summary>
        Postponed,

        /// <summary>The connection closes behind the last reply.</summary>
        Closing,

        /// <summary>The replies of this turn are many: others come first, the rest runs in the next turn.</summary>
        TurnFull,
    }

    /// <summary>Begins the replies of one client's turn.</summary>
    public void BeginReplies(Session session)
    {
        Debug.Assert(_replies.Length == 0, "the previous turn left replies behind");
        _engine.TurnWriter.Version = session.ProtocolVersion;
        _markCount = 0;
        _fenceLsn = _commit.ReleasedLsn;
    }

    /// <summary>Hands the turn's replies to the client's queue. The result says how they go on: see <see cref="ReplyQueue.Append"/>.</summary>
    public bool EndReplies(Session session)
    {
        if (_replies.Length == 0)
        {
            return false;
        }

        ReadOnlySpan<FenceMark> marks = _marks.AsSpan(0, _markCount);
        foreach (ref readonly FenceMark mark in marks)
        {
            _commit.Await(session, mark.Lsn);
        }

        return session.Output.Append(_replies, marks, _commit.Fill.FirstLsn);
    }

    /// <summary>Executes requests from <paramref name="first"/> on. Returns how many were executed.</summary>
    public int Execute(Session session, ReadOnlySpan<byte> data, RequestBatch batch, long nowMillis, out Stop stop)
    {
        long ticks = Stopwatch.GetTimestamp();
        _recordBytesMax = RecordBound.OfInput(data.Length);
        for (int i = 0; i < batch.Count; i++)
        {
            stop = ExecuteOne(session, batch.Get(i, data), nowMillis, ref ticks);
            if (stop != Stop.None)
            {
                return stop == Stop.Postponed ? i : i + 1;
            }

            if (_replies.Length >= TurnReplyBytesMax && i + 1 < batch.Count)
            {
                stop = Stop.TurnFull;
                return i + 1;
            }
        }

        stop = Stop.None;
        return batch.Count;
    }

    /// <summary>Answers a suspended command, in the turn that ends its suspension.</summary>
    public void Complete(Session session, Suspension suspension, SuspensionEnd end, long nowMillis)
    {
        _read.Begin(session, nowMillis);
        long start = _replies.Length;
        suspension.Complete(_read, end);
        FinishReply(session, start, _read, wholeKeyspace: false);
        if (session.ReplyMode != ReplyMode.On && session.Suspension is null)
        {
            DropReply(session, start);
        }
    }

    /// <summary>Replies with an error that no command gave (a protocol error).</summary>
    public void FailRequest(Session session, string text, long nowMillis)
    {
        _read.Begin(session, nowMillis);
        _read.Fail(text);
    }

    /// <summary>Ends the record that an expiry, outside any command, has opened.</summary>
    public void EndRecord()
    {
        if (_commit.Fill.RecordOpen)
        {
            _commit.Fill.EndRecord();
        }
    }

    private Stop ExecuteOne(Session session, RequestArgs args, long nowMillis, ref long ticks)
    {
        session.LastCommandAtMillis = nowMillis;
        CommandEntry? entry = Admit(session, args, nowMillis, out Stop stop);
        if (entry is null)
        {
            return stop;
        }

        session.LastCommand = entry.Name;
        session.CommandCount++;
        _engine.Stats.CommandsProcessed++;
        long start = _replies.Length;
        ReadContext context = entry.Write is null ? _read : _write;
        context.Begin(session, nowMillis);
        if (!Run(session, entry, args, context, start))
        {
            return Stop.Postponed;
        }

        FinishReply(session, start, context, entry.Has(CommandFlags.WholeKeyspace));
        if (session.ReplyMode != ReplyMode.On && session.Suspension is null)
        {
            DropReply(session, start);
        }

        Measure(session, entry, args, context.Failed, nowMillis, ref ticks);
        if (session.Suspension is not null)
        {
            return Stop.Suspended;
        }

        return session.CloseAfterReplies || session.IsClosed ? Stop.Closing : Stop.None;
    }

    /// <summary>Finds the command and checks that it may run now. Null: it was answered with an error, or has to wait (<paramref name="stop"/>).</summary>
    private CommandEntry? Admit(Session session, RequestArgs args, long nowMillis, out Stop stop)
    {
        stop = Stop.None;
        CommandEntry? entry = _engine.Commands.Find(args[0]);
        if (entry is null)
        {
            return Reject(session, null, UnknownCommand(args), nowMillis);
        }

        if (entry.Subcommands is { } subcommands && args.Count > 1)
        {
            CommandEntry? subcommand = subcommands.Find(args[1]);
            if (subcommand is null)
            {
                return Reject(session, entry, $"ERR unknown subcommand '{Printable(args[1])}'. Try {entry.Name.ToUpperInvariant()} HELP.", nowMillis);
            }

            entry = subcommand;
        }

        if (!entry.Takes(args.Count))
        {
            return Reject(session, entry, Errors.WrongArity(entry.Name), nowMillis);
        }

        if (!session.IsAuthenticated && !entry.Has(CommandFlags.NoAuth))
        {
            return Reject(session, entry, Errors.NoAuth, nowMillis);
        }

        if (_engine.State == EngineState.Loading && !entry.Has(CommandFlags.Loading))
        {
            return Reject(session, entry, Errors.Loading, nowMillis);
        }

        bool writes = entry.Has(CommandFlags.Write);
        if (_engine.Pauses(writes, nowMillis))
        {
            _engine.PostponeForPause(session);
            stop = Stop.Postponed;
            return null;
        }

        // D11. The sum says of nearly every write that there is room, the rest is looked at one by one.
        if (writes && _commit.Fill.ByteCount + _recordBytesMax > _commit.Space.FastBytesMax)
        {
            Admission admission = _commit.Gate.Admit(session, entry, args, out string error);
            if (admission == Admission.Refused)
            {
                return Reject(session, entry, error, nowMillis);
            }

            if (admission == Admission.Wait)
            {
                stop = Stop.Postponed;
                return null;
            }
        }

        return entry;
    }

    private CommandEntry? Reject(Session session, CommandEntry? entry, string text, long nowMillis)
    {
        if (entry is not null)
        {
            entry.RejectedCalls++;
        }

        _read.Begin(session, nowMillis);
        long start = _replies.Length;
        _read.Fail(text);
        if (session.ReplyMode != ReplyMode.On)
        {
            DropReply(session, start);
        }

        return null;
    }

    /// <summary>False: the command found that it has to wait, and has changed nothing.</summary>
    private bool Run(Session session, CommandEntry entry, RequestArgs args, ReadContext context, long start)
    {
        try
        {
            if (entry.Write is { } write)
            {
                write((WriteContext)context, args);
            }
            else
            {
                entry.Read!(context, args);
            }
        }
        catch (NoRoomException e)
        {
            // At most keys that it found expired are in its record, and they are deleted either way.
            _replies.Truncate(start);
            if (e.Admission == Admission.Wait)
            {
                EndRecord();
                _commit.Gate.PostponeForRoom(session);
                session.CommandCount--;
                _engine.Stats.CommandsProcessed--;
                return false;
            }

            context.Fail(e.Message);
        }
        catch (Exception e) when (!_commit.Fill.RecordOpen)
        {
            // Nothing was changed yet, so the command can be refused like any other.
            _replies.Truncate(start);
            context.Fail("ERR internal error, see the server's log");
            _engine.Log.Write(EngineLogLevel.Warning, $"Command '{entry.Name}' failed: {e}");
        }
        catch (Exception e)
        {
            // Memory is ahead of the log by half a command: nothing may be told to anyone any more.
            _commit.Fill.AbandonRecord();
            _engine.FailStop(e);
            throw;
        }

        return true;
    }

    /// <summary>Ends the command's record, and marks its reply with the LSN that it waits for.</summary>
    private void FinishReply(Session session, long start, ReadContext context, bool wholeKeyspace)
    {
        long lsn;
        if (_commit.Fill.RecordOpen)
        {
            lsn = _commit.Fill.EndRecord();
            session.LastWriteLsn = lsn;
            _commit.NoteWriter(session);
        }
        else
        {
            if (wholeKeyspace)
            {
                context.ObserveAll();
            }

            lsn = context.ObservedLsn;
        }

        if (lsn <= _fenceLsn)
        {
            // Released already, or covered by the mark of an earlier reply: replies leave in order.
            return;
        }

        _fenceLsn = lsn;
        bool sameBatch = _markCount > 0 && (_marks[_markCount - 1].Lsn >= _commit.Fill.FirstLsn) == (lsn >= _commit.Fill.FirstLsn);
        if (sameBatch)
        {
            _marks[_markCount - 1] = _marks[_markCount - 1] with { Lsn = lsn };
        }
        else
        {
            _marks[_markCount++] = new FenceMark(start, lsn);
        }
    }

    /// <summary>Drops the reply that a command has just given, as CLIENT REPLY left it.</summary>
    private void DropReply(Session session, long start)
    {
        if (session.ReplyMode == ReplyMode.SkipAsked)
        {
            // CLIENT REPLY SKIP itself, which has no reply.
            session.ReplyMode = ReplyMode.SkipNext;
            return;
        }

        _replies.Truncate(start);
        if (session.ReplyMode == ReplyMode.SkipNext)
        {
            session.ReplyMode = ReplyMode.On;
        }
    }

    private void Measure(Session session, CommandEntry entry, RequestArgs args, bool failed, long nowMillis, ref long ticks)
    {
        long now = Stopwatch.GetTimestamp();
        long elapsed = now - ticks;
        ticks = now;
        entry.Calls++;
        entry.Ticks += elapsed;
        if (failed)
        {
            entry.FailedCalls++;
        }

        long micros = elapsed / TicksPerMicro;
        entry.RecordLatency(micros);
        long slowMicros = _engine.Config.SlowLogLogSlowerThanMicros;
        if (slowMicros >= 0 && micros >= slowMicros && !entry.Has(CommandFlags.SkipSlowLog))
        {
            int shown = entry.Has(CommandFlags.HasSecrets) ? entry.NameArguments : int.MaxValue;
            _engine.SlowLog.Add(args, shown, micros, nowMillis / 1000, session.RemoteAddress, session.Name, _engine.Config.SlowLogMaxLength);
        }

        long latencyMillis = _engine.Config.LatencyMonitorThresholdMillis;
        if (latencyMillis > 0 && micros >= latencyMillis * 1000)
        {
            _engine.Latency.Add(entry.Has(CommandFlags.Fast) ? "fast-command" : "command", nowMillis / 1000, micros / 1000);
        }
    }

    private static string UnknownCommand(RequestArgs args)
    {
        var text = new StringBuilder("ERR unknown command '").Append(Printable(args[0])).Append("', with args beginning with: ");
        int start = text.Length;
        for (int i = 1; i < args.Count && text.Length - start < EchoBytesMax; i++)
        {
            ReadOnlySpan<byte> argument = args[i];
            int room = EchoBytesMax - (text.Length - start);
            text.Append('\'').Append(Printable(argument[..Math.Min(argument.Length, room)])).Append("' ");
        }

        return text.ToString();
    }

    private static string Printable(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes[..Math.Min(bytes.Length, EchoBytesMax)]);
}
