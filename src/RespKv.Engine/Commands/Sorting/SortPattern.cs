using RespKv.Engine.Execution;
using RespKv.Engine.Keyspace;
using RespKv.Engine.Keyspace.Collections;

namespace RespKv.Engine.Commands.Sorting;

/// <summary>
/// A pattern of BY or GET: the first star of <c>weight_*</c> stands for the element, which names a string; <c>object_*->field</c> names a field of a
/// hash; <c>#</c> is the element itself. Every key that is looked up is observed (D1).
/// </summary>
internal readonly ref struct SortPattern
{
    private readonly ReadOnlySpan<byte> _prefix;
    private readonly ReadOnlySpan<byte> _suffix;
    private readonly ReadOnlySpan<byte> _field;
    private readonly bool _isElement;
    private readonly bool _hasStar;

    public SortPattern(ReadOnlySpan<byte> pattern)
    {
        _isElement = pattern is [(byte)'#'];
        int star = pattern.IndexOf((byte)'*');
        _hasStar = star >= 0;
        if (!_hasStar)
        {
            return;
        }

        _prefix = pattern[..star];
        _suffix = pattern[(star + 1)..];
        int arrow = _suffix.IndexOf("->"u8);
        if (arrow >= 0 && arrow + 2 < _suffix.Length)
        {
            _field = _suffix[(arrow + 2)..];
            _suffix = _suffix[..arrow];
        }
    }

    public static bool HasStar(ReadOnlySpan<byte> pattern) => pattern.Contains((byte)'*');

    /// <summary>
    /// What the pattern names for an element; false when there is nothing. The element must not lie in the database. The value does: it is valid
    /// until the next look-up.
    /// </summary>
    /// <param name="c">The context.</param>
    /// <param name="element">The element.</param>
    /// <param name="name">Room for the key's name, which is kept from call to call.</param>
    /// <param name="value">What was found.</param>
    public bool TryFind(ReadContext c, ReadOnlySpan<byte> element, ref byte[] name, out ReadOnlySpan<byte> value)
    {
        value = _isElement ? element : default;
        if (_isElement || !_hasStar)
        {
            return _isElement;
        }

        int length = _prefix.Length + element.Length + _suffix.Length;
        if (name.Length < length)
        {
            name = new byte[Math.Max(2 * name.Length, length)];
        }

        _prefix.CopyTo(name);
        element.CopyTo(name.AsSpan(_prefix.Length));
        _suffix.CopyTo(name.AsSpan(_prefix.Length + element.Length));
        return TryRead(c, new KeyRef(name.AsSpan(0, length)), out value);
    }

    private bool TryRead(ReadContext c, scoped in KeyRef key, out ReadOnlySpan<byte> value)
    {
        value = default;
        bool found = c.Find(key, out Entry entry);
        if (c is WriteContext)
        {
            c.Engine.Stats.CountLookup(found);
        }

        ValueType type = found ? c.Type(entry) : ValueType.List;
        if (!_field.IsEmpty)
        {
            return type == ValueType.Hash && new ElementsView(c.Collection(entry)).TryGet(_field, out value);
        }

        if (type != ValueType.String)
        {
            return false;
        }

        value = c.StringBytes(entry);
        return true;
    }
}
