using RespKv.Engine.Configuration;
using RespKv.Engine.Execution;
using RespKv.Engine.Keyspace;
using RespKv.Protocol;

namespace RespKv.Engine.Commands.Keys;

/// <summary>OBJECT: how a value is kept. A missing key is null, not an error.</summary>
[Command("object", -2, CommandFlags.None, Group = "generic", Since = "2.2.3", Complexity = "Depends on subcommand.",
    Summary = "A container for object introspection commands")]
internal static class ObjectCommands
{
    /// <summary>Redis shares these integers among all keys, and says so with the largest reference count.</summary>
    private const long SharedIntegersEnd = 10_000;

    [Command("object|encoding", 3, CommandFlags.ReadOnly, Keys = "2,2,1 RO", Group = "generic", Since = "2.2.3", Complexity = "O(1)",
        Summary = "Inspect the internal encoding of a Redis object", Syntax = "key", Categories = "keyspace", Tips = "nondeterministic_output")]
    internal static void Encoding(ReadContext c, RequestArgs args)
    {
        if (TryFind(c, args[2], out Entry entry))
        {
            c.Reply.Bulk(c.EncodingName(entry));
        }
    }

    [Command("object|refcount", 3, CommandFlags.ReadOnly, Keys = "2,2,1 RO", Group = "generic", Since = "2.2.3", Complexity = "O(1)",
        Summary = "Get the number of references to the value of the key", Syntax = "key", Categories = "keyspace", Tips = "nondeterministic_output")]
    internal static void RefCount(ReadContext c, RequestArgs args)
    {
        if (TryFind(c, args[2], out Entry entry))
        {
            bool isShared = c.IsInteger(entry) && c.Integer(entry) is >= 0 and < SharedIntegersEnd;
            c.Reply.Integer(isShared ? int.MaxValue : 1);
        }
    }

    [Command("object|idletime", 3, CommandFlags.ReadOnly, Keys = "2,2,1 RO", Group = "generic", Since = "2.2.3", Complexity = "O(1)",
        Summary = "Get the time since a Redis object was last accessed", Syntax = "key", Categories = "keyspace", Tips = "nondeterministic_output")]
    internal static void IdleTime(ReadContext c, RequestArgs args)
    {
        if (!TryFind(c, args[2], out Entry entry))
        {
            return;
        }

        if (c.Engine.Config.MaxMemoryPolicy.IsLfu())
        {
            c.Fail("ERR An LFU maxmemory policy is selected, idle time not tracked. Please note that when switching between policies at runtime "
                + "LRU and LFU data will take some time to adjust.");
        }
        else
        {
            c.Reply.Integer(c.IdleSeconds(entry));
        }
    }

    [Command("object|freq", 3, CommandFlags.ReadOnly, Keys = "2,2,1 RO", Group = "generic", Since = "4.0.0", Complexity = "O(1)",
        Summary = "Get the logarithmic access frequency counter of a Redis object", Syntax = "key", Categories = "keyspace",
        Tips = "nondeterministic_output")]
    internal static void Freq(ReadContext c, RequestArgs args)
    {
        if (!TryFind(c, args[2], out Entry entry))
        {
            return;
        }

        if (c.Engine.Config.MaxMemoryPolicy.IsLfu())
        {
            c.Reply.Integer(c.AccessCount(entry));
        }
        else
        {
            c.Fail("ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please note that when switching between "
                + "policies at runtime LRU and LFU data will take some time to adjust.");
        }
    }

    [Command("object|help", 2, CommandFlags.Loading | CommandFlags.Stale, Group = "generic", Since = "6.2.0", Complexity = "O(1)",
        Summary = "Show helpful text about the different subcommands", Categories = "keyspace")]
    internal static void Help(ReadContext c, RequestArgs args) => HelpReply.Write(
        c,
        "OBJECT",
        [
            "ENCODING <key>",
            "    Return the kind of internal representation used in order to store the value",
            "    associated with a <key>.",
            "FREQ <key>",
            "    Return the access frequency index of the <key>. The returned integer is",
            "    proportional to the logarithm of the recent access frequency of the key.",
            "IDLETIME <key>",
            "    Return the idle time of the <key>, that is the approximated number of",
            "    seconds elapsed since the last access to the key.",
            "REFCOUNT <key>",
            "    Return the number of references of the value associated with the specified",
            "    <key>.",
        ]);

    private static bool TryFind(ReadContext c, ReadOnlySpan<byte> key, out Entry entry)
    {
        // Counts as a look-up, but a miss is no event, as in Redis.
        bool found = c.FindUntouched(new KeyRef(key), out entry);
        c.Engine.Stats.CountLookup(found);
        if (found)
        {
            return true;
        }

        c.Reply.Null();
        return false;
    }
}
