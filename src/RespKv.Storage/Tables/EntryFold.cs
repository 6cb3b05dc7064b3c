using RespKv.Storage.Mutations;

namespace RespKv.Storage.Tables;

/// <summary>
/// Folds what happened to one key, oldest first, into one entry. Its meaning is that of replaying the mutations one by
/// one (D7): a write into nothing creates a string of zeros without expiry, elements put into nothing a collection without
/// expiry; an expiry for nothing is nothing, and so are names taken out of nothing. A collection without elements is nothing. While
/// nothing is known of the key, changes are gathered as a patch. One thread.
///
/// Invariant: what happens to elements of a known collection waits in the patch until somebody looks: it is applied once, however
/// many changes there are.
/// </summary>
public sealed class EntryFold
{
    private readonly PatchFold _patch = new();
    private TableEntryKind _kind;
    private byte _type;
    private long _expireAtMillis;
    private byte[] _value = [];
    private int _length;
    private byte[] _spare = [];

    /// <summary>False when nothing was applied since the last reset: the key is as older tables say.</summary>
    public bool HasEntry { get; private set; }

    /// <summary>What came of it. The bytes are valid until the next call that changes it.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    /// <exception cref="InvalidDataException">As <see cref="Settle"/>.</exception>
    public TableEntry Entry
    {
        get
        {
            if (!HasEntry)
            {
                throw new InvalidOperationException("nothing was applied");
            }

            Settle();
            return _kind switch
            {
                TableEntryKind.Value when !IsEmptyCollection => new TableEntry(_kind, _type, _expireAtMillis, _value.AsSpan(0, _length)),
                TableEntryKind.Patch => new TableEntry(_kind, 0, MutationWriter.NoExpiry, _patch.Encode()),
                _ => new TableEntry(TableEntryKind.Tombstone, 0, MutationWriter.NoExpiry, default),
            };
        }
    }

    private bool IsEmptyCollection => ElementTypes.Contains(_type) && _length == 0;

    /// <summary>Begins another key. Buffers stay, huge ones go.</summary>
    public void Reset()
    {
        HasEntry = false;
        _patch.Clear();
        Grow.Trim(ref _value, 0);
        Grow.Trim(ref _spare, 0);
    }

    /// <summary>The value and the expiry are exactly these, whatever was before.</summary>
    public void Set(byte type, long expireAtMillis, ReadOnlySpan<byte> value)
    {
        ArgumentOutOfRangeException.ThrowIfZero(type);
        ArgumentOutOfRangeException.ThrowIfLessThan(expireAtMillis, MutationWriter.NoExpiry);
        Become(TableEntryKind.Value);
        Grow.Afresh(ref _value, value.Length);
        value.CopyTo(_value);
        (_length, _type, _expireAtMillis) = (value.Length, type, expireAtMillis);
    }

    public void Delete() => Become(TableEntryKind.Tombstone);

    /// <summary>Bytes from an offset on; a gap becomes zeros, and empty data only extends.</summary>
    /// <exception cref="InvalidDataException">The result does not fit an array, or the value is not a string.</exception>
    public void WriteRange(long offset, ReadOnlySpan<byte> data)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        if (offset > Array.MaxLength - data.Length)
        {
            throw new InvalidDataException($"{data.Length} bytes at offset {offset} do not fit a string");
        }

        if (!HasEntry)
        {
            Become(TableEntryKind.Patch);
        }

        if (_kind == TableEntryKind.Patch)
        {
            _patch.WriteRange((int)offset, data);
            return;
        }

        if (_kind == TableEntryKind.Tombstone)
        {
            Set(TableEntry.StringType, MutationWriter.NoExpiry, default);
        }

