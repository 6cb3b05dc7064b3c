using RespKv.Engine.Execution;
using RespKv.Engine.Sessions;
using RespKv.Protocol;

namespace RespKv.Engine.Commands.Transactions;

/// <summary>MULTI and its relatives. What EXEC does with a block is in <see cref="BlockExecutor"/>.</summary>
internal static class TransactionCommands
{
    private const CommandFlags OfTransactions
        = CommandFlags.NoScript | CommandFlags.Loading | CommandFlags.Stale | CommandFlags.Fast | CommandFlags.AllowBusy;

    [Command("multi", 1, OfTransactions | CommandFlags.NotQueued, Group = "transactions", Since = "1.2.0", Complexity = "O(1)",
        Summary = "Mark the start of a transaction block")]
    internal static void Multi(ReadContext c, RequestArgs args)
    {
        _ = args;
        if (c.Session.Block is not null)
        {
            c.Fail("ERR MULTI calls can not be nested");
            return;
        }

        c.Session.Block = new CommandBlock();
        c.Reply.Ok();
    }

    /// <summary>Without a block: with one it does not come here.</summary>
    [Command("exec", 1, CommandFlags.NoScript | CommandFlags.Loading | CommandFlags.Stale | CommandFlags.SkipSlowLog | CommandFlags.NotQueued,
        Group = "transactions", Since = "1.2.0", Complexity = "Depends on commands in the transaction", Summary = "Execute all commands issued after MULTI")]
    internal static void Exec(ReadContext c, RequestArgs args)
    {
        _ = args;
        c.Fail("ERR EXEC without MULTI");
    }

    [Command("discard", 1, OfTransactions | CommandFlags.NotQueued, Group = "transactions", Since = "2.0.0",
        Complexity = "O(N), when N is the number of queued commands", Summary = "Discard all commands issued after MULTI")]
    internal static void Discard(ReadContext c, RequestArgs args)
    {
        _ = args;
        if (c.Session.Block is null)
        {
            c.Fail("ERR DISCARD without MULTI");
            return;
        }

        c.Session.EndTransaction();
        c.Reply.Ok();
    }

    [Command("watch", -2, OfTransactions | CommandFlags.NotQueued, Keys = "1,-1,1 RO", Group = "transactions", Since = "2.2.0",
        Complexity = "O(1) for every key.", Summary = "Watch the given keys to determine execution of the MULTI/EXEC block", Syntax = "key [key ...]")]
    internal static void Watch(ReadContext c, RequestArgs args)
    {
        Session session = c.Session;
        if (session.Block is not null)
        {
            c.Fail("ERR WATCH inside MULTI is not allowed");
            return;
        }

        // While recovery runs the keyspace belongs to it.
        bool canLook = c.Engine.State != EngineState.Loading;
        for (int i = 1; i < args.Count; i++)
        {
            var key = new KeyRef(args[i]);
            bool isExpired = canLook && KeyWatches.IsExpired(c.Engine.Databases[c.Database], key, c.NowMillis);
            c.Engine.Mutator.Watches.Add(session, c.Database, key, isExpired);
        }

        if (BlockExecutor.Keeps(c.Engine, session))
        {
            c.Reply.Ok();
        }
    }

    [Command("unwatch", 1, OfTransactions, Group = "transactions", Since = "2.2.0", Complexity = "O(1)", Summary = "Forget about all watched keys")]
    internal static void Unwatch(ReadContext c, RequestArgs args)
    {
        _ = args;
        c.Session.EndWatches();
        c.Reply.Ok();
    }
}
