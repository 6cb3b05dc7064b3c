namespace RespKv.Engine.Commands.Keys;

/// <summary>What TYPE calls the types, and SCAN ... TYPE takes.</summary>
internal static class TypeNames
{
    public static ReadOnlySpan<byte> Of(ValueType type) => type switch
    {
        ValueType.None => "none"u8,
        ValueType.String => "string"u8,
        ValueType.List => "list"u8,
        ValueType.Set => "set"u8,
        ValueType.Hash => "hash"u8,
        ValueType.SortedSet => "zset"u8,
        ValueType.Stream => "stream"u8,
        _ => "unknown"u8,
    };
}
