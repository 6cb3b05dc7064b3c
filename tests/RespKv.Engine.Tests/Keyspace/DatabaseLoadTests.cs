using System.Text;
using RespKv.Engine.Keyspace;

namespace RespKv.Engine.Tests.Keyspace;

public class DatabaseLoadTests
{
    private const uint Clock = 0x12_3456;

    private static readonly int[] Lengths = [0, 1, 7, 8, 63, 64, 127, 128, 129, 1000, 16_000, 16_270, 16_383, 16_384, 16_385, 70_000];

    private static void Load(Database database, byte[] key, byte[] value, long expireAtMillis)
    {
        DatabaseLoad load = database.BeginLoad();
        ulong position = SlotIndex.Position(KeyHash.Compute(key));
        byte[] image = new byte[EntryImage.BytesMax];
        int bytes = EntryImage.WriteString(image, key, value, expireAtMillis, Clock);
        if (bytes > 0)
        {
            load.Add(position, image.AsSpan(0, bytes));
        }
        else
        {
            load.AddLarge(position, [.. key, .. value], key.Length, expireAtMillis, Clock);
        }

        load.Finish();
    }

    private static void CheckSame(Database expected, Database actual, byte[] key)
    {
        Entry left = expected.Find(key, KeyHash.Compute(key));
        Entry right = actual.Find(key, KeyHash.Compute(key));
        Assert.True(right.Exists);
        Assert.True(actual.Key(right).SequenceEqual(key));
        Assert.Equal(expected.Type(left), actual.Type(right));
        Assert.Equal(expected.ExpireAtMillis(left), actual.ExpireAtMillis(right));
        Assert.Equal(expected.IsInteger(left), actual.IsInteger(right));
        Assert.Equal(expected.IsRawString(left), actual.IsRawString(right));
        Assert.Equal(expected.AccessClock(left), actual.AccessClock(right));
        Span<byte> scratch = stackalloc byte[64];
        Assert.True(expected.StringBytes(left, scratch[..32]).SequenceEqual(actual.StringBytes(right, scratch[32..])));
    }

    [Fact]
    public void Loaded_string_of_any_size_is_stored_as_one_that_was_set()
    {
        var random = new Random(1);
        foreach (int keyLength in Lengths)
        {
            foreach (int valueLength in Lengths)
            {
                foreach (long expireAtMillis in new[] { Database.NoExpiry, 0, 1_700_000_000_000 })
                {
                    byte[] key = new byte[keyLength];
                    byte[] value = new byte[valueLength];
                    random.NextBytes(key);
                    random.NextBytes(value);
                    CheckLoadsAsSet(key, value, expireAtMillis);
                }
            }
        }
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("007")]
    [InlineData("-0")]
    [InlineData("9223372036854775807")]
    [InlineData("-9223372036854775808")]
    [InlineData("9223372036854775808")]
    [InlineData("1.5")]
    public void Loaded_number_is_stored_as_one_that_was_set(string value)
    {
        foreach (int keyLength in new[] { 0, 1, 16, 16_300, 16_380, 16_384, 20_000 })
        {
            CheckLoadsAsSet(Encoding.ASCII.GetBytes(new string('k', keyLength)), Encoding.ASCII.GetBytes(value), Database.NoExpiry);
            CheckLoadsAsSet(Encoding.ASCII.GetBytes(new string('k', keyLength)), Encoding.ASCII.GetBytes(value), 5);
        }
    }

    private static void CheckLoadsAsSet(byte[] key, byte[] value, long expireAtMillis)
    {
        var setMemory = new KeyspaceMemory { AccessClock = Clock };
        var set = new Database(setMemory);
        set.SetString(key, KeyHash.Compute(key), value, expireAtMillis);
        var loadedMemory = new KeyspaceMemory { AccessClock = Clock };
        var loaded = new Database(loadedMemory);
        Load(loaded, key, value, expireAtMillis);
        CheckSame(set, loaded, key);
        Assert.Equal(1, loaded.Count);
        Assert.Equal(set.ExpiryCount, loaded.ExpiryCount);
        Assert.Equal(setMemory.EntryBytes, loadedMemory.EntryBytes);
        Assert.Equal(setMemory.LargeBytes, loadedMemory.LargeBytes);

        Assert.True(loaded.SetExpiry(key, KeyHash.Compute(key), expireAtMillis < 0 ? 9 : Database.NoExpiry));
        loaded.SetString(key, KeyHash.Compute(key), "other"u8, Database.NoExpiry);
        Assert.True(loaded.Delete(key, KeyHash.Compute(key)));
        Assert.Equal(0, loadedMemory.EntryBytes + loadedMemory.LargeBytes);
    }

    [Fact]
    public void Many_keys_are_found_walked_and_expire_after_a_load()
    {
        var memory = new KeyspaceMemory();
        var database = new Database(memory);
        DatabaseLoad load = database.BeginLoad();
        byte[] image = new byte[EntryImage.BytesMax];
        const int Count = 300_000;
        for (int i = 0; i < Count; i++)
        {
            byte[] key = Encoding.ASCII.GetBytes($"key:{i}");
            int bytes = EntryImage.WriteString(image, key, Encoding.ASCII.GetBytes($"v{i}"), i % 3 == 0 ? i : Database.NoExpiry, Clock);
            load.Add(SlotIndex.Position(KeyHash.Compute(key)), image.AsSpan(0, bytes));
        }

        load.Finish();
        Assert.Equal(Count, database.Count);
        Assert.Equal(Count / 3, database.ExpiryCount);
        Assert.Equal(Count, Walk.All(database, 1000).Distinct().Count());
        Assert.All(Walk.Expiring(database, 1000), key => Assert.Equal(0, int.Parse(key.AsSpan(4)) % 3));
        for (int i = 0; i < Count; i++)
        {
            byte[] key = Encoding.ASCII.GetBytes($"key:{i}");
            Assert.True(database.Delete(key, KeyHash.Compute(key)));
        }

        Assert.Equal(0, database.Count + database.ExpiryCount);
        Assert.Equal(0, memory.EntryBytes);
    }
}
