using RespKv.Engine.Keyspace.Collections;

namespace RespKv.Engine.Keyspace;

/// <summary>
/// Adds many keys to a database that has none of them: without looking for them, and to the index in ordered batches, so
/// that a segment is visited once for many keys. Guarded as the database. Until <see cref="Finish"/> some keys are in the
/// slab and not yet in the index.
/// </summary>
internal sealed class DatabaseLoad(EntryStore entries, CollectionStore collections, SlotIndex index, SlotIndex expiries)
{
    private readonly SlotLoad _index = new(index);
    private readonly SlotLoad _expiries = new(expiries);

    /// <summary>A key by its cell's bytes (<see cref="EntryImage"/>) and its position in the index.</summary>
    public void Add(ulong position, ReadOnlySpan<byte> image)
        => Add(position, entries.NewFromImage(image), EntryHeader.Read(image).HasExpiry);

    /// <summary>A key whose string needs an array of its own; the array (key, then value) is taken over.</summary>
    public void AddLarge(ulong position, byte[] keyAndValue, int keyLength, long expireAtMillis, uint clock)
        => Add(position, entries.NewLarge(keyAndValue, keyLength, expireAtMillis, clock), expireAtMillis >= 0);

    /// <summary>A key whose collection is too large to be packed.</summary>
    public void AddCollection(ulong position, ReadOnlySpan<byte> key, ValueType type, ReadOnlySpan<byte> elements, long expireAtMillis, uint clock)
        => Add(position, entries.NewObject(type, key, collections.AddLarge(type, elements), expireAtMillis, clock), expireAtMillis >= 0);

    public void Finish()
    {
        _index.Flush();
        _expiries.Flush();
    }

    private void Add(ulong position, ulong address, bool hasExpiry)
    {
        _index.Add(position, address);
        if (hasExpiry)
        {
            _expiries.Add(position, address);
        }
    }
}
