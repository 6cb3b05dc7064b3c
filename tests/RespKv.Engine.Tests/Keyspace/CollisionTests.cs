using RespKv.Engine.Keyspace;

namespace RespKv.Engine.Tests.Keyspace;

public class CollisionTests
{
    public static TheoryData<string> Kinds => ["same hash", "same tag", "same first half", "highest hash", "two hashes"];

    private static ulong Hash(string kind, int i) => kind switch
    {
        "same hash" => 0x1234_5678_9ABC_DEF0,
        "same tag" => 0x8000_0000_0000_0000 | (uint)i,
        "same first half" => (0x7000_0000UL << 32) | ((ulong)i << 20),
        "highest hash" => ulong.MaxValue,
        "two hashes" => i % 2 == 0 ? 1 : ulong.MaxValue / 3,
        _ => throw new ArgumentException(kind),
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Thousands_of_keys_whose_hashes_collide_are_all_kept_apart(string kind)
    {
        const int Keys = 6_000;
        var memory = new KeyspaceMemory();
        var database = new Database(memory);
        for (int i = 0; i < Keys; i++)
        {
            database.SetInteger(DatabaseModel.Bytes("key:" + i), Hash(kind, i), i, i % 3 == 0 ? i : -1);
        }

        Assert.Equal(Keys, database.Count);
        Assert.Equal(Keys / 3, database.ExpiryCount);
        Assert.Equal(Keys, Walk.All(database, 100).Distinct().Count());

        // Half of them go or move to other cells, the rest must not notice.
        for (int i = 0; i < Keys; i += 2)
        {
            byte[] key = DatabaseModel.Bytes("key:" + i);
            Assert.True(i % 4 == 0 ? database.Delete(key, Hash(kind, i)) : database.SetExpiry(key, Hash(kind, i), 7));
        }

        for (int i = 0; i < Keys; i++)
        {
            Entry entry = database.Find(DatabaseModel.Bytes("key:" + i), Hash(kind, i));
            Assert.Equal(i % 4 != 0, entry.Exists);
            if (entry.Exists)
            {
                Assert.Equal(i, database.Integer(entry));
                Assert.Equal(i % 4 == 2 ? 7 : i % 3 == 0 ? i : -1, database.ExpireAtMillis(entry));
            }
        }

        for (int i = 0; i < Keys; i++)
        {
            Assert.Equal(i % 4 != 0, database.Delete(DatabaseModel.Bytes("key:" + i), Hash(kind, i)));
        }

        Assert.Equal(0, database.Count);
        Assert.Equal(0, database.ExpiryCount);
        Assert.Equal(0, memory.EntryBytes);
        Assert.True(memory.IndexBytes < 1_000);
        Assert.Empty(Walk.All(database, 100));
    }

    [Fact]
    public void Colliding_keys_do_not_blow_up_the_index_of_the_others()
    {
        var memory = new KeyspaceMemory();
        var database = new Database(memory);
        for (int i = 0; i < 20_000; i++)
        {
            byte[] key = DatabaseModel.Bytes("spread:" + i);
            database.SetInteger(key, KeyHash.Compute(key), i, -1);
        }

        long before = memory.IndexBytes;
        for (int i = 0; i < 5_000; i++)
        {
            database.SetInteger(DatabaseModel.Bytes("same:" + i), 42, i, -1);
        }

        Assert.True(memory.IndexBytes - before < 5_000 * 16);
        for (int i = 0; i < 20_000; i++)
        {
            byte[] key = DatabaseModel.Bytes("spread:" + i);
            Assert.Equal(i, database.Integer(database.Find(key, KeyHash.Compute(key))));
        }
    }
}
