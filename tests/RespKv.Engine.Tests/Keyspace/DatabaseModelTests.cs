using RespKv.Engine.Keyspace;

namespace RespKv.Engine.Tests.Keyspace;

public class DatabaseModelTests
{
    private const int OperationsPerSeed = 150_000;

    [Theory]
    [InlineData(1, 64)]
    [InlineData(2, 64)]
    [InlineData(3, 64)]
    [InlineData(4, 10)] // 1,024 different hashes: every key shares its own with others
    [InlineData(5, 0)] // one hash for all
    public void Random_operations_leave_what_a_dictionary_holds(int seed, int hashBits)
    {
        ulong mask = hashBits == 64 ? ulong.MaxValue : hashBits == 0 ? 0 : ~0UL << (64 - hashBits);
        var model = new DatabaseModel(key => KeyHash.Compute(key) & mask);
        var random = new Random(seed);
        int operations = hashBits == 0 ? OperationsPerSeed / 10 : OperationsPerSeed;
        int keysMax = hashBits == 0 ? 300 : 6_000;
        for (int i = 0; i < operations; i++)
        {
            string key = Key(random, keysMax, isFilling: i * 4 / operations % 2 == 0);
            Step(model, random, key);
            model.CheckKey(key);
            if (i % (operations / 8) == operations / 16)
            {
                model.CheckAll(step: random.Next(1, 2_000));
            }

            if (i == operations * 5 / 8)
            {
                model.Clear();
                Assert.Equal(0, model.Memory.UsedBytes);
            }
        }

        model.CheckAll(step: 10);
        foreach (string key in model.Keys.ToArray())
        {
            model.Delete(key);
        }

        model.CheckAll(step: 10);
        Assert.Equal(0, model.Memory.EntryBytes);
        Assert.Equal(0, model.Memory.LargeBytes);
    }

    private static void Step(DatabaseModel model, Random random, string key)
    {
        long expireAt = random.Next(3) == 0 ? random.NextInt64(0, 1L << 42) : -1;
        switch (random.Next(12))
        {
            case < 4:
                model.SetString(key, Value(random), expireAt);
                break;
            case 4:
                model.SetInteger(key, random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(64), expireAt);
                break;
            case < 7:
                model.WriteRange(key, Offset(model, random, key), Value(random));
                break;
            case < 9:
                model.SetExpiry(key, expireAt);
                break;
            case 9:
                model.SetClock(key, (uint)random.Next(1 << 24));
                break;
            default:
                model.Delete(key);
                break;
        }
    }

    private static string Key(Random random, int keysMax, bool isFilling)
    {
        int number = random.Next(isFilling ? keysMax : keysMax / 20);
        int length = number % 500 == 7 ? 20_000 : number % 50 == 3 ? 300 : number % 40;
        return number.ToString().PadLeft(length, (char)('a' + (number % 26)));
    }

    private static byte[] Value(Random random)
    {
        int length = random.Next(400) switch
        {
            0 => random.Next(100_000),
            < 4 => random.Next(15_000, 18_000),
            < 40 => random.Next(2_000),
            < 80 => random.Next(120, 136),
            < 90 => 0,
            < 120 => -1,
            _ => random.Next(100),
        };
        if (length < 0)
        {
            return DatabaseModel.Bytes(random.Next(-1000, 1000).ToString());
        }

        byte[] value = new byte[length];
        random.NextBytes(value);
        return value;
    }

    private static int Offset(DatabaseModel model, Random random, string key)
    {
        Entry entry = model.Database.Find(DatabaseModel.Bytes(key), model.Hash(key));
        long length = entry.Exists ? model.Database.StringLength(entry) : 0;
        return length > 200_000 ? 0 : random.Next(4) switch
        {
            0 => random.Next(200),
            1 => (int)length + random.Next(1_000),
            _ => (int)length,
        };
    }
}
