using System.Buffers.Binary;

namespace RespKv.Storage.Tables;

/// <summary>
/// The 64-bit hash of the filter; on disk, frozen by a test. Eight bytes are folded in at a time by the two halves of a
/// 128-bit product, as in wyhash.
/// </summary>
internal static class TableHash
{
    private const ulong First = 0xA076_1D64_78BD_642F;
    private const ulong Second = 0xE703_7ED1_A0B4_28DB;

    internal static ulong Compute(ReadOnlySpan<byte> key)
    {
        ulong hash = First ^ (ulong)key.Length;
        while (key.Length >= sizeof(ulong))
        {
            hash = Mix(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(key), Second);
            key = key[sizeof(ulong)..];
        }

        ulong tail = 0;
        for (int index = 0; index < key.Length; index++)
        {
            tail |= (ulong)key[index] << (8 * index);
        }

        return Mix(Mix(hash ^ tail, Second), First);
    }

    private static ulong Mix(ulong left, ulong right)
    {
        ulong high = Math.BigMul(left, right, out ulong low);
        return high ^ low;
    }
}
