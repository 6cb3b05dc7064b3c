using RespKv.Engine.Execution;
using RespKv.Protocol;

namespace RespKv.Engine.Commands.Keys;

/// <summary>Commands on whole databases.</summary>
internal static class DatabaseCommands
{
    [Command("select", 2, CommandFlags.Loading | CommandFlags.Stale | CommandFlags.Fast, Group = "connection", Since = "1.0.0",
        Complexity = "O(1)", Summary = "Change the selected database for the current connection", Syntax = "index")]
    internal static void Select(ReadContext c, RequestArgs args)
    {
        if (ArgumentParsing.TryDatabase(c, args[1], out int database))
        {
            c.Session.Database = database;
            c.Reply.Ok();
        }
    }

    [Command("swapdb", 3, CommandFlags.Write | CommandFlags.Fast, Group = "server", Since = "4.0.0",
        Complexity = "O(N) where N is the count of clients watching or blocking on keys from both databases.",
        Summary = "Swaps two Redis databases", Syntax = "index1 index2", Categories = "keyspace dangerous")]
    internal static void SwapDb(WriteContext c, RequestArgs args)
    {
        // Both are numbers before either is in range, as in Redis.
        if (!ArgumentParsing.TryInt32(c, args[1], out int first, "ERR invalid first DB index")
            || !ArgumentParsing.TryInt32(c, args[2], out int second, "ERR invalid second DB index"))
        {
            return;
        }

        if ((uint)first >= (uint)c.DatabaseCount || (uint)second >= (uint)c.DatabaseCount)
        {
            c.Fail(Errors.DatabaseIndex);
            return;
        }

        if (first != second)
        {
            c.SwapDatabases(first, second);
        }

        c.Reply.Ok();
    }

    [Command("flushdb", -1, CommandFlags.Write, Group = "server", Since = "1.0.0",
        Complexity = "O(N) where N is the number of keys in the selected database", Summary = "Remove all keys from the current database",
        Syntax = "[ASYNC | SYNC]", Categories = "keyspace dangerous", Tips = "request_policy:all_shards response_policy:all_succeeded")]
    internal static void FlushDb(WriteContext c, RequestArgs args)
    {
        if (!TakesFlushMode(c, args))
        {
            return;
        }

        if (c.KeyCount(c.Database) > 0)
        {
            c.ClearDatabase(c.Database);
        }
        else
        {
            // Nothing to log, but that it is empty may be news that is not durable yet (D1).
            c.ObserveAll();
            c.Engine.Tracking.Flushed();
        }

        c.Reply.Ok();
    }

    [Command("flushall", -1, CommandFlags.Write, Group = "server", Since = "1.0.0",
        Complexity = "O(N) where N is the total number of keys in all databases", Summary = "Remove all keys from all databases",
        Syntax = "[ASYNC | SYNC]", Categories = "keyspace dangerous", Tips = "request_policy:all_shards response_policy:all_succeeded")]
    internal static void FlushAll(WriteContext c, RequestArgs args)
    {
        if (!TakesFlushMode(c, args))
        {
            return;
        }

        bool isEmpty = true;
        for (int database = 0; database < c.DatabaseCount; database++)
        {
            isEmpty &= c.KeyCount(database) == 0;
        }

        if (isEmpty)
        {
            c.ObserveAll();
            c.Engine.Tracking.Flushed();
        }
        else
        {
            c.ClearAll();
        }

        c.Reply.Ok();
    }

    /// <summary>ASYNC and SYNC are the same here: slabs are given back as a whole. False: the error has been replied.</summary>
    private static bool TakesFlushMode(WriteContext c, RequestArgs args)
    {
        if (args.Count == 1 || (args.Count == 2 && (args[1].Is("sync"u8) || args[1].Is("async"u8))))
        {
            return true;
        }

        c.Fail(Errors.Syntax);
        return false;
    }
}
