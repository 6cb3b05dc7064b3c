namespace RespKv.TestKit.Files;

/// <summary>
/// A set of sector numbers, kept as ranges [from, to) in rising order that neither overlap nor touch: a zero-written
/// segment of 64 MiB is one range, not 131,072 entries.
/// </summary>
internal sealed class SectorRanges
{
    private readonly List<(long From, long To)> _ranges = [];

    internal IReadOnlyList<(long From, long To)> Ranges => _ranges;

    internal bool IsEmpty => _ranges.Count == 0;

    internal long Count => _ranges.Sum(range => range.To - range.From);

    internal void Add(long from, long to)
    {
        int index = FirstEndingFrom(from);
        int end = index;
        while (end < _ranges.Count && _ranges[end].From <= to)
        {
            from = Math.Min(from, _ranges[end].From);
            to = Math.Max(to, _ranges[end].To);
            end++;
        }

        if (end == index)
        {
            _ranges.Insert(index, (from, to));
            return;
        }

        _ranges[index] = (from, to);
        _ranges.RemoveRange(index + 1, end - index - 1);
    }

    internal void Add(SectorRanges others)
    {
        foreach ((long from, long to) in others._ranges)
        {
            Add(from, to);
        }
    }

    internal void Remove(long from, long to)
    {
        int index = FirstEndingFrom(from + 1);
        while (index < _ranges.Count && _ranges[index].From < to)
        {
            (long first, long last) = _ranges[index];
            _ranges.RemoveAt(index);
            if (first < from)
            {
                _ranges.Insert(index++, (first, from));
            }

            if (last > to)
            {
                _ranges.Insert(index, (to, last));
                return;
            }
        }
    }

    internal void Remove(SectorRanges others)
    {
        foreach ((long from, long to) in others._ranges)
        {
            Remove(from, to);
        }
    }

    internal void Clear() => _ranges.Clear();

    internal SectorRanges Copy()
    {
        var copy = new SectorRanges();
        copy._ranges.AddRange(_ranges);
        return copy;
    }

    // Index of the first range that ends at or behind the sector.
    private int FirstEndingFrom(long sector)
    {
        int low = 0;
        int high = _ranges.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_ranges[middle].To >= sector)
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        return low;
    }
}
