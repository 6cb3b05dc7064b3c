using System.Buffers;

namespace RespKv.Engine.Keyspace.Collections;

/// <summary>
/// The elements of a hash (field and value) or a set (member and nothing), or of a sorted set by member. Default is that of a missing key.
/// Valid until the next mutation.
/// </summary>
internal readonly ref struct ElementsView(CollectionValue value)
{
    private readonly CollectionValue _value = value;

    public bool Exists => _value.Exists;

    public long Count => _value.Count;

    /// <summary>Bytes of all elements as the log writes them, at most.</summary>
    public long ContentBytes => _value.ContentBytes;

    /// <summary>OBJECT ENCODING does not tell of the compact encoding any more.</summary>
    public bool IsConverted => _value.IsConverted;

    private ElementMap? Map => (_value.Large as MapCollection)?.Elements;

    public bool Contains(ReadOnlySpan<byte> name) => TryGet(name, out _);

    public bool TryGet(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        if (Map is not { } map)
        {
            return PackedElements.TryFind(_value.Packed, name, out _, out _, out value);
        }

        ulong address = map.Find(name);
        value = address == 0 ? default : map.Value(address);
        return address != 0;
    }

    /// <summary>All elements: a packed collection in its order, a large one in none.</summary>
    public ElementCursor GetEnumerator() => new(_value.Packed, Map);

    /// <summary>
    /// Goes on from a cursor with at least <paramref name="count"/> elements if there are so many (HSCAN): appends where they are to
    /// <paramref name="found"/>. A packed collection is visited whole. Returns the cursor to go on from, 0 at the end.
    /// </summary>
    public ulong Scan(ulong cursor, int count, ElementList found)
    {
        if (Map is { } map)
        {
            return map.Walk(cursor, count, ref found.Visitor);
        }

        foreach (ushort offset in _value.Packed.IsEmpty ? [] : PackedElements.Offsets(_value.Packed, isList: false).AsSpan(..^1))
        {
            found.Visitor.Add(offset);
        }

        return 0;
    }

    /// <summary>Where a random element of a collection that is not empty is; see <see cref="Name"/> and <see cref="Value"/>.</summary>
    public ulong Random(Random random)
    {
        if (Map is { } map)
        {
            return map.Random(random);
        }

        int index = random.Next((int)Count);
        int offset = PackedElements.HeadBytes;
        for (int i = 0; i < 2 * index; i++)
        {
            PackedElements.Skip(_value.Packed, ref offset);
        }

        return (ulong)offset;
    }

    /// <summary>The name of an element that <see cref="Scan"/> or <see cref="Random"/> has found.</summary>
    public ReadOnlySpan<byte> Name(ulong place)
    {
        if (Map is { } map)
        {
            return map.Name(place);
        }

        int offset = (int)place;
        return PackedElements.Read(_value.Packed, ref offset);
    }

    /// <summary>The value of an element that <see cref="Scan"/> or <see cref="Random"/> has found.</summary>
    public ReadOnlySpan<byte> Value(ulong place)
    {
        if (Map is { } map)
        {
            return map.Value(place);
        }

        int offset = (int)place;
        PackedElements.Skip(_value.Packed, ref offset);
        return PackedElements.Read(_value.Packed, ref offset);
    }
}

/// <summary>Walks over the elements of an <see cref="ElementsView"/>, for <c>foreach</c>: it is its own current element.</summary>
internal ref struct ElementCursor
{
    /// <summary>Elements of a large collection that are looked up together.</summary>
    private const int StepElements = 256;

    private readonly ReadOnlySpan<byte> _packed;
    private readonly ElementMap? _map;
    private readonly ElementList? _list;
    private ulong _cursor;
    private int _next;
    private bool _isLastStep;

    public ElementCursor(ReadOnlySpan<byte> packed, ElementMap? map)
    {
        _packed = packed;
        _map = map;
        _next = map is null ? PackedElements.HeadBytes : 0;
        _list = map is null ? null : new ElementList(StepElements);
    }

    public readonly ElementCursor Current => this;

    public ReadOnlySpan<byte> Name { get; private set; }

    public ReadOnlySpan<byte> Value { get; private set; }

    public bool MoveNext()
    {
        if (_map is not null)
        {
            return MoveInMap();
        }

        if (_next >= _packed.Length)
        {
            return false;
        }

        Name = PackedElements.Read(_packed, ref _next);
        Value = PackedElements.Read(_packed, ref _next);
        return true;
    }

    public readonly void Dispose() => _list?.Dispose();

    private bool MoveInMap()
    {
        while (_next == _list!.Count)
        {
            if (_isLastStep)
            {
                return false;
            }

            _list.Clear();
            _next = 0;
            _cursor = _map!.Walk(_cursor, StepElements, ref _list.Visitor);
            _isLastStep = _cursor == 0;
        }

        ulong address = _list[_next++];
        Name = _map!.Name(address);
        Value = _map.Value(address);
        return true;
    }
}

/// <summary>Where elements are, gathered by a walk. To be disposed of.</summary>
internal sealed class ElementList(int capacity) : IDisposable
{
    /// <summary>What a walk calls.</summary>
    public Collector Visitor = new(capacity);

    public int Count => Visitor.Count;

    public ulong this[int index] => Visitor.Places[index];

    public void Clear() => Visitor.Count = 0;

    public void Dispose() => ArrayPool<ulong>.Shared.Return(Visitor.Places);

    /// <summary>Gathers the addresses of visited elements.</summary>
    internal struct Collector(int capacity) : IEntryVisitor
    {
        public ulong[] Places = ArrayPool<ulong>.Shared.Rent(capacity);
        public int Count;

        public void Visit(Entry entry) => Add(entry.Address);

        public void Add(ulong place)
        {
            if (Count == Places.Length)
            {
                ulong[] larger = ArrayPool<ulong>.Shared.Rent(Count * 2);
                Places.CopyTo(larger, 0);
                ArrayPool<ulong>.Shared.Return(Places);
                Places = larger;
            }

            Places[Count++] = place;
        }
    }
}
