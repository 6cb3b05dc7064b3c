using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using RespKv.Storage.Manifest;
using RespKv.Storage.Mutations;
using RespKv.Storage.Tables;

namespace RespKv.Storage.Checkpoints;

/// <summary>
/// The net effect of a part of the log: one entry per table key, in a bounded buffer. What happened to a key is applied where
/// its cell lies; a key whose older state lies in tables gets a patch. Not thread safe.
///
/// Invariants:
/// - An entry in a space that is new in this fold is never a patch, and its tombstone is not listed: nothing older exists.
/// - What happens to elements is kept as it comes, as changes of a patch, in the cell of a collection that is known too (a value of
///   no elements lies beneath it then). It is brought into normal form when the cell would have to grow, so that its cost stays in
///   proportion, and when the entry is asked for.
/// - A slot of the index is the cell's address and, above it, the hash; 0 is free. At most half of the slots are taken.
/// </summary>
public sealed class LogFold
{
    /// <summary>Below this, changes of elements are not brought into normal form: it would cost more than it frees.</summary>
    private const int NormalizeBytesMin = 4096;

    /// <summary>64 MiB: more free room than that behind the elements of one key would waste memory.</summary>
    private const int ElementsRoomAddedMax = 64 << 20;

    private const int SlotsMin = 1 << 12;

    /// <summary>Per entry: two slots of the index, an address and a word to sort by.</summary>
    private const int IndexBytesPerEntry = (2 * sizeof(ulong)) + sizeof(uint) + sizeof(ulong);

    private const int HashShift = 32;

    private readonly long _bytesMax;
    private readonly FoldArena _arena = new();
    private readonly FoldSpaces _spaces = new();
    private readonly EntryFold _entry = new();
    private ulong[] _slots = new ulong[SlotsMin];
    private uint[] _sorted = [];
    private ulong[] _words = [];
    private int _entries;

