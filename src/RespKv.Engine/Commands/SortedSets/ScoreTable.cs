using System.Numerics;
using RespKv.Engine.Keyspace;

namespace RespKv.Engine.Commands.SortedSets;

/// <summary>
/// Members with scores, each member once, copied out of the keyspace: what a command computes before it replies or stores. Used again
/// and again; after a large result its memory is let go. Guarded by the turn.
/// </summary>
internal sealed class ScoreTable
{
    /// <summary>Arrays with more entries are not kept for the next command.</summary>
    private const int KeptEntriesMax = 4096;

    /// <summary>Nor is more memory for members.</summary>
    private const int KeptBytesMax = 256 << 10;

    private const int EntriesMin = 16;

    private Item[] _items = new Item[EntriesMin];
    private byte[] _bytes = new byte[EntriesMin * 16];
    private int _byteCount;
    private bool _isUsed;

    /// <summary>Places of items plus one, by hash; 0 is free. Twice as many as items at least.</summary>
    private int[] _places = new int[EntriesMin * 2];

    /// <summary>Items, the removed ones included, up to the next <see cref="Compact"/>.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes of all members.</summary>
    public long MemberBytes => _byteCount;

    public ReadOnlySpan<byte> Member(int index) => _bytes.AsSpan(_items[index].Start, _items[index].Length);

    public ref double Score(int index) => ref _items[index].Score;

    /// <summary>The index of a member; -1 when it is not there.</summary>
    public int Find(ReadOnlySpan<byte> member) => _places[Probe(member, KeyHash.Compute(member))] - 1;

    /// <summary>Adds a member, with score 0, unless it is there; returns whether it was added.</summary>
    public bool Add(ReadOnlySpan<byte> member, out int index)
    {
        ulong hash = KeyHash.Compute(member);
        int place = Probe(member, hash);
        index = _places[place] - 1;
        if (index >= 0)
        {
            return false;
        }

        if (Count == _items.Length)
        {
            Grow();
            place = Probe(member, hash);
        }

        _isUsed = true;
        index = Count++;
        _places[place] = index + 1;
        _items[index] = new Item { Hash = hash, Start = _byteCount, Length = member.Length };
        Append(member);
        return true;
    }

    /// <summary>Takes an item out; the indexes of others stay until <see cref="Compact"/>, and the member is not to be added again before.</summary>
    public void Remove(int index) => _items[index].IsRemoved = true;

    public bool IsRemoved(int index) => _items[index].IsRemoved;

    /// <summary>Closes the gaps of removed items. Indexes change; members are no longer found.</summary>
    public void Compact()
    {
        int kept = 0;
        for (int i = 0; i < Count; i++)
        {
            if (!_items[i].IsRemoved)
            {
                _items[kept++] = _items[i];
            }
        }

        Count = kept;
    }

    /// <summary>Puts the items into the order of a sorted set. Members are no longer found.</summary>
    public void Sort() => _items.AsSpan(0, Count).Sort(new Order(_bytes));

    public void Clear()
    {
        if (_items.Length > KeptEntriesMax || _bytes.Length > KeptBytesMax)
        {
            _items = new Item[EntriesMin];
            _bytes = new byte[EntriesMin * 16];
            _places = new int[EntriesMin * 2];
        }
        else if (_isUsed)
        {
            Array.Clear(_places);
        }

        _isUsed = false;
        Count = 0;
        _byteCount = 0;
    }

    private int Probe(ReadOnlySpan<byte> member, ulong hash)
    {
        int mask = _places.Length - 1;
        for (int place = (int)hash & mask; ; place = (place + 1) & mask)
        {
            int index = _places[place] - 1;
            if (index < 0 || (_items[index].Hash == hash && Member(index).SequenceEqual(member)))
            {
                return place;
            }
        }
    }

    private void Grow()
    {
        Array.Resize(ref _items, _items.Length * 2);
        _places = new int[_items.Length * 2];
        int mask = _places.Length - 1;
        for (int i = 0; i < Count; i++)
        {
            int place = (int)_items[i].Hash & mask;
            while (_places[place] != 0)
            {
                place = (place + 1) & mask;
            }

            _places[place] = i + 1;
        }
    }

    private void Append(ReadOnlySpan<byte> member)
    {
        if (member.Length > _bytes.Length - _byteCount)
        {
            long needed = (long)_byteCount + member.Length;
            if (needed > Array.MaxLength)
            {
                throw new InvalidDataException($"the members of one result take more than {Array.MaxLength} bytes");
            }

            Array.Resize(ref _bytes, (int)Math.Min(Array.MaxLength, (long)BitOperations.RoundUpToPowerOf2((ulong)needed)));
        }

        member.CopyTo(_bytes.AsSpan(_byteCount));
        _byteCount += member.Length;
    }

    private struct Item
    {
        public double Score;
        public ulong Hash;
        public int Start;
        public int Length;
        public bool IsRemoved;
    }

    private readonly struct Order(byte[] bytes) : IComparer<Item>
    {
        public int Compare(Item x, Item y)
        {
            // -0 and 0 are one score.
            if (x.Score != y.Score)
            {
                return x.Score < y.Score ? -1 : 1;
            }

            return bytes.AsSpan(x.Start, x.Length).SequenceCompareTo(bytes.AsSpan(y.Start, y.Length));
        }
    }
}
