using RespKv.Storage.Mutations;

namespace RespKv.Engine.Keyspace.Collections;

/// <summary>
/// Applies what the log says of collections to the keys of one <see cref="Database"/>. Small ones lie packed in their entry's cell, larger
/// ones in a <see cref="CollectionTable"/>; they never change back. Guarded by the turn.
/// </summary>
internal sealed class CollectionStore(Database database, EntryStore entries, KeyspaceMemory memory)
{
    private readonly PackedBuilder _builder = new();

    private CollectionTable Table => entries.Collections;

    /// <summary>
    /// Sets elements, in their order; creates the key, without expiry, when it is missing. The bytes must not lie in the database.
    /// </summary>
    /// <returns>How many are new.</returns>
    /// <exception cref="InvalidDataException">The key holds another type, or a list's position has a gap before it.</exception>
    public long Put(ReadOnlySpan<byte> key, ulong hash, ValueType type, ReadOnlySpan<byte> elements)
    {
        Entry entry = database.Find(key, hash);
        if (!entry.Exists)
        {
            return Create(key, hash, type, elements);
        }

        ReadOnlySpan<byte> cell = entries.Cell(entry.Address);
        var layout = new EntryLayout(cell);
        CheckType(layout.Header.Type, type);
        if (entries.CollectionOf(cell, layout) is { } collection)
        {
            return PutAll(collection, type, elements);
        }

        _builder.Begin(type, entries.Value(cell, layout), layout.Header.IsRaw);
        var reader = new ElementReader(elements);
        if (_builder.TryPutAll(memory.Limits, ref reader, out long created))
        {
            Store(key, hash, entry, layout);
            return created;
        }

        // The element that did not fit has not been put; it and those behind it go to the large one.
        Collection large = Unpack(type);
        created += PutRest(large, type, ref reader);
        database.ReplaceValue(key, hash, entries.NewObject(type, key, Table.Add(large), database.ExpireAtMillis(entry), layout.Header.Clock));
        return created;
    }

    /// <summary>Removes elements; a list's only at its ends. The key stays when none are left: its deletion is a mutation of its own.</summary>
    /// <returns>How many were there.</returns>
    /// <exception cref="InvalidDataException">The key holds another type, or a list's position is not at an end.</exception>
    public long Remove(ReadOnlySpan<byte> key, ulong hash, ValueType type, ReadOnlySpan<byte> names)
    {
        Entry entry = database.Find(key, hash);
        if (!entry.Exists)
        {
            return 0;
        }

        ReadOnlySpan<byte> cell = entries.Cell(entry.Address);
        var layout = new EntryLayout(cell);
        CheckType(layout.Header.Type, type);
        var reader = new ElementReader(names);
        long removed = 0;
        if (entries.CollectionOf(cell, layout) is { } collection)
        {
            long bytes = collection.ObjectBytes;
            while (reader.ReadName())
            {
                removed += Remove(collection, reader.Name) ? 1 : 0;
            }

            Table.NoteChange(bytes, collection);
            return removed;
        }

        _builder.Begin(type, entries.Value(cell, layout), layout.Header.IsRaw);
        while (reader.ReadName())
        {
            if (type == ValueType.List)
            {
                _builder.RemoveAt(ListPosition.Read(reader.Name));
                removed++;
            }
            else
            {
                removed += _builder.Remove(reader.Name) ? 1 : 0;
            }
        }

        Store(key, hash, entry, layout);
        return removed;
    }

    /// <summary>What a key holds, to be read. Default for a key that is missing.</summary>
    public CollectionValue Read(Entry entry)
    {
        if (!entry.Exists)
        {
            return default;
        }

        ReadOnlySpan<byte> cell = entries.Cell(entry.Address);
        var layout = new EntryLayout(cell);
        return entries.CollectionOf(cell, layout) is { } collection
            ? new CollectionValue(collection)
            : new CollectionValue(entries.Value(cell, layout), layout.Header.IsRaw);
    }

    /// <summary>OBJECT ENCODING's compact encoding does not come back: for a copy of a value that has lost it.</summary>
    public void MarkConverted(Entry entry)
    {
        Span<byte> cell = entries.Cell(entry.Address);
        var layout = new EntryLayout(cell);
        if (entries.CollectionOf(cell, layout) is { } collection)
        {
            collection.IsConverted = true;
        }
        else
        {
            layout.Header.WithRaw(true).Write(cell);
        }
    }

    /// <summary>A large collection's number from its elements, for a load.</summary>
    public int AddLarge(ValueType type, ReadOnlySpan<byte> elements)
    {
        Collection collection = Table.Create(type);
        var reader = new ElementReader(elements);
        while (reader.Read())
        {
            PutOne(collection, type, reader.Name, reader.Value);
        }

        return Table.Add(collection);
    }

