namespace RespKv.Engine.Commands.SortedSets;

/// <summary>One end of a range of members: before all of them, after all, or a member that is in the range or not.</summary>
internal readonly ref struct LexEnd
{
    private LexEnd(sbyte beyond, ReadOnlySpan<byte> member, bool excludes)
    {
        Beyond = beyond;
        Member = member;
        Excludes = excludes;
    }

    /// <summary>-1: before every member, 1: behind every member, 0: <see cref="Member"/>.</summary>
    public sbyte Beyond { get; }

    public ReadOnlySpan<byte> Member { get; }

    /// <summary>A member equal to <see cref="Member"/> is not in the range.</summary>
    public bool Excludes { get; }

    public static bool TryParse(ReadOnlySpan<byte> text, out LexEnd end)
    {
        end = text switch
        {
            [(byte)'-'] => new LexEnd(-1, default, excludes: true),
            [(byte)'+'] => new LexEnd(1, default, excludes: true),
            [(byte)'(', ..] => new LexEnd(0, text[1..], excludes: true),
            [(byte)'[', ..] => new LexEnd(0, text[1..], excludes: false),
            _ => new LexEnd(0, default, excludes: true),
        };
        return text is [(byte)'-'] or [(byte)'+'] or [(byte)'(' or (byte)'[', ..];
    }

    /// <summary>Where the end is, as seen from a member: below 0 before it, 0 at it.</summary>
    public int CompareTo(ReadOnlySpan<byte> member) => Beyond != 0 ? Beyond : Member.SequenceCompareTo(member);
}

/// <summary>A range of members in the order of their bytes, of a sorted set whose scores are all the same.</summary>
internal readonly ref struct LexRange
{
    private readonly LexEnd _min;
    private readonly LexEnd _max;

    private LexRange(LexEnd min, LexEnd max)
    {
        _min = min;
        _max = max;
    }

    public LexEnd Min => _min;

    public LexEnd Max => _max;

    /// <summary>Nothing can be in it.</summary>
    public bool IsEmpty
    {
        get
        {
            int order = _min.Beyond != 0 || _max.Beyond != 0 ? _min.Beyond.CompareTo(_max.Beyond) : _min.Member.SequenceCompareTo(_max.Member);
            return order > 0 || (order == 0 && (_min.Excludes || _max.Excludes));
        }
    }

    public static bool TryParse(ReadOnlySpan<byte> min, ReadOnlySpan<byte> max, out LexRange range)
    {
        bool valid = LexEnd.TryParse(min, out LexEnd low) & LexEnd.TryParse(max, out LexEnd high);
        range = new LexRange(low, high);
        return valid;
    }

    /// <summary>Whether a member is not below the range.</summary>
    public bool IsFromMin(ReadOnlySpan<byte> member)
    {
        int order = _min.CompareTo(member);
        return order < 0 || (order == 0 && !_min.Excludes);
    }

    /// <summary>Whether a member is not above the range.</summary>
    public bool IsUpToMax(ReadOnlySpan<byte> member)
    {
        int order = _max.CompareTo(member);
        return order > 0 || (order == 0 && !_max.Excludes);
    }
}