    /// <param name="bytesMax">From here on the fold <see cref="IsFull"/>.</param>
    public LogFold(long bytesMax)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bytesMax, 1);
        _bytesMax = bytesMax;
    }

    /// <summary>Entries after <see cref="Sort"/>.</summary>
    public int Count { get; private set; }

    /// <summary>Memory that the entries need, index included.</summary>
    public long Bytes => _arena.Bytes + ((long)_entries * IndexBytesPerEntry);

    /// <summary>Nothing more should be folded in; it could be.</summary>
    public bool IsFull => Bytes >= _bytesMax;

    /// <summary>Database to space, after the records so far.</summary>
    public IReadOnlyDictionary<int, uint> Spaces => _spaces.ToDictionary();

    public uint NextSpace => _spaces.NextSpace;

    /// <summary>Bytes of all buffers, in use or not; for tests.</summary>
    internal long HeldBytes => _arena.HeldBytes + ((long)_slots.Length * sizeof(ulong)) + (_sorted.Length * (long)sizeof(uint)) + (_words.Length * (long)sizeof(ulong));

    /// <summary>Empties the fold; it goes on behind that state.</summary>
    public void Reset(ManifestState state) => Reset(state.Spaces, state.NextSpace);

    /// <summary>Empties the fold and gives back nearly all of its memory.</summary>
    public void Release() => Empty(FoldArena.ChunkBytes, SlotsMin);

    /// <summary>Folds the next record in.</summary>
    /// <exception cref="InvalidDataException">The record is not one that this version writes.</exception>
    public void Apply(ReadOnlySpan<byte> record)
    {
        var mutation = new MutationReader(record);
        while (mutation.Read())
        {
            switch (mutation.Kind)
            {
                case MutationKind.Set:
                    Set(_spaces.GetOrAdd(mutation.Database), mutation.Key, mutation.Value, mutation.ExpireAtMillis);
                    break;
                case MutationKind.WriteRange:
                    WriteRange(_spaces.GetOrAdd(mutation.Database), mutation.Key, mutation.Offset, mutation.Value);
                    break;
                case MutationKind.Delete:
                    if (_spaces.TryGet(mutation.Database, out uint space))
                    {
                        Delete(space, mutation.Key);
                    }

                    break;
                case MutationKind.SetExpiry:
                    if (_spaces.TryGet(mutation.Database, out space))
                    {
                        SetExpiry(space, mutation.Key, mutation.ExpireAtMillis);
                    }

                    break;
                case MutationKind.PutElements:
                    PutElements(_spaces.GetOrAdd(mutation.Database), mutation);
                    break;
                case MutationKind.RemoveElements:
                    if (_spaces.TryGet(mutation.Database, out space))
                    {
                        RemoveElements(space, mutation);
                    }

                    break;
                case MutationKind.ClearDatabase:
                    _spaces.Clear(mutation.Database);
                    break;
                case MutationKind.ClearAll:
                    _spaces.ClearAll();
                    break;
                case MutationKind.SwapDatabases:
                    _spaces.Swap(mutation.Database, mutation.OtherDatabase);
                    break;
                default:
                    throw new InvalidDataException($"unknown mutation kind {(byte)mutation.Kind}");
            }
        }
    }

    /// <summary>Lists what is to be written, in the order of the table keys: entries of spaces that live.</summary>
    public void Sort()
    {
        if (_sorted.Length < _entries)
        {
            _sorted = GC.AllocateUninitializedArray<uint>(_slots.Length / 2);
            _words = GC.AllocateUninitializedArray<ulong>(_slots.Length / 2);
        }

        int cells = 0;
        foreach (ulong slot in _slots)
        {
            if (slot != 0)
            {
                _sorted[cells++] = (uint)slot;
            }
        }

        // In the order of memory first: what follows looks at every cell several times.
        _sorted.AsSpan(0, cells).Sort();
        uint[] live = _spaces.Live();
        Count = 0;
        for (int index = 0; index < cells; index++)
        {
            if (IsListed(_sorted[index], live))
            {
                _sorted[Count++] = _sorted[index];
            }
        }

        FoldSort.Sort(_arena, _sorted.AsSpan(0, Count), _words.AsSpan(0, Count));
    }

    /// <summary>Valid until the next record or reset.</summary>
    public ReadOnlySpan<byte> Key(int index) => _arena.Key(_sorted[index]);

    /// <summary>Valid until the next entry, record or reset.</summary>
    public TableEntry Entry(int index)
    {
        uint address = _sorted[index];
        FoldCell cell = _arena[address];
        if (cell.HoldsElements)
        {
            FoldElements(address);
            return _entry.Entry;
        }

        return cell.Kind switch
        {
            TableEntryKind.Value => new TableEntry(cell.Kind, cell.Type, cell.ExpireAtMillis, _arena.Value(address)),
            TableEntryKind.Patch => new TableEntry(cell.Kind, 0, MutationWriter.NoExpiry, _arena.Value(address)),
            _ => new TableEntry(TableEntryKind.Tombstone, 0, MutationWriter.NoExpiry, default),
        };
    }

    internal void Reset(IReadOnlyDictionary<int, uint> spaces, uint nextSpace)
    {
        Empty(_bytesMax, (int)Math.Min(Array.MaxLength, Math.Max(SlotsMin, _bytesMax / sizeof(ulong))));
        _spaces.Reset(spaces, nextSpace);
    }

    private void Empty(long arenaBytesKept, int slotsKept)
    {
        _arena.Reset(arenaBytesKept);
        _entry.Reset();
        _entries = 0;
        Count = 0;
        if (_slots.Length > slotsKept)
        {
            _slots = new ulong[SlotsMin];
            _sorted = [];
            _words = [];
        }
        else
        {
            _slots.AsSpan().Clear();
        }
    }

    private void Set(uint space, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, long expireAtMillis)
    {
        ref ulong slot = ref FindOrAdd(space, key, value.Length, out uint address);
        _arena[address].ValueBytes = 0;
        address = EnsureRoom(ref slot, address, value.Length, exact: true);
        ref FoldCell cell = ref _arena[address];
        cell.Kind = TableEntryKind.Value;
        cell.Type = TableEntry.StringType;
        cell.ExpireAtMillis = expireAtMillis;
        cell.ValueBytes = value.Length;
        value.CopyTo(_arena.Room(address));
    }

    private void Delete(uint space, ReadOnlySpan<byte> key)
    {
        if (IsNew(space) && Find(space, key) == 0)
        {
            return;
        }

        ref ulong slot = ref FindOrAdd(space, key, 0, out uint address);
        _arena[address].Kind = TableEntryKind.Tombstone;
        _arena[address].ValueBytes = 0;
        EnsureRoom(ref slot, address, 0, exact: true);
    }

    private void WriteRange(uint space, ReadOnlySpan<byte> key, long offset, ReadOnlySpan<byte> data)
    {
        if (offset > Array.MaxLength - (long)key.Length - data.Length)
        {
            throw new InvalidDataException($"a value of {data.Length} bytes at offset {offset} is more than an array holds");
        }

        bool isKnown = IsNew(space);
        ref ulong slot = ref FindOrAdd(space, key, isKnown ? (int)offset + data.Length : Patch.WriteRangeBytesMax(data.Length), out uint address);
        ref FoldCell cell = ref _arena[address];
        MustBe(cell, TableEntry.StringType);
        if (cell.Kind == TableEntryKind.Patch || (IsFresh(cell) && !isKnown))
        {
            AppendWriteRange(ref slot, address, offset, data);
            return;
        }

        if (cell.Kind != TableEntryKind.Value)
        {
            cell.Kind = TableEntryKind.Value;
            cell.Type = TableEntry.StringType;
            cell.ExpireAtMillis = MutationWriter.NoExpiry;
            cell.ValueBytes = 0;
        }

        int start = (int)offset;
        int oldBytes = cell.ValueBytes;
        int newBytes = Math.Max(oldBytes, start + data.Length);
        address = EnsureRoom(ref slot, address, newBytes, exact: false);
        _arena[address].ValueBytes = newBytes;
        Span<byte> value = _arena.Value(address);
        if (start > oldBytes)
        {
            value[oldBytes..start].Clear();
        }

        data.CopyTo(value[start..]);
    }

    private void SetExpiry(uint space, ReadOnlySpan<byte> key, long expireAtMillis)
    {
        if (IsNew(space) && Find(space, key) == 0)
        {
            return;
        }

        ref ulong slot = ref FindOrAdd(space, key, Patch.SetExpiryBytesMax, out uint address);
        ref FoldCell cell = ref _arena[address];
        if (cell.Kind == TableEntryKind.Value)
        {
            cell.ExpireAtMillis = expireAtMillis;
        }
        else if (cell.Kind == TableEntryKind.Patch || IsFresh(cell))
        {
            AppendSetExpiry(ref slot, address, expireAtMillis);
        }
    }

    private void PutElements(uint space, in MutationReader mutation)
    {
        bool isKnown = IsNew(space);
        ref ulong slot = ref FindOrAdd(space, mutation.Key, Patch.ElementsBytesMax(mutation.Value.Length), out uint address);
        ref FoldCell cell = ref _arena[address];
        MustBe(cell, mutation.Type);
        if (cell.Kind == TableEntryKind.Tombstone || (IsFresh(cell) && isKnown))
        {
            cell.Kind = TableEntryKind.Value;
            cell.ExpireAtMillis = MutationWriter.NoExpiry;
            cell.ValueBytes = 0;
        }

        AppendElements(ref slot, address, mutation);
    }

    private void RemoveElements(uint space, in MutationReader mutation)
    {
        if (IsNew(space) && Find(space, mutation.Key) == 0)
        {
            return;
        }

        ref ulong slot = ref FindOrAdd(space, mutation.Key, Patch.ElementsBytesMax(mutation.Value.Length), out uint address);
        if (_arena[address].Kind != TableEntryKind.Tombstone)
        {
            MustBe(_arena[address], mutation.Type);
            AppendElements(ref slot, address, mutation);
        }
    }

    private void AppendElements(ref ulong slot, uint address, in MutationReader mutation)
    {
        int bytesMax = Patch.ElementsBytesMax(mutation.Value.Length);
        address = EnsureRoomForElements(ref slot, address, bytesMax);
        ref FoldCell cell = ref _arena[address];
        if (cell.Kind != TableEntryKind.Value)
        {
            cell.Kind = TableEntryKind.Patch;
            cell.ExpireAtMillis = FoldCell.None;
        }

        cell.Type = mutation.Type;
        Span<byte> room = _arena.Room(address)[cell.ValueBytes..];
        cell.ValueBytes += mutation.Kind == MutationKind.PutElements
            ? Patch.WritePutElements(room, mutation.Type, mutation.Value)
            : Patch.WriteRemoveElements(room, mutation.Type, mutation.Value);
    }

    // Behind the normal form there is room for about as much again: each byte is brought into it a few times at most.
    private uint EnsureRoomForElements(ref ulong slot, uint address, int bytesMax)
    {
        FoldCell cell = _arena[address];
        if ((long)cell.ValueBytes + bytesMax <= cell.ValueRoom)
        {
            return address;
        }

        long added = 0;
        if (cell.HoldsElements && cell.ValueBytes >= NormalizeBytesMin)
        {
            Normalize(address);
            cell = _arena[address];
            added = Math.Min(cell.ValueBytes, ElementsRoomAddedMax);
        }

        return EnsureRoom(ref slot, address, cell.ValueBytes + added + bytesMax, exact: false);
    }

    private void Normalize(uint address)
    {
        FoldElements(address);
        ref FoldCell cell = ref _arena[address];
        TableEntry entry = _entry.Entry;
        cell.ValueBytes = 0;
        if (entry.Kind == TableEntryKind.Patch)
        {
            // The normal form is never longer than what it came from.
            entry.Bytes.CopyTo(_arena.Room(address));
            cell.ValueBytes = entry.Bytes.Length;
            cell.ExpireAtMillis = FoldCell.None;
        }
        else if (entry.Kind == TableEntryKind.Value)
        {
            cell.ValueBytes = Patch.WritePutElements(_arena.Room(address), entry.Type, entry.Bytes);
        }
    }

    /// <summary>Folds the changes in a cell.</summary>
    private void FoldElements(uint address)
    {
        FoldCell cell = _arena[address];
        _entry.Reset();
        if (cell.Kind == TableEntryKind.Value)
        {
            _entry.Set(cell.Type, cell.ExpireAtMillis, default);
        }

        _entry.ApplyPatch(_arena.Value(address));
    }

    private static void MustBe(in FoldCell cell, byte type)
    {
        bool isOther = cell.Kind is TableEntryKind.Value or TableEntryKind.Patch && cell.Type != 0 && cell.Type != type;
        if (isOther)
        {
            throw new InvalidDataException($"a change of a value of type {type}, which is of type {cell.Type}");
        }
    }

    private void AppendWriteRange(ref ulong slot, uint address, long offset, ReadOnlySpan<byte> data)
    {
        int bytes = _arena[address].ValueBytes;
        address = EnsureRoom(ref slot, address, (long)bytes + Patch.WriteRangeBytesMax(data.Length), exact: false);
        ref FoldCell cell = ref _arena[address];
        cell.Kind = TableEntryKind.Patch;
        cell.Type = TableEntry.StringType;
        cell.ExpireAtMillis = FoldCell.None;
        cell.ValueBytes += Patch.WriteWriteRange(_arena.Room(address)[bytes..], offset, data);
    }

    // Of several changes of the expiry in a row only the last one counts: a key that is touched all the time stays small.
    private void AppendSetExpiry(ref ulong slot, uint address, long expireAtMillis)
    {
        FoldCell old = _arena[address];
        bool replaces = old.Kind == TableEntryKind.Patch && old.ExpireAtMillis != FoldCell.None;
        int start = replaces ? (int)old.ExpireAtMillis : old.ValueBytes;
        address = EnsureRoom(ref slot, address, (long)start + Patch.SetExpiryBytesMax, exact: false);
        ref FoldCell cell = ref _arena[address];
        cell.Kind = TableEntryKind.Patch;
        cell.ExpireAtMillis = start;
        cell.ValueBytes = start + Patch.WriteSetExpiry(_arena.Room(address)[start..], expireAtMillis);
    }

    /// <summary>Nothing older exists in this space.</summary>
    private bool IsNew(uint space) => space >= _spaces.FirstNewSpace;

    private bool IsListed(uint address, uint[] live)
    {
        uint space = TableKey.Space(_arena.Key(address));
        return Array.BinarySearch(live, space) >= 0 && !(IsNew(space) && _arena[address].Kind == TableEntryKind.Tombstone);
    }

    private uint EnsureRoom(ref ulong slot, uint address, long valueBytes, bool exact)
    {
        uint moved = _arena.EnsureRoom(address, valueBytes, exact);
        slot = ((slot >> HashShift) << HashShift) | moved;
        return moved;
    }

    private uint Find(uint space, ReadOnlySpan<byte> key) => (uint)FindSlot(space, key, FoldHash.Compute(space, key));

    /// <summary>The key's slot and cell; a new cell is fresh.</summary>
    private ref ulong FindOrAdd(uint space, ReadOnlySpan<byte> key, int valueRoom, out uint address)
    {
        uint hash = FoldHash.Compute(space, key);
        ref ulong slot = ref FindSlot(space, key, hash);
        if (slot != 0)
        {
            address = (uint)slot;
            return ref slot;
        }

        if (_entries >= _slots.Length / 2)
        {
            Grow();
            slot = ref FindSlot(space, key, hash);
        }

        address = _arena.Allocate(TableKey.SpaceBytes + key.Length, valueRoom);
        _arena[address].Kind = FoldCell.Fresh;
        TableKey.Write(_arena.Key(address), space, key);
        slot = ((ulong)hash << HashShift) | address;
        _entries++;
        return ref slot;
    }

    private ref ulong FindSlot(uint space, ReadOnlySpan<byte> key, uint hash)
    {
        ulong[] slots = _slots;
        uint mask = (uint)slots.Length - 1;
        for (uint index = hash & mask; ; index = (index + 1) & mask)
        {
            ref ulong slot = ref slots[index];
            if (slot == 0 || ((uint)(slot >> HashShift) == hash && IsKey((uint)slot, space, key)))
            {
                return ref slot;
            }
        }
    }

    private bool IsKey(uint address, uint space, ReadOnlySpan<byte> key)
    {
        ReadOnlySpan<byte> tableKey = _arena.Key(address);
        return tableKey.Length == TableKey.SpaceBytes + key.Length
            && BinaryPrimitives.ReadUInt32BigEndian(tableKey) == space
            && tableKey[TableKey.SpaceBytes..].SequenceEqual(key);
    }

    private void Grow()
    {
        ulong[] old = _slots;
        _slots = new ulong[checked(old.Length * 2)];
        uint mask = (uint)_slots.Length - 1;
        foreach (ulong slot in old)
        {
            if (slot == 0)
            {
                continue;
            }

            uint index = (uint)(slot >> HashShift) & mask;
            while (_slots[index] != 0)
            {
                index = (index + 1) & mask;
            }

            _slots[index] = slot;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsFresh(in FoldCell cell) => cell.Kind == FoldCell.Fresh;
}
