using System.Buffers.Binary;

namespace RespKv.Engine.Commands.HyperLogLogs;

/// <summary>MurmurHash64A (Austin Appleby, public domain), which Redis's HyperLogLogs are made with.</summary>
internal static class MurmurHash
{
    private const ulong Multiplier = 0xc6a4a7935bd1e995;

    private const int Shift = 47;

    public static ulong Compute(ReadOnlySpan<byte> bytes, ulong seed)
    {
        ulong hash = seed ^ ((ulong)bytes.Length * Multiplier);
        while (bytes.Length >= sizeof(ulong))
        {
            ulong word = BinaryPrimitives.ReadUInt64LittleEndian(bytes) * Multiplier;
            word ^= word >> Shift;
            hash = (hash ^ (word * Multiplier)) * Multiplier;
            bytes = bytes[sizeof(ulong)..];
        }

        if (!bytes.IsEmpty)
        {
            ulong rest = 0;
            for (int i = bytes.Length - 1; i >= 0; i--)
            {
                rest = (rest << 8) | bytes[i];
            }

            hash = (hash ^ rest) * Multiplier;
        }

        hash = (hash ^ (hash >> Shift)) * Multiplier;
        return hash ^ (hash >> Shift);
    }
}
