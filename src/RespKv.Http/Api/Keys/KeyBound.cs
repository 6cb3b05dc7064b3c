namespace RespKv.Http.Api.Keys;

/// <summary>A place in the order of keys: just before or just behind one.</summary>
/// <param name="Key">The key.</param>
/// <param name="IsBehind">Behind it.</param>
internal sealed record KeyBound(byte[] Key, bool IsBehind) : IComparable<KeyBound>
{
    /// <summary>Behind all keys that begin with it. Null: there are no keys behind them.</summary>
    public static KeyBound? BehindPrefix(ReadOnlySpan<byte> prefix)
    {
        int length = prefix.LastIndexOfAnyExcept((byte)0xFF) + 1;
        if (length == 0)
        {
            return null;
        }

        byte[] next = prefix[..length].ToArray();
        next[^1]++;
        return new KeyBound(next, false);
    }

    public int CompareTo(KeyBound? other)
    {
        int order = Key.AsSpan().SequenceCompareTo(other!.Key);
        return order != 0 ? order : IsBehind.CompareTo(other.IsBehind);
    }

    /// <summary>As KEYRANGE takes it for the lower end; null is before all keys.</summary>
    public static ReadOnlyMemory<byte> Lower(KeyBound? bound) => bound is null ? Command.Word("-"u8) : Mark(bound.IsBehind ? '(' : '[', bound.Key);

    /// <summary>As KEYRANGE takes it for the upper end; null is behind all keys.</summary>
    public static ReadOnlyMemory<byte> Upper(KeyBound? bound) => bound is null ? Command.Word("+"u8) : Mark(bound.IsBehind ? '[' : '(', bound.Key);

    /// <summary>From a cursor of KEYRANGE: the lower end of what is left, with REV the upper one. Null: it is none.</summary>
    public static KeyBound? OfCursor(ReadOnlySpan<byte> cursor, bool reverse)
        => cursor is [(byte)'(' or (byte)'[', ..] ? new KeyBound(cursor[1..].ToArray(), (cursor[0] == '(') != reverse) : null;

    private static ReadOnlyMemory<byte> Mark(char mark, byte[] key)
    {
        byte[] bound = new byte[key.Length + 1];
        bound[0] = (byte)mark;
        key.CopyTo(bound, 1);
        return bound;
    }
}
