using RespKv.Engine.Execution;
using RespKv.Engine.Keyspace;
using RespKv.Engine.PubSub;

namespace RespKv.Engine.Commands.Keys;

/// <summary>Look-ups that count as keyspace hits and misses where the context's own do not.</summary>
internal static class KeyLookup
{
    /// <summary>Finds a key for a command that tells something about it, which is not a use of it: TTL, TYPE, EXISTS.</summary>
    public static bool Peek(ReadContext c, in KeyRef key, out Entry entry)
    {
        bool found = c.FindUntouched(key, out entry);
        c.Engine.Stats.CountLookup(found);
        if (!found)
        {
            c.Notify(KeyspaceEvents.KeyMiss, "keymiss"u8, key);
        }

        return found;
    }

    /// <summary>
    /// Replies with a string, or null when the key is missing, for a command that changes it afterwards. False: the key holds something
    /// else and the error has been replied.
    /// </summary>
    /// <remarks>The reply is a copy and leaves only after the fence, so replying before the change is safe, and needs no other copy.</remarks>
    public static bool ReplyOld(WriteContext c, in KeyRef key, out Entry entry)
    {
        bool isString = c.FindString(key, out entry);
        c.Engine.Stats.CountLookup(entry.Exists);
        if (!isString)
        {
            return false;
        }

        if (entry.Exists)
        {
            c.Reply.Bulk(c.StringBytes(entry));
        }
        else
        {
            c.Notify(KeyspaceEvents.KeyMiss, "keymiss"u8, key);
            c.Reply.Null();
        }

        return true;
    }
}
