using RespKv.Engine.Execution;
using RespKv.Engine.Keyspace;
using RespKv.Engine.PubSub;
using RespKv.Protocol;

namespace RespKv.Engine.Commands.Keys;

/// <summary>The expiry of keys. What is logged is always the absolute time, or the deletion that a time in the past means (D7).</summary>
internal static class ExpiryCommands
{
    [Flags]
    private enum Condition
    {
        None = 0,
        HasNone = 1 << 0,
        HasOne = 1 << 1,
        IsLater = 1 << 2,
        IsEarlier = 1 << 3,
    }

    [Command("expire", -3, CommandFlags.Write | CommandFlags.Fast, Keys = "1,1,1 RW update", Group = "generic", Since = "1.0.0",
        Complexity = "O(1)", Summary = "Set a key's time to live in seconds", Syntax = "key seconds [NX | XX | GT | LT]", Categories = "keyspace")]
    internal static void Expire(WriteContext c, RequestArgs args) => SetExpiry(c, args, c.NowMillis, 1000, "expire");

    [Command("pexpire", -3, CommandFlags.Write | CommandFlags.Fast, Keys = "1,1,1 RW update", Group = "generic", Since = "2.6.0",
        Complexity = "O(1)", Summary = "Set a key's time to live in milliseconds", Syntax = "key milliseconds [NX | XX | GT | LT]",
        Categories = "keyspace")]
    internal static void PExpire(WriteContext c, RequestArgs args) => SetExpiry(c, args, c.NowMillis, 1, "pexpire");

    [Command("expireat", -3, CommandFlags.Write | CommandFlags.Fast, Keys = "1,1,1 RW update", Group = "generic", Since = "1.2.0",
        Complexity = "O(1)", Summary = "Set the expiration for a key as a UNIX timestamp", Syntax = "key unix-time-seconds [NX | XX | GT | LT]",
        Categories = "keyspace")]
    internal static void ExpireAt(WriteContext c, RequestArgs args) => SetExpiry(c, args, 0, 1000, "expireat");

    [Command("pexpireat", -3, CommandFlags.Write | CommandFlags.Fast, Keys = "1,1,1 RW update", Group = "generic", Since = "2.6.0",
        Complexity = "O(1)", Summary = "Set the expiration for a key as a UNIX timestamp specified in milliseconds",
        Syntax = "key unix-time-milliseconds [NX | XX | GT | LT]", Categories = "keyspace")]
    internal static void PExpireAt(WriteContext c, RequestArgs args) => SetExpiry(c, args, 0, 1, "pexpireat");

    [Command("persist", 2, CommandFlags.Write | CommandFlags.Fast, Keys = "1,1,1 RW update", Group = "generic", Since = "2.2.0",
        Complexity = "O(1)", Summary = "Remove the expiration from a key", Syntax = "key", Categories = "keyspace")]
    internal static void Persist(WriteContext c, RequestArgs args)
    {
        var key = new KeyRef(args[1]);
        if (c.Find(key, out Entry entry) && c.ExpireAtMillis(entry) >= 0)
        {
            c.SetExpiry(key, -1);
            c.Notify(KeyspaceEvents.Generic, "persist"u8, key);
            c.Reply.Integer(1);
        }
        else
        {
            c.Reply.Integer(0);
        }
    }

    [Command("ttl", 2, CommandFlags.ReadOnly | CommandFlags.Fast, Keys = "1,1,1 RO access", Group = "generic", Since = "1.0.0",
        Complexity = "O(1)", Summary = "Get the time to live for a key in seconds", Syntax = "key", Categories = "keyspace",
        Tips = "nondeterministic_output")]
    internal static void Ttl(ReadContext c, RequestArgs args) => ReplyExpiry(c, args, c.NowMillis, inSeconds: true);

    [Command("pttl", 2, CommandFlags.ReadOnly | CommandFlags.Fast, Keys = "1,1,1 RO access", Group = "generic", Since = "2.6.0",
        Complexity = "O(1)", Summary = "Get the time to live for a key in milliseconds", Syntax = "key", Categories = "keyspace",
        Tips = "nondeterministic_output")]
    internal static void PTtl(ReadContext c, RequestArgs args) => ReplyExpiry(c, args, c.NowMillis, inSeconds: false);

