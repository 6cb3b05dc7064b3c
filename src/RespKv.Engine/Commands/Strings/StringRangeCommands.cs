using RespKv.Engine.Execution;
using RespKv.Engine.Keyspace;
using RespKv.Engine.PubSub;
using RespKv.Protocol;

namespace RespKv.Engine.Commands.Strings;

/// <summary>Reading and writing parts of strings.</summary>
internal static class StringRangeCommands
{
    private const string RangeComplexity = "O(N) where N is the length of the returned string. The complexity is ultimately determined by the "
        + "returned length, but because creating a substring from an existing string is very cheap, it can be considered O(1) for small strings.";

    [Command("strlen", 2, CommandFlags.ReadOnly | CommandFlags.Fast, Keys = "1,1,1 RO", Group = "string", Since = "2.2.0",
        Complexity = "O(1)", Summary = "Get the length of the value stored in a key", Syntax = "key")]
    internal static void StrLen(ReadContext c, RequestArgs args)
    {
        if (c.FindString(new KeyRef(args[1]), out Entry entry))
        {
            c.Reply.Integer(entry.Exists ? c.StringLength(entry) : 0);
        }
    }

    [Command("getrange", 4, CommandFlags.ReadOnly, Keys = "1,1,1 RO access", Group = "string", Since = "2.4.0",
        Complexity = RangeComplexity, Summary = "Get a substring of the string stored at a key", Syntax = "key start end")]
    internal static void GetRange(ReadContext c, RequestArgs args)
    {
        if (!ArgumentParsing.TryInteger(c, args[2], out long start)
            || !ArgumentParsing.TryInteger(c, args[3], out long end)
            || !c.FindString(new KeyRef(args[1]), out Entry entry))
        {
            return;
        }

        ReadOnlySpan<byte> value = entry.Exists ? c.StringBytes(entry) : default;
        c.Reply.Bulk(Range(value, start, end));
    }

    [Command("substr", 4, CommandFlags.ReadOnly, Keys = "1,1,1 RO access", Group = "string", Since = "1.0.0",
        Complexity = RangeComplexity, Summary = "Get a substring of the string stored at a key", Syntax = "key start end")]
    internal static void Substr(ReadContext c, RequestArgs args) => GetRange(c, args);

    [Command("append", 3, CommandFlags.Write | CommandFlags.DenyOom | CommandFlags.Fast, Keys = "1,1,1 RW insert", Group = "string",
        Since = "2.0.0", Complexity = "O(1). The amortized time complexity is O(1) assuming the appended value is small and the already present "
        + "value is of any size, since the dynamic string library used by Redis will double the free space available on every reallocation.",
        Summary = "Append a value to a key", Syntax = "key value")]
    internal static void Append(WriteContext c, RequestArgs args)
    {
        var key = new KeyRef(args[1]);
        ReadOnlySpan<byte> value = args[2];
        if (!c.FindString(key, out Entry entry))
        {
            return;
        }

        if (!entry.Exists)
        {
            c.SetString(key, value);
            c.Notify(KeyspaceEvents.String, "append"u8, key);
            c.Reply.Integer(value.Length);
            return;
        }

        long length = c.StringLength(entry);
        if (!FitsString(c, length, value.Length))
        {
            return;
        }

        if (value.IsEmpty)
        {
            c.Touch(key);
        }
        else
        {
            c.WriteRange(key, length, value);
        }

        c.Notify(KeyspaceEvents.String, "append"u8, key);
        c.Reply.Integer(length + value.Length);
    }

    [Command("setrange", 4, CommandFlags.Write | CommandFlags.DenyOom, Keys = "1,1,1 RW update", Group = "string", Since = "2.2.0",
        Complexity = "O(1), not counting the time taken to copy the new string in place. Usually, this string is very small so the amortized "
        + "complexity is O(1). Otherwise, complexity is O(M) with M being the length of the value argument.",
        Summary = "Overwrite part of a string at key starting at the specified offset", Syntax = "key offset value")]
    internal static void SetRange(WriteContext c, RequestArgs args)
    {
        if (!ArgumentParsing.TryInteger(c, args[2], out long offset))
        {
            return;
        }

        if (offset < 0)
        {
            c.Fail("ERR offset is out of range");
            return;
        }

        var key = new KeyRef(args[1]);
        ReadOnlySpan<byte> value = args[3];
        if (!c.FindString(key, out Entry entry))
        {
            return;
        }

        long length = entry.Exists ? c.StringLength(entry) : 0;
        if (value.IsEmpty)
        {
            // Nothing to write: neither a missing key nor a short value comes into being or grows.
            c.Reply.Integer(length);
            return;
        }

        if (FitsString(c, offset, value.Length))
        {
            c.WriteRange(key, offset, value);
            c.Notify(KeyspaceEvents.String, "setrange"u8, key);
            c.Reply.Integer(Math.Max(length, offset + value.Length));
        }
    }

    /// <summary>From <paramref name="start"/> to <paramref name="end"/>, both included; negative ones count from the end, as in Redis.</summary>
    private static ReadOnlySpan<byte> Range(ReadOnlySpan<byte> value, long start, long end)
    {
        if (value.IsEmpty || (start < 0 && end < 0 && start > end))
        {
            return default;
        }

        start = Math.Max(0, start < 0 ? value.Length + start : start);
        end = Math.Min(value.Length - 1, Math.Max(0, end < 0 ? value.Length + end : end));
        return start > end ? default : value[(int)start..(int)(end + 1)];
    }

    /// <summary>Whether a string may get that long (proto-max-bulk-len). False: the error has been replied.</summary>
    private static bool FitsString(WriteContext c, long offset, long count)
    {
        if (offset <= c.Engine.Config.ProtoMaxBulkBytes - count)
        {
            return true;
        }

        c.Fail(Errors.StringTooLong);
        return false;
    }
}
