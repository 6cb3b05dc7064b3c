using System.Buffers.Binary;

namespace RespKv.Engine.Rdb;

/// <summary>CRC-64 with Jones's polynomial, reflected, from 0, nothing inverted: the checksum of Redis's payloads ("123456789" has e9c6d914c4b8d9ca).</summary>
internal static class Crc64
{
    /// <summary>ad93d23594c935a9 with its bits reversed.</summary>
    private const ulong Polynomial = 0x95ac9329ac4bc9b5;

    private const int Slices = 8;

    /// <summary>What a byte does to the sum, for each place in a word of eight.</summary>
    private static readonly ulong[] Table = MakeTable();

    public static ulong Compute(ReadOnlySpan<byte> bytes)
    {
        ulong[] table = Table;
        ulong crc = 0;
        while (bytes.Length >= Slices)
        {
            crc ^= BinaryPrimitives.ReadUInt64LittleEndian(bytes);
            ulong next = 0;
            for (int i = 0; i < Slices; i++)
            {
                next ^= table[((Slices - 1 - i) << 8) + (byte)(crc >> (8 * i))];
            }

            crc = next;
            bytes = bytes[Slices..];
        }

        foreach (byte part in bytes)
        {
            crc = table[(byte)(crc ^ part)] ^ (crc >> 8);
        }

        return crc;
    }

    private static ulong[] MakeTable()
    {
        var table = new ulong[Slices << 8];
        for (int i = 0; i < 256; i++)
        {
            ulong crc = (ulong)i;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) != 0 ? Polynomial : 0);
            }

            table[i] = crc;
        }

        for (int i = 256; i < table.Length; i++)
        {
            ulong before = table[i - 256];
            table[i] = table[(byte)before] ^ (before >> 8);
        }

        return table;
    }
}
