using RespKv.Storage.Mutations;

namespace RespKv.Engine.Keyspace.Collections;

/// <summary>
/// Changes a small collection: its bytes are copied here, changed, and stored back by the owner. One at a time; not thread safe.
/// </summary>
internal sealed class PackedBuilder
{
    private readonly byte[] _bytes = new byte[PackedElements.BytesMax];
    private ValueType _type;
    private int _length;
    private int _count;
    private bool _isConverted;

    /// <summary>The collection as it is now, to be stored in an entry.</summary>
    public ReadOnlySpan<byte> Packed => _bytes.AsSpan(0, _length);

    public int Count => _count;

    /// <summary>The encoding that OBJECT ENCODING tells of is no longer the compact one.</summary>
    public bool IsConverted => _isConverted;

    /// <summary>Begins a new collection.</summary>
    public void Begin(ValueType type)
    {
        _type = type;
        _length = type == ValueType.List ? PackedElements.ListHeadBytes : PackedElements.HeadBytes;
        _count = 0;
        _isConverted = false;
        _bytes.AsSpan(0, _length).Clear();
    }

    /// <summary>Begins with what there is.</summary>
    public void Begin(ValueType type, ReadOnlySpan<byte> packed, bool isConverted)
    {
        _type = type;
        packed.CopyTo(_bytes);
        _length = packed.Length;
        _count = PackedElements.Count(packed);
        _isConverted = isConverted;
    }

    /// <summary>Builds a collection from all of its elements; false when it is too large for a packed one.</summary>
    /// <exception cref="InvalidDataException">They are not elements that this version writes.</exception>
    public bool TryBuild(EncodingLimits limits, ValueType type, ReadOnlySpan<byte> elements)
    {
        Begin(type);
        var reader = new ElementReader(elements);
        return TryPutAll(limits, ref reader, out _);
    }

