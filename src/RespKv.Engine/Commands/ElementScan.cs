using RespKv.Engine.Commands.Keys;
using RespKv.Engine.Execution;
using RespKv.Engine.Keyspace.Collections;
using RespKv.Protocol;

namespace RespKv.Engine.Commands;

/// <summary>Replies the value of an element that HSCAN or ZSCAN has found.</summary>
internal delegate void ElementValueReply(ReadContext c, ReadOnlySpan<byte> value);

/// <summary>A step over the elements of a collection, as HSCAN, SSCAN and ZSCAN make it: behind key and cursor stand MATCH and COUNT.</summary>
internal readonly ref struct ElementScan
{
    private const int CountDefault = 10;

    private readonly ReadOnlySpan<byte> _pattern;
    private readonly int _count;

    private ElementScan(ReadOnlySpan<byte> pattern, int count)
    {
        _pattern = pattern;
        _count = count;
    }

    /// <summary>Reads the options. False: the error has been replied. As in Redis those for a key that is missing may be anything.</summary>
    public static bool TryParse(ReadContext c, RequestArgs args, bool exists, out ElementScan scan)
    {
        ReadOnlySpan<byte> pattern = "*"u8;
        long count = CountDefault;
        for (int i = 3; exists && i < args.Count; i += 2)
        {
            bool hasValue = i + 1 < args.Count;
            if (hasValue && args[i].Is("match"u8))
            {
                pattern = args[i + 1];
            }
            else if (hasValue && args[i].Is("count"u8))
            {
                if (!ArgumentParsing.TryInteger(c, args[i + 1], out count))
                {
                    scan = default;
                    return false;
                }

                if (count < 1)
                {
                    return Refuse(c, out scan);
                }
            }
            else
            {
                return Refuse(c, out scan);
            }
        }

        scan = new ElementScan(pattern, (int)Math.Min(count, int.MaxValue));
        return true;
    }

    /// <summary>Replies cursor and elements; with <paramref name="replyValue"/> each name is followed by its value.</summary>
    public void Run(ReadContext c, in ElementsView elements, ulong cursor, ElementValueReply? replyValue)
    {
        using var found = new ElementList(CountDefault);
        cursor = elements.Exists ? elements.Scan(cursor, _count, found) : 0;
        bool takesAll = GlobPattern.IsAll(_pattern);
        int matching = takesAll ? found.Count : 0;
        for (int i = 0; !takesAll && i < found.Count; i++)
        {
            matching += GlobPattern.Matches(_pattern, elements.Name(found[i])) ? 1 : 0;
        }

        Span<byte> text = stackalloc byte[ScanCursor.TextBytesMax];
        c.Reply.ArrayHeader(2);
        c.Reply.Bulk(text[..ScanCursor.Format(cursor, text)]);
        c.Reply.ArrayHeader(replyValue is null ? matching : matching * 2);
        for (int i = 0; i < found.Count; i++)
        {
            ReadOnlySpan<byte> name = elements.Name(found[i]);
            if (takesAll || GlobPattern.Matches(_pattern, name))
            {
                c.Reply.Bulk(name);
                replyValue?.Invoke(c, elements.Value(found[i]));
            }
        }
    }

    private static bool Refuse(ReadContext c, out ElementScan scan)
    {
        scan = default;
        c.Fail(Errors.Syntax);
        return false;
    }
}
