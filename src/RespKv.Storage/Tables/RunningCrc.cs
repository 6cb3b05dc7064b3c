using System.Buffers.Binary;
using System.Numerics;

namespace RespKv.Storage.Tables;

/// <summary>CRC-32C over bytes that lie in several places; equal to <c>Crc32C.Compute</c> over all of them in a row.</summary>
internal struct RunningCrc
{
    // The complement of the state, so that the default is a fresh one.
    private uint _inverted;

    internal readonly uint Value => _inverted;

    internal void Append(ReadOnlySpan<byte> data)
    {
        uint crc = ~_inverted;
        while (data.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(data));
            data = data[sizeof(ulong)..];
        }

        foreach (byte value in data)
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        _inverted = ~crc;
    }
}
