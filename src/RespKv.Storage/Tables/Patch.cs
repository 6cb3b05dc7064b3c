using RespKv.Storage.Mutations;

namespace RespKv.Storage.Tables;

/// <summary>
/// Changes of a value that is not known, in the order in which they were made:
/// <code>
/// patch  = change { change }
/// change = 0x02 n(offset) bytes(data) | 0x04 n(expiry) | 0x08 u8 type bytes(elements) | 0x09 u8 type bytes(names)
/// </code>
/// The kinds are those of <see cref="MutationKind"/>, an expiry is 0 for none, else Unix milliseconds + 1, elements and names are as
/// in <see cref="ElementBuffer"/>. All changes of one patch but those of the expiry are of one type.
/// </summary>
public static class Patch
{
    private const int KindBytes = 1;
    private const int TypeBytes = 1;

    /// <summary>Most bytes that <see cref="WriteSetExpiry"/> writes.</summary>
    public const int SetExpiryBytesMax = KindBytes + Varint.Bytes64Max;

    /// <summary>Most bytes that <see cref="WriteWriteRange"/> writes for so much data.</summary>
    public static int WriteRangeBytesMax(int dataBytes) => checked(KindBytes + Varint.Bytes64Max + Varint.Bytes32Max + dataBytes);

    /// <summary>Returns the bytes written.</summary>
    public static int WriteWriteRange(Span<byte> destination, long offset, ReadOnlySpan<byte> data)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        destination[0] = (byte)MutationKind.WriteRange;
        int at = KindBytes;
        at += Varint.Write(destination[at..], (ulong)offset);
        at += Varint.Write(destination[at..], (uint)data.Length);
        data.CopyTo(destination[at..]);
        return at + data.Length;
    }

    /// <summary>Returns the bytes written. <paramref name="expireAtMillis"/>: -1 takes the expiry away.</summary>
    public static int WriteSetExpiry(Span<byte> destination, long expireAtMillis)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(expireAtMillis, MutationWriter.NoExpiry);
        destination[0] = (byte)MutationKind.SetExpiry;
        return KindBytes + Varint.Write(destination[KindBytes..], (ulong)expireAtMillis + 1);
    }

    /// <summary>Most bytes that <see cref="WritePutElements"/> and <see cref="WriteRemoveElements"/> write for so many of elements or names.</summary>
    public static int ElementsBytesMax(int elementsBytes) => checked(KindBytes + TypeBytes + Varint.Bytes32Max + elementsBytes);

    /// <summary>Returns the bytes written.</summary>
    public static int WritePutElements(Span<byte> destination, byte type, ReadOnlySpan<byte> elements)
        => WriteElements(destination, MutationKind.PutElements, type, elements);

    /// <summary>Returns the bytes written.</summary>
    public static int WriteRemoveElements(Span<byte> destination, byte type, ReadOnlySpan<byte> names)
        => WriteElements(destination, MutationKind.RemoveElements, type, names);

    /// <summary>True when the bytes are one change or more, each one that can be applied, and all of one type.</summary>
    public static bool IsWellFormed(ReadOnlySpan<byte> patch)
    {
        var reader = new PatchReader(patch);
        bool any = false;
        byte type = 0;
        try
        {
            while (reader.Read())
            {
                if (type != 0 && reader.Type != 0 && reader.Type != type)
                {
                    return false;
                }

                type = reader.Type != 0 ? reader.Type : type;
                any = true;
            }
        }
        catch (InvalidDataException)
        {
            return false;
        }

        return any;
    }

    /// <summary>Whether a key comes of the patch where there was none. It is well-formed.</summary>
    public static bool CreatesKey(ReadOnlySpan<byte> patch)
    {
        var reader = new PatchReader(patch);
        while (reader.Read())
        {
            if (reader.Kind is MutationKind.WriteRange or MutationKind.PutElements)
            {
                return true;
            }
        }

        return false;
    }

    private static int WriteElements(Span<byte> destination, MutationKind kind, byte type, ReadOnlySpan<byte> elements)
    {
        destination[0] = (byte)kind;
        destination[KindBytes] = type;
        int at = KindBytes + TypeBytes;
        at += Varint.Write(destination[at..], (uint)elements.Length);
        elements.CopyTo(destination[at..]);
        return at + elements.Length;
    }
}

