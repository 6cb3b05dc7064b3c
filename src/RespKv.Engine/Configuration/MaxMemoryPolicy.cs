namespace RespKv.Engine.Configuration;

/// <summary>Which key goes when memory is full.</summary>
public enum MaxMemoryPolicy
{
    NoEviction,
    VolatileLru,
    VolatileLfu,
    VolatileRandom,
    VolatileTtl,
    AllKeysLru,
    AllKeysLfu,
    AllKeysRandom,
}

internal static class MaxMemoryPolicies
{
    /// <summary>In the order in which Redis lists them.</summary>
    public static readonly (string Name, MaxMemoryPolicy Value)[] Names =
    [
        ("volatile-lru", MaxMemoryPolicy.VolatileLru),
        ("volatile-lfu", MaxMemoryPolicy.VolatileLfu),
        ("volatile-random", MaxMemoryPolicy.VolatileRandom),
        ("volatile-ttl", MaxMemoryPolicy.VolatileTtl),
        ("allkeys-lru", MaxMemoryPolicy.AllKeysLru),
        ("allkeys-lfu", MaxMemoryPolicy.AllKeysLfu),
        ("allkeys-random", MaxMemoryPolicy.AllKeysRandom),
        ("noeviction", MaxMemoryPolicy.NoEviction),
    ];

    /// <summary>Keys are chosen by how often they are used: access clocks hold counts.</summary>
    public static bool IsLfu(this MaxMemoryPolicy policy) => policy is MaxMemoryPolicy.VolatileLfu or MaxMemoryPolicy.AllKeysLfu;

    /// <summary>Only keys that expire are evicted.</summary>
    public static bool IsVolatile(this MaxMemoryPolicy policy)
        => policy is MaxMemoryPolicy.VolatileLru or MaxMemoryPolicy.VolatileLfu or MaxMemoryPolicy.VolatileRandom or MaxMemoryPolicy.VolatileTtl;

    public static string NameOf(MaxMemoryPolicy policy) => Names.First(each => each.Value == policy).Name;
}
