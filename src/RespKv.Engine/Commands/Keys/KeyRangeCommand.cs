using RespKv.Engine.Execution;
using RespKv.Engine.KeyOrder;
using RespKv.Engine.Security;
using RespKv.Protocol;

namespace RespKv.Engine.Commands.Keys;

/// <summary>KEYRANGE: the keys of a database in byte order. Ours; see docs/keyrange.md.</summary>
internal static class KeyRangeCommand
{
    private const string NotRange = "ERR min or max not valid string range item";
    private const string NotPositive = "ERR value is out of range, must be positive";

    [Command("keyrange", -3, CommandFlags.ReadOnly | CommandFlags.WholeKeyspace | CommandFlags.NoScript | CommandFlags.NoMulti, Group = "generic",
        Since = "7.0.0",
        Complexity = "O(log(N)+M) with N being the number of keys in the database and M the number of keys returned; the first call after a while "
        + "also reads what was written since the last checkpoint.",
        Summary = "Return the keys of a range, in byte order", Syntax = "start end [REV] [LIMIT count] [WITHVALUES]", Categories = "keyspace",
        Tips = "request_policy:all_shards")]
    internal static void KeyRange(ReadContext c, RequestArgs args)
    {
        if (!TryOptions(c, args, out Options options))
        {
            return;
        }

        if (options.WithValues && !AccessControl.MayReadAllKeys(c.Session, c.Engine.Commands.Declared("keyrange"), args))
        {
            // The keys are not named, so no rule was held against them.
            c.Fail(Errors.NoPermission(AclDenial.Key, "keyrange"));
            return;
        }

        if (KeyBound.Parse(args[1]) is not { } start || KeyBound.Parse(args[2]) is not { } end)
        {
            c.Fail(NotRange);
            return;
        }

        KeyRange range = options.IsReverse ? new KeyRange(end, start, isReverse: true) : new KeyRange(start, end, isReverse: false);
        if (range.IsEmpty || c.KeyCount(c.Database) == 0)
        {
            KeyRangeReply.Empty(c);
            return;
        }

        new KeyRangeCall(range, options.Limit, options.WithValues).Begin(c);
    }

    private static bool TryOptions(ReadContext c, RequestArgs args, out Options options)
    {
        options = new Options { Limit = KeyRangeCall.LimitDefault };
        for (int i = 3; i < args.Count; i++)
        {
            if (args[i].Is("rev"u8))
            {
                options.IsReverse = true;
            }
            else if (args[i].Is("withvalues"u8))
            {
                options.WithValues = true;
            }
            else if (args[i].Is("limit"u8) && i + 1 < args.Count)
            {
                if (!TryLimit(c, args[++i], out options.Limit))
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

    /// <summary>More than a reply may hold means as many as it may hold. False: the error has been replied.</summary>
    private static bool TryLimit(ReadContext c, ReadOnlySpan<byte> argument, out int limit)
    {
        limit = 0;
        if (!ArgumentParsing.TryInteger(c, argument, out long count))
        {
            return false;
        }

        if (count < 1)
        {
            c.Fail(NotPositive);
            return false;
        }

        limit = (int)Math.Min(count, KeyRangeCall.LimitMax);
        return true;
    }

    private struct Options
    {
        public bool IsReverse;
        public bool WithValues;
        public int Limit;
    }
}
