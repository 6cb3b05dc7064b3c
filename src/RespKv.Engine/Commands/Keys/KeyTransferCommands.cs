using RespKv.Engine.Execution;
using RespKv.Engine.Keyspace;
using RespKv.Engine.PubSub;
using RespKv.Protocol;

namespace RespKv.Engine.Commands.Keys;

/// <summary>
/// Giving a value another key or database. The destination's look-up may delete an expired key, which ends the life of the source's
/// entry: what is needed of that is read before.
/// </summary>
internal static class KeyTransferCommands
{
    [Command("rename", 3, CommandFlags.Write | CommandFlags.CopiesValue, Keys = "1,1,1 RW access delete; 2,2,1 OW update", Group = "generic",
        Since = "1.0.0", Complexity = "O(1)", Summary = "Rename a key", Syntax = "key newkey", Categories = "keyspace")]
    internal static void Rename(WriteContext c, RequestArgs args)
    {
        var source = new KeyRef(args[1]);
        if (!c.Find(source, out Entry entry))
        {
            c.Fail(Errors.NoSuchKey);
            return;
        }

        if (!args[1].SequenceEqual(args[2]))
        {
            Transfer(c, source, new KeyRef(args[2]), c.ExpireAtMillis(entry));
        }

        c.Reply.Ok();
    }

    [Command("renamenx", 3, CommandFlags.Write | CommandFlags.CopiesValue | CommandFlags.Fast, Keys = "1,1,1 RW access delete; 2,2,1 OW insert",
        Group = "generic", Since = "1.0.0", Complexity = "O(1)", Summary = "Rename a key, only if the new key does not exist", Syntax = "key newkey",
        Categories = "keyspace")]
    internal static void RenameNx(WriteContext c, RequestArgs args)
    {
        var source = new KeyRef(args[1]);
        if (!c.Find(source, out Entry entry))
        {
            c.Fail(Errors.NoSuchKey);
            return;
        }

        // A key's own name exists too: 0, as in Redis.
        long expireAtMillis = c.ExpireAtMillis(entry);
        var destination = new KeyRef(args[2]);
        if (c.Find(destination, out _))
        {
            c.Reply.Integer(0);
            return;
        }

        Transfer(c, source, destination, expireAtMillis);
        c.Reply.Integer(1);
    }

    [Command("copy", -3, CommandFlags.Write | CommandFlags.CopiesValue | CommandFlags.DenyOom, Keys = "1,1,1 RO access; 2,2,1 OW update",
        Group = "generic", Since = "6.2.0", Complexity = "O(N) worst case for collections, where N is the number of nested items. O(1) for string values.",
        Summary = "Copy a key", Syntax = "source destination [DB destination-db] [REPLACE]", Categories = "keyspace")]
    internal static void Copy(WriteContext c, RequestArgs args)
    {
        if (!TryParseCopy(c, args, out int database, out bool replaces))
        {
            return;
        }

        if (database == c.Database && args[1].SequenceEqual(args[2]))
        {
            c.Fail(Errors.SameObject);
            return;
        }

        var source = new KeyRef(args[1]);
        bool found = c.Find(source, out Entry entry);
        c.Engine.Stats.CountLookup(found);
        if (!found)
        {
            c.Notify(KeyspaceEvents.KeyMiss, "keymiss"u8, source);
        }

        long expireAtMillis = found ? c.ExpireAtMillis(entry) : -1;
        var destination = new KeyRef(args[2]);
        if (!found || (!replaces && c.Find(database, destination, out _)))
        {
            c.Reply.Integer(0);
            return;
        }

        c.CopyValue(c.Database, source, database, destination, expireAtMillis);
        c.Notify(KeyspaceEvents.Generic, "copy_to"u8, database, destination);
        c.Reply.Integer(1);
    }

    [Command("move", 3, CommandFlags.Write | CommandFlags.CopiesValue | CommandFlags.Fast, Keys = "1,1,1 RW access update", Group = "generic",
        Since = "1.0.0", Complexity = "O(1)", Summary = "Move a key to another database", Syntax = "key db", Categories = "keyspace")]
    internal static void Move(WriteContext c, RequestArgs args)
    {
        if (!ArgumentParsing.TryDatabase(c, args[2], out int database))
        {
            return;
        }

        if (database == c.Database)
        {
            c.Fail(Errors.SameObject);
            return;
        }

        var key = new KeyRef(args[1]);
        bool found = c.Find(key, out Entry entry);
        long expireAtMillis = found ? c.ExpireAtMillis(entry) : -1;
        if (!found || c.Find(database, key, out _))
        {
            c.Reply.Integer(0);
            return;
        }

        c.CopyValue(c.Database, key, database, key, expireAtMillis);
        c.Delete(key);
        c.Notify(KeyspaceEvents.Generic, "move_from"u8, key);
        c.Notify(KeyspaceEvents.Generic, "move_to"u8, database, key);
        c.Reply.Integer(1);
    }

    private static void Transfer(WriteContext c, in KeyRef source, in KeyRef destination, long expireAtMillis)
    {
        c.CopyValue(c.Database, source, c.Database, destination, expireAtMillis);
        c.Delete(source);
        c.Notify(KeyspaceEvents.Generic, "rename_from"u8, source);
        c.Notify(KeyspaceEvents.Generic, "rename_to"u8, destination);
    }

    private static bool TryParseCopy(WriteContext c, RequestArgs args, out int database, out bool replaces)
    {
        database = c.Database;
        replaces = false;
        for (int i = 3; i < args.Count; i++)
        {
            if (args[i].Is("replace"u8))
            {
                replaces = true;
            }
            else if (args[i].Is("db"u8) && i + 1 < args.Count)
            {
                if (!ArgumentParsing.TryDatabase(c, args[++i], out database))
                {
                    return false;
                }
            }
            else
            {
                c.Fail(Errors.Syntax);
                return false;
            }
        }

        return true;
    }
}
