namespace RespKv.Storage.Tables;

/// <summary>
/// Tables whose key ranges do not overlap, walked as one: the base with its hundreds of tables costs the merge one
/// comparison, one cursor and one read-ahead buffer. Which tables share a lane says nothing about their age.
/// </summary>
internal sealed class MergeLane : IDisposable
{
    private readonly MergeSource[] _tables;
    private readonly TableCursor _cursor;
    private int _current;

    private MergeLane(MergeSource[] tables, int readAheadBytes)
    {
        _tables = tables;
        _cursor = tables[0].Table.OpenCursor(readAheadBytes);
    }

    internal bool Valid => _cursor.Valid;

    internal ReadOnlySpan<byte> Key => _cursor.Key;

    internal TableEntryKind Kind => _cursor.Kind;

    internal TableEntry Entry => _cursor.Entry;

    internal long FirstLsn => _tables[_current].FirstLsn;

    internal long LastLsn => _tables[_current].LastLsn;

    /// <summary>Deals the tables out to as few lanes as possible: each to one whose last key is smaller.</summary>
    internal static MergeLane[] Deal(IReadOnlyList<MergeSource> sources, int readAheadBytes)
    {
        var sorted = new List<MergeSource>();
        foreach (MergeSource source in sources)
        {
            if (source.Table.Properties.Entries > 0)
            {
                sorted.Add(source);
            }
        }

        sorted.Sort((left, right) => Smallest(left).SequenceCompareTo(Smallest(right)));
        var lanes = new List<List<MergeSource>>();
        foreach (MergeSource source in sorted)
        {
            List<MergeSource>? lane = lanes.Find(lane => Largest(lane[^1]).SequenceCompareTo(Smallest(source)) < 0);
            if (lane is null)
            {
                lane = [];
                lanes.Add(lane);
            }

            lane.Add(source);
        }

        return [.. lanes.Select(lane => new MergeLane([.. lane], readAheadBytes))];
    }

    internal bool SeekFirst() => Attach(0).SeekFirst();

    internal bool SeekLast() => Attach(_tables.Length - 1).SeekLast();

    internal bool Seek(ReadOnlySpan<byte> key)
    {
        int table = CountBelow(key);
        return table < _tables.Length ? Attach(table).Seek(key) : Miss(table - 1);
    }

    internal bool SeekAtMost(ReadOnlySpan<byte> key)
    {
        int table = CountBelow(key);
        bool reaches = table < _tables.Length && Smallest(_tables[table]).SequenceCompareTo(key) <= 0;
        if (reaches)
        {
            return Attach(table).SeekAtMost(key);
        }

        return table > 0 ? Attach(table - 1).SeekLast() : Miss(0);
    }

    internal bool Next()
        => _cursor.Next() || (_current + 1 < _tables.Length && Attach(_current + 1).SeekFirst());

    internal bool Previous()
        => _cursor.Previous() || (_current > 0 && Attach(_current - 1).SeekLast());

    /// <summary>The damage is in what the current entry says.</summary>
    internal TableCorruptionException Corrupt(string problem, Exception inner)
        => new(_cursor.Table.Path, _cursor.BlockOffset, problem, inner);

    public void Dispose() => _cursor.Dispose();

    private static ReadOnlySpan<byte> Smallest(MergeSource source) => source.Table.Properties.SmallestKey;

    private static ReadOnlySpan<byte> Largest(MergeSource source) => source.Table.Properties.LargestKey;

    /// <summary>How many tables end before the key.</summary>
    private int CountBelow(ReadOnlySpan<byte> key)
    {
        int low = 0;
        int high = _tables.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (Largest(_tables[middle]).SequenceCompareTo(key) < 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    private bool Miss(int table)
    {
        Attach(table).Invalidate();
        return false;
    }

    private TableCursor Attach(int table)
    {
        _current = table;
        _cursor.Attach(_tables[table].Table);
        return _cursor;
    }
}
