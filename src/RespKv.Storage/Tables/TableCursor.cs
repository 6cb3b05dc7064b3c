namespace RespKv.Storage.Tables;

/// <summary>
/// Walks the entries of a table in the order of their keys, both ways. Key and entry are valid until the next move.
/// Moving allocates nothing but buffers that grow to the largest block met (compressed blocks cost some per block). One
/// thread. Every move may throw <see cref="TableCorruptionException"/> and <see cref="Files.StorageException"/>; the
/// cursor is not valid then, and can be sought anew.
/// </summary>
public sealed class TableCursor : IDisposable
{
    private const int NoBlock = -1;

    private readonly BlockLoader _loader;
    private readonly BlockCursor _entries = new();
    private TableIndex _index;
    private int _block = NoBlock;

    internal TableCursor(TableReader table, int readAheadBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(readAheadBytes);
        Table = table;
        _index = table.Index;
        _loader = new BlockLoader(table, readAheadBytes);
    }

    /// <summary>True on an entry; false before the first seek and past either end.</summary>
    public bool Valid => _entries.Valid;

    public ReadOnlySpan<byte> Key => _entries.Key;

    public TableEntry Entry => _entries.Entry;

    internal TableReader Table { get; private set; }

    internal TableEntryKind Kind => _entries.Kind;

    /// <summary>Where the block of the current entry begins in the file.</summary>
    internal long BlockOffset => _block == NoBlock ? 0 : _index.Offset(_block);

    /// <summary>The smallest key.</summary>
    public bool SeekFirst()
    {
        if (!Load(0, isForward: true))
        {
            return false;
        }

        _entries.SeekFirst();
        return true;
    }

    /// <summary>The largest key.</summary>
    public bool SeekLast()
    {
        if (!Load(_index.Count - 1, isForward: false))
        {
            return false;
        }

        _entries.SeekLast();
        return true;
    }

    /// <summary>The first key that is not less than this one, which must not lie in the cursor.</summary>
    public bool Seek(ReadOnlySpan<byte> tableKey) => Load(_index.Find(tableKey), isForward: true) && (_entries.Seek(tableKey) || NextBlock());

    /// <summary>The last key that is not greater than this one, which must not lie in the cursor.</summary>
    public bool SeekAtMost(ReadOnlySpan<byte> tableKey)
    {
        int block = _index.Find(tableKey);
        if (!Load(block, isForward: false))
        {
            return false;
        }

        if (!_entries.Seek(tableKey))
        {
            _entries.SeekLast();
            return true;
        }

        return _entries.Key.SequenceEqual(tableKey) || Previous();
    }

    /// <summary>False behind the last entry, and when the cursor is not on one.</summary>
    public bool Next() => _entries.Valid && (_entries.Next() || NextBlock());

    /// <summary>False before the first entry, and when the cursor is not on one.</summary>
    public bool Previous() => _entries.Valid && (_entries.Previous() || PreviousBlock());

    /// <summary>The cursor is not valid then. The table stays open.</summary>
    public void Dispose()
    {
        _entries.Close();
        _block = NoBlock;
        _loader.Attach(Table);
    }

    /// <summary>Goes over to another table and keeps the buffers. Not valid before a seek.</summary>
    internal void Attach(TableReader table)
    {
        if (table != Table)
        {
            _entries.Close();
            _block = NoBlock;
            Table = table;
            _index = table.Index;
            _loader.Attach(table);
        }
    }

    /// <summary>As if past an end.</summary>
    internal void Invalidate() => _entries.Invalidate();

    private bool NextBlock()
    {
        if (!Load(_block + 1, isForward: true))
        {
            return false;
        }

        _entries.SeekFirst();
        return true;
    }

    private bool PreviousBlock()
    {
        if (!Load(_block - 1, isForward: false))
        {
            return false;
        }

        _entries.SeekLast();
        return true;
    }

    /// <summary>False when there is no such block: the cursor is not valid then.</summary>
    private bool Load(int block, bool isForward)
    {
        if (block < 0 || block >= _index.Count)
        {
            _entries.Invalidate();
            return false;
        }

        if (block != _block)
        {
            _block = NoBlock;
            _loader.Load(block, isForward, _entries);
            _block = block;
        }

        return true;
    }
}
