using System.Buffers.Binary;
using RespKv.Engine.Keyspace.Collections;

namespace RespKv.Engine.Keyspace;

/// <summary>
/// Writes and reads entries by address. A change that keeps an entry's shape (encoding, expiry or none, bytes of its
/// lengths, size class) happens in place; any other writes a new cell, and the caller moves the index to it before it
/// releases the old one. So a source that lies in the same slab is never overwritten before it is read.
/// </summary>
internal sealed class EntryStore(KeyspaceMemory memory)
{
    /// <summary>Appended strings double their room up to here, then get this much more at a time, as Redis's do.</summary>
    private const int RoomDoublingBytesMax = 1024 * 1024;

    private readonly LargeValues _large = new(memory);
    private CollectionTable? _collections;
    private long _bytes;

    public Slab Slab { get; } = new(memory);

    /// <summary>The collections that are too large to lie in a cell.</summary>
    public CollectionTable Collections => _collections ??= new CollectionTable(memory);

    public Span<byte> Cell(ulong address) => Slab.At(address);

    /// <summary>Reads the first lines of a cell, so that they are in the cache. Returns some of their bits.</summary>
    public ulong ReadAhead(ulong address)
    {
        ReadOnlySpan<byte> cell = Slab.At(address);
        return (ulong)cell[0] ^ cell[Math.Min(64, cell.Length - 1)];
    }

    public bool HasKey(ulong address, ReadOnlySpan<byte> key)
    {
        ReadOnlySpan<byte> cell = Slab.At(address);
        var layout = new EntryLayout(cell);
        return layout.KeyLength == key.Length && Key(cell, layout).SequenceEqual(key);
    }

    public ReadOnlySpan<byte> Key(ReadOnlySpan<byte> cell, scoped in EntryLayout layout)
        => layout.Header.Encoding == EntryEncoding.Large
            ? _large[layout.LargeNumber].AsSpan(0, layout.KeyLength)
            : cell.Slice(layout.KeyOffset, layout.KeyLength);

    /// <summary>The bytes of an inline or large value.</summary>
    public ReadOnlySpan<byte> Value(ReadOnlySpan<byte> cell, scoped in EntryLayout layout)
        => layout.Header.Encoding == EntryEncoding.Large
            ? _large[layout.LargeNumber].AsSpan(layout.KeyLength, layout.ValueLength)
            : cell.Slice(layout.ValueOffset, layout.ValueLength);

    /// <summary>Bytes of an entry's cell and array.</summary>
    public long Bytes(ulong address)
    {
        Span<byte> cell = Slab.At(address);
        var layout = new EntryLayout(cell);
        long bytes = Slab.CellBytes(address) + (CollectionOf(cell, layout)?.MemoryBytes ?? 0);
        return layout.Header.Encoding == EntryEncoding.Large
            ? bytes + _large[layout.LargeNumber].Length + LargeValues.OverheadBytes
            : bytes;
    }

    public ulong NewString(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, long expireAtMillis, uint clock)
    {
        var header = new EntryHeader(ValueType.String, EntryEncoding.Inline, expireAtMillis >= 0, isRaw: false, clock);
        ulong address = NewBytes(header, key, value.Length, value.Length, expireAtMillis, out Span<byte> target);
        value.CopyTo(target);
        return address;
    }

    public ulong NewInteger(ReadOnlySpan<byte> key, long value, long expireAtMillis, uint clock)
    {
        var header = new EntryHeader(ValueType.String, EntryEncoding.Integer, expireAtMillis >= 0, isRaw: false, clock);
        long cellBytes = header.CellBytes(key.Length, sizeof(long));
        if (cellBytes > SizeClasses.CellBytesMax)
        {
            // The key alone is too long for a cell; the value is kept as text beside it.
            Span<byte> text = stackalloc byte[CanonicalInteger.TextBytesMax];
            return NewString(key, text[..CanonicalInteger.Format(value, text)], expireAtMillis, clock);
        }

        ulong address = NewCell((int)cellBytes);
        Span<byte> cell = Slab.At(address);
        int keyOffset = EntryLayout.WriteHead(cell, header, expireAtMillis, key.Length, sizeof(long), largeNumber: 0);
        key.CopyTo(cell[keyOffset..]);
        CanonicalInteger.Write(cell[(keyOffset + key.Length)..], value);
        return address;
    }

