using RespKv.Engine.Execution;
using RespKv.Engine.Keyspace.Collections;
using RespKv.Engine.PubSub;
using RespKv.Engine.Space;

namespace RespKv.Engine.Commands.Lists;

/// <summary>Taking elements from the ends of lists, for commands that find them there and for those that waited for them.</summary>
internal static class ListPop
{
    /// <summary>Replies with elements from one end, nearest first, and removes them.</summary>
    public static void Range(WriteContext c, in KeyRef key, in ListView list, bool first, long count)
    {
        long length = list.Count;
        count = Math.Min(count, length);
        ListReply.Write(c, list, first ? 0 : length - 1, count, forward: first);
        Remove(c, key, length, first, count);
    }

    /// <summary>As BLPOP replies: the key and one element.</summary>
    public static void OneWithKey(WriteContext c, in KeyRef key, in ListView list, bool first)
    {
        long length = list.Count;
        c.Reply.ArrayHeader(2);
        c.Reply.Bulk(key.Bytes);
        c.Reply.Bulk(list.Get(first ? 0 : length - 1));
        Remove(c, key, length, first, 1);
    }

    /// <summary>As LMPOP replies: the key and the elements.</summary>
    public static void RangeWithKey(WriteContext c, in KeyRef key, in ListView list, bool first, long count)
    {
        c.Reply.ArrayHeader(2);
        c.Reply.Bulk(key.Bytes);
        Range(c, key, list, first, count);
    }

    /// <summary>Removes elements from one end of a list of that length, and tells of it.</summary>
    public static void Remove(WriteContext c, in KeyRef key, long length, bool first, long count)
    {
        Trim(c, key, length, first ? count : 0, first ? 0 : count);
        c.Notify(KeyspaceEvents.List, first ? "lpop"u8 : "rpop"u8, key);
        NotifyIfEmptied(c, key, length - count);
    }

    /// <summary>Removes elements from both ends of a list. All of them together are the key's deletion, which takes less to say.</summary>
    public static void Trim(WriteContext c, in KeyRef key, long length, long fromFirst, long fromLast)
    {
        if (fromFirst + fromLast == length)
        {
            c.Delete(key);
            return;
        }

        if (fromFirst > 0 && fromLast > 0)
        {
            long names = (fromFirst + fromLast) * (ListPosition.Bytes + 1);
            c.RequireRoom(RecordBound.OfElements(2 * key.Bytes.Length, names), grows: false);
        }

        if (fromFirst > 0)
        {
            c.ListRemove(key, first: true, fromFirst);
        }

        if (fromLast > 0)
        {
            c.ListRemove(key, first: false, fromLast);
        }

        if (fromFirst + fromLast == 0)
        {
            c.Touch(key);
        }
    }

    public static void NotifyIfEmptied(WriteContext c, in KeyRef key, long left)
    {
        if (left == 0)
        {
            c.Notify(KeyspaceEvents.Generic, "del"u8, key);
        }
    }
}
