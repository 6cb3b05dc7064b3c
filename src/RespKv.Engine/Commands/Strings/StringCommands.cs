using RespKv.Engine.Commands.Keys;
using RespKv.Engine.Execution;
using RespKv.Engine.Keyspace;
using RespKv.Engine.PubSub;
using RespKv.Protocol;

namespace RespKv.Engine.Commands.Strings;

/// <summary>Reading and writing whole strings.</summary>
internal static class StringCommands
{
    [Command("get", 2, CommandFlags.ReadOnly | CommandFlags.Fast, Keys = "1,1,1 RO access", Group = "string", Since = "1.0.0",
        Complexity = "O(1)", Summary = "Get the value of a key", Syntax = "key")]
    internal static void Get(ReadContext c, RequestArgs args)
    {
        if (!c.FindString(new KeyRef(args[1]), out Entry entry))
        {
            return;
        }

        if (entry.Exists)
        {
            c.Reply.Bulk(c.StringBytes(entry));
        }
        else
        {
            c.Reply.Null();
        }
    }

    [Command("mget", -2, CommandFlags.ReadOnly | CommandFlags.Fast, Keys = "1,-1,1 RO access", Group = "string", Since = "1.0.0",
        Complexity = "O(N) where N is the number of keys to retrieve.", Summary = "Get the values of all the given keys",
        Syntax = "key [key ...]", Tips = "request_policy:multi_shard")]
    internal static void MGet(ReadContext c, RequestArgs args)
    {
        c.Reply.ArrayHeader(args.Count - 1);
        for (int i = 1; i < args.Count; i++)
        {
            // What is not a string reads as missing: MGET never fails.
            if (c.Find(new KeyRef(args[i]), out Entry entry) && c.Type(entry) == ValueType.String)
            {
                c.Reply.Bulk(c.StringBytes(entry));
            }
            else
            {
                c.Reply.Null();
            }
        }
    }

    [Command("set", -3, CommandFlags.Write | CommandFlags.DenyOom, Keys = "1,1,1 RW access update variable_flags (RW and ACCESS due to the optional `GET` argument)", Group = "string",
        Since = "1.0.0", Complexity = "O(1)", Summary = "Set the string value of a key",
        Syntax = "key value [NX | XX] [GET] [EX seconds | PX milliseconds | EXAT unix-time-seconds | PXAT unix-time-milliseconds | KEEPTTL]")]
    internal static void Set(WriteContext c, RequestArgs args)
    {
        if (args.Count > 3)
        {
            SetWithOptions(c, args);
            return;
        }

        var key = new KeyRef(args[1]);
        c.SetString(key, args[2]);
        c.Notify(KeyspaceEvents.String, "set"u8, key);
        c.Reply.Ok();
    }

    [Command("setnx", 3, CommandFlags.Write | CommandFlags.DenyOom | CommandFlags.Fast, Keys = "1,1,1 OW insert", Group = "string",
        Since = "1.0.0", Complexity = "O(1)", Summary = "Set the value of a key, only if the key does not exist", Syntax = "key value")]
    internal static void SetNx(WriteContext c, RequestArgs args)
    {
        var key = new KeyRef(args[1]);
        if (c.Find(key, out _))
        {
            c.Reply.Integer(0);
            return;
        }

        c.SetString(key, args[2]);
        c.Notify(KeyspaceEvents.String, "set"u8, key);
        c.Reply.Integer(1);
    }

    [Command("setex", 4, CommandFlags.Write | CommandFlags.DenyOom, Keys = "1,1,1 OW update", Group = "string", Since = "2.0.0",
        Complexity = "O(1)", Summary = "Set the value and expiration of a key", Syntax = "key seconds value")]
    internal static void SetEx(WriteContext c, RequestArgs args) => SetExpiring(c, args, ExpiryForm.Seconds, "setex");

    [Command("psetex", 4, CommandFlags.Write | CommandFlags.DenyOom, Keys = "1,1,1 OW update", Group = "string", Since = "2.6.0",
        Complexity = "O(1)", Summary = "Set the value and expiration in milliseconds of a key", Syntax = "key milliseconds value")]
    internal static void PSetEx(WriteContext c, RequestArgs args) => SetExpiring(c, args, ExpiryForm.Millis, "psetex");

    [Command("mset", -3, CommandFlags.Write | CommandFlags.DenyOom, Keys = "1,-1,2 OW update", Group = "string", Since = "1.0.1",
        Complexity = "O(N) where N is the number of keys to set.", Summary = "Set multiple keys to multiple values",
        Syntax = "key value [key value ...]", Tips = "request_policy:multi_shard response_policy:all_succeeded")]
    internal static void MSet(WriteContext c, RequestArgs args)
    {
        if (args.Count % 2 == 0)
        {
            c.Fail(Errors.WrongArity("mset"));
            return;
        }

        SetAll(c, args);
        c.Reply.Ok();
    }

    [Command("msetnx", -3, CommandFlags.Write | CommandFlags.DenyOom, Keys = "1,-1,2 OW insert", Group = "string", Since = "1.0.1",
        Complexity = "O(N) where N is the number of keys to set.", Summary = "Set multiple keys to multiple values, only if none of the keys exist",
        Syntax = "key value [key value ...]", Tips = "request_policy:multi_shard response_policy:agg_min")]
    internal static void MSetNx(WriteContext c, RequestArgs args)
    {
        if (args.Count % 2 == 0)
        {
            c.Fail(Errors.WrongArity("msetnx"));
            return;
        }

        for (int i = 1; i < args.Count; i += 2)
        {
            if (c.Find(new KeyRef(args[i]), out _))
            {
                c.Reply.Integer(0);
                return;
            }
        }

        SetAll(c, args);
        c.Reply.Integer(1);
    }

