using RespKv.Engine.Keyspace;

namespace RespKv.Engine.Execution;

/// <summary>
/// What a write command may do. Each method emits one mutation into the command's WAL record and applies it to the keyspace,
/// in one call, so that memory and log cannot part (decision 1). All mutations of a command are one record, one LSN (decision 2).
/// A handler validates first and mutates then: once a mutation is emitted the command must go through.
/// </summary>
internal sealed class WriteContext(RespEngine engine) : ReadContext(engine)
{
    private protected override bool CountsLookups => false;

    /// <summary>Creates the key or replaces it whole. <paramref name="expireAtMillis"/> -1: no expiry. The value must not lie in the slab.</summary>
    public void SetString(in KeyRef key, ReadOnlySpan<byte> value, long expireAtMillis = -1) => SetString(Database, key, value, expireAtMillis);

    /// <inheritdoc cref="SetString(in KeyRef, ReadOnlySpan{byte}, long)"/>
    public void SetString(int database, in KeyRef key, ReadOnlySpan<byte> value, long expireAtMillis)
        => Engine.Mutator.SetString(database, key, value, expireAtMillis);

    /// <summary>Sets the decimal text of <paramref name="value"/>.</summary>
    public void SetInteger(in KeyRef key, long value, long expireAtMillis = -1) => Engine.Mutator.SetInteger(Database, key, value, expireAtMillis);

    /// <summary>Overwrites part of a string, extending it with zeros; creates the key when missing; keeps the expiry.</summary>
    public void WriteRange(in KeyRef key, long offset, ReadOnlySpan<byte> bytes) => Engine.Mutator.WriteRange(Database, key, offset, bytes);

    /// <summary>Deletes the key if it is there. False, and nothing logged, when it is not.</summary>
    public bool Delete(in KeyRef key) => Delete(Database, key);

    /// <inheritdoc cref="Delete(in KeyRef)"/>
    public bool Delete(int database, in KeyRef key) => Engine.Mutator.Delete(database, key);

    /// <summary>Sets or (-1) removes the expiry of an existing key.</summary>
    public void SetExpiry(in KeyRef key, long expireAtMillis) => Engine.Mutator.SetExpiry(Database, key, expireAtMillis);

    /// <summary>FLUSHDB.</summary>
    public void ClearDatabase(int database) => Engine.Mutator.ClearDatabase(database);

    /// <summary>FLUSHALL.</summary>
    public void ClearAll() => Engine.Mutator.ClearAll();

    public void SwapDatabases(int first, int second) => Engine.Mutator.SwapDatabases(first, second, NowMillis);

    /// <summary>The command has set what the key holds already: nothing to log, but whoever watches the key is told, as in Redis.</summary>
    public void Touch(in KeyRef key) => Engine.Mutator.Touch(Database, key);

    /// <summary>
    /// Copies the value of an existing key, whatever its type, over <paramref name="destination"/>. The source stays;
    /// the destination gets <paramref name="expireAtMillis"/>.
    /// </summary>
    public void CopyValue(int sourceDatabase, in KeyRef source, int destinationDatabase, in KeyRef destination, long expireAtMillis)
        => Engine.Mutator.CopyValue(sourceDatabase, source, destinationDatabase, destination, expireAtMillis);
}
