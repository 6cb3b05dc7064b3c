using System.Buffers.Binary;
using RespKv.Engine.Keyspace.Collections;

namespace RespKv.Engine.Keyspace;

/// <summary>
/// The keys of one numbered database: entries in a slab, found through a compact index; those with an expiry stand in a
/// second index too. Guarded by the turn. Spans and entries handed out are valid until the next call that changes it.
/// The caller passes the key's hash (<see cref="KeyHash"/>) along, so that a command hashes once. No object per key.
/// </summary>
internal sealed class Database
{
    /// <summary>What <see cref="ExpireAtMillis"/> says, and what to pass, when there is no expiry.</summary>
    public const long NoExpiry = -1;

    private readonly KeyspaceMemory _memory;
    private readonly EntryStore _entries;
    private readonly SlotIndex _index;
    private readonly SlotIndex _expiries;

    public Database(KeyspaceMemory memory)
    {
        _memory = memory;
        _entries = new EntryStore(memory);
        _index = new SlotIndex(_entries.Slab, memory);
        _expiries = new SlotIndex(_entries.Slab, memory);
        Collections = new CollectionStore(this, _entries, memory);
    }

    /// <summary>What keys hold that are no strings.</summary>
    public CollectionStore Collections { get; }

    /// <summary>Large collections whose key is gone and whose memory is not yet.</summary>
    public int ReleasedCount => _entries.Collections.ReleasedCount;

    public long Count => _index.Count;

    public long ExpiryCount => _expiries.Count;

    /// <summary>Bytes of the index of all keys, and of that of the keys with an expiry.</summary>
    public (long Keys, long Expiries) IndexBytes => (_index.Bytes, _expiries.Bytes);

    /// <summary>Finds a key, whether it is expired or not: the caller decides what an expiry means.</summary>
    public Entry Find(ReadOnlySpan<byte> key, ulong hash)
    {
        Span<ulong> slot = FindSlot(key, SlotIndex.Position(hash));
        return slot.IsEmpty ? default : new Entry(Slot.Address(slot[0]));
    }

    public ReadOnlySpan<byte> Key(Entry entry)
    {
        ReadOnlySpan<byte> cell = _entries.Cell(entry.Address);
        return _entries.Key(cell, new EntryLayout(cell));
    }

    public ValueType Type(Entry entry) => Header(entry).Type;

    /// <summary>Unix milliseconds, <see cref="NoExpiry"/> without one.</summary>
    public long ExpireAtMillis(Entry entry)
    {
        ReadOnlySpan<byte> cell = _entries.Cell(entry.Address);
        return EntryHeader.Read(cell).HasExpiry
            ? BinaryPrimitives.ReadInt64LittleEndian(cell[EntryHeader.ExpiryOffset..])
            : NoExpiry;
    }

    /// <summary>Whether a string is stored as an integer. Under a key of nearly 16 KiB or more an integer is kept as text.</summary>
    public bool IsInteger(Entry entry) => Header(entry).Encoding == EntryEncoding.Integer;

    /// <summary>The value of an entry that <see cref="IsInteger"/>.</summary>
    public long Integer(Entry entry)
    {
        ReadOnlySpan<byte> cell = _entries.Cell(entry.Address);
        return CanonicalInteger.Read(cell[new EntryLayout(cell).ValueOffset..]);
    }

    /// <summary>Whether a string was written in part since it was last set whole.</summary>
    public bool IsRawString(Entry entry) => Header(entry).IsRaw;

    /// <summary>Bytes of a string, as text if it is an integer.</summary>
    public long StringLength(Entry entry)
    {
        ReadOnlySpan<byte> cell = _entries.Cell(entry.Address);
        var layout = new EntryLayout(cell);
        if (layout.Header.Encoding != EntryEncoding.Integer)
        {
            return layout.ValueLength;
        }

        Span<byte> text = stackalloc byte[CanonicalInteger.TextBytesMax];
        return CanonicalInteger.Format(CanonicalInteger.Read(cell[layout.ValueOffset..]), text);
    }