    [Command("getset", 3, CommandFlags.Write | CommandFlags.DenyOom | CommandFlags.Fast, Keys = "1,1,1 RW access update", Group = "string",
        Since = "1.0.0", Complexity = "O(1)", Summary = "Set the string value of a key and return its old value", Syntax = "key value")]
    internal static void GetSet(WriteContext c, RequestArgs args)
    {
        var key = new KeyRef(args[1]);
        if (KeyLookup.ReplyOld(c, key, out _))
        {
            c.SetString(key, args[2]);
            c.Notify(KeyspaceEvents.String, "set"u8, key);
        }
    }

    [Command("getdel", 2, CommandFlags.Write | CommandFlags.Fast, Keys = "1,1,1 RW access delete", Group = "string", Since = "6.2.0",
        Complexity = "O(1)", Summary = "Get the value of a key and delete the key", Syntax = "key")]
    internal static void GetDel(WriteContext c, RequestArgs args)
    {
        var key = new KeyRef(args[1]);
        if (KeyLookup.ReplyOld(c, key, out Entry entry) && entry.Exists)
        {
            c.Delete(key);
            c.Notify(KeyspaceEvents.Generic, "del"u8, key);
        }
    }

    [Command("getex", -2, CommandFlags.Write | CommandFlags.Fast, Keys = "1,1,1 RW access update (RW and UPDATE because it changes the TTL)", Group = "string", Since = "6.2.0",
        Complexity = "O(1)", Summary = "Get the value of a key and optionally set its expiration",
        Syntax = "key [EX seconds | PX milliseconds | EXAT unix-time-seconds | PXAT unix-time-milliseconds | PERSIST]")]
    internal static void GetEx(WriteContext c, RequestArgs args)
    {
        if (!StringOptions.TryParseGetEx(c, args, out StringOptions options))
        {
            return;
        }

        var key = new KeyRef(args[1]);
        bool isString = c.FindString(key, out Entry entry);
        c.Engine.Stats.CountLookup(entry.Exists);
        if (!isString)
        {
            return;
        }

        if (!entry.Exists)
        {
            c.Notify(KeyspaceEvents.KeyMiss, "keymiss"u8, key);
            c.Reply.Null();
            return;
        }

        long expireAtMillis = -1;
        bool expires = options.Form != ExpiryForm.None;
        if (expires && !ExpiryArgument.TryResolve(c, options.Expiry, options.Form, "getex", out expireAtMillis))
        {
            return;
        }

        // Before the key may go: the reply is a copy.
        c.Reply.Bulk(c.StringBytes(entry));
        if (expires && expireAtMillis <= c.NowMillis)
        {
            c.Delete(key);
            c.Notify(KeyspaceEvents.Generic, "del"u8, key);
        }
        else if (expires || (options.RemovesExpiry && c.ExpireAtMillis(entry) >= 0))
        {
            c.SetExpiry(key, expireAtMillis);
            c.Notify(KeyspaceEvents.Generic, expires ? "expire"u8 : "persist"u8, key);
        }
    }

    private static void SetWithOptions(WriteContext c, RequestArgs args)
    {
        long expireAtMillis = -1;
        if (!StringOptions.TryParseSet(c, args, out StringOptions options)
            || (options.Form != ExpiryForm.None && !ExpiryArgument.TryResolve(c, options.Expiry, options.Form, "set", out expireAtMillis)))
        {
            return;
        }

        var key = new KeyRef(args[1]);
        bool isPast = options.Form != ExpiryForm.None && expireAtMillis < c.NowMillis;
        Entry entry = default;
        if (options.RepliesOld)
        {
            if (!KeyLookup.ReplyOld(c, key, out entry))
            {
                return;
            }
        }
        else if (options.NeedsEntry || isPast)
        {
            c.Find(key, out entry);
        }

        if (entry.Exists ? options.OnlyIfMissing : options.OnlyIfExists)
        {
            if (!options.RepliesOld)
            {
                c.Reply.Null();
            }

            return;
        }

        if (isPast)
        {
            if (!c.Delete(key))
            {
                // It came and went, which breaks a watch.
                c.Touch(key);
            }
        }
        else
        {
            bool keepsExpiry = options.KeepsExpiry && entry.Exists;
            c.SetString(key, args[2], keepsExpiry ? c.ExpireAtMillis(entry) : expireAtMillis);
        }

        c.Notify(KeyspaceEvents.String, "set"u8, key);
        if (options.Form != ExpiryForm.None)
        {
            c.Notify(KeyspaceEvents.Generic, "expire"u8, key);
        }

        if (isPast)
        {
            c.Notify(KeyspaceEvents.Expired, "expired"u8, key);
        }

        if (!options.RepliesOld)
        {
            c.Reply.Ok();
        }
    }

    private static void SetExpiring(WriteContext c, RequestArgs args, ExpiryForm form, string command)
    {
        if (ExpiryArgument.TryResolve(c, args[2], form, command, out long expireAtMillis))
        {
            var key = new KeyRef(args[1]);
            c.SetString(key, args[3], expireAtMillis);
            c.Notify(KeyspaceEvents.String, "set"u8, key);
            c.Notify(KeyspaceEvents.Generic, "expire"u8, key);
            c.Reply.Ok();
        }
    }

    private static void SetAll(WriteContext c, RequestArgs args)
    {
        for (int i = 1; i < args.Count; i += 2)
        {
            var key = new KeyRef(args[i]);
            c.SetString(key, args[i + 1]);
            c.Notify(KeyspaceEvents.String, "set"u8, key);
        }
    }
}
