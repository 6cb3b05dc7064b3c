using RespKv.Storage.Checkpoints;
using RespKv.Storage.Mutations;

namespace RespKv.Storage.Tables;

/// <summary>
/// What happened to elements of one collection, whatever it held before: names that are taken out first, then elements that are
/// put. An element that was taken out and put again is in both, so that it goes to the end of the order as it did.
///
/// Invariants:
/// - A name has one item that is not dead; the slots know that one. Puts stand in the order of the items.
/// - What is dead or written over is at most about half of the memory, so an element that changes again and again costs nothing.
/// </summary>
internal sealed class ElementFold
{
    private const int SlotsMin = 64;

    /// <summary>Larger indexes are not cleared for a next use but let go.</summary>
    private const int SlotsKept = 1024;

    // Below these nothing is compacted: it would cost more than it frees.
    private const int CompactItemsMin = 64;
    private const int CompactBytesMin = 4096;

    private int[] _slots = new int[SlotsMin];
    private Item[] _items = [];
    private int _count;
    private int _dead;
    private byte[] _data = [];
    private int _dataLength;
    private long _garbageBytes;
    private int _puts;

    /// <summary>Of the collection; 0 while nothing happened.</summary>
    internal byte Type { get; private set; }

    internal bool IsEmpty => _count == 0;

    /// <summary>A collection comes of it, whatever was there before.</summary>
    internal bool HasPuts => _puts > 0;

    /// <summary>Buffers stay, huge ones go.</summary>
    internal void Clear()
    {
        Type = 0;
        if (_count > 0)
        {
            if (_slots.Length > SlotsKept)
            {
                _slots = new int[SlotsMin];
                _items = [];
            }

            _slots.AsSpan().Clear();
        }

        _count = 0;
        _dead = 0;
        _dataLength = 0;
        _garbageBytes = 0;
        _puts = 0;
        Grow.Trim(ref _data, 0);
    }

    /// <exception cref="InvalidDataException">The collection is of another type, the elements are malformed, or too much for an array.</exception>
    internal void Put(byte type, ReadOnlySpan<byte> elements)
    {
        Become(type);
        var reader = new ElementReader(elements);
        while (reader.Read())
        {
            Put(reader.Name, reader.Value);
        }
    }

    /// <exception cref="InvalidDataException">The collection is of another type, the names are malformed, or too much for an array.</exception>
    internal void Remove(byte type, ReadOnlySpan<byte> names)
    {
        Become(type);
        var reader = new ElementReader(names);
        while (reader.ReadName())
        {
            Remove(reader.Name);
        }
    }

    /// <summary>Applies everything to a collection. Linear in both.</summary>
    /// <param name="elements">What was there before; not in <paramref name="result"/>.</param>
    /// <param name="result">Is grown.</param>
    /// <returns>Bytes of the result.</returns>
    /// <exception cref="InvalidDataException">The elements are malformed, or too much for an array.</exception>
    internal int ApplyTo(ReadOnlySpan<byte> elements, ref byte[] result)
    {
        Grow.Afresh(ref result, elements.Length);
        int length = 0;
        int keptFrom = 0;
        var reader = new ElementReader(elements);
        while (true)
        {
            int at = reader.Position;
            bool isThere = reader.Read();
            int found = isThere ? _slots[FindSlot(reader.Name, Hash(reader.Name))] - 1 : -1;
            if (isThere && found < 0)
            {
                continue;
            }

            // What nothing happened to is copied in one piece.
            Append(ref result, ref length, elements[keptFrom..at]);
            keptFrom = reader.Position;
            if (!isThere)
            {
                break;
            }

            ref Item item = ref _items[found];
            if (item.IsPut && !item.IsRemoved)
            {
                item.IsPlaced = true;
                AppendElement(ref result, ref length, item);
            }
        }

        foreach (ref Item item in _items.AsSpan(0, _count))
        {
            if (item.IsPut && !item.IsPlaced)
            {
                AppendElement(ref result, ref length, item);
            }

            item.IsPlaced = false;
        }

        return length;
    }

    /// <summary>The elements that are put, in order.</summary>
    /// <returns>Bytes of the result.</returns>
    internal int WritePuts(ref byte[] result)
    {
        int length = 0;
        foreach (ref readonly Item item in _items.AsSpan(0, _count))
        {
            if (item.IsPut)
            {
                AppendElement(ref result, ref length, item);
            }
        }

        return length;
    }

    /// <summary>The names that are taken out first.</summary>
    /// <returns>Bytes of the result.</returns>
    internal int WriteRemovals(ref byte[] result)
    {
        int length = 0;
        foreach (ref readonly Item item in _items.AsSpan(0, _count))
        {
            if (item.IsRemoved)
            {
                AppendBytes(ref result, ref length, NameOf(item));
            }
        }

        return length;
    }

    private static uint Hash(ReadOnlySpan<byte> name) => FoldHash.Compute(0, name);

    private ReadOnlySpan<byte> NameOf(in Item item) => _data.AsSpan(item.NameAt, item.NameLength);

    private ReadOnlySpan<byte> ValueOf(in Item item) => _data.AsSpan(item.ValueAt, item.ValueLength);

    private void Become(byte type)
    {
        if (Type != 0 && Type != type)
        {
            throw new InvalidDataException($"elements of type {type} in a collection of type {Type}");
        }

        Type = type;
    }

