using RespKv.Engine.Keyspace;

namespace RespKv.Engine.Tests.Keyspace;

public class MemoryTests
{
    private readonly KeyspaceMemory _memory = new();
    private readonly Database _database;
    private readonly byte[] _key = "key:000000000000"u8.ToArray();

    public MemoryTests()
    {
        _database = new Database(_memory);
    }

    private ReadOnlySpan<byte> Key(int number)
    {
        for (int at = _key.Length - 1; at >= 4; at--)
        {
            _key[at] = (byte)('0' + (number % 10));
            number /= 10;
        }

        return _key;
    }

    private void Set(int number, ReadOnlySpan<byte> value, long expireAt = -1)
    {
        ReadOnlySpan<byte> key = Key(number);
        _database.SetString(key, KeyHash.Compute(key), value, expireAt);
    }

    private void Delete(int number)
    {
        ReadOnlySpan<byte> key = Key(number);
        Assert.True(_database.Delete(key, KeyHash.Compute(key)));
    }

    private static byte[] Value(int length)
    {
        byte[] value = new byte[length];
        value.AsSpan().Fill((byte)'v');
        return value;
    }

    [Fact]
    public void Key_of_16_and_value_of_64_bytes_cost_less_than_100_at_any_count()
    {
        byte[] value = Value(64);
        for (int i = 1; i <= 400_000; i++)
        {
            Set(i, value);
            if (i >= 20_000 && i % 10_000 == 0)
            {
                Assert.InRange(_memory.UsedBytes / (double)i, 96, 99);
            }
        }

        Assert.InRange(_memory.AllocatedBytes / 400_000.0, 96, 105);
    }

    [Fact]
    public void Reads_and_changes_in_place_allocate_nothing()
    {
        byte[] value = Value(64);
        byte[] large = Value(30_000);
        byte[] scratch = new byte[32];
        for (int i = 0; i < 2_000; i++)
        {
            Set(i, i % 100 == 0 ? large : value, expireAt: i % 2 == 0 ? 5 : -1);
        }

        long sum = 0;
        long allocated = 0;
        for (int round = 0; round < 2; round++) // the first round also loads what the second measures
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 10_000; i++)
            {
                int number = i % 2_000;
                Set(number, number % 100 == 0 ? large : value, expireAt: number % 2 == 0 ? i : -1);
                ReadOnlySpan<byte> key = Key(number);
                ulong hash = KeyHash.Compute(key);
                Entry entry = _database.Find(key, hash);
                sum += _database.StringBytes(entry, scratch)[0] + _database.ExpireAtMillis(entry);
                _database.WriteRange(key, hash, 3, "xyz"u8);
                _database.SetAccessClock(entry, (uint)i);
                key = Key(5_000);
                _database.SetInteger(key, KeyHash.Compute(key), i, -1);
            }

            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.Equal(0, allocated);
        Assert.NotEqual(0, sum);
    }

    [Fact]
    public void Keys_that_come_and_go_and_expiries_that_are_set_and_cleared_allocate_nothing()
    {
        byte[] value = Value(64);
        for (int i = 0; i < 20_000; i++)
        {
            Set(i, value);
        }

        long allocated = 0;
        for (int round = 0; round < 2; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 10_000; i++)
            {
                Set(100_000 + i % 50, value);
                Set(i, value, expireAt: 77);
                Set(i, value);
                Delete(100_000 + i % 50);
            }

            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.Equal(0, allocated);
    }

    [Fact]
    public void Memory_of_deleted_keys_goes_back_and_serves_other_sizes()
    {
        byte[] value = Value(100);
        for (int i = 0; i < 300_000; i++)
        {
            Set(i, value, expireAt: 1);
        }

        long full = _memory.ChunkBytes;
        long index = _memory.IndexBytes;
        for (int i = 0; i < 300_000; i++)
        {
            if (i % 1_000 != 0)
            {
                Delete(i);
            }
        }

        Assert.True(_memory.IndexBytes < index / 30, $"index: {index} before, {_memory.IndexBytes} after");
        for (int i = 0; i < 300_000; i += 1_000)
        {
            Delete(i);
        }

        Assert.Equal(0, _memory.EntryBytes);
        Assert.InRange(_memory.IndexBytes, 0, 20_000);
        Assert.InRange(_memory.ChunkBytes, 0, 2 * ChunkTable.ChunkBytes);
        Assert.InRange(_memory.PooledBytes, 1, full / 2);
        Assert.True(_memory.DroppedBytes > full / 4);

        value = Value(1_500);
        for (int i = 0; i < 20_000; i++)
        {
            Set(i, value);
        }

        Assert.InRange(_memory.AllocatedBytes, 30_000_000, full);
    }

    [Fact]
    public void Memory_of_keys_deleted_at_random_is_reused_by_keys_of_the_same_size()
    {
        byte[] value = Value(64);
        var random = new Random(3);
        for (int i = 0; i < 100_000; i++)
        {
            Set(i, value);
        }

        long full = _memory.ChunkBytes;
        for (int round = 0; round < 5; round++)
        {
            int start = random.Next(50_000);
            for (int i = start; i < start + 50_000; i++)
            {
                Delete(i);
            }

            for (int i = start; i < start + 50_000; i++)
            {
                Set(i, value);
            }
        }

        Assert.InRange(_memory.ChunkBytes, full, full + ChunkTable.ChunkBytes);
    }

    [Fact]
    public void Totals_are_those_of_all_databases()
    {
        var other = new Database(_memory);
        other.SetInteger("n"u8, KeyHash.Compute("n"u8), 1, -1);
        long one = _memory.EntryBytes;
        Set(1, Value(64));
        Set(2, Value(50_000));
        Assert.Equal(one + 88 + 16, _memory.EntryBytes);
        Assert.Equal(50_016 + LargeValues.OverheadBytes, _memory.LargeBytes);
        Assert.Equal(2L * ChunkTable.ChunkBytes, _memory.ChunkBytes);
        Assert.Equal(_memory.EntryBytes + _memory.LargeBytes + _memory.IndexBytes, _memory.UsedBytes);
        Assert.Equal(_memory.ChunkBytes + _memory.PooledBytes + _memory.LargeBytes, _memory.AllocatedBytes);
    }
}
