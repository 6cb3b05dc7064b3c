using System.Globalization;
using System.Text;
using RespKv.Engine.Keyspace;
using RespKv.Engine.Keyspace.Collections;
using RespKv.Storage.Mutations;
using Xunit;
using ValueType = RespKv.Engine.Keyspace.ValueType;

namespace RespKv.Engine.Tests.Keyspace;

/// <summary>Collections as the log changes them, against simple models; small enough to be packed, and far beyond.</summary>
public sealed class CollectionStoreTests
{
    private readonly KeyspaceMemory _memory = new();
    private readonly Database _database;
    private readonly ElementBuffer _elements = new();

    public CollectionStoreTests()
    {
        _database = new Database(_memory);
    }

    [Theory]
    [InlineData(20, 3)]
    [InlineData(20, 200)]
    [InlineData(3000, 3)]
    [InlineData(3000, 200)]
    public void A_hash_holds_what_was_put_and_not_removed(int fieldsMax, int valueBytesMax)
    {
        var model = new Dictionary<string, string>();
        var random = new Random(fieldsMax + valueBytesMax);
        for (int i = 0; i < 10_000; i++)
        {
            string field = $"f{random.Next(fieldsMax)}";
            if (random.Next(3) == 0)
            {
                Assert.Equal(model.Remove(field) ? 1 : 0, Remove("key", ValueType.Hash, Bytes(field)));
            }
            else
            {
                string value = new('v', random.Next(valueBytesMax));
                Assert.Equal(model.ContainsKey(field) ? 0 : 1, Put("key", ValueType.Hash, Bytes(field), Bytes(value)));
                model[field] = value;
            }
        }

        ElementsView view = new(Read("key"));
        Assert.Equal(model.Count, view.Count);
        foreach ((string field, string value) in model)
        {
            Assert.True(view.TryGet(Bytes(field), out ReadOnlySpan<byte> found));
            Assert.Equal(value, Text(found));
        }

        int walked = 0;
        foreach (ElementCursor element in view)
        {
            Assert.Equal(model[Text(element.Name)], Text(element.Value));
            walked++;
        }

        Assert.Equal(model.Count, walked);
    }

    [Theory]
    [InlineData(30)]
    [InlineData(5000)]
    public void A_sorted_set_is_ordered_by_score_and_member(int membersMax)
    {
        var model = new Dictionary<string, double>();
        var random = new Random(membersMax);
        byte[] score = new byte[SortedSetScore.Bytes];
        for (int i = 0; i < 20_000; i++)
        {
            string member = random.Next(membersMax).ToString(CultureInfo.InvariantCulture);
            if (random.Next(3) == 0)
            {
                Assert.Equal(model.Remove(member) ? 1 : 0, Remove("key", ValueType.SortedSet, Bytes(member)));
            }
            else
            {
                double number = random.Next(10);
                SortedSetScore.Write(score, number);
                Assert.Equal(model.ContainsKey(member) ? 0 : 1, Put("key", ValueType.SortedSet, Bytes(member), score));
                model[member] = number;
            }
        }

        SortedSetView view = new(Read("key"));
        Assert.Equal(model.Count, view.Count);
        SortedSetCursor cursor = view.At(0);
        long rank = 0;
        foreach ((string member, double number) in model.OrderBy(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal))
        {
            Assert.Equal(member, Text(cursor.Member));
            Assert.Equal(number, cursor.Score);
            Assert.Equal(rank, view.RankOf(Bytes(member), number));
            rank++;
            Assert.Equal(rank < model.Count, cursor.MoveNext());
        }

        Assert.Equal(model.Values.Count(value => value < 5), view.CountBelow(5, orEqual: false));
        Assert.Equal(model.Values.Count(value => value <= 5), view.CountBelow(5, orEqual: true));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(1000)]
    public void A_list_is_what_its_positions_say(int valueBytesMax)
    {
        var model = new List<string>();
        long first = 0;
        var random = new Random(valueBytesMax);
        byte[] name = new byte[ListPosition.Bytes];
        for (int i = 0; i < 20_000; i++)
        {
            string value = new((char)('a' + (i % 26)), random.Next(valueBytesMax));
            switch (random.Next(5))
            {
                case 0:
                    ListPosition.Write(name, --first);
                    model.Insert(0, value);
                    Put("key", ValueType.List, name, Bytes(value));
                    break;
                case 1:
                    ListPosition.Write(name, first + model.Count);
                    model.Add(value);
                    Put("key", ValueType.List, name, Bytes(value));
                    break;
                case 2 when model.Count > 0:
                    int at = random.Next(model.Count);
                    ListPosition.Write(name, first + at);
                    model[at] = value;
                    Put("key", ValueType.List, name, Bytes(value));
                    break;
                case 3 when model.Count > 1:
                    ListPosition.Write(name, first++);
                    model.RemoveAt(0);
                    Remove("key", ValueType.List, name);
                    break;
                case 4 when model.Count > 1:
                    ListPosition.Write(name, first + model.Count - 1);
                    model.RemoveAt(model.Count - 1);
                    Remove("key", ValueType.List, name);
                    break;
            }
        }

        var view = new ListView(Read("key"));
        Assert.Equal(model.Count, view.Count);
        Assert.Equal(first, view.FirstPosition);
        ListCursor cursor = view.At(0);
        for (int i = 0; i < model.Count; i++)
        {
            Assert.Equal(model[i], Text(cursor.Current));
            cursor.MoveNext();
        }
    }