    [Command("expiretime", 2, CommandFlags.ReadOnly | CommandFlags.Fast, Keys = "1,1,1 RO access", Group = "generic", Since = "7.0.0",
        Complexity = "O(1)", Summary = "Get the expiration Unix timestamp for a key", Syntax = "key", Categories = "keyspace")]
    internal static void ExpireTime(ReadContext c, RequestArgs args) => ReplyExpiry(c, args, 0, inSeconds: true);

    [Command("pexpiretime", 2, CommandFlags.ReadOnly | CommandFlags.Fast, Keys = "1,1,1 RO access", Group = "generic", Since = "7.0.0",
        Complexity = "O(1)", Summary = "Get the expiration Unix timestamp for a key in milliseconds", Syntax = "key", Categories = "keyspace")]
    internal static void PExpireTime(ReadContext c, RequestArgs args) => ReplyExpiry(c, args, 0, inSeconds: false);

    private static void SetExpiry(WriteContext c, RequestArgs args, long baseMillis, long unitMillis, string command)
    {
        if (!TryParseCondition(c, args, out Condition condition)
            || !ArgumentParsing.TryInteger(c, args[2], out long time))
        {
            return;
        }

        if (time > long.MaxValue / unitMillis || time < long.MinValue / unitMillis || time * unitMillis > long.MaxValue - baseMillis)
        {
            c.Fail(Errors.InvalidExpire(command));
            return;
        }

        long atMillis = (time * unitMillis) + baseMillis;
        var key = new KeyRef(args[1]);
        if (!c.Find(key, out Entry entry) || !Allows(condition, c.ExpireAtMillis(entry), atMillis))
        {
            c.Reply.Integer(0);
            return;
        }

        bool isPast = atMillis <= c.NowMillis;
        if (isPast)
        {
            c.Delete(key);
        }
        else if (atMillis != c.ExpireAtMillis(entry))
        {
            c.SetExpiry(key, atMillis);
        }

        c.Notify(KeyspaceEvents.Generic, isPast ? "del"u8 : "expire"u8, key);

        c.Reply.Integer(1);
    }

    private static bool TryParseCondition(WriteContext c, RequestArgs args, out Condition condition)
    {
        condition = Condition.None;
        for (int i = 3; i < args.Count; i++)
        {
            ReadOnlySpan<byte> option = args[i];
            Condition added = option.Is("nx"u8) ? Condition.HasNone
                : option.Is("xx"u8) ? Condition.HasOne
                : option.Is("gt"u8) ? Condition.IsLater
                : option.Is("lt"u8) ? Condition.IsEarlier
                : Condition.None;
            if (added == Condition.None)
            {
                c.Fail("ERR Unsupported option " + ArgumentText.Shorten(option));
                return false;
            }

            condition |= added;
        }

        if ((condition & Condition.HasNone) != 0 && condition != Condition.HasNone)
        {
            c.Fail("ERR NX and XX, GT or LT options at the same time are not compatible");
            return false;
        }

        const Condition Both = Condition.IsLater | Condition.IsEarlier;
        if ((condition & Both) == Both)
        {
            c.Fail("ERR GT and LT options at the same time are not compatible");
            return false;
        }

        return true;
    }

    /// <summary>A key without an expiry (-1) counts as one that expires last.</summary>
    private static bool Allows(Condition condition, long presentMillis, long newMillis)
    {
        bool hasOne = presentMillis >= 0;
        return !(((condition & Condition.HasNone) != 0 && hasOne)
            || ((condition & Condition.HasOne) != 0 && !hasOne)
            || ((condition & Condition.IsLater) != 0 && (!hasOne || newMillis <= presentMillis))
            || ((condition & Condition.IsEarlier) != 0 && hasOne && newMillis >= presentMillis));
    }

    private static void ReplyExpiry(ReadContext c, RequestArgs args, long baseMillis, bool inSeconds)
    {
        const int Missing = -2;
        const int NoExpiry = -1;
        if (!KeyLookup.Peek(c, new KeyRef(args[1]), out Entry entry))
        {
            c.Reply.Integer(Missing);
            return;
        }

        long atMillis = c.ExpireAtMillis(entry);
        if (atMillis < 0)
        {
            c.Reply.Integer(NoExpiry);
            return;
        }

        long millis = Math.Max(0, atMillis - baseMillis);
        c.Reply.Integer(inSeconds ? RoundToSeconds(millis) : millis);
    }

    /// <summary>To the nearest second, half a second up.</summary>
    private static long RoundToSeconds(long millis) => (millis / 1000) + (millis % 1000 >= 500 ? 1 : 0);
}
