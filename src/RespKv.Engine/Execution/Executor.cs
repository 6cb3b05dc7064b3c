using System.Diagnostics;
using RespKv.Engine.Commands;
using RespKv.Engine.Commit;
using RespKv.Engine.Keyspace;
using RespKv.Engine.Security;
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
    /// <summary>Replies after which a turn ends: what may be held for a client, so that a pipeline of large replies cannot fill memory.</summary>
    private const int TurnReplyBytesMax = ReplyQueue.HeldBytesPause;

    /// <summary>Requests whose keys are read ahead together. Enough for the waits to overlap, few enough to stay in the nearest cache.</summary>
    private const int ReadAheadRequests = 16;

    private readonly RespEngine _engine;
    private readonly CommitPipeline _commit;
    private readonly CommandRunner _runner;
    private readonly BlockExecutor _blocks;
    private readonly KeyWaitServer _waits;
    private readonly CommandEntry? _exec;
    private readonly ReplyBuffer _replies;

    /// <summary>At most two: replies of one turn wait for the batch that is being written, for the one that is being filled, or for nothing.</summary>
    private readonly FenceMark[] _marks = new FenceMark[2];
    private int _markCount;
    private long _fenceLsn;

    /// <summary>Keeps what was read ahead from being optimized away.</summary>
    private ulong _readAheadBits;

    /// <summary>No request of the turn makes a record above this.</summary>
    private long _recordBytesMax;

    public Executor(RespEngine engine)
    {
        _engine = engine;
        _commit = engine.Commit;
        _replies = engine.TurnWriter.Buffer;
        _runner = new CommandRunner(engine);
        _blocks = new BlockExecutor(engine, _runner);
        _waits = new KeyWaitServer(engine);
        _exec = engine.Commands.Declared("exec");
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
        _engine.Pusher.TurnClient = session;
        _markCount = 0;
        _fenceLsn = _commit.ReleasedLsn;
    }

    /// <summary>Hands the turn's replies to the client's queue. The result says how they go on: see <see cref="ReplyQueue.Append"/>.</summary>
    public bool EndReplies(Session session)
    {
        EndBroadcast();
        _engine.Pusher.TurnClient = null;
        if (_replies.Length == 0)
        {
            return false;
        }

        if (session.OutputLimit(_engine.Config).HardBytes is > 0 and { } hardBytesMax && session.Output.HeldBytes + _replies.Length > hardBytesMax)
        {
            // As in Redis before any of it is sent: whether a client gets a reply must not depend on how fast it reads.
            _replies.Clear();
            _engine.CutForOutput(session);
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
            if (i % ReadAheadRequests == 0)
            {
                ReadAhead(session, data, batch, i);
            }

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

    /// <summary>
    /// Reads index and entry of the first keys of the next requests, for its own sake: the waits for memory overlap, instead of coming
    /// one behind the other. A hint: what is no key, or changes meanwhile, makes it useless, not wrong.
    /// </summary>
    private void ReadAhead(Session session, ReadOnlySpan<byte> data, RequestBatch batch, int first)
    {
        int end = Math.Min(batch.Count, first + ReadAheadRequests);

        // Recovery and DEBUG RELOAD change the databases outside turns.
        if (end - first < 2 || _engine.State != EngineState.Ready || _engine.Scheduler.IsPaused)
        {
            return;
        }

        Database database = _engine.Databases[session.Database];
        Span<ulong> hashes = stackalloc ulong[ReadAheadRequests];
        int count = 0;
        ulong seen = 0;
        for (int i = first; i < end; i++)
        {
            RequestArgs args = batch.Get(i, data);
            if (args.Count > 1)
            {
                ulong hash = KeyHash.Compute(args[1]);
                hashes[count++] = hash;
                seen ^= session.LastWrote ? database.ReadIndexAhead(hash) : database.ReadSearchAhead(hash);
            }
        }

        foreach (ulong hash in hashes[..count])
        {
            seen ^= database.ReadEntryAhead(hash);
        }

        _readAheadBits ^= seen;
    }

    /// <summary>Answers a suspended command, in the turn that ends its suspension.</summary>
    public void Complete(Session session, Suspension suspension, SuspensionEnd end, long nowMillis)
    {
        _runner.Read.Begin(session, nowMillis);
        long start = _replies.Length;
        suspension.Complete(_runner.Read, end);
        FinishReply(session, start, _runner.Read.ObservedLsn);
        DropUnwantedReply(session, start);
        if (suspension.Wait is { } wait && _runner.Read.Failed)
        {
            wait.Entry.FailedCalls++;
        }

        if (suspension.Slow is { } slow)
        {
            CommandRunner.MeasureSlow(_engine, session, slow, nowMillis);
        }

        SettlePushes();
    }

    /// <summary>Replies with an error that no command gave (a protocol error).</summary>
    public void FailRequest(Session session, string text, long nowMillis)
    {
        _runner.Read.Begin(session, nowMillis);
        _runner.Read.Fail(text);
    }

    /// <summary>Clients that wait for keys are looked at again, in a turn of the housekeeping.</summary>
    public void RetryWaiting(long nowMillis)
    {
        _waits.Retry(nowMillis);
        SettlePushes();
    }

    /// <inheritdoc cref="KeyWaitServer.TakeServed"/>
    public List<ServedClient>? TakeServed() => _waits.TakeServed();

    /// <summary>Ends the record that an expiry, outside any command, has opened.</summary>
    public void EndRecord()
    {
        if (_commit.Fill.RecordOpen)
        {
            _commit.Fill.EndRecord();
        }

        SettlePushes();
    }

    /// <summary>The end of a turn of the server's own.</summary>
    public void EndServerTurn() => EndBroadcast();

    /// <summary>The end of a turn: clients are told of the keys that have changed in it.</summary>
    private void EndBroadcast()
    {
        if (_engine.IsObserved && _engine.Tracking.HasChanged)
        {
            _engine.Tracking.Broadcast();
        }

        SettlePushes();
    }

    /// <summary>Behind a command's record and reply: what it has said to others goes on its way, and what it has said to its own client into the replies.</summary>
    private void SettlePushes()
    {
        if (_engine.Pusher.IsPending && _engine.Pusher.Settle())
        {
            Mark(_replies.Length, _commit.AppendedLsn);
            _engine.Pusher.TakeOwn(_replies);
        }
    }

    private Stop ExecuteOne(Session session, RequestArgs args, long nowMillis, ref long ticks)
    {
        session.LastCommandAtMillis = nowMillis;
        if (_engine.IsObserved && _engine.Tracking.IsTooLarge)
        {
            _engine.Tracking.Shrink();
            SettlePushes();
        }

        CommandEntry? entry = Admit(session, args, nowMillis, out Stop stop);
        if (entry is null)
        {
            return stop;
        }

        session.LastCommand = entry.Name;
        session.LastWrote = entry.Has(CommandFlags.Write);
        if (session.Block is { } block && (entry == _exec || !entry.Has(CommandFlags.NotQueued)))
        {
            return ExecuteInBlock(session, block, entry, args, nowMillis, ref ticks);
        }

        session.CommandCount++;
        _engine.Stats.CommandsProcessed++;
        long start = _replies.Length;
        ReadContext context = _runner.ContextOf(entry);
        context.Begin(session, nowMillis);
        if (!_runner.Run(session, entry, args, context, start))
        {
            session.CommandCount--;
            _engine.Stats.CommandsProcessed--;
            return Stop.Postponed;
        }

        if (entry.Has(CommandFlags.WholeKeyspace))
        {
            context.ObserveAll();
        }

        FinishReply(session, start, context.ObservedLsn);
        DropUnwantedReply(session, start);
        SettlePushes();
        EndCaching(session, entry);
        _runner.Measure(session, entry, args, context.Failed, nowMillis, ref ticks);
        ServeWaiting(nowMillis, ref ticks);
        return StopBehind(session);
    }

    /// <summary>A command between MULTI and EXEC, or EXEC.</summary>
    private Stop ExecuteInBlock(Session session, CommandBlock block, CommandEntry entry, RequestArgs args, long nowMillis, ref long ticks)
    {
        long start = _replies.Length;
        if (entry != _exec)
        {
            _blocks.Queue(session, block, entry, args);
            DropUnwantedReply(session, start);
            return StopBehind(session);
        }

        session.CommandCount++;
        _engine.Stats.CommandsProcessed++;
        bool succeeded = _blocks.Execute(session, block, nowMillis, out long observedLsn);
        FinishReply(session, start, observedLsn);
        EndSkip(session);
        if (_engine.IsObserved)
        {
            _engine.TellObservers(session, entry, args);
        }

        SettlePushes();
        EndCaching(session, entry);
        _runner.Measure(session, entry, args, !succeeded, nowMillis, ref ticks);
        ServeWaiting(nowMillis, ref ticks);
        return StopBehind(session);
    }

    /// <summary>Serves the clients that wait for what the command has brought. That is not the time of any command of this client.</summary>
    private void ServeWaiting(long nowMillis, ref long ticks)
    {
        if (_waits.IsDue)
        {
            _waits.Serve(nowMillis);
            SettlePushes();
            ticks = Stopwatch.GetTimestamp();
        }
    }

    private static Stop StopBehind(Session session)
        => session.Suspension is not null ? Stop.Suspended : session.CloseAfterReplies || session.IsClosed ? Stop.Closing : Stop.None;

    /// <summary>Finds the command and checks that it may run now. Null: it was answered with an error, or has to wait (<paramref name="stop"/>).</summary>
    private CommandEntry? Admit(Session session, RequestArgs args, long nowMillis, out Stop stop)
    {
        stop = Stop.None;
        CommandEntry? entry = _engine.Commands.Find(args[0]);
        if (entry is null)
        {
            return Reject(session, null, Errors.UnknownCommand(args), nowMillis);
        }

        if (entry.Subcommands is { } subcommands && args.Count > 1)
        {
            CommandEntry? subcommand = subcommands.Find(args[1]);
            if (subcommand is null)
            {
                return Reject(session, entry, Errors.UnknownSubcommand(entry.Name, args[1]), nowMillis);
            }

            entry = subcommand;
        }

        if (!entry.Takes(args.Count))
        {
            return Reject(session, entry, Errors.WrongArity(entry.Name), nowMillis);
        }

        if (!session.IsAuthenticated && !entry.Has(CommandFlags.NoAuth) && _engine.Acl.NeedsAuthentication(session))
        {
            return Reject(session, entry, Errors.NoAuth, nowMillis);
        }

        CommandBlock? block = session.Block;
        if (block is not null && entry.Has(CommandFlags.NoMulti | CommandFlags.Waits))
        {
            return Reject(session, entry, Errors.NotInMulti, nowMillis);
        }

        if (!session.User.IsUnrestricted)
        {
            AclContext context = block is null ? AclContext.TopLevel : AclContext.Transaction;
            AclDenial denial = _engine.Acl.Check(session, entry, args, context, nowMillis);
            if (denial != AclDenial.None)
            {
                return Reject(session, entry, Errors.NoPermission(denial, entry.Name), nowMillis);
            }
        }

        if ((session.IsSubscriber || session.IsMonitor) && WhatListenersMayNot(session, entry) is { } refusal)
        {
            return Reject(session, entry, refusal, nowMillis);
        }

        if (_engine.State == EngineState.Loading && !entry.Has(CommandFlags.Loading))
        {
            return Reject(session, entry, Errors.Loading, nowMillis);
        }

        bool writes = entry.Has(CommandFlags.Write) || (block is { Writes: true } && entry == _exec);
        if (_engine.Config.MaxMemoryBytes != 0 && !HasMemory(block, entry, nowMillis))
        {
            return Reject(session, entry, Errors.OutOfMemory, nowMillis);
        }

        bool tellsReplicas = writes || entry.Has(CommandFlags.MayReplicate) || (block is { MayReplicate: true } && entry == _exec);
        if (_engine.Pauses(tellsReplicas, nowMillis))
        {
            _engine.PostponeForPause(session);
            stop = Stop.Postponed;
            return null;
        }

        if (!writes)
        {
            return entry;
        }

        switch (AdmitRecord(session, block, entry, args, out string error))
        {
            case Admission.Refused:
                return Reject(session, entry, error, nowMillis);
            case Admission.Wait:
                stop = Stop.Postponed;
                return null;
            default:
                return entry;
        }
    }

    /// <summary>
    /// Whether memory lets the command run: what may make data grow does not while it is full and nothing can be evicted, and nothing is queued
    /// then, as in Redis.
    /// </summary>
    private bool HasMemory(CommandBlock? block, CommandEntry entry, long nowMillis)
    {
        bool isRefused = entry == _exec ? block is { DeniesOom: true } : entry.Has(CommandFlags.DenyOom) || (block is not null && !entry.Has(CommandFlags.NotQueued));
        return _engine.Evictor.MakeRoom(nowMillis) || !isRefused;
    }

    private static string? WhatListenersMayNot(Session session, CommandEntry entry)
    {
        if (session is { IsSubscriber: true, ProtocolVersion: 2 } && !entry.IsAllowedToSubscribers)
        {
            return Errors.NotToSubscribers(entry.Name);
        }

        return session.IsMonitor && entry.Has(CommandFlags.Write | CommandFlags.ReadOnly | CommandFlags.MayReplicate) ? Errors.NotToMonitors : null;
    }

    /// <summary>Whether there is room for what the command may log (D11); for that of a block when it is EXEC, and not before.</summary>
    private Admission AdmitRecord(Session session, CommandBlock? block, CommandEntry entry, RequestArgs args, out string error)
    {
        error = "";
        if (block is not null)
        {
            return entry == _exec && BlockExecutor.WillRun(session, block)
                ? _commit.Gate.AdmitBlock(session, block, _engine.Databases, out error)
                : Admission.Accepted;
        }

        // The sum says of nearly every write that there is room, the rest is looked at one by one.
        return _commit.Fill.ByteCount + _recordBytesMax > _commit.Space.FastBytesMax
            ? _commit.Gate.Admit(session, entry, args, out error)
            : Admission.Accepted;
    }

    /// <summary>Answers a command that is not executed. In a block that is the end of the block: EXEC will discard it, or is what does.</summary>
    private CommandEntry? Reject(Session session, CommandEntry? entry, string text, long nowMillis)
    {
        if (entry is not null)
        {
            entry.RejectedCalls++;
        }

        if (session.Block is { } block)
        {
            block.IsAborted = true;
        }

        if (entry is not null && entry == _exec)
        {
            session.EndTransaction();
            text = Errors.ExecAbort(text);
        }

        _runner.Read.Begin(session, nowMillis);
        long start = _replies.Length;
        _runner.Read.Fail(text);
        if (entry is not null && entry == _exec)
        {
            // That a block has no room, and how much it needs, depends on values that it would copy: they may not be durable yet.
            _runner.Read.ObserveAll();
            FinishReply(session, start, _runner.Read.ObservedLsn);
        }

        DropUnwantedReply(session, start);
        return null;
    }

    /// <summary>Ends the record of what was executed, and marks its reply with the LSN that it waits for.</summary>
    /// <param name="session">The client.</param>
    /// <param name="start">Where the reply begins.</param>
    /// <param name="observedLsn">The LSN that it waits for if there is no record.</param>
    private void FinishReply(Session session, long start, long observedLsn)
    {
        long lsn = observedLsn;
        if (_commit.Fill.RecordOpen)
        {
            lsn = _commit.Fill.EndRecord();
            session.LastWriteLsn = lsn;
            _commit.NoteWriter(session);
        }

        Mark(start, lsn);
    }

    /// <summary>What is in the replies from <paramref name="start"/> on waits for <paramref name="lsn"/>.</summary>
    private void Mark(long start, long lsn)
    {
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

    /// <summary>Drops the reply that a command has just given, if CLIENT REPLY left it so.</summary>
    private void DropUnwantedReply(Session session, long start) => DropUnwantedReply(session, _replies, start);

    /// <inheritdoc cref="DropUnwantedReply(Session, long)"/>
    public static void DropUnwantedReply(Session session, ReplyBuffer replies, long start)
    {
        if (session.ReplyMode == ReplyMode.On || session.Suspension is not null)
        {
            return;
        }

        // CLIENT REPLY SKIP itself has no reply.
        if (session.ReplyMode != ReplyMode.SkipAsked)
        {
            replies.Truncate(start);
        }

        EndSkip(session);
    }

    /// <summary>What CLIENT CACHING said goes one command on, or one block.</summary>
    private void EndCaching(Session session, CommandEntry entry)
    {
        if (_engine.IsObserved && session is { Tracking: { } tracking, Block: null } && entry.Parent is not { Name: "client" })
        {
            tracking.IsCachingSaid = false;
        }
    }

    /// <summary>A command is over: what CLIENT REPLY SKIP said goes one command on.</summary>
    private static void EndSkip(Session session) => session.ReplyMode = session.ReplyMode switch
    {
        ReplyMode.SkipAsked => ReplyMode.SkipNext,
        ReplyMode.SkipNext => ReplyMode.On,
        _ => session.ReplyMode,
    };
}