    [Fact]
    public void A_position_with_a_gap_is_refused()
    {
        byte[] name = new byte[ListPosition.Bytes];
        ListPosition.Write(name, 0);
        Put("key", ValueType.List, name, Bytes("a"));
        ListPosition.Write(name, 2);
        Assert.Throws<InvalidDataException>(() => Put("key", ValueType.List, name, Bytes("b")));
    }

    [Fact]
    public void Another_type_is_refused()
    {
        Put("key", ValueType.Set, Bytes("a"), []);
        Assert.Throws<InvalidDataException>(() => Put("key", ValueType.Hash, Bytes("a"), Bytes("b")));
        Assert.Throws<InvalidDataException>(() => Remove("key", ValueType.Hash, Bytes("a")));
    }

    [Fact]
    public void A_set_of_integers_is_in_their_order_until_something_else_comes()
    {
        foreach (string member in (string[])["10", "9", "-1", "100"])
        {
            Put("key", ValueType.Set, Bytes(member), []);
        }

        Assert.Equal(["-1", "9", "10", "100"], Names("key"));
        Assert.False(Read("key").IsConverted);
        Put("key", ValueType.Set, Bytes("x"), []);
        Assert.True(Read("key").IsConverted);
        Remove("key", ValueType.Set, Bytes("x"));
        Assert.True(Read("key").IsConverted);
    }

    [Fact]
    public void Deleted_collections_give_all_memory_back()
    {
        long before = _memory.UsedBytes;
        for (int key = 0; key < 20; key++)
        {
            for (int i = 0; i < 2000; i++)
            {
                Put($"hash{key}", ValueType.Hash, Bytes($"field:{i}"), Bytes($"value:{i}"));
                byte[] score = new byte[SortedSetScore.Bytes];
                SortedSetScore.Write(score, i);
                Put($"zset{key}", ValueType.SortedSet, Bytes($"member:{i}"), score);
                byte[] name = new byte[ListPosition.Bytes];
                ListPosition.Write(name, i);
                Put($"list{key}", ValueType.List, name, Bytes($"value:{i}"));
            }
        }

        Assert.True(_memory.UsedBytes > before + 1_000_000);
        foreach (string type in (string[])["hash", "zset", "list"])
        {
            for (int key = 0; key < 20; key++)
            {
                byte[] name = Bytes($"{type}{key}");
                Assert.True(_database.Delete(name, KeyHash.Compute(name)));
            }
        }

        Assert.Equal(40, _database.ReleasedCount);
        while (_database.ReleaseSome(1000) <= 0)
        {
        }

        Assert.Equal(0, _database.ReleasedCount);
        Assert.InRange(_memory.UsedBytes, before, before + 10_000);
    }

    [Fact]
    public void A_collection_under_a_long_key_keeps_its_expiry_and_elements()
    {
        string key = new('k', 20_000);
        Put(key, ValueType.Hash, Bytes("a"), Bytes("1"));
        _database.SetExpiry(Bytes(key), KeyHash.Compute(Bytes(key)), 12345);
        Put(key, ValueType.Hash, Bytes("b"), Bytes("2"));
        Assert.Equal(["a", "b"], Names(key).Order());
        Assert.Equal(12345, _database.ExpireAtMillis(_database.Find(Bytes(key), KeyHash.Compute(Bytes(key)))));
        Assert.True(_database.Delete(Bytes(key), KeyHash.Compute(Bytes(key))));
    }

    [Fact]
    public void A_small_collection_that_grows_keeps_its_expiry()
    {
        Put("key", ValueType.Hash, Bytes("f"), Bytes("v"));
        _database.SetExpiry(Bytes("key"), KeyHash.Compute(Bytes("key")), 777);
        for (int i = 0; i < 1000; i++)
        {
            Put("key", ValueType.Hash, Bytes($"f{i}"), Bytes("v"));
        }

        Assert.Equal(1001, Read("key").Count);
        Assert.NotNull(Read("key").Large);
        Assert.Equal(777, _database.ExpireAtMillis(_database.Find(Bytes("key"), KeyHash.Compute(Bytes("key")))));
        Assert.Equal(1, _database.ExpiryCount);
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);

    private long Put(string key, ValueType type, byte[] name, byte[] value)
    {
        _elements.Clear();
        _elements.Add(name, value);
        return _database.Collections.Put(Bytes(key), KeyHash.Compute(Bytes(key)), type, _elements.Bytes);
    }

    private long Remove(string key, ValueType type, byte[] name)
    {
        _elements.Clear();
        _elements.AddName(name);
        return _database.Collections.Remove(Bytes(key), KeyHash.Compute(Bytes(key)), type, _elements.Bytes);
    }

    private CollectionValue Read(string key) => _database.Collections.Read(_database.Find(Bytes(key), KeyHash.Compute(Bytes(key))));

    private List<string> Names(string key)
    {
        var names = new List<string>();
        foreach (ElementCursor element in new ElementsView(Read(key)))
        {
            names.Add(Text(element.Name));
        }

        return names;
    }
}
