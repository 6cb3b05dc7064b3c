using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace RespKv.Engine.Keyspace;

/// <summary>
/// 64-bit hash of a key: multiply and fold, after wyhash and rapidhash, with every constant drawn at random when the
/// process starts. Nobody outside can prepare keys that collide. Never written to disk, never shown.
/// </summary>
internal static class KeyHash
{
    /// <summary>Set by a simulation, which has to walk keys in the same order when it repeats a run. Nobody else sets it.</summary>
    private static readonly Random? Repeatable = AppContext.GetData("RespKv.KeyHashSeed") is int seed ? new Random(seed) : null;

    private static readonly ulong Seed = RandomOdd();
    private static readonly ulong Secret0 = RandomOdd();
    private static readonly ulong Secret1 = RandomOdd();
    private static readonly ulong Secret2 = RandomOdd();
    private static readonly ulong Secret3 = RandomOdd();

    public static ulong Compute(ReadOnlySpan<byte> key)
    {
        ulong seed = Seed;
        ulong a;
        ulong b;
        if (key.Length <= 16)
        {
            if (key.Length >= 8)
            {
                a = Read64(key);
                b = Read64(key[^8..]);
            }
            else if (key.Length >= 4)
            {
                a = Read32(key);
                b = Read32(key[^4..]);
            }
            else
            {
                a = key.IsEmpty ? 0 : ((ulong)key[0] << 16) | ((ulong)key[key.Length >> 1] << 8) | key[^1];
                b = 0;
            }
        }
        else
        {
            ReadOnlySpan<byte> rest = key;
            if (rest.Length > 48)
            {
                seed = FoldLong(ref rest, seed);
            }

            while (rest.Length > 16)
            {
                seed = Fold(Read64(rest) ^ Secret2, Read64(rest[8..]) ^ seed);
                rest = rest[16..];
            }

            // The last 16 bytes, which may overlap what was folded already.
            a = Read64(key[^16..]);
            b = Read64(key[^8..]);
        }

        ulong high = Math.BigMul(a ^ Secret0, b ^ seed, out ulong low);
        return Fold(low ^ Secret3 ^ (ulong)key.Length, high ^ Secret1);
    }

    /// <summary>Three lanes at a time, so that the multiplications overlap.</summary>
    private static ulong FoldLong(ref ReadOnlySpan<byte> rest, ulong seed)
    {
        ulong lane1 = seed;
        ulong lane2 = seed;
        do
        {
            seed = Fold(Read64(rest) ^ Secret0, Read64(rest[8..]) ^ seed);
            lane1 = Fold(Read64(rest[16..]) ^ Secret1, Read64(rest[24..]) ^ lane1);
            lane2 = Fold(Read64(rest[32..]) ^ Secret3, Read64(rest[40..]) ^ lane2);
            rest = rest[48..];
        }
        while (rest.Length > 48);
        return seed ^ lane1 ^ lane2;
    }

    private static ulong Fold(ulong a, ulong b)
    {
        ulong high = Math.BigMul(a, b, out ulong low);
        return high ^ low;
    }

    private static ulong Read64(ReadOnlySpan<byte> bytes) => MemoryMarshal.Read<ulong>(bytes);

    private static ulong Read32(ReadOnlySpan<byte> bytes) => MemoryMarshal.Read<uint>(bytes);

    private static ulong RandomOdd()
    {
        Span<byte> bytes = stackalloc byte[8];
        if (Repeatable is not null)
        {
            Repeatable.NextBytes(bytes);
        }
        else
        {
            RandomNumberGenerator.Fill(bytes);
        }

        return BinaryPrimitives.ReadUInt64LittleEndian(bytes) | 1;
    }
}
