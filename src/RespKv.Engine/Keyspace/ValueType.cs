// System.ValueType is in scope everywhere by implicit using; this alias makes the short name mean ours.
global using ValueType = RespKv.Engine.Keyspace.ValueType;

namespace RespKv.Engine.Keyspace;

/// <summary>What a key holds. Kept in three bits of the entry header, in memory only.</summary>
internal enum ValueType : byte
{
    None = 0,
    String = 1,
    List = 2,
    Set = 3,
    Hash = 4,
    SortedSet = 5,
    Stream = 6,
}
