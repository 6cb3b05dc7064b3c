using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace RespKv.Storage.Checkpoints;

/// <summary>
/// 32-bit hash of a table key for a fold's index: multiply and fold, after wyhash, with constants drawn at random when the
/// process starts, so that nobody can prepare keys that collide. Never written to disk: the fold is sorted before that.
/// </summary>
internal static class FoldHash
{
    private const int LaneBytes = 16;

    private static readonly ulong Seed = RandomOdd();
    private static readonly ulong SecretA = RandomOdd();
    private static readonly ulong SecretB = RandomOdd();

    internal static uint Compute(uint space, ReadOnlySpan<byte> key)
    {
        ulong seed = Seed ^ (space * SecretB);
        int length = key.Length;
        while (key.Length > LaneBytes)
        {
            seed = Fold(Read64(key) ^ SecretA, Read64(key[8..]) ^ seed);
            key = key[LaneBytes..];
        }

        ulong a;
        ulong b;
        if (key.Length >= 8)
        {
            a = Read64(key);
            b = Read64(key[^8..]);
        }
        else if (key.Length >= 4)
        {
            a = MemoryMarshal.Read<uint>(key);
            b = MemoryMarshal.Read<uint>(key[^4..]);
        }
        else
        {
            a = key.IsEmpty ? 0 : ((ulong)key[0] << 16) | ((ulong)key[key.Length >> 1] << 8) | key[^1];
            b = 0;
        }

        seed = Fold(a ^ SecretA, b ^ seed);
        return (uint)(Fold(seed ^ (uint)length, SecretB) >> 32);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Fold(ulong a, ulong b)
    {
        ulong high = Math.BigMul(a, b, out ulong low);
        return high ^ low;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Read64(ReadOnlySpan<byte> bytes) => MemoryMarshal.Read<ulong>(bytes);

    private static ulong RandomOdd()
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(bytes);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes) | 1;
    }
}
