using System.Buffers.Binary;
using System.Numerics;

namespace RespKv.Storage.Wal;

/// <summary>
/// CRC-32C (Castagnoli) as in RFC 3720: initial value and final XOR all ones, reflected. One instruction for 8 bytes
/// where the processor has it.
/// </summary>
internal static class Crc32C
{
    internal static uint Compute(ReadOnlySpan<byte> data) => ~Append(uint.MaxValue, data);

    /// <summary>Takes in more bytes. The state begins with all ones; its complement is the checksum.</summary>
    internal static uint Append(uint crc, ReadOnlySpan<byte> data)
    {
        while (data.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(data));
            data = data[sizeof(ulong)..];
        }

        foreach (byte value in data)
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        return crc;
    }
}
