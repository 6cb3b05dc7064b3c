namespace RespKv.Engine.KeyOrder;

/// <summary>One end of a <see cref="KeyRange"/>: a key, with or without itself, or beyond all keys.</summary>
internal sealed class KeyBound
{
    /// <summary>Before every key (<c>-</c>).</summary>
    public static readonly KeyBound Lowest = new([], isExclusive: false, infinity: -1);

    /// <summary>Behind every key (<c>+</c>).</summary>
    public static readonly KeyBound Highest = new([], isExclusive: false, infinity: 1);

    private readonly byte[] _key;
    private readonly int _infinity;

    private KeyBound(byte[] key, bool isExclusive, int infinity)
    {
        _key = key;
        IsExclusive = isExclusive;
        _infinity = infinity;
    }

    public bool IsExclusive { get; }

    /// <summary>Whether there is a key at all.</summary>
    public bool IsFinite => _infinity == 0;

    public ReadOnlySpan<byte> Key => _key;

    public static KeyBound Inclusive(ReadOnlySpan<byte> key) => new(key.ToArray(), isExclusive: false, infinity: 0);

    public static KeyBound Exclusive(ReadOnlySpan<byte> key) => new(key.ToArray(), isExclusive: true, infinity: 0);

    /// <summary>Reads <c>[key</c>, <c>(key</c>, <c>-</c> or <c>+</c>, as Redis does for ZRANGE ... BYLEX.</summary>
    public static KeyBound? Parse(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
        {
            return null;
        }

        return text[0] switch
        {
            (byte)'[' => Inclusive(text[1..]),
            (byte)'(' => Exclusive(text[1..]),
            (byte)'-' when text.Length == 1 => Lowest,
            (byte)'+' when text.Length == 1 => Highest,
            _ => null,
        };
    }

    /// <summary>Below 0: the key is before this end; 0: it is this end's key; above 0: it is behind.</summary>
    public int CompareKey(ReadOnlySpan<byte> key) => _infinity != 0 ? -_infinity : key.SequenceCompareTo(_key);

    /// <summary>As Redis compares the ends of a range: by their keys alone.</summary>
    public int CompareTo(KeyBound other)
        => _infinity != 0 || other._infinity != 0 ? _infinity.CompareTo(other._infinity) : Key.SequenceCompareTo(other.Key);
}
