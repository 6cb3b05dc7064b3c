namespace RespKv.Engine.Keyspace.Collections;

/// <summary>
/// The large collections of one database, by number, and the slab that their elements share. A collection whose key is gone is freed in
/// slices (<see cref="ReleaseSome"/>): a deletion costs its turn nothing, however large the value was. Guarded by the turn.
/// </summary>
internal sealed class CollectionTable(KeyspaceMemory memory)
{
    /// <summary>Collections with no more elements are freed at once; so are lists, which are a few arrays.</summary>
    private const int ReleasedAtOnceMax = 64;

    private readonly List<Collection?> _collections = [];
    private readonly Stack<int> _free = [];
    private readonly Queue<Collection> _released = [];
    private EntryStore? _cells;
    private long _objectBytes;

    /// <summary>Collections whose key is gone and whose memory is not yet.</summary>
    public int ReleasedCount => _released.Count;

    private EntryStore Cells => _cells ??= new EntryStore(memory);

    public Collection this[int number] => _collections[number]!;

    /// <summary>A new, empty collection.</summary>
    public Collection Create(ValueType type)
        => type == ValueType.List ? new ListCollection() : new MapCollection(Cells, memory, type == ValueType.SortedSet);

    /// <summary>Takes a collection in; returns its number.</summary>
    public int Add(Collection collection)
    {
        Count(collection.ObjectBytes);
        if (_free.TryPop(out int number))
        {
            _collections[number] = collection;
            return number;
        }

        _collections.Add(collection);
        return _collections.Count - 1;
    }

    /// <summary>A collection was changed.</summary>
    /// <param name="objectBytesBefore">Its <see cref="Collection.ObjectBytes"/> before.</param>
    /// <param name="collection">The collection.</param>
    public void NoteChange(long objectBytesBefore, Collection collection) => Count(collection.ObjectBytes - objectBytesBefore);

    /// <summary>Nobody uses the collection any more.</summary>
    public void Release(int number)
    {
        Collection collection = this[number];
        _collections[number] = null;
        _free.Push(number);
        Count(-collection.ObjectBytes);
        if (collection is MapCollection && collection.Count > ReleasedAtOnceMax)
        {
            _released.Enqueue(collection);
        }
        else
        {
            collection.Release(ReleasedAtOnceMax + 1);
        }
    }

    /// <summary>Frees about so many elements of released collections; returns how many it may still free.</summary>
    public int ReleaseSome(int elementsMax)
    {
        while (elementsMax > 0 && _released.TryPeek(out Collection? collection))
        {
            int freed = collection.Release(elementsMax);
            if (freed < elementsMax)
            {
                _released.Dequeue();
                memory.ReleasedCollections++;
            }

            elementsMax -= Math.Max(freed, 1);
        }

        return elementsMax;
    }

    /// <summary>Everything at once: the slab of the elements goes as a whole.</summary>
    public void Clear()
    {
        _collections.Clear();
        _free.Clear();
        _released.Clear();
        _cells?.Clear();
        _cells = null;
        Count(-_objectBytes);
    }

    private void Count(long bytes)
    {
        _objectBytes += bytes;
        memory.CollectionBytes += bytes;
    }
}
