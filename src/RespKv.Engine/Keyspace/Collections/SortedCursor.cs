namespace RespKv.Engine.Keyspace.Collections;

/// <summary>An entry of a <see cref="SortedIndex"/>, and the way to its neighbours. Valid until the index changes.</summary>
internal struct SortedCursor
{
    private SortedLeaf? _leaf;
    private int _position;

    internal SortedCursor(SortedLeaf? leaf, int position)
    {
        _leaf = leaf;
        _position = position;
    }

    /// <summary>Whether it is at an entry: false beyond both ends.</summary>
    public readonly bool IsValid => _leaf is not null;

    public readonly double Score => _leaf!.Entries[_position].Score;

    public readonly ulong Address => _leaf!.Entries[_position].Address;

    /// <summary>To the entry behind. False: that was the last one.</summary>
    public bool MoveNext()
    {
        if (_leaf is not null && ++_position == _leaf.Size)
        {
            _leaf = _leaf.Next;
            _position = 0;
        }

        return _leaf is not null;
    }

    /// <summary>To the entry before. False: that was the first one.</summary>
    public bool MovePrevious()
    {
        if (_leaf is not null && --_position < 0)
        {
            _leaf = _leaf.Previous;
            _position = (_leaf?.Size ?? 0) - 1;
        }

        return _leaf is not null;
    }
}
