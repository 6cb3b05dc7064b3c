namespace RespKv.TestKit.Files;

/// <summary>
/// A set of sector numbers, kept as ranges [from, to) in rising order that neither overlap nor touch: a zero-written
/// segment of 64 MiB is one range, not 131,072 entries.
/// </summary>
internal sealed class SectorRanges
{
    private readonly List<(long From, long To)> _ranges = [];

    internal IReadOnlyList<(long From, long To)> Ranges => _ranges;

    internal long Count => _ranges.Sum(range => range.To - range.From);

    internal void Add(long from, long to)
    {
        int index = _ranges.FindIndex(range => range.To >= from);
        if (index < 0)
        {
            _ranges.Add((from, to));
            return;
        }

        int end = index;
        while (end < _ranges.Count && _ranges[end].From <= to)
        {
            from = Math.Min(from, _ranges[end].From);
            to = Math.Max(to, _ranges[end].To);
            end++;
        }

        _ranges.RemoveRange(index, end - index);
        _ranges.Insert(index, (from, to));
    }

    internal void Remove(long from, long to)
    {
        for (int index = _ranges.Count - 1; index >= 0; index--)
        {
            (long first, long last) = _ranges[index];
            if (last <= from || first >= to)
            {
                continue;
            }

            _ranges.RemoveAt(index);
            if (last > to)
            {
                _ranges.Insert(index, (to, last));
            }

            if (first < from)
            {
                _ranges.Insert(index, (first, from));
            }
        }
    }

    internal void Clear() => _ranges.Clear();

    internal SectorRanges Copy()
    {
        var copy = new SectorRanges();
        copy._ranges.AddRange(_ranges);
        return copy;
    }
}