    /// <summary>
    /// Bytes of a value as the log would write it, at most, as whatever type a command can store it: the bound that <see cref="Space.BlockBound"/>
    /// and copies go by (D11). A set's members count with the scores that they get when ZUNIONSTORE makes a sorted set of them.
    /// </summary>
    public long LoggedBytes(Entry entry)
    {
        if (Type(entry) == ValueType.String)
        {
            return StringLength(entry);
        }

        CollectionValue value = Collections.Read(entry);
        return value.ContentBytes + (value.Count * (SortedSetScore.Bytes + 1));
    }

    /// <summary>As <see cref="LoggedBytes"/>, for the longest element of a collection; never less than that, all of the value if it is not known.</summary>
    public long LongestElementBytes(Entry entry)
        => Type(entry) != ValueType.String && Collections.Read(entry).Large is { } large ? large.LongestElementBytes + ListPosition.Bytes + SortedSetScore.Bytes : LoggedBytes(entry);

    /// <summary>A string's bytes where they lie; an integer is formatted into <paramref name="scratch32"/>.</summary>
    public ReadOnlySpan<byte> StringBytes(Entry entry, Span<byte> scratch32)
    {
        ReadOnlySpan<byte> cell = _entries.Cell(entry.Address);
        var layout = new EntryLayout(cell);
        if (layout.Header.Encoding != EntryEncoding.Integer)
        {
            return _entries.Value(cell, layout);
        }

        return scratch32[..CanonicalInteger.Format(CanonicalInteger.Read(cell[layout.ValueOffset..]), scratch32)];
    }

    /// <summary>24 bits that the caller gives a meaning (last use, or frequency). 0 in a new entry; kept when a value changes.</summary>
    public uint AccessClock(Entry entry) => Header(entry).Clock;

    /// <summary>The key is used now.</summary>
    public void Touch(Entry entry)
    {
        Span<byte> cell = _entries.Cell(entry.Address);
        EntryHeader header = EntryHeader.Read(cell);
        header.WithClock(_memory.Counter is { } counter ? counter.Touched(header.Clock) : _memory.AccessClock).Write(cell);
    }

    public void SetAccessClock(Entry entry, uint clock24)
    {
        Span<byte> cell = _entries.Cell(entry.Address);
        EntryHeader.Read(cell).WithClock(clock24).Write(cell);
    }

    /// <summary>
    /// Creates a string or replaces any value whole, expiry included. The text of an integer is stored as one.
    /// <paramref name="value"/> may lie in this database.
    /// </summary>
    public void SetString(ReadOnlySpan<byte> key, ulong hash, ReadOnlySpan<byte> value, long expireAtMillis)
    {
        if (CanonicalInteger.TryParse(value, out long integer))
        {
            SetInteger(key, hash, integer, expireAtMillis);
            return;
        }

        ulong position = SlotIndex.Position(hash);
        Span<ulong> slot = FindSlot(key, position);
        if (slot.IsEmpty)
        {
            Add(position, _entries.NewString(key, value, expireAtMillis, _memory.AccessClock), expireAtMillis);
        }
        else if (_entries.TryOverwrite(Slot.Address(slot[0]), value, expireAtMillis))
        {
            Touch(new Entry(Slot.Address(slot[0])));
        }
        else
        {
            Replace(slot, position, _entries.NewString(key, value, expireAtMillis, TouchedClock(slot[0])), releaseLarge: true);
        }
    }

    /// <summary>As <see cref="SetString"/> with the integer's text.</summary>
    public void SetInteger(ReadOnlySpan<byte> key, ulong hash, long value, long expireAtMillis)
    {
        ulong position = SlotIndex.Position(hash);
        Span<ulong> slot = FindSlot(key, position);
        if (slot.IsEmpty)
        {
            Add(position, _entries.NewInteger(key, value, expireAtMillis, _memory.AccessClock), expireAtMillis);
        }
        else if (_entries.TryOverwrite(Slot.Address(slot[0]), value, expireAtMillis))
        {
            Touch(new Entry(Slot.Address(slot[0])));
        }
        else
        {
            Replace(slot, position, _entries.NewInteger(key, value, expireAtMillis, TouchedClock(slot[0])), releaseLarge: true);
        }
    }