    /// <summary>A new small collection (<see cref="PackedElements"/>). The caller has seen that it <see cref="FitsCell"/>.</summary>
    public ulong NewPacked(ValueType type, ReadOnlySpan<byte> key, ReadOnlySpan<byte> packed, long expireAtMillis, uint clock, bool isConverted)
    {
        var header = new EntryHeader(type, EntryEncoding.Inline, expireAtMillis >= 0, isConverted, clock);
        ulong address = NewBytes(header, key, packed.Length, packed.Length, expireAtMillis, out Span<byte> target);
        packed.CopyTo(target);
        return address;
    }

    /// <summary>Whether a key and a value of these lengths can be in a cell.</summary>
    public static bool FitsCell(int keyLength, int valueLength, bool hasExpiry)
        => new EntryHeader(ValueType.String, EntryEncoding.Inline, hasExpiry, isRaw: false, clock: 0).CellBytes(keyLength, valueLength) <= SizeClasses.CellBytesMax;

    /// <summary>A new entry for a collection of <see cref="Collections"/>.</summary>
    public ulong NewObject(ValueType type, ReadOnlySpan<byte> key, int number, long expireAtMillis, uint clock)
    {
        var header = new EntryHeader(type, EntryEncoding.Object, expireAtMillis >= 0, isRaw: false, clock);
        long cellBytes = header.CellBytes(key.Length, sizeof(long));
        if (cellBytes > SizeClasses.CellBytesMax)
        {
            Span<byte> bytes = stackalloc byte[sizeof(long)];
            BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
            header = new EntryHeader(type, EntryEncoding.Inline, expireAtMillis >= 0, isRaw: false, clock);
            ulong large = NewBytes(header, key, sizeof(long), sizeof(long), expireAtMillis, out Span<byte> value);
            bytes.CopyTo(value);
            return large;
        }

        ulong address = NewCell((int)cellBytes);
        Span<byte> cell = Slab.At(address);
        int keyOffset = EntryLayout.WriteHead(cell, header, expireAtMillis, key.Length, sizeof(long), largeNumber: 0);
        key.CopyTo(cell[keyOffset..]);
        BinaryPrimitives.WriteInt64LittleEndian(cell[(keyOffset + key.Length)..], number);
        return address;
    }

    /// <summary>The large collection that an entry holds; null when it is a string or lies packed in its cell.</summary>
    public Collection? CollectionOf(ReadOnlySpan<byte> cell, scoped in EntryLayout layout) => layout.Header.Encoding switch
    {
        EntryEncoding.Object => Collections[BinaryPrimitives.ReadInt32LittleEndian(cell[layout.ValueOffset..])],
        EntryEncoding.Large when layout.Header.Type != ValueType.String => Collections[BinaryPrimitives.ReadInt32LittleEndian(Value(cell, layout))],
        _ => null,
    };

    /// <summary>Sets the value of a packed collection in place if its cell can keep it.</summary>
    public bool TryOverwritePacked(ulong address, ReadOnlySpan<byte> packed, bool isConverted)
    {
        Span<byte> cell = Slab.At(address);
        var layout = new EntryLayout(cell);
        if (!KeepsCell(address, layout, packed.Length))
        {
            return false;
        }

        EntryHeader.WriteVarint(cell, layout.ValueLengthOffset, packed.Length);
        packed.CopyTo(cell[layout.ValueOffset..]);
        layout.Header.WithRaw(isConverted).Write(cell);
        return true;
    }

    /// <summary>A new entry from the bytes of its cell (<see cref="EntryImage"/>).</summary>
    public ulong NewFromImage(ReadOnlySpan<byte> image)
    {
        ulong address = NewCell(image.Length);
        image.CopyTo(Slab.At(address));
        return address;
    }

