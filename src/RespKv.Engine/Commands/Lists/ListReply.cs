using RespKv.Engine.Execution;
using RespKv.Engine.Keyspace.Collections;

namespace RespKv.Engine.Commands.Lists;

/// <summary>Elements of a list as a reply.</summary>
internal static class ListReply
{
    /// <summary>Replies with some elements.</summary>
    /// <param name="c">The command.</param>
    /// <param name="list">The list, which may be missing if the count is 0.</param>
    /// <param name="start">Index of the first one.</param>
    /// <param name="count">How many, all of which are there.</param>
    /// <param name="forward">In the order of the list; false: backwards.</param>
    public static void Write(ReadContext c, in ListView list, long start, long count, bool forward)
    {
        c.Reply.ArrayHeader((int)count);
        if (count == 0)
        {
            return;
        }

        ListCursor cursor = list.At(start);
        c.Reply.Bulk(cursor.Current);
        for (long i = 1; i < count; i++)
        {
            _ = forward ? cursor.MoveNext() : cursor.MovePrevious();
            c.Reply.Bulk(cursor.Current);
        }
    }
}
