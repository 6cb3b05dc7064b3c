using RespKv.Engine.Execution;
using RespKv.Engine.Keyspace;
using RespKv.Engine.PubSub;
using RespKv.Protocol;

namespace RespKv.Engine.Commands.Keys;

/// <summary>Commands on single keys, whatever they hold.</summary>
internal static class KeyCommands
{
    [Command("del", -2, CommandFlags.Write, Keys = "1,-1,1 RM delete", Group = "generic", Since = "1.0.0",
        Complexity = "O(N) where N is the number of keys that will be removed. When a key to remove holds a value other than a string, the "
        + "individual complexity for this key is O(M) where M is the number of elements in the list, set, sorted set or hash. Removing a "
        + "single key that holds a string value is O(1).",
        Summary = "Delete a key", Syntax = "key [key ...]", Categories = "keyspace", Tips = "request_policy:multi_shard response_policy:agg_sum")]
    internal static void Del(WriteContext c, RequestArgs args)
    {
        int deleted = 0;
        for (int i = 1; i < args.Count; i++)
        {
            // Looked up first, so that the reply waits for whoever deleted a key that is missing now (D1).
            var key = new KeyRef(args[i]);
            if (c.FindUntouched(key, out _) && c.Delete(key))
            {
                c.Notify(KeyspaceEvents.Generic, "del"u8, key);
                deleted++;
            }
        }

        c.Reply.Integer(deleted);
    }

    [Command("unlink", -2, CommandFlags.Write | CommandFlags.Fast, Keys = "1,-1,1 RM delete", Group = "generic", Since = "4.0.0",
        Complexity = "O(1) for each key removed regardless of its size. Then the command does O(N) work in a different thread in order to "
        + "reclaim memory, where N is the number of allocations the deleted objects where composed of.",
        Summary = "Delete a key asynchronously in another thread. Otherwise it is just as DEL, but non blocking.",
        Syntax = "key [key ...]", Categories = "keyspace", Tips = "request_policy:multi_shard response_policy:agg_sum")]
    internal static void Unlink(WriteContext c, RequestArgs args) => Del(c, args);

    [Command("exists", -2, CommandFlags.ReadOnly | CommandFlags.Fast, Keys = "1,-1,1 RO", Group = "generic", Since = "1.0.0",
        Complexity = "O(N) where N is the number of keys to check.", Summary = "Determine if a key exists",
        Syntax = "key [key ...]", Categories = "keyspace", Tips = "request_policy:multi_shard response_policy:agg_sum")]
    internal static void Exists(ReadContext c, RequestArgs args)
    {
        int found = 0;
        for (int i = 1; i < args.Count; i++)
        {
            found += KeyLookup.Peek(c, new KeyRef(args[i]), out _) ? 1 : 0;
        }

        c.Reply.Integer(found);
    }

    [Command("touch", -2, CommandFlags.ReadOnly | CommandFlags.Fast, Keys = "1,-1,1 RO", Group = "generic", Since = "3.2.1",
        Complexity = "O(N) where N is the number of keys that will be touched.",
        Summary = "Alters the last access time of a key(s). Returns the number of existing keys specified.",
        Syntax = "key [key ...]", Categories = "keyspace", Tips = "request_policy:multi_shard response_policy:agg_sum")]
    internal static void Touch(ReadContext c, RequestArgs args)
    {
        int found = 0;
        for (int i = 1; i < args.Count; i++)
        {
            found += c.Find(new KeyRef(args[i]), out _) ? 1 : 0;
        }

        c.Reply.Integer(found);
    }

    [Command("type", 2, CommandFlags.ReadOnly | CommandFlags.Fast, Keys = "1,1,1 RO", Group = "generic", Since = "1.0.0",
        Complexity = "O(1)", Summary = "Determine the type stored at key", Syntax = "key", Categories = "keyspace")]
    internal static void Type(ReadContext c, RequestArgs args)
    {
        bool found = KeyLookup.Peek(c, new KeyRef(args[1]), out Entry entry);
        c.Reply.SimpleString(TypeNames.Of(found ? c.Type(entry) : ValueType.None));
    }
}
