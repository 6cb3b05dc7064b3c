namespace RespKv.Engine.Keyspace.Collections;

/// <summary>
/// A sorted set: members by score, then by their bytes. Ranks count from 0, the lowest first. Default is that of a missing key. Valid until
/// the next mutation.
/// </summary>
internal readonly ref struct SortedSetView(CollectionValue value)
{
    private readonly CollectionValue _value = value;

    public bool Exists => _value.Exists;

    public long Count => _value.Count;

    /// <summary>The elements by member; the values are scores (<see cref="SortedSetScore"/>).</summary>
    public ElementsView Elements => new(_value);

    private SortedIndex? Order => (_value.Large as MapCollection)?.Order;

    public bool TryGetScore(ReadOnlySpan<byte> member, out double score)
    {
        bool found = Elements.TryGet(member, out ReadOnlySpan<byte> bytes);
        score = found ? SortedSetScore.Read(bytes) : 0;
        return found;
    }

    /// <summary>How many members come before one that is there, with its score.</summary>
    public long RankOf(ReadOnlySpan<byte> member, double score)
        => Order is { } order ? order.RankOf(score, member) : CountBelow(score, member, orEqual: false);

    /// <summary>How many members have a lower score, or also the same.</summary>
    public long CountBelow(double score, bool orEqual)
    {
        if (Order is { } order)
        {
            return order.CountBelow(score, orEqual);
        }

        long count = 0;
        foreach (ElementCursor element in Elements)
        {
            double other = SortedSetScore.Read(element.Value);
            if (other > score || (other == score && !orEqual))
            {
                break;
            }

            count++;
        }

        return count;
    }

    /// <summary>How many stand before the place of a member with that score, itself included if wanted: for ranges by member among equal scores.</summary>
    public long CountBelow(double score, ReadOnlySpan<byte> member, bool orEqual)
    {
        if (Order is { } order)
        {
            return order.CountBelow(score, member, orEqual);
        }

        long count = 0;
        foreach (ElementCursor element in Elements)
        {
            double other = SortedSetScore.Read(element.Value);
            int compared = other == score ? element.Name.SequenceCompareTo(member) : other.CompareTo(score);
            if (compared > 0 || (compared == 0 && !orEqual))
            {
                break;
            }

            count++;
        }

        return count;
    }

    /// <summary>A cursor that stands at a rank, 0 to Count - 1.</summary>
    public SortedSetCursor At(long rank) => new(_value, Order, rank);
}

/// <summary>Stands at a member of a sorted set; valid until the next mutation.</summary>
internal ref struct SortedSetCursor
{
    private readonly ReadOnlySpan<byte> _packed;
    private readonly ushort[]? _offsets;
    private readonly ElementMap? _map;
    private SortedCursor _large;
    private int _index;

    public SortedSetCursor(CollectionValue value, SortedIndex? order, long rank)
    {
        if (order is not null)
        {
            _map = ((MapCollection)value.Large!).Elements;
            _large = order.At(rank);
            return;
        }

        _packed = value.Packed;
        _offsets = PackedElements.Offsets(_packed, isList: false);
        _index = (int)rank;
    }

    public readonly ReadOnlySpan<byte> Member
    {
        get
        {
            if (_map is not null)
            {
                return _map.Name(_large.Address);
            }

            int offset = _offsets![_index];
            return PackedElements.Read(_packed, ref offset);
        }
    }

    public readonly double Score
    {
        get
        {
            if (_map is not null)
            {
                return _large.Score;
            }

            int offset = _offsets![_index];
            PackedElements.Skip(_packed, ref offset);
            return SortedSetScore.Read(PackedElements.Read(_packed, ref offset));
        }
    }

    /// <summary>To the next higher rank; false when there is none, and the cursor is of no more use.</summary>
    public bool MoveNext() => _map is not null ? _large.MoveNext() : ++_index < _offsets!.Length - 1;

    /// <summary>To the next lower rank; false when there is none, and the cursor is of no more use.</summary>
    public bool MovePrevious() => _map is not null ? _large.MovePrevious() : --_index >= 0;
}
