using RespKv.Engine.Sessions;

namespace RespKv.Engine.Execution;

/// <summary>One client watching one key. Its place in the key's chain belongs to <see cref="KeyWatches"/>.</summary>
internal sealed class Watch(Session session, WatchedKey key)
{
    public Session Session { get; } = session;

    public WatchedKey Key { get; } = key;

    /// <summary>It had expired when it was watched, and is still there: it counts as missing.</summary>
    public bool WasExpired { get; set; }

    public Watch? Previous { get; set; }

    public Watch? Next { get; set; }
}

/// <summary>A key under the number of its database, of which there is a copy.</summary>
internal readonly record struct WatchedKey(int Database, ulong Hash, byte[] Bytes);

/// <summary>A key under the number of its database.</summary>
internal readonly ref struct KeyPlace(int database, KeyRef key)
{
    public readonly int Database = database;
    public readonly KeyRef Key = key;
}

/// <summary>Compares keys by their bytes, and finds one without a copy of it.</summary>
internal sealed class WatchedKeyComparer : IEqualityComparer<WatchedKey>, IAlternateEqualityComparer<KeyPlace, WatchedKey>
{
    public static readonly WatchedKeyComparer Instance = new();

    public bool Equals(WatchedKey x, WatchedKey y) => x.Database == y.Database && x.Hash == y.Hash && x.Bytes.AsSpan().SequenceEqual(y.Bytes);

    public int GetHashCode(WatchedKey obj) => HashCode(obj.Database, obj.Hash);

    public bool Equals(KeyPlace alternate, WatchedKey other)
        => alternate.Database == other.Database && alternate.Key.Hash == other.Hash && alternate.Key.Bytes.SequenceEqual(other.Bytes);

    public int GetHashCode(KeyPlace alternate) => HashCode(alternate.Database, alternate.Key.Hash);

    public WatchedKey Create(KeyPlace alternate) => new(alternate.Database, alternate.Key.Hash, alternate.Key.Bytes.ToArray());

    private static int HashCode(int database, ulong hash) => (int)(hash >> 32) ^ (int)hash ^ database;
}
