using RespKv.Storage.Mutations;

namespace RespKv.Storage.Tables;

/// <summary>
/// The changes of one patch in normal form: an expiry from before the first write, or writes whose ranges are ascending
/// and do not touch, then an expiry from after the first write. What any order of changes means can be said so: a write
/// makes sure that the key is there, and only the last expiry before and after that can be seen.
/// Invariant: the gathered ranges cost at most about twice what the normal form does, so a key that is written again and
/// again does not grow without bound.
/// </summary>
internal sealed class PatchFold
{
    // Below these nothing is merged: it would cost more than it frees.
    private const int MergeRangesMin = 64;
    private const int MergeBytesMin = 4096;

    private readonly List<Range> _ranges = [];
    private byte[] _data = [];
    private int _dataLength;
    private int _mergeAtRanges = MergeRangesMin;
    private long _mergeAtBytes = MergeBytesMin;
    private long? _expiryBefore;
    private long? _expiryAfter;
    private byte[] _encoded = [];

    internal bool HasWrites => _ranges.Count > 0;

    /// <summary>Length of the value when nothing was there before.</summary>
    internal int ValueBytes { get; private set; }

    /// <summary>Expiry of the value when nothing was there before.</summary>
    internal long ExpiryOfCreated => _expiryAfter ?? MutationWriter.NoExpiry;

    internal void Clear()
    {
        _ranges.Clear();
        _dataLength = 0;
        _mergeAtRanges = MergeRangesMin;
        _mergeAtBytes = MergeBytesMin;
        _expiryBefore = null;
        _expiryAfter = null;
        ValueBytes = 0;
        Grow.Trim(ref _data, 0);
        Grow.Trim(ref _encoded, 0);
    }

    internal void SetExpiry(long expireAtMillis)
    {
        if (HasWrites)
        {
            (_expiryBefore, _expiryAfter) = (null, expireAtMillis);
        }
        else
        {
            _expiryBefore = expireAtMillis;
        }
    }

    internal void WriteRange(int offset, ReadOnlySpan<byte> data)
    {
        if (_ranges.Count >= _mergeAtRanges || (long)_dataLength + data.Length > _mergeAtBytes)
        {
            Merge();
            _mergeAtRanges = Math.Max(MergeRangesMin, 2 * _ranges.Count);
            _mergeAtBytes = Math.Max(MergeBytesMin, 2 * ((long)_dataLength + data.Length));
        }

        Grow.ToHold(ref _data, _dataLength, data.Length);
        data.CopyTo(_data.AsSpan(_dataLength));
        bool continuesLast = HasWrites && _ranges[^1].End == offset;
        if (continuesLast)
        {
            // The bytes of the last range are the last of the data.
            _ranges[^1] = _ranges[^1] with { Length = _ranges[^1].Length + data.Length };
        }
        else
        {
            _ranges.Add(new Range(offset, data.Length, _dataLength));
        }

        _dataLength += data.Length;
        ValueBytes = Math.Max(ValueBytes, offset + data.Length);
    }

    /// <summary>The value when nothing was there before.</summary>
    internal void Resolve(Span<byte> value)
    {
        value.Clear();
        foreach (Range range in _ranges)
        {
            DataOf(range).CopyTo(value[range.Offset..]);
        }
    }

    /// <summary>The patch in normal form; valid until the next change.</summary>
    internal ReadOnlySpan<byte> Encode()
    {
        Merge();
        int length = 0;
        if (_expiryBefore is long before)
        {
            length += EncodeExpiry(length, before);
        }

        foreach (Range range in _ranges)
        {
            Grow.ToHold(ref _encoded, length, Patch.WriteRangeBytesMax(range.Length));
            length += Patch.WriteWriteRange(_encoded.AsSpan(length), range.Offset, DataOf(range));
        }

        if (_expiryAfter is long after)
        {
            length += EncodeExpiry(length, after);
        }

        return _encoded.AsSpan(0, length);
    }

    private int EncodeExpiry(int length, long expireAtMillis)
    {
        Grow.ToHold(ref _encoded, length, Patch.SetExpiryBytesMax);
        return Patch.WriteSetExpiry(_encoded.AsSpan(length), expireAtMillis);
    }

    private ReadOnlySpan<byte> DataOf(Range range) => _data.AsSpan(range.DataAt, range.Length);

    /// <summary>Brings the ranges into normal form; later ones win where they overlap.</summary>
    private void Merge()
    {
        if (_ranges.Count < 2)
        {
            return;
        }

        List<Range> merged = Union();
        long bytes = 0;
        foreach (Range range in merged)
        {
            bytes += range.Length;
        }

        byte[] data = GC.AllocateUninitializedArray<byte>(checked((int)bytes));
        foreach (Range range in _ranges)
        {
            Range target = merged[FindHolder(merged, range.Offset)];
            if (range.Length > 0)
            {
                DataOf(range).CopyTo(data.AsSpan(target.DataAt + range.Offset - target.Offset));
            }
        }

        _ranges.Clear();
        _ranges.AddRange(merged);
        _data = data;
        _dataLength = data.Length;
    }

    /// <summary>The stretches that the ranges cover, ascending. An empty range only counts as the last: it says how long the value is.</summary>
    private List<Range> Union()
    {
        var sorted = new List<Range>(_ranges);
        sorted.Sort((left, right) => left.Offset.CompareTo(right.Offset));
        var merged = new List<Range>();
        int dataLength = 0;
        foreach (Range range in sorted)
        {
            Range last = merged.Count > 0 ? merged[^1] : default;
            bool touches = merged.Count > 0 && range.Offset <= last.End;
            if (!touches && merged.Count > 0 && last.Length == 0)
            {
                merged.RemoveAt(merged.Count - 1);
            }

            if (!touches)
            {
                merged.Add(new Range(range.Offset, range.Length, dataLength));
                dataLength = checked(dataLength + range.Length);
            }
            else if (range.End > last.End)
            {
                merged[^1] = last with { Length = range.End - last.Offset };
                dataLength = checked(dataLength + range.End - last.End);
            }
        }

        return merged;
    }

    /// <summary>The stretch that a range lies in: the last one that begins at or before it.</summary>
    private static int FindHolder(List<Range> merged, int offset)
    {
        int low = 0;
        int high = merged.Count - 1;
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            (low, high) = merged[middle].Offset <= offset ? (middle, high) : (low, middle - 1);
        }

        return low;
    }

    private readonly record struct Range(int Offset, int Length, int DataAt)
    {
        internal int End => Offset + Length;
    }
}