    /// <summary>A new string in an array of its own, which is taken over: the key, then the value.</summary>
    public ulong NewLarge(byte[] keyAndValue, int keyLength, long expireAtMillis, uint clock)
    {
        var header = new EntryHeader(ValueType.String, EntryEncoding.Large, expireAtMillis >= 0, isRaw: false, clock);
        int valueLength = keyAndValue.Length - keyLength;
        ulong stub = NewCell((int)header.CellBytes(keyLength, valueLength));
        EntryLayout.WriteHead(Slab.At(stub), header, expireAtMillis, keyLength, valueLength, _large.Add(keyAndValue));
        return stub;
    }

    /// <summary>A new string with zeros up to the offset, then these bytes.</summary>
    public ulong NewRange(ReadOnlySpan<byte> key, int offset, ReadOnlySpan<byte> bytes, uint clock)
    {
        int length = offset + bytes.Length;
        var header = new EntryHeader(ValueType.String, EntryEncoding.Inline, hasExpiry: false, isRaw: true, clock);
        ulong address = NewBytes(header, key, length, length, Database.NoExpiry, out Span<byte> value);
        value[..offset].Clear();
        bytes.CopyTo(value[offset..]);
        return address;
    }

    /// <summary>Sets a whole string in place if the entry keeps its shape.</summary>
    public bool TryOverwrite(ulong address, ReadOnlySpan<byte> value, long expireAtMillis)
    {
        Span<byte> cell = Slab.At(address);
        var layout = new EntryLayout(cell);
        EntryHeader header = layout.Header;
        if (header.Type != ValueType.String || header.HasExpiry != (expireAtMillis >= 0))
        {
            return false;
        }

        Span<byte> target;
        switch (header.Encoding)
        {
            case EntryEncoding.Inline when layout.ValueLength == value.Length && !header.IsRaw:
                target = cell.Slice(layout.ValueOffset, value.Length);
                break;
            case EntryEncoding.Inline when KeepsCell(address, layout, value.Length):
                EntryHeader.WriteVarint(cell, layout.ValueLengthOffset, value.Length);
                target = cell.Slice(layout.ValueOffset, value.Length);
                break;
            case EntryEncoding.Large when KeepsArray(layout, value.Length):
                BinaryPrimitives.WriteInt32LittleEndian(cell[layout.ValueLengthOffset..], value.Length);
                target = _large[layout.LargeNumber].AsSpan(layout.KeyLength, value.Length);
                break;
            default:
                return false;
        }

        value.CopyTo(target);
        FinishOverwrite(cell, header, expireAtMillis);
        return true;
    }

    /// <summary>Sets an integer in place if the entry keeps its shape.</summary>
    public bool TryOverwrite(ulong address, long value, long expireAtMillis)
    {
        Span<byte> cell = Slab.At(address);
        var layout = new EntryLayout(cell);
        EntryHeader header = layout.Header;
        if (header.Encoding != EntryEncoding.Integer || header.HasExpiry != (expireAtMillis >= 0))
        {
            return false;
        }

        CanonicalInteger.Write(cell[layout.ValueOffset..], value);
        FinishOverwrite(cell, header, expireAtMillis);
        return true;
    }

    /// <summary>
    /// Writes into a string. Returns where the entry is now; if that is elsewhere, the old cell is the caller's to release,
    /// but not its array.
    /// </summary>
    public ulong WriteRange(ulong address, int offset, ReadOnlySpan<byte> bytes)
    {
        Span<byte> cell = Slab.At(address);
        var layout = new EntryLayout(cell);
        Span<byte> text = stackalloc byte[CanonicalInteger.TextBytesMax];
        ReadOnlySpan<byte> old = layout.Header.Encoding == EntryEncoding.Integer
            ? text[..CanonicalInteger.Format(CanonicalInteger.Read(cell[layout.ValueOffset..]), text)]
            : Value(cell, layout);
        int length = Math.Max(old.Length, offset + bytes.Length);
        Span<byte> value;
        switch (layout.Header.Encoding)
        {
            case EntryEncoding.Inline when Fits(address, layout, length):
                EntryHeader.WriteVarint(cell, layout.ValueLengthOffset, length);
                value = cell.Slice(layout.ValueOffset, length);
                break;
            case EntryEncoding.Large:
                value = GrowArray(layout, length);
                BinaryPrimitives.WriteInt32LittleEndian(cell[layout.ValueLengthOffset..], length);
                break;
            default:
                var header = new EntryHeader(ValueType.String, EntryEncoding.Inline, layout.Header.HasExpiry, isRaw: true, layout.Header.Clock);
                address = NewBytes(header, Key(cell, layout), length, WithRoom(length), ExpireAt(cell, header), out value);
                old.CopyTo(value);
                cell = Slab.At(address);
                break;
        }

        // First the bytes: they may come from this value, and a part that is zeroed does not.
        bytes.CopyTo(value[offset..]);
        if (offset > old.Length)
        {
            value[old.Length..offset].Clear();
        }

        EntryHeader.Read(cell).WithRaw(true).Write(cell);
        return address;
    }