    /// <summary>Changes a large list in a way that positions do not tell: see <see cref="Execution.ListMutator"/>.</summary>
    public ListCollection? LargeList(Entry entry)
    {
        ReadOnlySpan<byte> cell = entries.Cell(entry.Address);
        return entries.CollectionOf(cell, new EntryLayout(cell)) as ListCollection;
    }

    /// <summary>A collection that was got from <see cref="LargeList"/> was changed.</summary>
    public void NoteChange(long objectBytesBefore, Collection collection) => Table.NoteChange(objectBytesBefore, collection);

    private static void CheckType(ValueType held, ValueType expected)
    {
        if (held != expected)
        {
            throw new InvalidDataException($"elements of a {expected} for a key that holds a {held}");
        }
    }

    private long Create(ReadOnlySpan<byte> key, ulong hash, ValueType type, ReadOnlySpan<byte> elements)
    {
        _builder.Begin(type);
        var reader = new ElementReader(elements);
        bool isComplete = _builder.TryPutAll(memory.Limits, ref reader, out long created);
        if (isComplete && EntryStore.FitsCell(key.Length, _builder.Packed.Length, hasExpiry: true))
        {
            database.AddValue(hash, entries.NewPacked(type, key, _builder.Packed, Database.NoExpiry, memory.AccessClock, _builder.IsConverted));
            return created;
        }

        Collection large = Unpack(type);
        created += isComplete ? 0 : PutRest(large, type, ref reader);
        database.AddValue(hash, entries.NewObject(type, key, Table.Add(large), Database.NoExpiry, memory.AccessClock));
        return created;
    }

    /// <summary>A large collection with what the builder holds.</summary>
    private Collection Unpack(ValueType type)
    {
        Collection collection = Table.Create(type);
        collection.IsConverted = _builder.IsConverted;
        ReadOnlySpan<byte> packed = _builder.Packed;
        if (collection is ListCollection list)
        {
            list.FirstPosition = PackedElements.FirstPosition(packed);
            for (int offset = PackedElements.ListHeadBytes; offset < packed.Length;)
            {
                list.Items.PushLast(PackedElements.Read(packed, ref offset));
            }

            return collection;
        }

        var map = (MapCollection)collection;
        for (int offset = PackedElements.HeadBytes; offset < packed.Length;)
        {
            ReadOnlySpan<byte> name = PackedElements.Read(packed, ref offset);
            map.Put(name, PackedElements.Read(packed, ref offset));
        }

        return collection;
    }

    /// <summary>Puts the element at which the reader stands and all behind it. The collection is not in the table yet.</summary>
    private long PutRest(Collection collection, ValueType type, ref ElementReader reader)
    {
        long created = 0;
        do
        {
            created += PutOne(collection, type, reader.Name, reader.Value) ? 1 : 0;
        }
        while (reader.Read());
        return created;
    }

    private long PutAll(Collection collection, ValueType type, ReadOnlySpan<byte> elements)
    {
        long bytes = collection.ObjectBytes;
        long created = 0;
        var reader = new ElementReader(elements);
        while (reader.Read())
        {
            created += PutOne(collection, type, reader.Name, reader.Value) ? 1 : 0;
        }

        Table.NoteChange(bytes, collection);
        return created;
    }

    private bool PutOne(Collection collection, ValueType type, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (collection is ListCollection list)
        {
            return list.PutAt(ListPosition.Read(name), value);
        }

        bool created = ((MapCollection)collection).Put(name, value);
        collection.IsConverted = collection.IsConverted || memory.Limits.IsTooLarge(type, name, value) || memory.Limits.AreTooMany(type, collection.Count);
        return created;
    }

    private static bool Remove(Collection collection, ReadOnlySpan<byte> name)
    {
        if (collection is ListCollection list)
        {
            list.RemoveAt(ListPosition.Read(name));
            return true;
        }

        return ((MapCollection)collection).Remove(name);
    }

    /// <summary>Stores what the builder holds as the value of an entry.</summary>
    private void Store(ReadOnlySpan<byte> key, ulong hash, Entry entry, scoped in EntryLayout layout)
    {
        if (entries.TryOverwritePacked(entry.Address, _builder.Packed, _builder.IsConverted))
        {
            return;
        }

        long expireAtMillis = database.ExpireAtMillis(entry);
        ulong address = EntryStore.FitsCell(key.Length, _builder.Packed.Length, hasExpiry: true)
            ? entries.NewPacked(layout.Header.Type, key, _builder.Packed, expireAtMillis, layout.Header.Clock, _builder.IsConverted)
            : entries.NewObject(layout.Header.Type, key, Table.Add(Unpack(layout.Header.Type)), expireAtMillis, layout.Header.Clock);
        database.ReplaceValue(key, hash, address);
    }
}