    /// <summary>Puts elements until the end, or until one does not fit: false then, and the reader stands at it.</summary>
    /// <exception cref="InvalidDataException">They are not elements that this version writes.</exception>
    public bool TryPutAll(EncodingLimits limits, ref ElementReader reader, out long created)
    {
        int before = _count;
        created = 0;
        while (reader.Read())
        {
            bool fits = _type == ValueType.List
                ? TryPutAt(ListPosition.Read(reader.Name), reader.Value)
                : TryPut(limits, reader.Name, reader.Value, out _);
            created = _count - before;
            if (!fits)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Sets an element of a hash, set or sorted set.</summary>
    /// <returns>False: the collection is too large for a packed one with it, and was not changed.</returns>
    public bool TryPut(EncodingLimits limits, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, out bool created)
    {
        bool exists = PackedElements.TryFind(Packed, name, out int start, out int end, out _);
        created = !exists;
        int bytes = PackedElements.BytesOf(name.Length) + PackedElements.BytesOf(value.Length);
        int removed = end - start;
        if (_length - removed + bytes > PackedElements.BytesMax || (created && _count == PackedElements.CountMax))
        {
            return false;
        }

        _isConverted |= limits.IsTooLarge(_type, name, value) || (created && limits.AreTooMany(_type, _count + 1));
        if (_type == ValueType.SortedSet && exists)
        {
            Close(start, end);
            start = end = _length;
        }

        if (_type == ValueType.SortedSet)
        {
            start = end = PlaceOf(SortedSetScore.Read(value), name);
        }
        else if (created && _type == ValueType.Set && !_isConverted)
        {
            start = end = PlaceOf(name);
        }

        Open(start, end, bytes);
        int offset = PackedElements.Write(_bytes, start, name);
        PackedElements.Write(_bytes, offset, value);
        SetCount(_count + (created ? 1 : 0));
        return true;
    }

    /// <summary>Removes an element of a hash, set or sorted set; false when there is none.</summary>
    public bool Remove(ReadOnlySpan<byte> name)
    {
        if (!PackedElements.TryFind(Packed, name, out int start, out int end, out _))
        {
            return false;
        }

        Close(start, end);
        SetCount(_count - 1);
        return true;
    }

    /// <summary>Sets the value at a position of a list, or adds one at either end.</summary>
    /// <returns>False: the list is too large for a packed one with it, and was not changed.</returns>
    /// <exception cref="InvalidDataException">The position is neither in the list nor next to it.</exception>
    public bool TryPutAt(long position, ReadOnlySpan<byte> value)
    {
        long first = _count == 0 ? position : PackedElements.FirstPosition(_bytes);
        long index = position - first;
        if (index < -1 || index > _count)
        {
            throw ListApplication.Gap(position, first, _count);
        }

        bool created = index < 0 || index == _count;
        int start = index < 0 ? PackedElements.ListHeadBytes : OffsetOf((int)index);
        int end = created ? start : OffsetOf((int)index + 1);
        int bytes = PackedElements.BytesOf(value.Length);
        if (_length - (end - start) + bytes > PackedElements.BytesMax || (created && _count == PackedElements.CountMax))
        {
            return false;
        }

        Open(start, end, bytes);
        PackedElements.Write(_bytes, start, value);
        PackedElements.SetFirstPosition(_bytes, Math.Min(first, position));
        SetCount(_count + (created ? 1 : 0));
        return true;
    }

    /// <summary>Removes the element at either end of a list.</summary>
    /// <exception cref="InvalidDataException">The position is neither the first nor the last.</exception>
    public void RemoveAt(long position)
    {
        long first = PackedElements.FirstPosition(_bytes);
        if (_count == 0 || (position != first && position != first + _count - 1))
        {
            throw ListApplication.Gap(position, first, _count);
        }

        if (position == first)
        {
            Close(PackedElements.ListHeadBytes, OffsetOf(1));
            PackedElements.SetFirstPosition(_bytes, first + 1);
        }
        else
        {
            Close(OffsetOf(_count - 1), _length);
        }

        SetCount(_count - 1);
    }

    private int OffsetOf(int index)
    {
        int offset = PackedElements.ListHeadBytes;
        for (int i = 0; i < index; i++)
        {
            PackedElements.Skip(_bytes, ref offset);
        }

        return offset;
    }

    /// <summary>Where a member belongs among the others.</summary>
    private int PlaceOf(double score, ReadOnlySpan<byte> member)
    {
        int offset = PackedElements.HeadBytes;
        while (offset < _length)
        {
            int start = offset;
            ReadOnlySpan<byte> other = PackedElements.Read(_bytes, ref offset);
            double otherScore = SortedSetScore.Read(PackedElements.Read(_bytes, ref offset));
            if (otherScore > score || (otherScore == score && other.SequenceCompareTo(member) > 0))
            {
                return start;
            }
        }

        return _length;
    }

    /// <summary>Where an integer belongs among the others.</summary>
    private int PlaceOf(ReadOnlySpan<byte> integer)
    {
        long number = Integer(integer);
        int offset = PackedElements.HeadBytes;
        while (offset < _length)
        {
            int start = offset;
            long other = Integer(PackedElements.Read(_bytes, ref offset));
            PackedElements.Skip(_bytes, ref offset);
            if (other > number)
            {
                return start;
            }
        }

        return _length;
    }

    /// <summary>The set has nothing else in it (<see cref="IsConverted"/>).</summary>
    private static long Integer(ReadOnlySpan<byte> text) => CanonicalInteger.TryParse(text, out long number) ? number : 0;

    private void SetCount(int count)
    {
        _count = count;
        PackedElements.SetCount(_bytes, count);
    }

    private void Close(int start, int end) => Open(start, end, 0);

    /// <summary>Makes what stands from start to end so many bytes long.</summary>
    private void Open(int start, int end, int bytes)
    {
        _bytes.AsSpan(end, _length - end).CopyTo(_bytes.AsSpan(start + bytes));
        _length += bytes - (end - start);
    }
}
