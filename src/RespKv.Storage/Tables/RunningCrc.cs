using RespKv.Storage.Wal;

namespace RespKv.Storage.Tables;

/// <summary>CRC-32C over bytes that lie in several places; equal to <see cref="Crc32C.Compute"/> over all of them in a row.</summary>
internal struct RunningCrc
{
    // The complement of the state, so that the default is a fresh one.
    private uint _inverted;

    internal readonly uint Value => _inverted;

    internal void Append(ReadOnlySpan<byte> data) => _inverted = ~Crc32C.Append(~_inverted, data);
}