    private void Put(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        uint hash = Hash(name);
        int slot = FindSlot(name, hash);
        int found = _slots[slot] - 1;
        if (found >= 0 && _items[found].IsPut)
        {
            Replace(ref _items[found], value);
            CompactIfWorthwhile();
            return;
        }

        if (found < 0)
        {
            Add(slot, new Item { Hash = hash, NameAt = Store(name), NameLength = name.Length, ValueAt = Store(value), ValueLength = value.Length, IsPut = true });
            return;
        }

        // To the end of the order. The name stays where it lies.
        Item again = _items[found] with { ValueAt = Store(value), ValueLength = value.Length, IsPut = true };
        _items[found] = default;
        _dead++;
        Add(slot, again);
        CompactIfWorthwhile();
    }

    private void Remove(ReadOnlySpan<byte> name)
    {
        uint hash = Hash(name);
        int slot = FindSlot(name, hash);
        int found = _slots[slot] - 1;
        if (found < 0)
        {
            Add(slot, new Item { Hash = hash, NameAt = Store(name), NameLength = name.Length, IsRemoved = true });
            return;
        }

        ref Item item = ref _items[found];
        _garbageBytes += item.ValueLength;
        _puts -= item.IsPut ? 1 : 0;
        (item.IsPut, item.IsRemoved, item.ValueLength) = (false, true, 0);
        CompactIfWorthwhile();
    }

    private void Replace(ref Item item, ReadOnlySpan<byte> value)
    {
        if (value.Length <= item.ValueLength)
        {
            value.CopyTo(_data.AsSpan(item.ValueAt));
            _garbageBytes += item.ValueLength - value.Length;
        }
        else
        {
            _garbageBytes += item.ValueLength;
            item.ValueAt = Store(value);
        }

        item.ValueLength = value.Length;
    }

    private int Store(ReadOnlySpan<byte> bytes)
    {
        Grow.ToHold(ref _data, _dataLength, bytes.Length);
        bytes.CopyTo(_data.AsSpan(_dataLength));
        int at = _dataLength;
        _dataLength += bytes.Length;
        return at;
    }

    /// <summary>The item is the one that the slot knows from now on.</summary>
    private void Add(int slot, in Item item)
    {
        if (_count == _items.Length)
        {
            Array.Resize(ref _items, Math.Max(SlotsMin / 2, checked(2 * _count)));
        }

        _items[_count++] = item;
        _puts += item.IsPut ? 1 : 0;
        _slots[slot] = _count;
        if (_count > _slots.Length / 2)
        {
            Index(checked(2 * _slots.Length));
        }
    }

    private int FindSlot(ReadOnlySpan<byte> name, uint hash)
    {
        uint mask = (uint)_slots.Length - 1;
        for (uint slot = hash & mask; ; slot = (slot + 1) & mask)
        {
            int index = _slots[slot] - 1;
            if (index < 0 || (_items[index].Hash == hash && NameOf(_items[index]).SequenceEqual(name)))
            {
                return (int)slot;
            }
        }
    }

    private void Index(int slots)
    {
        _slots = new int[slots];
        uint mask = (uint)slots - 1;
        for (int index = 0; index < _count; index++)
        {
            if (_items[index].IsDead)
            {
                continue;
            }

            uint slot = _items[index].Hash & mask;
            while (_slots[slot] != 0)
            {
                slot = (slot + 1) & mask;
            }

            _slots[slot] = index + 1;
        }
    }

    private void CompactIfWorthwhile()
    {
        bool isWorthwhile = (_dead > CompactItemsMin && _dead > _count / 2) || (_garbageBytes > CompactBytesMin && _garbageBytes > _dataLength / 2);
        if (!isWorthwhile)
        {
            return;
        }

        byte[] data = GC.AllocateUninitializedArray<byte>(checked((int)(_dataLength - _garbageBytes)));
        int length = 0;
        int count = 0;
        for (int index = 0; index < _count; index++)
        {
            Item item = _items[index];
            if (item.IsDead)
            {
                continue;
            }

            NameOf(item).CopyTo(data.AsSpan(length));
            item.NameAt = length;
            length += item.NameLength;
            ValueOf(item).CopyTo(data.AsSpan(length));
            item.ValueAt = length;
            length += item.ValueLength;
            _items[count++] = item;
        }

        (_data, _dataLength, _garbageBytes, _count, _dead) = (data, length, 0, count, 0);
        Index(_slots.Length);
    }

    private void AppendElement(ref byte[] result, ref int length, in Item item)
    {
        AppendBytes(ref result, ref length, NameOf(item));
        AppendBytes(ref result, ref length, ValueOf(item));
    }

    private static void AppendBytes(ref byte[] result, ref int length, ReadOnlySpan<byte> bytes)
    {
        Grow.ToHold(ref result, length, Varint.Bytes32Max);
        length += Varint.Write(result.AsSpan(length), (uint)bytes.Length);
        Append(ref result, ref length, bytes);
    }

    private static void Append(ref byte[] result, ref int length, ReadOnlySpan<byte> bytes)
    {
        Grow.ToHold(ref result, length, bytes.Length);
        bytes.CopyTo(result.AsSpan(length));
        length += bytes.Length;
    }

    private struct Item
    {
        internal uint Hash;
        internal int NameAt;
        internal int NameLength;
        internal int ValueAt;
        internal int ValueLength;
        internal bool IsRemoved;
        internal bool IsPut;

        /// <summary>While it is applied to a collection: it has found its place.</summary>
        internal bool IsPlaced;

        internal readonly bool IsDead => !IsRemoved && !IsPut;
    }
}
