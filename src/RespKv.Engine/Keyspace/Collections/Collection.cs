namespace RespKv.Engine.Keyspace.Collections;

/// <summary>A collection that is too large to lie in its key's cell. Guarded by the turn.</summary>
internal abstract class Collection
{
    /// <summary>The encoding that OBJECT ENCODING tells of is no longer the compact one: as in Redis it does not come back.</summary>
    public bool IsConverted { get; set; }

    public abstract long Count { get; }

    /// <summary>Bytes of the longest element that it ever had, name and value.</summary>
    public int LongestElementBytes { get; private set; }

    /// <summary>Bytes of all elements as the log and the tables write them.</summary>
    public abstract long ContentBytes { get; }

    /// <summary>Bytes that it needs, roughly.</summary>
    public abstract long MemoryBytes { get; }

    /// <summary>Bytes of objects that are counted nowhere else (<see cref="KeyspaceMemory.CollectionBytes"/>).</summary>
    public abstract long ObjectBytes { get; }

    /// <summary>Frees about so many elements of a collection that nobody uses any more; returns how many. All are gone when it returns fewer.</summary>
    public abstract int Release(int elementsMax);

    /// <summary>An element is put.</summary>
    protected void NoteElement(int bytes) => LongestElementBytes = Math.Max(LongestElementBytes, bytes);
}

/// <summary>A large hash, set or sorted set.</summary>
/// <param name="cells">The slab of the elements.</param>
/// <param name="memory">Where its bytes are counted.</param>
/// <param name="isSorted">It is a sorted set: every value is a score.</param>
internal sealed class MapCollection(EntryStore cells, KeyspaceMemory memory, bool isSorted) : Collection
{
    public ElementMap Elements { get; } = new(cells, memory);

    /// <summary>The order of a sorted set; null for others.</summary>
    public SortedIndex? Order { get; private set; }

    public override long Count => Elements.Count;

    public override long ContentBytes => Elements.ContentBytes;

    public override long MemoryBytes => Elements.MemoryBytes + (Order?.Bytes ?? 0);

    public override long ObjectBytes => ElementMap.OverheadBytes + (Order?.Bytes ?? 0);

    /// <summary>Sets an element; returns whether it is new.</summary>
    public bool Put(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        NoteElement(name.Length + value.Length);
        if (!isSorted)
        {
            return Elements.Put(name, value, out _);
        }

        Order ??= new SortedIndex(Elements);
        double score = SortedSetScore.Read(value);
        ulong old = Elements.Find(name);
        if (old != 0)
        {
            // The order finds a member by its score: out with it before that changes.
            Order.Remove(SortedSetScore.Read(Elements.Value(old)), name);
        }

        bool created = Elements.Put(name, value, out ulong address);
        Order.Insert(score, name, address);
        return created;
    }

    /// <summary>Removes an element; false when there is none.</summary>
    public bool Remove(ReadOnlySpan<byte> name)
    {
        if (Order is not null)
        {
            ulong address = Elements.Find(name);
            if (address == 0)
            {
                return false;
            }

            Order.Remove(SortedSetScore.Read(Elements.Value(address)), name);
        }

        return Elements.Remove(name);
    }

    public override int Release(int elementsMax)
    {
        Order = null;
        return Elements.Release(elementsMax);
    }
}

/// <summary>A large list.</summary>
internal sealed class ListCollection : Collection
{
    private const int OverheadBytes = 128;

    public ListChunks Items { get; } = new();

    /// <summary>The <see cref="ListPosition"/> of the first element.</summary>
    public long FirstPosition { get; set; }

    public override long Count => Items.Count;

    public override long ContentBytes => Items.Bytes + (Items.Count * (ListPosition.Bytes + 1));

    public override long MemoryBytes => Items.Bytes + OverheadBytes;

    public override long ObjectBytes => MemoryBytes;

    /// <summary>Sets the value at a position, or adds one at either end; returns whether it is new.</summary>
    /// <exception cref="InvalidDataException">The position is neither in the list nor next to it.</exception>
    public bool PutAt(long position, ReadOnlySpan<byte> value)
    {
        NoteElement(value.Length);
        if (Items.Count == 0)
        {
            FirstPosition = position;
        }

        long index = position - FirstPosition;
        if (index == Items.Count)
        {
            Items.PushLast(value);
            return true;
        }

        if (index == -1)
        {
            Items.PushFirst(value);
            FirstPosition = position;
            return true;
        }

        if (index < 0 || index > Items.Count)
        {
            throw ListApplication.Gap(position, FirstPosition, Items.Count);
        }

        Items.Set(index, value);
        return false;
    }

    /// <summary>Removes the element at either end.</summary>
    /// <exception cref="InvalidDataException">The position is neither the first nor the last.</exception>
    public void RemoveAt(long position)
    {
        if (Items.Count > 0 && position == FirstPosition)
        {
            Items.RemoveFirst(1);
            FirstPosition++;
        }
        else if (Items.Count > 0 && position == FirstPosition + Items.Count - 1)
        {
            Items.RemoveLast(1);
        }
        else
        {
            throw ListApplication.Gap(position, FirstPosition, Items.Count);
        }
    }

    /// <summary>Its arrays are left to the garbage collector at once.</summary>
    public override int Release(int elementsMax)
    {
        Items.Clear();
        return 0;
    }
}

/// <summary>What both kinds of lists demand of the log: positions without gaps.</summary>
internal static class ListApplication
{
    public static InvalidDataException Gap(long position, long first, long count)
        => new($"position {position} does not belong to a list of {count} elements from position {first} on");
}