        WriteIntoValue((int)offset, data);
    }

    /// <summary>Elements get these values: known ones keep their place, new ones go to the end.</summary>
    /// <exception cref="InvalidDataException">They are malformed, or the value is of another type.</exception>
    public void PutElements(byte type, ReadOnlySpan<byte> elements)
    {
        if (!HasEntry)
        {
            Become(TableEntryKind.Patch);
        }

        if (_kind == TableEntryKind.Tombstone)
        {
            Set(type, MutationWriter.NoExpiry, default);
        }

        MustBe(type);
        _patch.PutElements(type, elements);
    }

    /// <summary>Takes those elements out that are there.</summary>
    /// <exception cref="InvalidDataException">They are malformed, or the value is of another type.</exception>
    public void RemoveElements(byte type, ReadOnlySpan<byte> names)
    {
        if (!HasEntry)
        {
            Become(TableEntryKind.Patch);
        }

        if (_kind != TableEntryKind.Tombstone)
        {
            MustBe(type);
            _patch.RemoveElements(type, names);
        }
    }

    /// <summary>The expiry of an existing key; -1 takes it away.</summary>
    public void SetExpiry(long expireAtMillis)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(expireAtMillis, MutationWriter.NoExpiry);
        if (!HasEntry)
        {
            Become(TableEntryKind.Patch);
        }

        if (_kind == TableEntryKind.Patch)
        {
            _patch.SetExpiry(expireAtMillis);
        }
        else if (_kind == TableEntryKind.Value)
        {
            _expireAtMillis = expireAtMillis;
        }
    }

    /// <summary>An entry that is newer than all that was applied.</summary>
    /// <exception cref="InvalidDataException">A patch that is not one, or does not fit the value.</exception>
    public void Apply(in TableEntry newer)
    {
        switch (newer.Kind)
        {
            case TableEntryKind.Value:
                Set(newer.Type, newer.ExpireAtMillis, newer.Bytes);
                break;
            case TableEntryKind.Tombstone:
                Delete();
                break;
            case TableEntryKind.Patch:
                ApplyPatch(newer.Bytes);
                break;
            default:
                throw new InvalidDataException($"entry kind {(int)newer.Kind} is not known");
        }
    }

    /// <summary>Says that nothing older exists: a patch becomes a value or nothing, a tombstone nothing.</summary>
    /// <returns>False when nothing is left.</returns>
    public bool ResolveAtBottom()
    {
        if (HasEntry && _kind == TableEntryKind.Patch && _patch.Elements.HasPuts)
        {
            (_type, _expireAtMillis) = (_patch.Type, _patch.ExpiryOfCreated);
            (_kind, _length) = (TableEntryKind.Value, 0);
        }
        else if (HasEntry && _kind == TableEntryKind.Patch && _patch.CreatesKey)
        {
            Grow.Afresh(ref _value, _patch.ValueBytes);
            _length = _patch.ValueBytes;
            _patch.Resolve(_value.AsSpan(0, _length));
            (_type, _expireAtMillis) = (TableEntry.StringType, _patch.ExpiryOfCreated);
            Become(TableEntryKind.Value);
        }

        Settle();
        HasEntry = HasEntry && _kind == TableEntryKind.Value && !IsEmptyCollection;
        return HasEntry;
    }

    /// <summary>Applies what waits to be.</summary>
    /// <exception cref="InvalidDataException">The value that was set first is malformed, or the result does not fit an array.</exception>
    internal void Settle()
    {
        if (HasEntry && _kind == TableEntryKind.Value && !_patch.Elements.IsEmpty)
        {
            _length = _patch.Elements.ApplyTo(_value.AsSpan(0, _length), ref _spare);
            (_value, _spare) = (_spare, _value);
            _patch.Clear();
            Grow.Trim(ref _spare, 0);
        }
    }

    private void Become(TableEntryKind kind)
    {
        HasEntry = true;
        _kind = kind;
        _patch.Clear();
    }

    internal void ApplyPatch(ReadOnlySpan<byte> patch)
    {
        var reader = new PatchReader(patch);
        while (reader.Read())
        {
            switch (reader.Kind)
            {
                case MutationKind.WriteRange:
                    WriteRange(reader.Offset, reader.Data);
                    break;
                case MutationKind.PutElements:
                    PutElements(reader.Type, reader.Data);
                    break;
                case MutationKind.RemoveElements:
                    RemoveElements(reader.Type, reader.Data);
                    break;
                default:
                    SetExpiry(reader.ExpireAtMillis);
                    break;
            }
        }
    }

    private void MustBe(byte type)
    {
        if (_kind == TableEntryKind.Value && _type != type)
        {
            throw new InvalidDataException($"a value of type {_type} has no elements of type {type}");
        }
    }

    private void WriteIntoValue(int offset, ReadOnlySpan<byte> data)
    {
        if (_type != TableEntry.StringType)
        {
            throw new InvalidDataException($"a value of type {_type} cannot be written in part");
        }

        int end = offset + data.Length;
        if (end > _length)
        {
            Grow.ToHold(ref _value, _length, end - _length);
            if (offset > _length)
            {
                _value.AsSpan(_length, offset - _length).Clear();
            }

            _length = end;
        }

        data.CopyTo(_value.AsSpan(offset));
    }
}
