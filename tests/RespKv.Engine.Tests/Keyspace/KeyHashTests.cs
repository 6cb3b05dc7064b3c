using System.Numerics;
using RespKv.Engine.Keyspace;

namespace RespKv.Engine.Tests.Keyspace;

public class KeyHashTests
{
    [Fact]
    public void Equal_bytes_at_other_addresses_have_equal_hashes()
    {
        byte[] bytes = new byte[300];
        new Random(1).NextBytes(bytes);
        for (int length = 0; length < 200; length++)
        {
            byte[] shifted = [0, .. bytes.AsSpan(0, length), 1];
            Assert.Equal(KeyHash.Compute(bytes.AsSpan(0, length)), KeyHash.Compute(shifted.AsSpan(1, length)));
        }
    }

    [Fact]
    public void Zeros_of_every_length_have_different_hashes()
    {
        byte[] zeros = new byte[400];
        var seen = new HashSet<ulong>();
        for (int length = 0; length <= zeros.Length; length++)
        {
            Assert.True(seen.Add(KeyHash.Compute(zeros.AsSpan(0, length))));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(32)]
    [InlineData(48)]
    [InlineData(49)]
    [InlineData(97)]
    [InlineData(150)]
    public void Every_bit_of_a_key_changes_about_half_of_the_hash(int length)
    {
        byte[] key = new byte[length];
        new Random(length).NextBytes(key);
        ulong hash = KeyHash.Compute(key);
        double changed = 0;
        for (int bit = 0; bit < length * 8; bit++)
        {
            key[bit / 8] ^= (byte)(1 << (bit % 8));
            int distance = BitOperations.PopCount(hash ^ KeyHash.Compute(key));
            Assert.InRange(distance, 8, 56);
            changed += distance;
            key[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        // The mean of n distances has a standard deviation of 4 / sqrt(n): six of them.
        double tolerance = 24 / Math.Sqrt(length * 8);
        Assert.InRange(changed / (length * 8), 32 - tolerance, 32 + tolerance);
    }

    [Fact]
    public void Numbered_keys_spread_evenly_over_the_leading_bits()
    {
        int[] counts = new int[256];
        for (int i = 0; i < 256_000; i++)
        {
            counts[KeyHash.Compute(DatabaseModel.Bytes("user:" + i)) >> 56]++;
        }

        Assert.All(counts, count => Assert.InRange(count, 800, 1_200));
    }
}
