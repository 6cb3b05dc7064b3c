using RespKv.Engine.Execution;
using RespKv.Engine.Keyspace;
using RespKv.Protocol;

namespace RespKv.Engine.Commands.Keys;

/// <summary>Commands that look at all keys of a database. Expired keys are passed over and left to the expiry cycle.</summary>
internal static class KeyWalkCommands
{
    /// <summary>Entries per call where a walk goes to its end in one turn anyway.</summary>
    private const int WalkEntries = 64 * 1024;

    /// <summary>SCAN without COUNT, as in Redis.</summary>
    private const int ScanCountDefault = 10;

    /// <summary>
    /// Random choices that may be expired before RANDOMKEY walks instead: with one key in ten alive all of them fail once in 38,000 times.
    /// </summary>
    private const int RandomTriesMax = 100;

    [Command("keys", 2, CommandFlags.ReadOnly | CommandFlags.WholeKeyspace, Group = "generic", Since = "1.0.0",
        Complexity = "O(N) with N being the number of keys in the database, under the assumption that the key names in the database and the "
        + "given pattern have limited length.",
        Summary = "Find all keys matching the given pattern", Syntax = "pattern", Categories = "keyspace dangerous",
        Tips = "request_policy:all_shards nondeterministic_output_order")]
    internal static void Keys(ReadContext c, RequestArgs args)
    {
        var collector = new EntryCollector(c, args[1]);
        try
        {
            ulong cursor = 0;
            do
            {
                cursor = c.Scan(cursor, WalkEntries, ref collector);
            }
            while (cursor != 0);

            collector.ReplyKeys();
        }
        finally
        {
            collector.Dispose();
        }
    }

    [Command("scan", -2, CommandFlags.ReadOnly | CommandFlags.WholeKeyspace, Group = "generic", Since = "2.8.0",
        Complexity = "O(1) for every call. O(N) for a complete iteration, including enough command calls for the cursor to return back to 0. "
        + "N is the number of elements inside the collection.",
        Summary = "Incrementally iterate the keys space", Syntax = "cursor [MATCH pattern] [COUNT count] [TYPE type]", Categories = "keyspace",
        Tips = "nondeterministic_output request_policy:special")]
    internal static void Scan(ReadContext c, RequestArgs args)
    {
        if (!ScanCursor.TryParse(args[1], out ulong cursor))
        {
            c.Fail("ERR invalid cursor");
            return;
        }

        if (!TryParse(c, args, out ScanOptions options))
        {
            return;
        }

        var collector = new EntryCollector(c, options.Pattern, options.HasType, options.TypeName);
        try
        {
            cursor = c.Scan(cursor, options.Count, ref collector);
            Span<byte> text = stackalloc byte[ScanCursor.TextBytesMax];
            c.Reply.ArrayHeader(2);
            c.Reply.Bulk(text[..ScanCursor.Format(cursor, text)]);
            collector.ReplyKeys();
        }
        finally
        {
            collector.Dispose();
        }
    }

    [Command("dbsize", 1, CommandFlags.ReadOnly | CommandFlags.Fast | CommandFlags.WholeKeyspace, Group = "server", Since = "1.0.0",
        Complexity = "O(1)", Summary = "Return the number of keys in the selected database", Categories = "keyspace",
        Tips = "request_policy:all_shards response_policy:agg_sum")]
    internal static void DbSize(ReadContext c, RequestArgs args) => c.Reply.Integer(c.KeyCount(c.Database));

    [Command("randomkey", 1, CommandFlags.ReadOnly | CommandFlags.WholeKeyspace, Group = "generic", Since = "1.0.0", Complexity = "O(1)",
        Summary = "Return a random key from the keyspace", Categories = "keyspace",
        Tips = "request_policy:all_shards nondeterministic_output")]
    internal static void RandomKey(ReadContext c, RequestArgs args)
    {
        Entry entry = c.RandomEntry();
        for (int tries = 1; entry.Exists && c.IsExpired(entry); tries++)
        {
            entry = tries < RandomTriesMax ? c.RandomEntry() : FirstAlive(c);
        }

        if (entry.Exists)
        {
            c.Reply.Bulk(c.KeyOf(entry));
        }
        else
        {
            c.Reply.Null();
        }
    }

    private static Entry FirstAlive(ReadContext c)
    {
        var finder = new AliveFinder { Context = c };
        ulong cursor = 0;
        do
        {
            cursor = c.Scan(cursor, WalkEntries, ref finder);
        }
        while (cursor != 0 && !finder.Found.Exists);

        return finder.Found;
    }

    private static bool TryParse(ReadContext c, RequestArgs args, out ScanOptions options)
    {
        options = new ScanOptions { Count = ScanCountDefault, Pattern = "*"u8 };
        for (int i = 2; i < args.Count; i += 2)
        {
            bool hasValue = i + 1 < args.Count;
            if (hasValue && args[i].Is("count"u8))
            {
                if (!ArgumentParsing.TryInteger(c, args[i + 1], out long count))
                {
                    return false;
                }

                if (count < 1)
                {
                    c.Fail(Errors.Syntax);
                    return false;
                }

                options.Count = (int)Math.Min(count, int.MaxValue);
            }
            else if (hasValue && args[i].Is("match"u8))
            {
                options.Pattern = args[i + 1];
            }
            else if (hasValue && args[i].Is("type"u8))
            {
                options.HasType = true;
                options.TypeName = args[i + 1];
            }
            else
            {
                c.Fail(Errors.Syntax);
                return false;
            }
        }

        return true;
    }

    private ref struct ScanOptions
    {
        public int Count;
        public ReadOnlySpan<byte> Pattern;
        public bool HasType;
        public ReadOnlySpan<byte> TypeName;
    }

    private struct AliveFinder : IEntryVisitor
    {
        public ReadContext Context;
        public Entry Found;

        public void Visit(Entry entry)
        {
            if (!Found.Exists && !Context.IsExpired(entry))
            {
                Found = entry;
            }
        }
    }
}
