namespace RespKv.Engine.Keyspace.Collections;

/// <summary>An entry of a <see cref="SortedIndex"/>: a score, and the address of the element that has it.</summary>
internal readonly record struct SortedEntry(double Score, ulong Address)
{
    public const int Bytes = sizeof(double) + sizeof(ulong);
}
