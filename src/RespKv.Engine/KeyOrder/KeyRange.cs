namespace RespKv.Engine.KeyOrder;

/// <summary>
/// The keys between two ends, in the order in which they are walked: ascending bytes (unsigned, a shorter key before those that it
/// begins), or descending.
/// </summary>
internal sealed class KeyRange
{
    public KeyRange(KeyBound low, KeyBound high, bool isReverse)
    {
        Low = low;
        High = high;
        IsReverse = isReverse;
    }

    public KeyBound Low { get; }

    public KeyBound High { get; }

    public bool IsReverse { get; }

    /// <summary>The end where the walk begins.</summary>
    public KeyBound Start => IsReverse ? High : Low;

    /// <summary>No key can be in it.</summary>
    public bool IsEmpty
    {
        get
        {
            int order = Low.CompareTo(High);
            return order > 0 || (order == 0 && (!Low.IsFinite || Low.IsExclusive || High.IsExclusive));
        }
    }

    /// <summary>Order of two keys on the walk.</summary>
    public int Compare(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
        => IsReverse ? second.SequenceCompareTo(first) : first.SequenceCompareTo(second);

    public bool Contains(ReadOnlySpan<byte> key) => !IsBelow(key) && !IsAbove(key);

    /// <summary>The walk has not come to the range yet.</summary>
    public bool IsBefore(ReadOnlySpan<byte> key) => IsReverse ? IsAbove(key) : IsBelow(key);

    /// <summary>The walk has left the range.</summary>
    public bool IsBehind(ReadOnlySpan<byte> key) => IsReverse ? IsBelow(key) : IsAbove(key);

    private bool IsBelow(ReadOnlySpan<byte> key)
    {
        int order = Low.CompareKey(key);
        return order < 0 || (order == 0 && Low.IsExclusive);
    }

    private bool IsAbove(ReadOnlySpan<byte> key)
    {
        int order = High.CompareKey(key);
        return order > 0 || (order == 0 && High.IsExclusive);
    }
}
