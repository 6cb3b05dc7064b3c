using RespKv.Engine.Keyspace;

namespace RespKv.Engine.Execution;

/// <summary>A key with its hash, so that a command that looks and then writes hashes once.</summary>
internal readonly ref struct KeyRef(ReadOnlySpan<byte> bytes)
{
    public readonly ReadOnlySpan<byte> Bytes = bytes;
    public readonly ulong Hash = KeyHash.Compute(bytes);
}
