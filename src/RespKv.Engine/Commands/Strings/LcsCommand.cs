using RespKv.Engine.Execution;
using RespKv.Engine.Keyspace;
using RespKv.Protocol;

namespace RespKv.Engine.Commands.Strings;

/// <summary>LCS.</summary>
internal static class LcsCommand
{
    /// <summary>What Redis's table takes per cell. Ours is smaller, but the limit on the strings' lengths is the same, and bounds the turn.</summary>
    private const long RedisCellBytes = 4;

    [Command("lcs", -3, CommandFlags.ReadOnly, Keys = "1,2,1 RO access", Group = "string", Since = "7.0.0",
        Complexity = "O(N*M) where N and M are the lengths of s1 and s2, respectively", Summary = "Find longest common substring",
        Syntax = "key1 key2 [LEN] [IDX] [MINMATCHLEN len] [WITHMATCHLEN]")]
    internal static void Lcs(ReadContext c, RequestArgs args)
    {
        if (!TryFind(c, args, out Entry firstEntry, out Entry secondEntry) || !TryParse(c, args, out Options options))
        {
            return;
        }

        Span<byte> firstScratch = stackalloc byte[32];
        ReadOnlySpan<byte> first = firstEntry.Exists ? c.StringBytes(firstEntry, firstScratch) : default;
        ReadOnlySpan<byte> second = secondEntry.Exists ? c.StringBytes(secondEntry) : default;
        if ((first.Length + 1L) * (second.Length + 1L) * RedisCellBytes > c.Engine.Config.ProtoMaxBulkBytes)
        {
            c.Fail("ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len");
            return;
        }

        var common = new LongestCommonSubsequence(first, second, options.LengthOnly);
        if (options.LengthOnly)
        {
            c.Reply.Integer(common.Length);
            return;
        }

        byte[] text = new byte[common.Length];
        var ranges = new List<CommonRange>();
        common.Trace(text, ranges);
        if (options.Indexes)
        {
            ranges.RemoveAll(range => range.Length < options.LengthMin);
            ReplyIndexes(c, ranges, common.Length, options.WithLengths);
        }
        else
        {
            c.Reply.Bulk(text);
        }
    }

    private static bool TryFind(ReadContext c, RequestArgs args, out Entry first, out Entry second)
    {
        var firstKey = new KeyRef(args[1]);
        c.Find(firstKey, out _);
        c.Find(new KeyRef(args[2]), out second);

        // Again, because the second look-up may have deleted an expired key, which ends the first entry's life.
        c.FindUntouched(firstKey, out first);
        if ((!first.Exists || c.Type(first) == ValueType.String) && (!second.Exists || c.Type(second) == ValueType.String))
        {
            return true;
        }

        c.Fail("ERR The specified keys must contain string values");
        return false;
    }

    private static bool TryParse(ReadContext c, RequestArgs args, out Options options)
    {
        options = default;
        for (int i = 3; i < args.Count; i++)
        {
            ReadOnlySpan<byte> option = args[i];
            if (option.Is("idx"u8))
            {
                options.Indexes = true;
            }
            else if (option.Is("len"u8))
            {
                options.LengthOnly = true;
            }
            else if (option.Is("withmatchlen"u8))
            {
                options.WithLengths = true;
            }
            else if (option.Is("minmatchlen"u8) && i + 1 < args.Count)
            {
                if (!ArgumentParsing.TryInteger(c, args[++i], out options.LengthMin))
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

        if (options.Indexes && options.LengthOnly)
        {
            c.Fail("ERR If you want both the length and indexes, please just use IDX.");
            return false;
        }

        return true;
    }

    private static void ReplyIndexes(ReadContext c, List<CommonRange> ranges, int length, bool withLengths)
    {
        c.Reply.MapHeader(2);
        c.Reply.Bulk("matches"u8);
        c.Reply.ArrayHeader(ranges.Count);
        foreach (CommonRange range in ranges)
        {
            c.Reply.ArrayHeader(withLengths ? 3 : 2);
            c.Reply.ArrayHeader(2);
            c.Reply.Integer(range.FirstStart);
            c.Reply.Integer(range.FirstEnd);
            c.Reply.ArrayHeader(2);
            c.Reply.Integer(range.SecondStart);
            c.Reply.Integer(range.SecondEnd);
            if (withLengths)
            {
                c.Reply.Integer(range.Length);
            }
        }

        c.Reply.Bulk("len"u8);
        c.Reply.Integer(length);
    }

    private struct Options
    {
        /// <summary>IDX.</summary>
        public bool Indexes;

        /// <summary>LEN.</summary>
        public bool LengthOnly;

        /// <summary>WITHMATCHLEN.</summary>
        public bool WithLengths;

        /// <summary>MINMATCHLEN: shorter ranges are left out.</summary>
        public long LengthMin;
    }
}
