using System.Buffers;
using RespKv.Engine.Commit;
using RespKv.Engine.Execution;
using RespKv.Engine.Space;
using RespKv.Protocol;

namespace RespKv.Engine.Commands.Sorting;

/// <summary>
/// The elements that SORT sorts, copied out of the database: the look-ups of BY and GET may delete expired keys, which would end a view. To be
/// disposed of.
/// </summary>
internal sealed class SortVector : IDisposable
{
    /// <summary>Bytes of elements and of what they are sorted by, as much as a collection may have.</summary>
    private const int BytesMax = (int)CollectionLimit.BytesMax;

    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(4096);
    private SortItem[] _items;
    private int _byteCount;

    public SortVector(int capacity)
    {
        _items = ArrayPool<SortItem>.Shared.Rent(Math.Max(capacity, 1));
    }

    public int Count { get; private set; }

    /// <exception cref="NoRoomException">They are too many bytes.</exception>
    public void Add(ReadOnlySpan<byte> element)
    {
        if (Count == _items.Length)
        {
            SortItem[] larger = ArrayPool<SortItem>.Shared.Rent(2 * Count);
            _items.AsSpan(0, Count).CopyTo(larger);
            ArrayPool<SortItem>.Shared.Return(_items);
            _items = larger;
        }

        _items[Count] = new SortItem { Element = Append(element), Number = Count, Weight = new Slice(0, -1) };
        Count++;
    }

    public ReadOnlySpan<byte> this[int index] => Bytes(_items[index].Element);

    /// <summary>Sorts by the elements, or by the weights that were set.</summary>
    public void Sort(bool alpha, bool byWeight, bool descending)
    {
        _items.AsSpan(0, Count).Sort((a, b) =>
        {
            int compared = alpha ? CompareTexts(a, b, byWeight) : CompareScores(a, b);
            compared = descending ? -compared : compared;
            return compared != 0 ? compared : a.Number.CompareTo(b.Number);
        });
    }

    /// <summary>What an element is sorted by, with ALPHA; those without come first.</summary>
    /// <exception cref="NoRoomException">They are too many bytes.</exception>
    public void SetWeight(int index, ReadOnlySpan<byte> weight) => _items[index].Weight = Append(weight);

    /// <summary>What an element is sorted by, without ALPHA; 0 unless it is set. False: it is no number.</summary>
    public bool TrySetScore(int index, ReadOnlySpan<byte> weight)
    {
        // As C's strtod reads it: nothing at all is 0, white space may stand in front, and a NUL ends it.
        int end = weight.IndexOf((byte)0);
        weight = end >= 0 ? weight[..end] : weight;
        if (weight.IsEmpty)
        {
            return true;
        }

        return RespNumber.TryParseDouble(weight.TrimStart(" \t\n\v\f\r"u8), out _items[index].Score);
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        ArrayPool<SortItem>.Shared.Return(_items);
    }

    private ReadOnlySpan<byte> Bytes(Slice slice) => _bytes.AsSpan(slice.Start, slice.Length);

    private Slice Append(ReadOnlySpan<byte> bytes)
    {
        if (_byteCount + (long)bytes.Length > BytesMax)
        {
            throw new NoRoomException(Admission.Refused, $"ERR elements and weights to sort may have {BytesMax} bytes together");
        }

        if (_byteCount + bytes.Length > _bytes.Length)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(2 * _byteCount, _byteCount + bytes.Length));
            _bytes.AsSpan(0, _byteCount).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = larger;
        }

        bytes.CopyTo(_bytes.AsSpan(_byteCount));
        var slice = new Slice(_byteCount, bytes.Length);
        _byteCount += bytes.Length;
        return slice;
    }

    private int CompareScores(in SortItem a, in SortItem b)
    {
        int compared = a.Score.CompareTo(b.Score);
        return compared != 0 ? compared : Bytes(a.Element).SequenceCompareTo(Bytes(b.Element));
    }

    private int CompareTexts(in SortItem a, in SortItem b, bool byWeight)
    {
        if (!byWeight)
        {
            return Bytes(a.Element).SequenceCompareTo(Bytes(b.Element));
        }

        bool hasA = a.Weight.Length >= 0;
        bool hasB = b.Weight.Length >= 0;
        if (!hasA || !hasB)
        {
            return hasA.CompareTo(hasB);
        }

        return Bytes(a.Weight).SequenceCompareTo(Bytes(b.Weight));
    }

    private readonly record struct Slice(int Start, int Length);

    private struct SortItem
    {
        public Slice Element;

        /// <summary>Length -1 without one.</summary>
        public Slice Weight;
        public double Score;

        /// <summary>Where it stood: equal ones stay in that order.</summary>
        public int Number;
    }
}
