namespace RespKv.Engine.Keyspace.Collections;

/// <summary>
/// Up to where OBJECT ENCODING tells of a compact encoding, as in Redis. They decide nothing but that text: how a collection is kept
/// depends on its size alone (<see cref="PackedElements.BytesMax"/>), and no record of the log on either (D7). Guarded by the turn.
/// </summary>
internal sealed class EncodingLimits
{
    /// <summary>Directive <c>hash-max-listpack-entries</c>.</summary>
    public long HashEntriesMax { get; set; } = 512;

    /// <summary>Directive <c>hash-max-listpack-value</c>, in bytes.</summary>
    public long HashValueBytesMax { get; set; } = 64;

    /// <summary>Directive <c>set-max-intset-entries</c>.</summary>
    public long SetIntegersMax { get; set; } = 512;

    /// <summary>Directive <c>zset-max-listpack-entries</c>.</summary>
    public long SortedSetEntriesMax { get; set; } = 128;

    /// <summary>Directive <c>zset-max-listpack-value</c>, in bytes.</summary>
    public long SortedSetMemberBytesMax { get; set; } = 64;

    /// <summary>Whether an element is one that ends the compact encoding of its collection.</summary>
    public bool IsTooLarge(ValueType type, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) => type switch
    {
        ValueType.Hash => name.Length > HashValueBytesMax || value.Length > HashValueBytesMax,
        ValueType.Set => !CanonicalInteger.TryParse(name, out _),
        ValueType.SortedSet => name.Length > SortedSetMemberBytesMax,
        _ => false,
    };

    /// <summary>Whether so many elements end the compact encoding.</summary>
    public bool AreTooMany(ValueType type, long count) => type switch
    {
        ValueType.Hash => count > HashEntriesMax,
        ValueType.Set => count > SetIntegersMax,
        ValueType.SortedSet => count > SortedSetEntriesMax,
        _ => false,
    };
}
