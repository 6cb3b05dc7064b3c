using System.Diagnostics;
using RespKv.Engine.Commands;
using RespKv.Engine.Security;
using RespKv.Engine.Sessions;
using RespKv.Engine.Space;
using RespKv.Protocol;

namespace RespKv.Engine.Execution;

/// <summary>
/// MULTI blocks: queues their commands and runs them on EXEC, in one turn. Guarded by the turn.
///
/// Invariants:
/// - The record that the first change opens stays open to the end of the block: a block is one record, one LSN (decision 2, D7).
/// - There is room for all that the block may log before its first command runs (D11), so none of them can be postponed or turned away
///   for want of it.
/// - The whole reply of EXEC carries the block's LSN, or the highest that its commands observed (D1).
/// </summary>
internal sealed class BlockExecutor(RespEngine engine, CommandRunner runner)
{
    private readonly RespWriter _reply = engine.TurnWriter;

    /// <summary>
    /// Ends a client whose queued commands and watched keys take more memory than <c>client-query-buffer-limit</c>: they are requests that
    /// wait, as those in the query buffer are. False then, and nothing is to be replied.
    /// </summary>
    public static bool Keeps(RespEngine engine, Session session)
    {
        if (session.TransactionBytes <= engine.Config.ClientQueryBufferBytesMax)
        {
            return true;
        }

        session.EndTransaction();
        session.IsClosed = true;
        engine.QueryBufferLimitReached(session);
        return false;
    }

    /// <summary>Queues a command that was admitted, and says so.</summary>
    public void Queue(Session session, CommandBlock block, CommandEntry entry, RequestArgs args)
    {
        // What EXEC will not run is not kept, as in Redis.
        if (WillRun(session, block))
        {
            block.Add(entry, args);
        }

        if (Keeps(engine, session))
        {
            _reply.SimpleString("QUEUED"u8);
        }
    }

    /// <summary>Whether EXEC will run the block, as far as that is known before it has room.</summary>
    public static bool WillRun(Session session, CommandBlock block) => !block.IsAborted && session.Watches is not { IsBroken: true };

    /// <summary>
    /// EXEC. The block is over afterwards, whatever became of it.
    /// </summary>
    /// <param name="session">The client.</param>
    /// <param name="block">Its block, for which there is room.</param>
    /// <param name="nowMillis">The turn's time, for all of its commands.</param>
    /// <param name="observedLsn">What the reply has to wait for if the block leaves no open record.</param>
    /// <returns>False: it was discarded because of errors, and that was replied.</returns>
    public bool Execute(Session session, CommandBlock block, long nowMillis, out long observedLsn)
    {
        runner.Read.Begin(session, nowMillis);
        observedLsn = 0;
        long start = _reply.Buffer.Length;
        if (block.IsAborted)
        {
            runner.Read.Fail(Errors.ExecAborted);
            DropUnwanted(session, start);
        }
        else if (IsBroken(session, nowMillis, out observedLsn))
        {
            _reply.NullArray();
            DropUnwanted(session, start);
        }
        else
        {
            observedLsn = RunAll(session, block, nowMillis);
        }

        session.EndTransaction();
        return !block.IsAborted;
    }

    /// <summary>Whether a watched key has changed. That it has is news about the key, which may not be durable yet (D1).</summary>
    private bool IsBroken(Session session, long nowMillis, out long observedLsn)
    {
        observedLsn = 0;
        if (session.Watches is not { } watches)
        {
            return false;
        }

        if (watches.IsBroken)
        {
            observedLsn = watches.BrokenLsn ?? engine.Commit.AppendedLsn;
            return true;
        }

        // While recovery runs the keyspace belongs to it.
        if (engine.State == EngineState.Loading || !engine.Mutator.Watches.HasExpired(watches, nowMillis, out WatchedKey expired))
        {
            return false;
        }

        observedLsn = engine.Commit.InFlight.Observe(expired.Database, expired.Hash);
        return true;
    }

    private long RunAll(Session session, CommandBlock block, long nowMillis)
    {
        WriteGate gate = engine.Commit.Gate;
        session.EndWatches();
        session.RunsBlock = true;
        gate.RunsBlock = true;
        long start = _reply.Buffer.Length;
        _reply.ArrayHeader(block.Commands.Count);
        DropUnwanted(session, start);
        long observedLsn = 0;
        long ticks = Stopwatch.GetTimestamp();
        foreach (QueuedCommand command in block.Commands)
        {
            observedLsn = Math.Max(observedLsn, RunOne(session, command, nowMillis, ref ticks));
        }

        gate.RunsBlock = false;
        session.RunsBlock = false;
        return observedLsn;
    }

    private long RunOne(Session session, in QueuedCommand command, long nowMillis, ref long ticks)
    {
        CommandEntry entry = command.Entry;
        RequestArgs args = command.Request.Args;
        session.CommandCount++;
        engine.Stats.CommandsProcessed++;
        ReadContext context = runner.ContextOf(entry);
        context.Begin(session, nowMillis);
        long start = _reply.Buffer.Length;
        AclDenial denial = session.User.IsUnrestricted ? AclDenial.None : engine.Acl.Check(session, entry, args, AclContext.Transaction, nowMillis);
        if (denial == AclDenial.None)
        {
            runner.Run(session, entry, args, context, start);
        }
        else
        {
            // The rules may have changed since it was queued, or the client has become another user by a command of the block.
            context.Fail(Errors.NoPermissionAnyMore(denial));
        }

        if (entry.Has(CommandFlags.WholeKeyspace))
        {
            context.ObserveAll();
        }

        DropUnwanted(session, start);
        runner.Measure(session, entry, args, context.Failed, nowMillis, ref ticks);
        return context.ObservedLsn;
    }

    /// <summary>
    /// CLIENT REPLY inside a block drops the replies from there on, so that the array has fewer elements than it says: Redis does the same.
    /// </summary>
    private void DropUnwanted(Session session, long start)
    {
        if (session.ReplyMode is ReplyMode.Off or ReplyMode.SkipNext)
        {
            _reply.Buffer.Truncate(start);
        }
    }
}
