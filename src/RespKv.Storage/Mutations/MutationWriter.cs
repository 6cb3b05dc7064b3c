using RespKv.Storage.Wal;

namespace RespKv.Storage.Mutations;

/// <summary>
/// Encodes mutations into the open record of a batch. Grammar, with <c>n</c> a varint and <c>bytes</c> a varint length
/// and that many bytes:
/// <code>
/// Set           1 n(database) bytes(key) n(expiry) bytes(value)
/// WriteRange    2 n(database) bytes(key) n(offset) bytes(value)
/// Delete        3 n(database) bytes(key)
/// SetExpiry     4 n(database) bytes(key) n(expiry)
/// ClearDatabase 5 n(database)
/// ClearAll      6
/// SwapDatabases 7 n(database) n(database)
/// PutElements   8 n(database) bytes(key) type bytes(elements)
/// RemoveElements 9 n(database) bytes(key) type bytes(names)
/// </code>
/// Elements and names as in <see cref="ElementBuffer"/>, at least one; the type is a byte. An expiry is 0 for none, else Unix milliseconds + 1. Databases are not negative.
/// </summary>
public static class MutationWriter
{
    /// <summary>For an expiry: the key lives until it is deleted.</summary>
    public const long NoExpiry = -1;

    private const int KindBytes = 1;
    private const int TypeBytes = 1;
    private const int DatabaseKeyBytesMax = KindBytes + Varint.Bytes32Max + Varint.Bytes32Max;

    /// <summary>The key holds exactly this value with exactly this expiry.</summary>
    public static void Set(WalBatch batch, int database, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, long expireAtMillis)
    {
        ulong expiry = EncodeExpiry(expireAtMillis);
        int bytesMax = checked(DatabaseKeyBytesMax + Varint.Bytes64Max + Varint.Bytes32Max + key.Length + value.Length);
        Span<byte> span = batch.Reserve(bytesMax);
        int at = WriteKey(span, MutationKind.Set, database, key);
        at += Varint.Write(span[at..], expiry);
        at += WriteBytes(span[at..], value);
        batch.Advance(at);
    }

    /// <summary>Bytes of a string value from an offset on; a gap becomes zeros, a missing key is created, the expiry stays.</summary>
    public static void WriteRange(WalBatch batch, int database, ReadOnlySpan<byte> key, long offset, ReadOnlySpan<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        int bytesMax = checked(DatabaseKeyBytesMax + Varint.Bytes64Max + Varint.Bytes32Max + key.Length + bytes.Length);
        Span<byte> span = batch.Reserve(bytesMax);
        int at = WriteKey(span, MutationKind.WriteRange, database, key);
        at += Varint.Write(span[at..], (ulong)offset);
        at += WriteBytes(span[at..], bytes);
        batch.Advance(at);
    }

    public static void Delete(WalBatch batch, int database, ReadOnlySpan<byte> key)
    {
        Span<byte> span = batch.Reserve(checked(DatabaseKeyBytesMax + key.Length));
        batch.Advance(WriteKey(span, MutationKind.Delete, database, key));
    }

    /// <summary>The expiry of an existing key; <see cref="NoExpiry"/> takes it away.</summary>
    public static void SetExpiry(WalBatch batch, int database, ReadOnlySpan<byte> key, long expireAtMillis)
    {
        ulong expiry = EncodeExpiry(expireAtMillis);
        Span<byte> span = batch.Reserve(checked(DatabaseKeyBytesMax + Varint.Bytes64Max + key.Length));
        int at = WriteKey(span, MutationKind.SetExpiry, database, key);
        at += Varint.Write(span[at..], expiry);
        batch.Advance(at);
    }

    public static void ClearDatabase(WalBatch batch, int database)
    {
        Span<byte> span = batch.Reserve(KindBytes + Varint.Bytes32Max);
        batch.Advance(WriteDatabase(span, MutationKind.ClearDatabase, database));
    }

    public static void ClearAll(WalBatch batch)
    {
        batch.Reserve(KindBytes)[0] = (byte)MutationKind.ClearAll;
        batch.Advance(KindBytes);
    }

    public static void SwapDatabases(WalBatch batch, int databaseA, int databaseB)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(databaseB);
        Span<byte> span = batch.Reserve(KindBytes + Varint.Bytes32Max + Varint.Bytes32Max);
        int at = WriteDatabase(span, MutationKind.SwapDatabases, databaseA);
        at += Varint.Write(span[at..], (uint)databaseB);
        batch.Advance(at);
    }

    /// <summary>Elements of a collection get these values; a missing key is created, the expiry stays.</summary>
    /// <param name="batch">Has an open record.</param>
    /// <param name="database">Number.</param>
    /// <param name="key">The key.</param>
    /// <param name="type">One of <see cref="ElementTypes"/>.</param>
    /// <param name="elements">At least one, as in <see cref="ElementBuffer"/>.</param>
    public static void PutElements(WalBatch batch, int database, ReadOnlySpan<byte> key, byte type, ReadOnlySpan<byte> elements)
        => WriteElements(batch, MutationKind.PutElements, database, key, type, elements);

    /// <summary>Elements of a collection are taken out. When it is empty then, a Delete has to follow in the same record.</summary>
    /// <param name="batch">Has an open record.</param>
    /// <param name="database">Number.</param>
    /// <param name="key">The key.</param>
    /// <param name="type">One of <see cref="ElementTypes"/>.</param>
    /// <param name="names">At least one, as in <see cref="ElementBuffer"/>.</param>
    public static void RemoveElements(WalBatch batch, int database, ReadOnlySpan<byte> key, byte type, ReadOnlySpan<byte> names)
        => WriteElements(batch, MutationKind.RemoveElements, database, key, type, names);

    private static void WriteElements(WalBatch batch, MutationKind kind, int database, ReadOnlySpan<byte> key, byte type, ReadOnlySpan<byte> elements)
    {
        if (!ElementTypes.Contains(type) || elements.IsEmpty)
        {
            throw new ArgumentException($"{kind} with {elements.Length} bytes of elements, type {type}", nameof(elements));
        }

        int bytesMax = checked(DatabaseKeyBytesMax + TypeBytes + Varint.Bytes32Max + key.Length + elements.Length);
        Span<byte> span = batch.Reserve(bytesMax);
        int at = WriteKey(span, kind, database, key);
        span[at++] = type;
        at += WriteBytes(span[at..], elements);
        batch.Advance(at);
    }

    private static ulong EncodeExpiry(long expireAtMillis)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(expireAtMillis, NoExpiry);
        return (ulong)expireAtMillis + 1;
    }

    private static int WriteDatabase(Span<byte> span, MutationKind kind, int database)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(database);
        span[0] = (byte)kind;
        return KindBytes + Varint.Write(span[KindBytes..], (uint)database);
    }

    private static int WriteKey(Span<byte> span, MutationKind kind, int database, ReadOnlySpan<byte> key)
    {
        int at = WriteDatabase(span, kind, database);
        return at + WriteBytes(span[at..], key);
    }

    private static int WriteBytes(Span<byte> span, ReadOnlySpan<byte> bytes)
    {
        int at = Varint.Write(span, (uint)bytes.Length);
        bytes.CopyTo(span[at..]);
        return at + bytes.Length;
    }
}
