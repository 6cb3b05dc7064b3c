using RespKv.Engine.Execution;
using RespKv.Engine.Keyspace;
using RespKv.Engine.Keyspace.Collections;
using RespKv.Engine.PubSub;
using RespKv.Protocol;

namespace RespKv.Engine.Commands.SortedSets;

/// <summary>Members that are added, and scores that change. What is there already is not logged.</summary>
internal static class SortedSetAddCommands
{
    [Command("zadd", -4, CommandFlags.Write | CommandFlags.DenyOom | CommandFlags.Fast, Keys = "1,1,1 RW update", Group = "sorted-set",
        Since = "1.2.0", Complexity = "O(log(N)) for each item added, where N is the number of elements in the sorted set.",
        Summary = "Add one or more members to a sorted set, or update its score if it already exists",
        Syntax = "key [NX | XX] [GT | LT] [CH] [INCR] score member [score member ...]")]
    internal static void ZAdd(WriteContext c, RequestArgs args)
    {
        if (!AddOptions.TryParse(c, args, out AddOptions options, out int first))
        {
            return;
        }

        // All scores are read before anything is looked at: the command goes through as a whole or not at all.
        for (int i = first; i < args.Count; i += 2)
        {
            if (!TryScore(c, args[i], out _))
            {
                return;
            }
        }

        Run(c, new KeyRef(args[1]), new ScoredMembers(args.Slice(first)), options);
    }

    [Command("zincrby", 4, CommandFlags.Write | CommandFlags.DenyOom | CommandFlags.Fast, Keys = "1,1,1 RW access update", Group = "sorted-set",
        Since = "1.2.0", Complexity = "O(log(N)) where N is the number of elements in the sorted set.",
        Summary = "Increment the score of a member in a sorted set", Syntax = "key increment member")]
    internal static void ZIncrBy(WriteContext c, RequestArgs args)
    {
        if (TryScore(c, args[2], out _))
        {
            Run(c, new KeyRef(args[1]), new ScoredMembers(args.Slice(2)), new AddOptions { Increments = true });
        }
    }

    /// <summary>Adds the members to what the key holds, and replies.</summary>
    internal static void Run(WriteContext c, in KeyRef key, ScoredMembers members, in AddOptions options)
    {
        if (!c.FindSortedSet(key, out SortedSetView view))
        {
            return;
        }

        var counts = default(Outcome);
        if (members.Count == 1)
        {
            AddOne(c, view, members, options, ref counts);
        }
        else
        {
            AddAll(c, view, members, options, ref counts);
        }

        if (counts.IsNotANumber)
        {
            c.Fail("ERR resulting score is not a number (NaN)");
            return;
        }

        if (c.Elements.Count > 0)
        {
            c.PutElements(key, ValueType.SortedSet, c.Elements);
            c.Notify(KeyspaceEvents.SortedSet, options.Increments ? "zincr"u8 : "zadd"u8, key);
        }

        if (!options.Increments)
        {
            c.Reply.Integer(options.CountsChanges ? counts.Added + counts.Updated : counts.Added);
        }
        else if (counts.IsApplied)
        {
            c.Reply.Double(counts.Score);
        }
        else
        {
            c.Reply.Null();
        }
    }

    private static void AddOne(WriteContext c, in SortedSetView view, ScoredMembers members, in AddOptions options, ref Outcome counts)
    {
        ReadOnlySpan<byte> member = members.Member(0);
        bool exists = view.TryGetScore(member, out double current);
        if (Decide(members.Score(0), exists, current, options, ref counts))
        {
            SortedSetElements.Add(c, member, counts.Score, IsCompact(c, view, member.Length));
        }
    }

    /// <summary>A member may be named twice: what the command has done with it before counts then.</summary>
    private static void AddAll(WriteContext c, in SortedSetView view, ScoredMembers members, in AddOptions options, ref Outcome counts)
    {
        ScoreTable changed = c.Scores;
        changed.Clear();
        for (int i = 0; i < members.Count; i++)
        {
            ReadOnlySpan<byte> member = members.Member(i);
            int known = changed.Find(member);
            double current = known >= 0 ? changed.Score(known) : 0;
            bool exists = known >= 0 || view.TryGetScore(member, out current);
            if (Decide(members.Score(i), exists, current, options, ref counts))
            {
                changed.Add(member, out known);
                changed.Score(known) = counts.Score;
            }
        }

        for (int i = 0; i < changed.Count; i++)
        {
            SortedSetElements.Add(c, changed.Member(i), changed.Score(i), IsCompact(c, view, changed.Member(i).Length));
        }

        changed.Clear();
    }

    private static bool IsCompact(WriteContext c, in SortedSetView view, int memberBytes)
        => !view.Elements.IsConverted && memberBytes <= c.Engine.Databases.Memory.Limits.SortedSetMemberBytesMax && SortedSetElements.AreFew(c, view.Count + 1);

    /// <summary>Whether the member gets another score, <see cref="Outcome.Score"/>, than it has.</summary>
    private static bool Decide(double score, bool exists, double current, in AddOptions options, ref Outcome counts)
    {
        if (!exists)
        {
            if (options.OnlyExisting)
            {
                return false;
            }

            counts.Apply(score);
            counts.Added++;
            return true;
        }

        if (options.OnlyNew)
        {
            return false;
        }

        score = options.Increments ? current + score : score;
        if (double.IsNaN(score))
        {
            counts.IsNotANumber = true;
            return false;
        }

        if ((options.OnlyLess && score >= current) || (options.OnlyGreater && score <= current))
        {
            return false;
        }

        counts.Apply(score);
        if (score == current)
        {
            return false;
        }

        counts.Updated++;
        return true;
    }

    private static bool TryScore(WriteContext c, ReadOnlySpan<byte> text, out double score)
    {
        if (RespNumber.TryParseDouble(text, out score))
        {
            return true;
        }

        c.Fail(Errors.NotFloat);
        return false;
    }

    private struct Outcome
    {
        public long Added;
        public long Updated;
        public bool IsNotANumber;

        /// <summary>A score was set, even if to what it was.</summary>
        public bool IsApplied;

        public double Score;

        public void Apply(double score)
        {
            IsApplied = true;
            Score = score;
        }
    }
}
