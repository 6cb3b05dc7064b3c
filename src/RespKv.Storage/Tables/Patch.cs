using RespKv.Storage.Mutations;

namespace RespKv.Storage.Tables;

/// <summary>
/// Changes of a value that is not known, in the order in which they were made:
/// <code>
/// patch  = change { change }
/// change = 0x02 n(offset) bytes(data) | 0x04 n(expiry)
/// </code>
/// The kinds are those of <see cref="MutationKind"/>, an expiry is 0 for none, else Unix milliseconds + 1.
/// </summary>
public static class Patch
{
    private const int KindBytes = 1;

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

    /// <summary>True when the bytes are one change or more, and each one that can be applied.</summary>
    public static bool IsWellFormed(ReadOnlySpan<byte> patch)
    {
        var reader = new PatchReader(patch);
        bool any = false;
        try
        {
            while (reader.Read())
            {
                any = true;
            }
        }
        catch (InvalidDataException)
        {
            return false;
        }

        return any;
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

    /// <summary>WriteRange or SetExpiry.</summary>
    public MutationKind Kind { get; private set; }

    /// <summary>Of WriteRange, in bytes; offset and data together fit an array.</summary>
    public int Offset { get; private set; }

    /// <summary>Of WriteRange; points into the patch.</summary>
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
        Offset = 0;
        Data = default;
        ExpireAtMillis = MutationWriter.NoExpiry;
        switch (Kind)
        {
            case MutationKind.WriteRange:
                Offset = (int)ReadNumber((ulong)Array.MaxLength, "offset");
                int length = (int)ReadNumber((ulong)(Array.MaxLength - Offset), "length");
                if (length > _rest.Length)
                {
                    throw new InvalidDataException($"patch: a change of {length} bytes, {_rest.Length} are left");
                }

                Data = _rest[..length];
                _rest = _rest[length..];
                break;
            case MutationKind.SetExpiry:
                ExpireAtMillis = (long)ReadNumber(1UL << 63, "expiry") - 1;
                break;
            default:
                throw new InvalidDataException($"patch: change kind {(int)Kind} is not known");
        }

        return true;
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
