namespace RespKv.Engine.KeyOrder;

/// <summary>The keys of a walk and those that were noted during it, in the order of the walk, each once.</summary>
internal ref struct KeyMerge
{
    private readonly KeyList _walked;
    private readonly KeyList _noted;
    private readonly int[] _notedOrder;
    private readonly KeyRange _range;
    private int _nextWalked;
    private int _nextNoted;

    /// <param name="walked">In order, each once.</param>
    /// <param name="noted">In any order, some more than once.</param>
    /// <param name="range">Gives the order.</param>
    public KeyMerge(KeyList walked, KeyList noted, KeyRange range)
    {
        _walked = walked;
        _noted = noted;
        _range = range;
        _notedOrder = noted.Sorted(range);
    }

    public ReadOnlySpan<byte> Current { get; private set; }

    /// <summary>Whether there is a key behind the current one.</summary>
    public readonly bool HasMore => _nextWalked < _walked.Count || _nextNoted < _notedOrder.Length;

    public bool MoveNext()
    {
        if (!HasMore)
        {
            return false;
        }

        bool takesWalked = _nextNoted == _notedOrder.Length
            || (_nextWalked < _walked.Count && _range.Compare(_walked[_nextWalked], _noted[_notedOrder[_nextNoted]]) <= 0);
        Current = takesWalked ? _walked[_nextWalked++] : _noted[_notedOrder[_nextNoted++]];
        while (_nextNoted < _notedOrder.Length && _noted[_notedOrder[_nextNoted]].SequenceEqual(Current))
        {
            _nextNoted++;
        }

        return true;
    }
}
