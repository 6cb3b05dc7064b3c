using RespKv.Engine.Keyspace.Collections;

namespace RespKv.Engine.Commands.SortedSets;

/// <summary>Entries of a sorted set that follow one another: a range of scores, members or indexes comes to one of these.</summary>
/// <param name="First">Rank of the first one, from the lowest score on.</param>
/// <param name="Count">How many.</param>
internal readonly record struct RankRange(long First, long Count)
{
    /// <summary>Up to here a range of members is looked for entry by entry, which gives what Redis gives for different scores too.</summary>
    private const int WalkedEntriesMax = 128;

    /// <summary>The part from an offset on, of that many entries (negative: all), counted from the end when it is walked backwards.</summary>
    public RankRange Limit(long offset, long limit, bool reverse)
    {
        if (offset < 0 || offset >= Count)
        {
            return default;
        }

        long count = limit < 0 ? Count - offset : Math.Min(limit, Count - offset);
        return new RankRange(reverse ? First + Count - offset - count : First + offset, count);
    }

    /// <summary>Indexes as Redis counts them: both included, negative ones from the end, which is the beginning when reversed.</summary>
    public static RankRange OfIndexes(long start, long stop, long length, bool reverse)
    {
        start = Math.Max(0, start < 0 ? length + start : start);
        stop = Math.Min(length - 1, stop < 0 ? length + stop : stop);
        if (start > stop)
        {
            return default;
        }

        long count = stop - start + 1;
        return new RankRange(reverse ? length - stop - 1 : start, count);
    }

    public static RankRange Of(in SortedSetView view, in ScoreRange range)
    {
        long first = view.CountBelow(range.Min, orEqual: range.ExcludesMin);
        long end = view.CountBelow(range.Max, orEqual: !range.ExcludesMax);
        return first < end ? new RankRange(first, end - first) : default;
    }

    /// <summary>The entries whose members are in the range, if all scores are the same. If not, what comes of it is not said, as in Redis.</summary>
    public static RankRange Of(in SortedSetView view, in LexRange range, bool reverse)
    {
        if (range.IsEmpty || view.Count == 0)
        {
            return default;
        }

        if (view.Count <= WalkedEntriesMax)
        {
            return Walk(view, range, reverse);
        }

        double score = view.At(0).Score;
        long first = range.Min.Beyond switch
        {
            < 0 => 0,
            > 0 => view.Count,
            _ => view.CountBelow(score, range.Min.Member, orEqual: range.Min.Excludes),
        };
        long end = range.Max.Beyond switch
        {
            < 0 => 0,
            > 0 => view.Count,
            _ => view.CountBelow(score, range.Max.Member, orEqual: !range.Max.Excludes),
        };
        return first < end ? new RankRange(first, end - first) : default;
    }

    private static RankRange Walk(in SortedSetView view, in LexRange range, bool reverse)
    {
        // Some member is in the range's reach from either side: the walks below end at one.
        if (!range.IsFromMin(view.At(view.Count - 1).Member) || !range.IsUpToMax(view.At(0).Member))
        {
            return default;
        }

        return reverse ? WalkBackward(view, range) : WalkForward(view, range);
    }

    private static RankRange WalkForward(in SortedSetView view, in LexRange range)
    {
        SortedSetCursor cursor = view.At(0);
        long first = 0;
        while (!range.IsFromMin(cursor.Member))
        {
            first++;
            cursor.MoveNext();
        }

        long count = 0;
        bool isAtMember = true;
        while (isAtMember && range.IsUpToMax(cursor.Member))
        {
            count++;
            isAtMember = cursor.MoveNext();
        }

        return new RankRange(first, count);
    }

    private static RankRange WalkBackward(in SortedSetView view, in LexRange range)
    {
        SortedSetCursor cursor = view.At(view.Count - 1);
        long end = view.Count;
        while (!range.IsUpToMax(cursor.Member))
        {
            end--;
            cursor.MovePrevious();
        }

        long count = 0;
        bool isAtMember = true;
        while (isAtMember && range.IsFromMin(cursor.Member))
        {
            count++;
            isAtMember = cursor.MovePrevious();
        }

        return new RankRange(end - count, count);
    }
}
