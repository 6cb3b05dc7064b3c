using RespKv.Engine.Execution;
using RespKv.Engine.Keyspace;
using RespKv.Engine.PubSub;
using RespKv.Engine.Rdb;
using RespKv.Engine.Space;
using RespKv.Protocol;

namespace RespKv.Engine.Commands.Keys;

/// <summary>DUMP and RESTORE: values in Redis's own serialization, both ways.</summary>
internal static class DumpCommands
{
    private const int FirstOption = 4;

    /// <summary>The frequency that OBJECT FREQ tells is a byte.</summary>
    private const int FrequencyMax = 255;

    [Command("dump", 2, CommandFlags.ReadOnly, Keys = "1,1,1 RO access", Group = "generic", Since = "2.6.0",
        Complexity = "O(1) to access the key and additional O(N*M) to serialize it, where N is the number of Redis objects composing the value and M their average size. For small string values the time complexity is thus O(1)+O(1*M) where M is small, so simply O(1).",
        Summary = "Return a serialized version of the value stored at the specified key.", Syntax = "key", Categories = "keyspace",
        Tips = "nondeterministic_output")]
    internal static void Dump(ReadContext c, RequestArgs args)
    {
        if (c.Find(new KeyRef(args[1]), out Entry entry))
        {
            c.Reply.Bulk(RdbPayloadWriter.Write(c, entry));
        }
        else
        {
            c.Reply.Null();
        }
    }

    [Command("restore", -4, CommandFlags.Write | CommandFlags.DenyOom | CommandFlags.UnpacksArgument, Keys = "1,1,1 OW update", Group = "generic", Since = "2.6.0",
        Complexity = "O(1) to create the new key and additional O(N*M) to reconstruct the serialized value, where N is the number of Redis objects composing the value and M their average size. For small string values the time complexity is thus O(1)+O(1*M) where M is small, so simply O(1). However for sorted set values the complexity is O(N*M*log(N)) because inserting values into sorted sets is O(log(N)).",
        Summary = "Create a key using the provided serialized value, previously obtained using DUMP.",
        Syntax = "key ttl serialized-value [REPLACE] [ABSTTL] [IDLETIME seconds] [FREQ frequency]", Categories = "keyspace dangerous")]
    internal static void Restore(WriteContext c, RequestArgs args)
    {
        if (!TryParse(c, args, out Options options))
        {
            return;
        }

        var key = new KeyRef(args[1]);
        if (!options.Replaces && c.Find(key, out _))
        {
            c.Fail("BUSYKEY Target key name already exists.");
            return;
        }

        if (!ArgumentParsing.TryInteger(c, args[2], out long ttlMillis))
        {
            return;
        }

        if (ttlMillis < 0)
        {
            c.Fail("ERR Invalid TTL value, must be >= 0");
            return;
        }

        ReadOnlySpan<byte> payload = args[3];
        if (!RdbPayloadReader.IsIntact(payload))
        {
            c.Fail("ERR DUMP payload version or checksum are wrong");
            return;
        }

        Span<byte> digits = stackalloc byte[RdbReader.DigitsMax];
        if (!RdbPayloadReader.TryRead(payload, c.Elements, digits, out ValueType type, out ReadOnlySpan<byte> text))
        {
            c.Fail("ERR Bad data format");
            return;
        }

        // What lies beyond the end of time has run out, as in Redis.
        long expireAtMillis = ttlMillis == 0 ? Database.NoExpiry : options.IsAbsolute ? ttlMillis : unchecked(ttlMillis + c.NowMillis);
        if (ttlMillis > 0 && expireAtMillis < c.NowMillis)
        {
            if (options.Replaces && c.Delete(key))
            {
                c.Notify(KeyspaceEvents.Generic, "del"u8, key);
            }
        }
        else
        {
            Store(c, key, type, text, expireAtMillis);
            if (options.IdleSeconds >= 0)
            {
                c.SetIdleSeconds(key, options.IdleSeconds);
            }

            if (options.Frequency >= 0)
            {
                c.SetAccessCount(key, (int)options.Frequency);
            }

            c.Notify(KeyspaceEvents.Generic, "restore"u8, key);
        }

        c.Reply.Ok();
    }

    private static void Store(WriteContext c, in KeyRef key, ValueType type, ReadOnlySpan<byte> text, long expireAtMillis)
    {
        switch (type)
        {
            case ValueType.String:
                c.RequireRoom(RecordBound.OfStore(key.Bytes.Length, text.Length), grows: true);
                c.SetString(key, text, expireAtMillis);
                break;
            case ValueType.List:
                c.SetList(key, c.Elements, expireAtMillis);
                break;
            default:
                c.SetElements(key, type, c.Elements, expireAtMillis);
                break;
        }
    }

    private static bool TryParse(WriteContext c, RequestArgs args, out Options options)
    {
        options = new Options(false, false, -1, -1);
        for (int i = FirstOption; i < args.Count; i++)
        {
            bool hasNext = i + 1 < args.Count;
            if (args[i].Is("replace"u8))
            {
                options = options with { Replaces = true };
            }
            else if (args[i].Is("absttl"u8))
            {
                options = options with { IsAbsolute = true };
            }
            else if (args[i].Is("idletime"u8) && hasNext && options.Frequency < 0)
            {
                if (!TryNumber(c, args[++i], long.MaxValue, "ERR Invalid IDLETIME value, must be >= 0", out long seconds))
                {
                    return false;
                }

                options = options with { IdleSeconds = seconds };
            }
            else if (args[i].Is("freq"u8) && hasNext && options.IdleSeconds < 0)
            {
                if (!TryNumber(c, args[++i], FrequencyMax, "ERR Invalid FREQ value, must be >= 0 and <= 255", out long frequency))
                {
                    return false;
                }

                options = options with { Frequency = frequency };
            }
            else
            {
                c.Fail(Errors.Syntax);
                return false;
            }
        }

        return true;
    }

    private static bool TryNumber(WriteContext c, ReadOnlySpan<byte> argument, long max, string error, out long number)
    {
        if (!ArgumentParsing.TryInteger(c, argument, out number))
        {
            return false;
        }

        if (number >= 0 && number <= max)
        {
            return true;
        }

        c.Fail(error);
        return false;
    }

    /// <param name="Replaces">An existing key gives way.</param>
    /// <param name="IsAbsolute">The time to live is a Unix time.</param>
    /// <param name="IdleSeconds">-1 without.</param>
    /// <param name="Frequency">-1 without.</param>
    private readonly record struct Options(bool Replaces, bool IsAbsolute, long IdleSeconds, long Frequency);
}
