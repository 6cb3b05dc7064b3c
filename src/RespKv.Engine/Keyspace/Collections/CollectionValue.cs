namespace RespKv.Engine.Keyspace.Collections;

/// <summary>
/// A collection as a key holds it: packed or large. Default is that of a missing key, with no elements. Valid until the next mutation.
/// </summary>
internal readonly ref struct CollectionValue
{
    public CollectionValue(ReadOnlySpan<byte> packed, bool isConverted)
    {
        Packed = packed;
        IsConverted = isConverted;
    }

    public CollectionValue(Collection large)
    {
        Large = large;
        IsConverted = large.IsConverted;
    }

    /// <summary>Empty for a large collection or a missing key.</summary>
    public ReadOnlySpan<byte> Packed { get; }

    public Collection? Large { get; }

    /// <summary>OBJECT ENCODING does not tell of the compact encoding any more.</summary>
    public bool IsConverted { get; }

    public bool Exists => Large is not null || !Packed.IsEmpty;

    public long Count => Large?.Count ?? (Packed.IsEmpty ? 0 : PackedElements.Count(Packed));

    /// <summary>Bytes of all elements as the log and the tables write them, at most.</summary>
    public long ContentBytes => Large?.ContentBytes ?? Packed.Length + (Count * (ListPosition.Bytes + 1));
}
