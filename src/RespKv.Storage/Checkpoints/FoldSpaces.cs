namespace RespKv.Storage.Checkpoints;

/// <summary>
/// Which space each database writes to, as the log changes it. A space that lost its database is dead for good: ids are
/// never used twice, so its entries are garbage wherever they are.
/// </summary>
internal sealed class FoldSpaces
{
    private readonly Dictionary<int, uint> _spaces = [];

    // The last answer: records mostly stay in one database.
    private int _database = -1;
    private uint _space;

    /// <summary>The first id that has never been used.</summary>
    internal uint NextSpace { get; private set; }

    /// <summary>Spaces from this id on are new: no table knows them.</summary>
    internal uint FirstNewSpace { get; private set; }

    internal IReadOnlyDictionary<int, uint> ToDictionary() => new Dictionary<int, uint>(_spaces);

    /// <summary>The spaces that live, ascending.</summary>
    internal uint[] Live() => [.. _spaces.Values.Order()];

    internal void Reset(IReadOnlyDictionary<int, uint> spaces, uint nextSpace)
    {
        _spaces.Clear();
        foreach ((int database, uint space) in spaces)
        {
            _spaces.Add(database, space);
        }

        NextSpace = FirstNewSpace = nextSpace;
        _database = -1;
    }

    /// <summary>False: the database has no space, so it is empty.</summary>
    internal bool TryGet(int database, out uint space)
    {
        if (database == _database)
        {
            space = _space;
            return true;
        }

        if (!_spaces.TryGetValue(database, out space))
        {
            return false;
        }

        _database = database;
        _space = space;
        return true;
    }

    /// <summary>Gives the database a space if it has none.</summary>
    internal uint GetOrAdd(int database)
    {
        if (!TryGet(database, out uint space))
        {
            if (NextSpace == uint.MaxValue)
            {
                throw new InvalidOperationException("all space ids are used up");
            }

            space = NextSpace++;
            _spaces.Add(database, space);
        }

        return space;
    }

    internal void Clear(int database)
    {
        _spaces.Remove(database);
        _database = -1;
    }

    internal void ClearAll()
    {
        _spaces.Clear();
        _database = -1;
    }

    internal void Swap(int first, int second)
    {
        bool hasFirst = _spaces.Remove(first, out uint spaceOfFirst);
        bool hasSecond = _spaces.Remove(second, out uint spaceOfSecond);
        if (hasFirst)
        {
            _spaces[second] = spaceOfFirst;
        }

        if (hasSecond)
        {
            _spaces[first] = spaceOfSecond;
        }

        _database = -1;
    }
}