    /// <summary>Sets, changes or clears the expiry. Returns where the entry is now, as <see cref="WriteRange"/>.</summary>
    public ulong SetExpiry(ulong address, long expireAtMillis)
    {
        Span<byte> cell = Slab.At(address);
        EntryHeader header = EntryHeader.Read(cell);
        bool hasExpiry = expireAtMillis >= 0;
        if (header.HasExpiry == hasExpiry)
        {
            FinishExpiry(cell, header, expireAtMillis);
            return address;
        }

        var layout = new EntryLayout(cell);
        header = new EntryHeader(header.Type, header.Encoding, hasExpiry, header.IsRaw, header.Clock);
        switch (header.Encoding)
        {
            case EntryEncoding.Inline:
                address = NewBytes(header, Key(cell, layout), layout.ValueLength, layout.ValueLength, expireAtMillis, out Span<byte> value);
                Value(cell, layout).CopyTo(value);
                return address;
            case EntryEncoding.Integer:
                return NewInteger(Key(cell, layout), CanonicalInteger.Read(cell[layout.ValueOffset..]), expireAtMillis, header.Clock);
            case EntryEncoding.Object:
                return NewObject(header.Type, Key(cell, layout), BinaryPrimitives.ReadInt32LittleEndian(cell[layout.ValueOffset..]), expireAtMillis, header.Clock);
            default:
                address = NewCell((int)header.CellBytes(layout.KeyLength, layout.ValueLength));
                EntryLayout.WriteHead(Slab.At(address), header, expireAtMillis, layout.KeyLength, layout.ValueLength, layout.LargeNumber);
                return address;
        }
    }

    /// <summary>Frees a cell, and the array or the collection that it names unless another cell names it now.</summary>
    public void Release(ulong address, bool releaseLarge)
    {
        if (releaseLarge)
        {
            var layout = new EntryLayout(Slab.At(address));
            if (layout.Header.Type != ValueType.String)
            {
                ReleaseCollection(Slab.At(address), layout);
            }

            if (layout.Header.Encoding == EntryEncoding.Large)
            {
                _large.Remove(layout.LargeNumber);
            }
        }

        Count(-Slab.CellBytes(address));
        Slab.Free(address);
    }

    public void Clear()
    {
        Slab.Clear();
        _large.Clear();
        _collections?.Clear();
        Count(-_bytes);
    }

    private void ReleaseCollection(ReadOnlySpan<byte> cell, scoped in EntryLayout layout)
    {
        if (layout.Header.Encoding == EntryEncoding.Object)
        {
            Collections.Release(BinaryPrimitives.ReadInt32LittleEndian(cell[layout.ValueOffset..]));
        }
        else if (layout.Header.Encoding == EntryEncoding.Large)
        {
            Collections.Release(BinaryPrimitives.ReadInt32LittleEndian(Value(cell, layout)));
        }
    }

    private static long ExpireAt(ReadOnlySpan<byte> cell, EntryHeader header)
        => header.HasExpiry ? BinaryPrimitives.ReadInt64LittleEndian(cell[EntryHeader.ExpiryOffset..]) : Database.NoExpiry;

    private static void FinishExpiry(Span<byte> cell, EntryHeader header, long expireAtMillis)
    {
        if (header.HasExpiry)
        {
            BinaryPrimitives.WriteInt64LittleEndian(cell[EntryHeader.ExpiryOffset..], expireAtMillis);
        }
    }

