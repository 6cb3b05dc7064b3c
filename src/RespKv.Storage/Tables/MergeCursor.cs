namespace RespKv.Storage.Tables;

/// <summary>A table with the part of the log that it stands for.</summary>
public readonly record struct MergeSource(TableReader Table, long FirstLsn, long LastLsn);

/// <summary>
/// Walks many tables as one, both ways: of each key the newest version. Versions are ordered by their last LSN, newest
/// first, then by the first LSN, the longer range first. The first one counts; if it is a patch, so does the next one that
/// ended before the patch's range began, and so on; versions inside a range that counted are covered by it. Key and entry
/// are valid until the next move; an entry that is no patch is handed on where it lies. One thread. Moves throw what those
/// of <see cref="TableCursor"/> throw.
/// </summary>
public sealed class MergeCursor : IDisposable
{
    private readonly bool _isBottom;
    private readonly MergeLane[] _lanes;
    private readonly MergeTree _tree;
    private readonly EntryFold _fold = new();
    private readonly List<MergeLane> _versions = [];
    private bool _isForward = true;
    private bool _isTied;
    private bool _isFolded;
    private byte[] _key = [];

    /// <param name="sources">In any order. The tables stay open until after Dispose.</param>
    /// <param name="isBottom">Nothing older exists: patches resolve, and tombstones are not shown.</param>
    /// <param name="readAheadBytes">As <see cref="TableReader.OpenCursor"/>; so much for each set of tables that do not overlap.</param>
    public MergeCursor(IReadOnlyList<MergeSource> sources, bool isBottom, int readAheadBytes = 0)
    {
        _isBottom = isBottom;
        _lanes = MergeLane.Deal(sources, readAheadBytes);
        _tree = new MergeTree(_lanes);
    }

    /// <summary>True on an entry; false before the first seek and past either end.</summary>
    public bool Valid { get; private set; }

    public ReadOnlySpan<byte> Key => _tree.Winner.Key;

    public TableEntry Entry => _isFolded ? _fold.Entry : _tree.Winner.Entry;

    /// <summary>The smallest key.</summary>
    public bool SeekFirst()
    {
        Valid = false;
        foreach (MergeLane lane in _lanes)
        {
            lane.SeekFirst();
        }

        return Start(isForward: true);
    }

    /// <summary>The largest key.</summary>
    public bool SeekLast()
    {
        Valid = false;
        foreach (MergeLane lane in _lanes)
        {
            lane.SeekLast();
        }

        return Start(isForward: false);
    }

    /// <summary>The first key that is not less than this one, which must not lie in the cursor.</summary>
    public bool Seek(ReadOnlySpan<byte> tableKey)
    {
        Valid = false;
        foreach (MergeLane lane in _lanes)
        {
            lane.Seek(tableKey);
        }

        return Start(isForward: true);
    }

    /// <summary>The last key that is not greater than this one, which must not lie in the cursor.</summary>
    public bool SeekAtMost(ReadOnlySpan<byte> tableKey)
    {
        Valid = false;
        foreach (MergeLane lane in _lanes)
        {
            lane.SeekAtMost(tableKey);
        }

        return Start(isForward: false);
    }

    /// <summary>False behind the last key, and when the cursor is not on one.</summary>
    public bool Next() => Valid && (_isForward ? Move() : Turn(isForward: true));

    /// <summary>False before the first key, and when the cursor is not on one.</summary>
    public bool Previous() => Valid && (_isForward ? Turn(isForward: false) : Move());

    /// <summary>The tables stay open.</summary>
    public void Dispose()
    {
        Valid = false;
        foreach (MergeLane lane in _lanes)
        {
            lane.Dispose();
        }
    }

    /// <summary>Goes on the other way: every lane to the first key on the other side of the current one.</summary>
    private bool Turn(bool isForward)
    {
        Valid = false;
        ReadOnlySpan<byte> key = CopyKey();
        foreach (MergeLane lane in _lanes)
        {
            bool isThere = isForward ? lane.Seek(key) : lane.SeekAtMost(key);
            if (isThere && lane.Key.SequenceEqual(key))
            {
                _ = isForward ? lane.Next() : lane.Previous();
            }
        }

        return Start(isForward);
    }

    private bool Start(bool isForward)
    {
        _isForward = isForward;
        _tree.Build(isForward);
        return Settle();
    }

    private bool Move()
    {
        Valid = false;
        Leave();
        return Settle();
    }

    /// <summary>Takes the winner's key out of all lanes.</summary>
    private void Leave()
    {
        if (!_isTied)
        {
            AdvanceWinner();
            return;
        }

        ReadOnlySpan<byte> key = CopyKey();
        do
        {
            AdvanceWinner();
        }
        while (_tree.HasWinner && _tree.Winner.Key.SequenceEqual(key));
    }

    private void AdvanceWinner()
    {
        _ = _isForward ? _tree.Winner.Next() : _tree.Winner.Previous();
        _tree.Replay();
    }

    /// <summary>From the winner on, the first key of which something is left to show.</summary>
    private bool Settle()
    {
        while (_tree.HasWinner)
        {
            _isTied = _tree.WinnerIsTied;
            _isFolded = false;
            if (IsShown())
            {
                Valid = true;
                return true;
            }

            Leave();
        }

        return false;
    }

    private bool IsShown()
    {
        return _tree.Winner.Kind switch
        {
            TableEntryKind.Value => true,
            TableEntryKind.Tombstone => !_isBottom,
            _ => !_isTied && !_isBottom ? true : Fold(),
        };
    }

    /// <summary>Resolves the winner's patch. False when nothing is left.</summary>
    private bool Fold()
    {
        GatherVersions();
        _fold.Reset();
        for (int index = _versions.Count - 1; index >= 0; index--)
        {
            try
            {
                _fold.Apply(_versions[index].Entry);
            }
            catch (InvalidDataException error)
            {
                throw _versions[index].Corrupt(error.Message, error);
            }
        }

        _isFolded = true;
        try
        {
            _fold.Settle();
            return !_isBottom || _fold.ResolveAtBottom();
        }
        catch (InvalidDataException error)
        {
            // Patches are looked at when they are applied: it is the value beneath them.
            throw _versions[^1].Corrupt(error.Message, error);
        }
    }

    /// <summary>The versions of the winner's key that count, newest first.</summary>
    private void GatherVersions()
    {
        ReadOnlySpan<byte> key = _tree.Winner.Key;
        _versions.Clear();
        foreach (MergeLane lane in _lanes)
        {
            if (lane.Valid && lane.Key.SequenceEqual(key))
            {
                _versions.Add(lane);
            }
        }

        _versions.Sort(MergeTree.CompareAge);
        int count = 1;
        for (int index = 1; index < _versions.Count && _versions[count - 1].Kind == TableEntryKind.Patch; index++)
        {
            if (_versions[index].LastLsn < _versions[count - 1].FirstLsn)
            {
                _versions[count++] = _versions[index];
            }
        }

        _versions.RemoveRange(count, _versions.Count - count);
    }

    private ReadOnlySpan<byte> CopyKey()
    {
        ReadOnlySpan<byte> key = _tree.Winner.Key;
        Grow.ToHold(ref _key, 0, key.Length);
        key.CopyTo(_key);
        return _key.AsSpan(0, key.Length);
    }
}