/// <summary>Reads the changes of a <see cref="Patch"/>. Allocates nothing.</summary>
public ref struct PatchReader
{
    private ReadOnlySpan<byte> _rest;

    public PatchReader(ReadOnlySpan<byte> patch)
    {
        _rest = patch;
    }

    /// <summary>WriteRange, SetExpiry, PutElements or RemoveElements.</summary>
    public MutationKind Kind { get; private set; }

    /// <summary>Of the value that is changed; 0 of SetExpiry.</summary>
    public byte Type { get; private set; }

    /// <summary>Of WriteRange, in bytes; offset and data together fit an array.</summary>
    public int Offset { get; private set; }

    /// <summary>Of WriteRange; of PutElements the elements, of RemoveElements the names, well-formed. Points into the patch.</summary>
    public ReadOnlySpan<byte> Data { get; private set; }

    /// <summary>Of SetExpiry: Unix milliseconds, or -1 for none.</summary>
    public long ExpireAtMillis { get; private set; }

    /// <summary>Goes to the next change; false at the end.</summary>
    /// <exception cref="InvalidDataException">The bytes are not a change.</exception>
    public bool Read()
    {
        if (_rest.IsEmpty)
        {
            return false;
        }

        Kind = (MutationKind)_rest[0];
        _rest = _rest[1..];
        Type = 0;
        Offset = 0;
        Data = default;
        ExpireAtMillis = MutationWriter.NoExpiry;
        switch (Kind)
        {
            case MutationKind.WriteRange:
                Type = TableEntry.StringType;
                Offset = (int)ReadNumber((ulong)Array.MaxLength, "offset");
                Data = ReadBytes(Array.MaxLength - Offset);
                break;
            case MutationKind.SetExpiry:
                ExpireAtMillis = (long)ReadNumber(1UL << 63, "expiry") - 1;
                break;
            case MutationKind.PutElements:
            case MutationKind.RemoveElements:
                Type = ReadType();
                Data = ReadElements();
                break;
            default:
                throw new InvalidDataException($"patch: change kind {(int)Kind} is not known");
        }

        return true;
    }

    private byte ReadType()
    {
        if (_rest.IsEmpty || !ElementTypes.Contains(_rest[0]))
        {
            throw new InvalidDataException($"patch: {Kind} is of {(_rest.IsEmpty ? "no type" : $"type {_rest[0]}")}");
        }

        byte type = _rest[0];
        _rest = _rest[1..];
        return type;
    }

    private ReadOnlySpan<byte> ReadElements()
    {
        ReadOnlySpan<byte> bytes = ReadBytes(Array.MaxLength);
        bool isSound = Kind == MutationKind.PutElements ? ElementReader.AreElements(bytes) : ElementReader.AreNames(bytes);
        return isSound ? bytes : throw new InvalidDataException($"patch: {Kind} with {bytes.Length} bytes that are not elements");
    }

    private ReadOnlySpan<byte> ReadBytes(int bytesMax)
    {
        int length = (int)ReadNumber((ulong)bytesMax, "length");
        if (length > _rest.Length)
        {
            throw new InvalidDataException($"patch: a change of {length} bytes, {_rest.Length} are left");
        }

        ReadOnlySpan<byte> bytes = _rest[..length];
        _rest = _rest[length..];
        return bytes;
    }

    private ulong ReadNumber(ulong max, string what)
    {
        int bytes = Varint.Read(_rest, out ulong value);
        if (bytes == 0 || value > max)
        {
            throw new InvalidDataException($"patch: malformed {what}");
        }

        _rest = _rest[bytes..];
        return value;
    }
}