    private static void FinishOverwrite(Span<byte> cell, EntryHeader header, long expireAtMillis)
    {
        FinishExpiry(cell, header, expireAtMillis);
        if (header.IsRaw)
        {
            header.WithRaw(false).Write(cell);
        }
    }

    private static int WithRoom(int length)
        => (int)Math.Min(Array.MaxLength, (long)length + Math.Min(length, RoomDoublingBytesMax));

    /// <summary>An entry for a value of a length, with room for more; inline if that fits a cell, else in an array.</summary>
    private ulong NewBytes(EntryHeader header, ReadOnlySpan<byte> key, int valueLength, int valueRoom, long expireAtMillis, out Span<byte> value)
    {
        long cellBytes = header.CellBytes(key.Length, valueLength);
        if (cellBytes <= SizeClasses.CellBytesMax)
        {
            long roomBytes = cellBytes + valueRoom - valueLength;
            ulong address = NewCell((int)Math.Min(roomBytes, SizeClasses.CellBytesMax));
            Span<byte> cell = Slab.At(address);
            int keyOffset = EntryLayout.WriteHead(cell, header, expireAtMillis, key.Length, valueLength, largeNumber: 0);
            key.CopyTo(cell[keyOffset..]);
            value = cell.Slice(keyOffset + key.Length, valueLength);
            return address;
        }

        byte[] array = NewArray(key.Length, valueRoom);
        key.CopyTo(array);
        value = array.AsSpan(key.Length, valueLength);
        header = new EntryHeader(header.Type, EntryEncoding.Large, header.HasExpiry, header.IsRaw, header.Clock);
        ulong stub = NewCell((int)header.CellBytes(key.Length, valueLength));
        EntryLayout.WriteHead(Slab.At(stub), header, expireAtMillis, key.Length, valueLength, _large.Add(array));
        return stub;
    }

    private static byte[] NewArray(int keyLength, int valueRoom)
        => GC.AllocateUninitializedArray<byte>((int)Math.Min(Array.MaxLength, (long)keyLength + valueRoom));

    private ulong NewCell(int bytes)
    {
        ulong address = Slab.Allocate(bytes);
        Count(Slab.CellBytes(address));
        return address;
    }

    /// <summary>Whether a whole value of this length belongs in the same cell: same bytes of length, same size class.</summary>
    private bool KeepsCell(ulong address, scoped in EntryLayout layout, int valueLength)
    {
        long cellBytes = layout.Header.CellBytes(layout.KeyLength, valueLength);
        return EntryHeader.VarintBytes(valueLength) == EntryHeader.VarintBytes(layout.ValueLength)
            && cellBytes <= SizeClasses.CellBytesMax
            && SizeClasses.ClassOf((int)cellBytes) == Slab.ClassAt(address);
    }

    /// <summary>Whether a string can have this length in the same cell.</summary>
    private bool Fits(ulong address, scoped in EntryLayout layout, int valueLength)
        => EntryHeader.VarintBytes(valueLength) == EntryHeader.VarintBytes(layout.ValueLength)
            && layout.Header.CellBytes(layout.KeyLength, valueLength) <= Slab.CellBytes(address);

    /// <summary>Whether a whole value of this length belongs in the same array: too long for a cell, and at most an eighth wasted.</summary>
    private bool KeepsArray(scoped in EntryLayout layout, int valueLength)
    {
        long needed = (long)layout.KeyLength + valueLength;
        int length = _large[layout.LargeNumber].Length;
        return needed <= length && needed >= length - (length >> 3) && needed > SizeClasses.CellBytesMax;
    }

    private Span<byte> GrowArray(scoped in EntryLayout layout, int valueLength)
    {
        byte[] array = _large[layout.LargeNumber];
        if (valueLength > array.Length - layout.KeyLength)
        {
            byte[] larger = NewArray(layout.KeyLength, WithRoom(valueLength));
            array.AsSpan(0, layout.KeyLength + layout.ValueLength).CopyTo(larger);
            _large.Replace(layout.LargeNumber, larger);
            array = larger;
        }

        return array.AsSpan(layout.KeyLength, valueLength);
    }

    private void Count(long bytes)
    {
        _bytes += bytes;
        memory.EntryBytes += bytes;
    }
}
