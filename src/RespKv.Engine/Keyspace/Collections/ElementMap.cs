namespace RespKv.Engine.Keyspace.Collections;

/// <summary>
/// The elements of one large collection by name: cells in the slab that all large collections of a database share, found through an index
/// of the collection's own. No object an element. Guarded by the turn; spans are valid until the next change of any collection.
/// </summary>
internal sealed class ElementMap(EntryStore cells, KeyspaceMemory memory) : IElementNames
{
    /// <summary>What the runtime's objects cost beside the cells.</summary>
    public const int OverheadBytes = 256;

    private readonly SlotIndex _index = new(cells.Slab, memory, shards: 1);
    private ulong _releaseCursor;

    public long Count => _index.Count;

    /// <summary>Bytes of all elements as the log and the tables write them.</summary>
    public long ContentBytes { get; private set; }

    /// <summary>Bytes of the cells, as far as their size tells: what each one rounds up is left out.</summary>
    public long MemoryBytes => ContentBytes + _index.Bytes + (Count * EntryHeader.ExpiryOffset) + OverheadBytes;

    /// <summary>The address of an element's cell, 0 when there is none.</summary>
    public ulong Find(ReadOnlySpan<byte> name)
    {
        Span<ulong> slot = FindSlot(name, PositionOf(name));
        return slot.IsEmpty ? 0 : Slot.Address(slot[0]);
    }

    public ReadOnlySpan<byte> Name(ulong address)
    {
        ReadOnlySpan<byte> cell = cells.Cell(address);
        return cells.Key(cell, new EntryLayout(cell));
    }

    public ReadOnlySpan<byte> Value(ulong address)
    {
        ReadOnlySpan<byte> cell = cells.Cell(address);
        return cells.Value(cell, new EntryLayout(cell));
    }

    /// <summary>Sets an element; returns whether it is new. A value of the same length stays in its cell.</summary>
    public bool Put(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, out ulong address)
    {
        ulong position = PositionOf(name);
        Span<ulong> slot = FindSlot(name, position);
        if (slot.IsEmpty)
        {
            address = cells.NewString(name, value, Database.NoExpiry, clock: 0);
            _index.Insert(position, address);
            ContentBytes += PackedElements.BytesOf(name.Length) + PackedElements.BytesOf(value.Length);
            return true;
        }

        address = Slot.Address(slot[0]);
        ContentBytes += PackedElements.BytesOf(value.Length) - PackedElements.BytesOf(Value(address).Length);
        if (!cells.TryOverwrite(address, value, Database.NoExpiry))
        {
            ulong moved = cells.NewString(name, value, Database.NoExpiry, clock: 0);
            slot[0] = Slot.Make(position, moved);
            cells.Release(address, releaseLarge: true);
            address = moved;
        }

        return false;
    }

    /// <summary>Removes an element; false when there is none.</summary>
    public bool Remove(ReadOnlySpan<byte> name)
    {
        ulong position = PositionOf(name);
        Span<ulong> slot = FindSlot(name, position);
        if (slot.IsEmpty)
        {
            return false;
        }

        ulong address = Slot.Address(slot[0]);
        ContentBytes -= PackedElements.BytesOf(name.Length) + PackedElements.BytesOf(Value(address).Length);
        _index.Remove(position, address);
        cells.Release(address, releaseLarge: true);
        return true;
    }

    /// <summary>As <see cref="Database.Scan"/>, over elements: the entries' addresses are those of their cells.</summary>
    public ulong Walk<TVisitor>(ulong cursor, int count, ref TVisitor visitor)
        where TVisitor : IEntryVisitor, allows ref struct
        => _index.Walk(cursor, count, ref visitor, out _);

    /// <summary>The address of a random element of a map that is not empty.</summary>
    public ulong Random(Random random) => _index.Random(random).Address;

    /// <summary>Frees about so many elements of a map that nobody uses any more; returns how many. All are gone when it returns fewer.</summary>
    public int Release(int elementsMax)
    {
        var freeing = new Freeing(cells);
        _releaseCursor = _index.Walk(_releaseCursor, elementsMax, ref freeing, out int visited);
        if (_releaseCursor != 0)
        {
            return Math.Max(visited, elementsMax);
        }

        _index.Release();
        return Math.Min(visited, elementsMax - 1);
    }

    // One shard: the first bits of a position, which choose it, are zeros.
    private static ulong PositionOf(ReadOnlySpan<byte> name) => SlotIndex.Position(KeyHash.Compute(name)) >> SlotIndex.ShardBits;

    private Span<ulong> FindSlot(ReadOnlySpan<byte> name, ulong position)
    {
        Span<ulong> slots = _index.From(position);
        for (int i = 0; i < slots.Length && Slot.Tag(slots[i] ^ position) == 0; i++)
        {
            if (cells.HasKey(Slot.Address(slots[i]), name))
            {
                return slots.Slice(i, 1);
            }
        }

        return default;
    }

    private readonly struct Freeing(EntryStore cells) : IEntryVisitor
    {
        public void Visit(Entry entry) => cells.Release(entry.Address, releaseLarge: true);
    }
}
