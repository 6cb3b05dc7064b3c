namespace RespKv.Storage.Mutations;

/// <summary>
/// Reads the mutations of one record, as <see cref="MutationWriter"/> wrote them. Fields that the kind does not have are
/// left at their defaults. Allocates nothing.
/// </summary>
public ref struct MutationReader
{
    private ReadOnlySpan<byte> _rest;

    public MutationReader(ReadOnlySpan<byte> record)
    {
        _rest = record;
    }

    public MutationKind Kind { get; private set; }

    public int Database { get; private set; }

    /// <summary>The second one of SwapDatabases.</summary>
    public int OtherDatabase { get; private set; }

    /// <summary>Points into the record.</summary>
    public ReadOnlySpan<byte> Key { get; private set; }

    /// <summary>Of PutElements and RemoveElements: one of <see cref="ElementTypes"/>.</summary>
    public byte Type { get; private set; }

    /// <summary>Of Set and WriteRange; of PutElements the elements, of RemoveElements the names, well-formed. Points into the record.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>Of WriteRange, in bytes.</summary>
    public long Offset { get; private set; }

    /// <summary>Of Set and SetExpiry: Unix milliseconds, or <see cref="MutationWriter.NoExpiry"/>.</summary>
    public long ExpireAtMillis { get; private set; }

    /// <summary>Goes to the next mutation.</summary>
    /// <returns>False at the end of the record.</returns>
    /// <exception cref="InvalidDataException">The bytes are not a mutation.</exception>
    public bool Read()
    {
        if (_rest.IsEmpty)
        {
            return false;
        }

        Kind = (MutationKind)_rest[0];
        _rest = _rest[1..];
        Database = 0;
        OtherDatabase = 0;
        Key = default;
        Type = 0;
        Value = default;
        Offset = 0;
        ExpireAtMillis = MutationWriter.NoExpiry;
        switch (Kind)
        {
            case MutationKind.Set:
                Database = ReadDatabase();
                Key = ReadBytes();
                ExpireAtMillis = ReadExpiry();
                Value = ReadBytes();
                break;
            case MutationKind.WriteRange:
                Database = ReadDatabase();
                Key = ReadBytes();
                Offset = (long)ReadNumber(long.MaxValue, "offset");
                Value = ReadBytes();
                break;
            case MutationKind.Delete:
                Database = ReadDatabase();
                Key = ReadBytes();
                break;
            case MutationKind.SetExpiry:
                Database = ReadDatabase();
                Key = ReadBytes();
                ExpireAtMillis = ReadExpiry();
                break;
            case MutationKind.ClearDatabase:
                Database = ReadDatabase();
                break;
            case MutationKind.ClearAll:
                break;
            case MutationKind.SwapDatabases:
                Database = ReadDatabase();
                OtherDatabase = ReadDatabase();
                break;
            case MutationKind.PutElements:
            case MutationKind.RemoveElements:
                Database = ReadDatabase();
                Key = ReadBytes();
                Type = ReadType();
                Value = ReadElements();
                break;
            default:
                throw new InvalidDataException($"mutation kind {(int)Kind} is not known");
        }

        return true;
    }

    private int ReadDatabase() => (int)ReadNumber(int.MaxValue, "database");

    private long ReadExpiry() => (long)ReadNumber(1UL << 63, "expiry") - 1;

    private byte ReadType()
    {
        if (_rest.IsEmpty || !ElementTypes.Contains(_rest[0]))
        {
            throw new InvalidDataException($"mutation {Kind} is of {(_rest.IsEmpty ? "no type" : $"type {_rest[0]}")}");
        }

        byte type = _rest[0];
        _rest = _rest[1..];
        return type;
    }

    private ReadOnlySpan<byte> ReadElements()
    {
        ReadOnlySpan<byte> bytes = ReadBytes();
        bool isSound = Kind == MutationKind.PutElements ? ElementReader.AreElements(bytes) : ElementReader.AreNames(bytes);
        return isSound ? bytes : throw new InvalidDataException($"mutation {Kind}: {bytes.Length} bytes that are not elements");
    }

    private ReadOnlySpan<byte> ReadBytes()
    {
        int length = (int)ReadNumber(int.MaxValue, "length");
        if (length > _rest.Length)
        {
            throw new InvalidDataException($"mutation {Kind} wants {length} bytes, the record has {_rest.Length} left");
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
            throw new InvalidDataException($"mutation {Kind}: malformed {what}");
        }

        _rest = _rest[bytes..];
        return value;
    }
}
