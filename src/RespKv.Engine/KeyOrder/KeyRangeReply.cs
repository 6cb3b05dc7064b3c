using RespKv.Engine.Execution;
using RespKv.Engine.Keyspace;

namespace RespKv.Engine.KeyOrder;

/// <summary>
/// KEYRANGE's reply: the cursor, which is the argument to go on with, and the keys. With values RESP2 has them flat behind their keys, RESP3
/// in pairs, as HRANDFIELD ... WITHVALUES does.
/// </summary>
internal static class KeyRangeReply
{
    /// <summary>There are no further keys. Not an argument that could be gone on with.</summary>
    private static ReadOnlySpan<byte> EndCursor => "0"u8;

    /// <summary>No key is in the range.</summary>
    public static void Empty(ReadContext c)
    {
        c.Reply.ArrayHeader(2);
        c.Reply.Bulk(EndCursor);
        c.Reply.ArrayHeader(0);
    }

    /// <summary>Nothing can be said yet: the cursor is where the walk began.</summary>
    public static void Nothing(ReadContext c, KeyBound start)
    {
        c.Reply.ArrayHeader(2);
        if (start.IsFinite)
        {
            Cursor(c, start.IsExclusive ? "("u8 : "["u8, start.Key);
        }
        else
        {
            c.Reply.Bulk(ReferenceEquals(start, KeyBound.Lowest) ? "-"u8 : "+"u8);
        }

        c.Reply.ArrayHeader(0);
    }

    /// <param name="c">The running command.</param>
    /// <param name="found">The keys, alive.</param>
    /// <param name="withValues">Whether their values are told too.</param>
    /// <param name="isEnd">There are no further keys.</param>
    /// <param name="goOnBehind">Otherwise, the last key of the stretch that the reply is about.</param>
    public static void Write(ReadContext c, ReadOnlySpan<Entry> found, bool withValues, bool isEnd, ReadOnlySpan<byte> goOnBehind)
    {
        c.Reply.ArrayHeader(2);
        if (isEnd)
        {
            c.Reply.Bulk(EndCursor);
        }
        else
        {
            Cursor(c, "("u8, goOnBehind);
        }

        bool inPairs = withValues && c.Reply.Version >= 3;
        c.Reply.ArrayHeader(withValues && !inPairs ? 2 * found.Length : found.Length);
        foreach (Entry entry in found)
        {
            if (inPairs)
            {
                c.Reply.ArrayHeader(2);
            }

            c.Reply.Bulk(c.KeyOf(entry));
            if (withValues)
            {
                Value(c, entry);
            }
        }
    }

    public static long ValueBytes(ReadContext c, Entry entry) => c.Type(entry) == Keyspace.ValueType.String ? c.StringLength(entry) : 0;

    /// <summary>Only strings can be told whole.</summary>
    private static void Value(ReadContext c, Entry entry)
    {
        if (c.Type(entry) == Keyspace.ValueType.String)
        {
            c.Reply.Bulk(c.StringBytes(entry));
        }
        else
        {
            c.Reply.Null();
        }
    }

    private static void Cursor(ReadContext c, ReadOnlySpan<byte> bracket, ReadOnlySpan<byte> key)
    {
        c.Reply.BulkStart(bracket.Length + key.Length);
        c.Reply.Raw(bracket);
        c.Reply.Raw(key);
        c.Reply.BulkEnd();
    }
}
