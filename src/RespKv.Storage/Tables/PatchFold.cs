using RespKv.Storage.Mutations;

namespace RespKv.Storage.Tables;

/// <summary>
/// The changes of one patch in normal form: an expiry from before the first write; writes whose ranges are ascending and do
/// not touch, or elements that are taken out and then elements that are put; then an expiry from after the first write or put.
/// What any order of changes means can be said so: a write or a put makes sure that the key is there, and only the last expiry
/// before and after that can be seen.
/// Invariant: the gathered ranges, and elements, cost at most about twice what the normal form does, so a key that is written again and
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
    private byte[] _elements = [];

    /// <summary>Of the value that was changed; 0 while only its expiry was.</summary>
    internal byte Type => _ranges.Count > 0 ? TableEntry.StringType : Elements.Type;

    /// <summary>A key comes of it where there was none.</summary>
    internal bool CreatesKey => _ranges.Count > 0 || Elements.HasPuts;

    /// <summary>What happened to elements.</summary>
    internal ElementFold Elements { get; } = new();

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
        Elements.Clear();
        Grow.Trim(ref _data, 0);
        Grow.Trim(ref _encoded, 0);
    }

    internal void SetExpiry(long expireAtMillis)
    {
        (_expiryBefore, _expiryAfter) = CreatesKey ? ((long?)null, (long?)expireAtMillis) : (expireAtMillis, null);
    }

    internal void PutElements(byte type, ReadOnlySpan<byte> elements)
    {
        MustBe(type);
        Elements.Put(type, elements);
    }

    internal void RemoveElements(byte type, ReadOnlySpan<byte> names)
    {
        MustBe(type);
        Elements.Remove(type, names);
    }

    internal void WriteRange(int offset, ReadOnlySpan<byte> data)
    {
        MustBe(TableEntry.StringType);
        if (_ranges.Count >= _mergeAtRanges || (long)_dataLength + data.Length > _mergeAtBytes)
        {
            Merge();
            _mergeAtRanges = Math.Max(MergeRangesMin, 2 * _ranges.Count);
            _mergeAtBytes = Math.Max(MergeBytesMin, 2 * ((long)_dataLength + data.Length));
        }

        Grow.ToHold(ref _data, _dataLength, data.Length);
        data.CopyTo(_data.AsSpan(_dataLength));
        bool continuesLast = _ranges.Count > 0 && _ranges[^1].End == offset;
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

        // Elements that were put may all be gone again.
        long? before = CreatesKey ? _expiryBefore : _expiryAfter ?? _expiryBefore;
        long? after = CreatesKey ? _expiryAfter : null;
        if (before is not null)
        {
            length += EncodeExpiry(length, before.Value);
        }

        foreach (Range range in _ranges)
        {
            Grow.ToHold(ref _encoded, length, Patch.WriteRangeBytesMax(range.Length));
            length += Patch.WriteWriteRange(_encoded.AsSpan(length), range.Offset, DataOf(range));
        }

        if (!Elements.IsEmpty)
        {
            length += EncodeElements(length, MutationKind.RemoveElements, Elements.WriteRemovals(ref _elements));
            length += EncodeElements(length, MutationKind.PutElements, Elements.WritePuts(ref _elements));
            Grow.Trim(ref _elements, 0);
        }

        if (after is not null)
        {
            length += EncodeExpiry(length, after.Value);
        }

        return _encoded.AsSpan(0, length);
    }

    private int EncodeExpiry(int length, long expireAtMillis)
    {
        Grow.ToHold(ref _encoded, length, Patch.SetExpiryBytesMax);
        return Patch.WriteSetExpiry(_encoded.AsSpan(length), expireAtMillis);
    }

    private int EncodeElements(int length, MutationKind kind, int elementsBytes)
    {
        if (elementsBytes == 0)
        {
            return 0;
        }

        ReadOnlySpan<byte> elements = _elements.AsSpan(0, elementsBytes);
        Grow.ToHold(ref _encoded, length, Patch.ElementsBytesMax(elementsBytes));
        Span<byte> end = _encoded.AsSpan(length);
        return kind == MutationKind.PutElements ? Patch.WritePutElements(end, Type, elements) : Patch.WriteRemoveElements(end, Type, elements);
    }

    private void MustBe(byte type)
    {
        if (Type != 0 && Type != type)
        {
            throw new InvalidDataException($"a change of a value of type {type} after one of type {Type}");
        }
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
