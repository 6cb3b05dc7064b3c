using RespKv.Engine.Keyspace;

namespace RespKv.TestKit.Measuring;

/// <summary>One database of the keyspace, its index and its slab, by itself. Every call hashes its key, as a command does once.</summary>
public sealed class MeasuredKeyspace
{
    private readonly Database _database = new(new KeyspaceMemory());

    public long Count => _database.Count;

    /// <summary>Creates or overwrites; in place when the value keeps its size.</summary>
    public void Set(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
        => _database.SetString(key, KeyHash.Compute(key), value, Database.NoExpiry);

    /// <summary>Bytes of the value, -1 when there is no such key.</summary>
    public long Find(ReadOnlySpan<byte> key)
    {
        Entry entry = _database.Find(key, KeyHash.Compute(key));
        return entry.Exists ? _database.StringLength(entry) : -1;
    }

    /// <summary>Returns whether the key was there.</summary>
    public bool Delete(ReadOnlySpan<byte> key) => _database.Delete(key, KeyHash.Compute(key));
}