    /// <summary>
    /// Writes bytes into a string from an offset on, creating it (without expiry) or extending it with zeros as needed; the
    /// expiry stays. A string that grows this way gets room to grow more. Empty <paramref name="bytes"/> only extend.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The offset is negative, or key and value exceed <see cref="Array.MaxLength"/>.</exception>
    /// <exception cref="InvalidOperationException">The key holds something else than a string.</exception>
    public void WriteRange(ReadOnlySpan<byte> key, ulong hash, long offset, ReadOnlySpan<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Array.MaxLength - (long)key.Length - bytes.Length);
        ulong position = SlotIndex.Position(hash);
        Span<ulong> slot = FindSlot(key, position);
        if (slot.IsEmpty)
        {
            Add(position, _entries.NewRange(key, (int)offset, bytes, _memory.AccessClock), NoExpiry);
            return;
        }

        ulong address = Slot.Address(slot[0]);
        if (EntryHeader.Read(_entries.Cell(address)).Type != ValueType.String)
        {
            throw new InvalidOperationException("only a string can be written in part");
        }

        ulong written = _entries.WriteRange(address, (int)offset, bytes);
        if (written != address)
        {
            Replace(slot, position, written, releaseLarge: false);
        }
    }

    /// <summary>
    /// Deletes a key. Returns whether it was there. <paramref name="key"/> may lie in this database; its bytes are intact
    /// until the next call that changes it.
    /// </summary>
    public bool Delete(ReadOnlySpan<byte> key, ulong hash)
    {
        ulong position = SlotIndex.Position(hash);
        Span<ulong> slot = FindSlot(key, position);
        if (slot.IsEmpty)
        {
            return false;
        }

        ulong address = Slot.Address(slot[0]);
        if (EntryHeader.Read(_entries.Cell(address)).HasExpiry)
        {
            _expiries.Remove(position, address);
        }

        _index.Remove(position, address);
        _entries.Release(address, releaseLarge: true);
        return true;
    }

    /// <summary>Sets or clears (<see cref="NoExpiry"/>) when a key expires. Returns whether the key was there.</summary>
    public bool SetExpiry(ReadOnlySpan<byte> key, ulong hash, long expireAtMillis)
    {
        ulong position = SlotIndex.Position(hash);
        Span<ulong> slot = FindSlot(key, position);
        if (slot.IsEmpty)
        {
            return false;
        }

        ulong address = Slot.Address(slot[0]);
        ulong moved = _entries.SetExpiry(address, expireAtMillis);
        if (moved != address)
        {
            Replace(slot, position, moved, releaseLarge: false);
        }

        return true;
    }

    /// <summary>Frees about so many elements of large collections whose key is gone; returns how many it may still free.</summary>
    public int ReleaseSome(int elementsMax) => _entries.Collections.ReleaseSome(elementsMax);

    /// <summary>Adds an entry that <see cref="Collections"/> has made for a key that is not there, without expiry.</summary>
    internal void AddValue(ulong hash, ulong address) => Add(SlotIndex.Position(hash), address, NoExpiry);

    /// <summary>Lets a key that is there have the entry that <see cref="Collections"/> has made for it.</summary>
    internal void ReplaceValue(ReadOnlySpan<byte> key, ulong hash, ulong address)
    {
        ulong position = SlotIndex.Position(hash);
        Replace(FindSlot(key, position), position, address, releaseLarge: true);
    }

    /// <summary>Deletes everything. Costs steps per 4 MiB of memory and per large value's table block, not per key.</summary>
    public void Clear()
    {
        _index.Clear();
        _expiries.Clear();
        _entries.Clear();
    }

    /// <summary>
    /// Visits at least <paramref name="count"/> entries, if there are so many left, and returns the cursor to go on from:
    /// 0 starts, and 0 is returned at the end. A key that stays in the database during a whole walk is visited exactly
    /// once, whatever else comes and goes between the calls. Any number is accepted as a cursor.
    /// </summary>
    public ulong Scan<TVisitor>(ulong cursor, int count, ref TVisitor visitor)
        where TVisitor : IEntryVisitor, allows ref struct
        => _index.Walk(cursor, count, ref visitor, out _);

    /// <summary>A random entry, or none in an empty database. Every key has a chance, nearly the same for all.</summary>
    public Entry Random(Random random) => _index.Count == 0 ? default : _index.Random(random);

    /// <summary>As <see cref="Random"/>, of the entries with an expiry.</summary>
    public Entry RandomExpiring(Random random) => _expiries.Count == 0 ? default : _expiries.Random(random);

    /// <summary>
    /// As <see cref="Scan"/>, only over entries with an expiry; <paramref name="cursor"/> moves on, to 0 at the end. Returns
    /// how many were visited: <paramref name="entriesMax"/>, fewer at the end, more only if keys have equal tags.
    /// </summary>
    public int VisitExpiring<TVisitor>(ref ulong cursor, int entriesMax, ref TVisitor visitor)
        where TVisitor : IEntryVisitor, allows ref struct
    {
        cursor = _expiries.Walk(cursor, entriesMax, ref visitor, out int visited);
        return visited;
    }

    /// <summary>Bytes that a key costs: its cell, its array if it has one, and its share of the indexes.</summary>
    public long MemoryBytes(Entry entry)
    {
        long bytes = _entries.Bytes(entry.Address) + Share(_index);
        return Header(entry).HasExpiry ? bytes + Share(_expiries) : bytes;
    }

    /// <summary>
    /// Reads the part of the index where a key's slot is, for its own sake: done for several keys in a row, the waits for
    /// memory overlap, and the operations that follow find it in the cache. Returns bits for the caller to keep, so that the
    /// reads are not optimized away.
    /// </summary>
    public ulong ReadIndexAhead(ulong hash) => _index.ReadAhead(SlotIndex.Position(hash));

    /// <summary>As <see cref="ReadIndexAhead"/>, for keys that will mostly be found: what only an insertion touches is left out.</summary>
    public ulong ReadSearchAhead(ulong hash) => _index.ReadSearchAhead(SlotIndex.Position(hash));

    /// <summary>As <see cref="ReadIndexAhead"/>, and to be called after it, for the entry that a key's first slot points to.</summary>
    public ulong ReadEntryAhead(ulong hash)
    {
        ulong position = SlotIndex.Position(hash);
        Span<ulong> slots = _index.From(position);
        return !slots.IsEmpty && Slot.Tag(slots[0] ^ position) == 0 ? _entries.ReadAhead(Slot.Address(slots[0])) : 0;
    }

    /// <summary>For adding many keys that are not in it. Nothing else may be done with the database until the load is finished.</summary>
    public DatabaseLoad BeginLoad() => new(_entries, Collections, _index, _expiries);

    private static long Share(SlotIndex index) => (index.Bytes + index.Count - 1) / index.Count;

    /// <summary>The clock of a key that is overwritten now.</summary>
    private uint TouchedClock(ulong slot)
        => _memory.Counter is { } counter ? counter.Touched(EntryHeader.Read(_entries.Cell(Slot.Address(slot))).Clock) : _memory.AccessClock;

    private EntryHeader Header(Entry entry) => EntryHeader.Read(_entries.Cell(entry.Address));

    /// <summary>The key's slot, or nothing.</summary>
    private Span<ulong> FindSlot(ReadOnlySpan<byte> key, ulong position)
    {
        Span<ulong> slots = _index.From(position);
        for (int i = 0; i < slots.Length && Slot.Tag(slots[i] ^ position) == 0; i++)
        {
            if (_entries.HasKey(Slot.Address(slots[i]), key))
            {
                return slots.Slice(i, 1);
            }
        }

        return default;
    }

    private void Add(ulong position, ulong address, long expireAtMillis)
    {
        _index.Insert(position, address);
        if (expireAtMillis >= 0)
        {
            _expiries.Insert(position, address);
        }
    }

    /// <summary>Lets a key's slots point to its new entry, and frees the old one (its array only if that did not move along).</summary>
    private void Replace(Span<ulong> slot, ulong position, ulong newAddress, bool releaseLarge)
    {
        ulong oldAddress = Slot.Address(slot[0]);
        bool hadExpiry = EntryHeader.Read(_entries.Cell(oldAddress)).HasExpiry;
        bool hasExpiry = EntryHeader.Read(_entries.Cell(newAddress)).HasExpiry;
        slot[0] = Slot.Make(position, newAddress);
        if (hadExpiry && hasExpiry)
        {
            _expiries.Replace(position, oldAddress, newAddress);
        }
        else if (hadExpiry)
        {
            _expiries.Remove(position, oldAddress);
        }
        else if (hasExpiry)
        {
            _expiries.Insert(position, newAddress);
        }

        _entries.Release(oldAddress, releaseLarge);
    }
}
