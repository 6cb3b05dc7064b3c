namespace RespKv.Engine.Keyspace.Collections;

/// <summary>A list; indexes count from 0. Default is that of a missing key. Valid until the next mutation.</summary>
internal readonly ref struct ListView(CollectionValue value)
{
    private readonly CollectionValue _value = value;

    public bool Exists => _value.Exists;

    public long Count => _value.Count;

    /// <summary>It is a <see cref="ListCollection"/>.</summary>
    public bool IsLarge => _value.Large is not null;

    /// <summary>Bytes of all elements as the log writes them, at most.</summary>
    public long ContentBytes => _value.ContentBytes;

    /// <summary>The <see cref="ListPosition"/> of the first element.</summary>
    public long FirstPosition => _value.Large is ListCollection large ? large.FirstPosition : _value.Packed.IsEmpty ? 0 : PackedElements.FirstPosition(_value.Packed);

    /// <summary>The element at an index, 0 to Count - 1.</summary>
    public ReadOnlySpan<byte> Get(long index)
    {
        if (_value.Large is ListCollection large)
        {
            return large.Items.Get(index);
        }

        int offset = PackedElements.ListHeadBytes;
        for (long i = 0; i < index; i++)
        {
            PackedElements.Skip(_value.Packed, ref offset);
        }

        return PackedElements.Read(_value.Packed, ref offset);
    }

    /// <summary>A cursor that stands at an index, 0 to Count - 1.</summary>
    public ListCursor At(long index) => new(_value, index);
}

/// <summary>Stands at an element of a list; valid until the next mutation.</summary>
internal ref struct ListCursor
{
    private readonly ReadOnlySpan<byte> _packed;
    private readonly ushort[]? _offsets;
    private ListChunks.Cursor _large;
    private int _index;

    public ListCursor(CollectionValue value, long index)
    {
        if (value.Large is ListCollection large)
        {
            _large = large.Items.CursorAt(index);
            return;
        }

        _packed = value.Packed;
        _offsets = PackedElements.Offsets(_packed, isList: true);
        _index = (int)index;
    }

    public readonly ReadOnlySpan<byte> Current
    {
        get
        {
            if (_offsets is null)
            {
                return _large.Current;
            }

            int offset = _offsets[_index];
            return PackedElements.Read(_packed, ref offset);
        }
    }

    /// <summary>To the next element; false when there is none, and the cursor is of no more use.</summary>
    public bool MoveNext() => _offsets is null ? _large.MoveNext() : ++_index < _offsets.Length - 1;

    /// <summary>To the element before; false when there is none, and the cursor is of no more use.</summary>
    public bool MovePrevious() => _offsets is null ? _large.MovePrevious() : --_index >= 0;
}
