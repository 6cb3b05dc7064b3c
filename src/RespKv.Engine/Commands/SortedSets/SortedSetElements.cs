using RespKv.Engine.Execution;
using RespKv.Engine.Keyspace;
using RespKv.Engine.Keyspace.Collections;
using RespKv.Engine.PubSub;

namespace RespKv.Engine.Commands.SortedSets;

/// <summary>Members as the write commands hand them to the log, and as replies show them.</summary>
internal static class SortedSetElements
{
    /// <summary>Adds a member to what the command will put.</summary>
    /// <param name="c">The running command.</param>
    /// <param name="member">The member.</param>
    /// <param name="score">Its score.</param>
    /// <param name="isCompact">The sorted set is one that Redis would keep in its compact encoding, which has no -0: it becomes 0.</param>
    public static void Add(WriteContext c, ReadOnlySpan<byte> member, double score, bool isCompact)
    {
        score = isCompact && score == 0 ? 0 : score;
        Span<byte> value = stackalloc byte[SortedSetScore.Bytes];
        SortedSetScore.Write(value, score);
        c.Elements.Add(member, value);
    }

    /// <summary>Whether Redis would keep so many members in its compact encoding, as far as their number tells.</summary>
    public static bool AreFew(WriteContext c, long count) => !c.Engine.Databases.Memory.Limits.AreTooMany(ValueType.SortedSet, count);

    /// <summary>Replaces a key by what was added, removes it when that is nothing, and replies how many.</summary>
    public static void Store(WriteContext c, in KeyRef destination, ReadOnlySpan<byte> eventName)
    {
        int count = c.Elements.Count;
        bool isDeleted = count == 0 && c.FindUntouched(destination, out _);
        if (c.SetElements(destination, ValueType.SortedSet, c.Elements))
        {
            c.Notify(KeyspaceEvents.SortedSet, eventName, destination);
        }
        else if (isDeleted)
        {
            c.Notify(KeyspaceEvents.Generic, "del"u8, destination);
        }

        c.Reply.Integer(count);
    }

    /// <summary>Removes the members whose names were added, which are there; returns how many.</summary>
    /// <param name="c">The running command.</param>
    /// <param name="key">The sorted set.</param>
    /// <param name="count">How many members it has.</param>
    /// <param name="eventName">What subscribers are told.</param>
    public static long Remove(WriteContext c, in KeyRef key, long count, ReadOnlySpan<byte> eventName)
    {
        long removed = c.RemoveElements(key, ValueType.SortedSet, c.Elements);
        c.Notify(KeyspaceEvents.SortedSet, eventName, key);
        if (removed == count)
        {
            c.Notify(KeyspaceEvents.Generic, "del"u8, key);
        }

        return removed;
    }

    /// <summary>Begins an array of members: with scores RESP2 has one flat array, RESP3 one of pairs.</summary>
    public static void ReplyHeader(ReadContext c, long count, bool withScores)
        => c.Reply.ArrayHeader((int)(withScores && c.Reply.Version < 3 ? count * 2 : count));

    public static void Reply(ReadContext c, ReadOnlySpan<byte> member, double score, bool withScores)
    {
        if (!withScores)
        {
            c.Reply.Bulk(member);
            return;
        }

        if (c.Reply.Version >= 3)
        {
            c.Reply.ArrayHeader(2);
        }

        c.Reply.Bulk(member);
        c.Reply.Double(score);
    }
}
