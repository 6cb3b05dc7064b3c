namespace RespKv.Engine.Keyspace.Collections;

/// <summary>
/// A place between the entries of a <see cref="SortedIndex"/>: some lie before it, all others behind it. Entries of another
/// score are told apart by the score; those of the same score all lie on one side, or are told apart by their members.
/// </summary>
internal readonly ref struct SortedPlace
{
    private readonly double _score;
    private readonly ReadOnlySpan<byte> _member;
    private readonly bool _comparesMembers;
    private readonly bool _isAfterEqual;

    /// <summary>The place before all entries of that score, or after all of them.</summary>
    public SortedPlace(double score, bool isAfterEqual)
    {
        _score = score;
        _isAfterEqual = isAfterEqual;
    }

    /// <summary>The place just before that entry, or just after it; whether it is there does not matter.</summary>
    public SortedPlace(double score, ReadOnlySpan<byte> member, bool isAfterEqual)
        : this(score, isAfterEqual)
    {
        _member = member;
        _comparesMembers = true;
    }

    /// <summary>How many of the entries, which are in order, lie before the place.</summary>
    public int CountBefore(ReadOnlySpan<SortedEntry> entries, IElementNames names)
    {
        int low = 0;
        int high = entries.Length;
        while (low < high)
        {
            int middle = (int)(((uint)low + (uint)high) / 2);
            if (IsAfter(entries[middle], names))
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    private bool IsAfter(SortedEntry entry, IElementNames names)
    {
        // -0 and 0 are equal here, as they are to clients.
        if (entry.Score != _score)
        {
            return entry.Score < _score;
        }

        if (!_comparesMembers)
        {
            return _isAfterEqual;
        }

        int order = names.Name(entry.Address).SequenceCompareTo(_member);
        return order < 0 || (order == 0 && _isAfterEqual);
    }
}
