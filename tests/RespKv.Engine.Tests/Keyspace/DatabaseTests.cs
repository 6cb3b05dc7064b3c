using System.Text;
using RespKv.Engine.Keyspace;

namespace RespKv.Engine.Tests.Keyspace;

public class DatabaseTests
{
    private readonly KeyspaceMemory _memory = new();
    private readonly Database _database;

    public DatabaseTests()
    {
        _database = new Database(_memory);
    }

    private static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

    private static ulong Hash(string key) => KeyHash.Compute(Bytes(key));

    private Entry Find(string key) => _database.Find(Bytes(key), Hash(key));

    private string Text(string key) => Encoding.Latin1.GetString(_database.StringBytes(Find(key), new byte[32]));

    private void Set(string key, string value, long expireAt = -1)
        => _database.SetString(Bytes(key), Hash(key), Bytes(value), expireAt);

    private void Write(string key, long offset, string value) => _database.WriteRange(Bytes(key), Hash(key), offset, Bytes(value));

    private static string Repeat(char character, int count) => new(character, count);

    [Fact]
    public void Missing_key_is_not_found_deleted_or_expired()
    {
        Assert.False(Find("a").Exists);
        Assert.False(default(Entry).Exists);
        Assert.False(_database.Delete(Bytes("a"), Hash("a")));
        Assert.False(_database.SetExpiry(Bytes("a"), Hash("a"), 1));
        Assert.False(_database.Random(new Random(1)).Exists);
    }

    [Fact]
    public void Empty_key_and_empty_value_are_kept()
    {
        Set("", "");
        Assert.True(Find("").Exists);
        Assert.Equal("", Text(""));
        Assert.Equal(0, _database.StringLength(Find("")));
        Assert.Equal(1, _database.Count);
    }

    [Theory]
    [InlineData("12345", true)]
    [InlineData("-9223372036854775808", true)]
    [InlineData("012", false)]
    [InlineData("9223372036854775808", false)]
    public void Text_of_an_integer_is_stored_as_one_and_read_back_as_text(string value, bool isInteger)
    {
        Set("n", value);
        Assert.Equal(isInteger, _database.IsInteger(Find("n")));
        Assert.Equal(value, Text("n"));
        Assert.Equal(value.Length, _database.StringLength(Find("n")));
    }

    [Fact]
    public void Integer_set_in_place_keeps_its_entry()
    {
        Set("n", "5");
        Entry before = Find("n");
        _database.SetInteger(Bytes("n"), Hash("n"), -77, -1);
        Assert.Equal(before.Address, Find("n").Address);
        Assert.Equal(-77, _database.Integer(Find("n")));
        Assert.Equal("-77", Text("n"));
    }

    [Fact]
    public void Setting_a_string_replaces_value_expiry_and_access_clock()
    {
        Set("k", "one", expireAt: 1000);
        _database.SetAccessClock(Find("k"), 0xABCDEF);
        Assert.Equal(1, _database.ExpiryCount);
        foreach (string value in new[] { "two", "17", Repeat('x', 200), Repeat('y', 50_000), "z" })
        {
            Set("k", value);
            Assert.Equal(-1, _database.ExpireAtMillis(Find("k")));
            Assert.Equal(0, _database.ExpiryCount);
            Assert.Equal(0u, _database.AccessClock(Find("k")));
            _database.SetAccessClock(Find("k"), 0xABCDEF);
            Assert.Equal(value, Text("k"));
            Set("k", value, expireAt: 5);
            Assert.Equal(5, _database.ExpireAtMillis(Find("k")));
            Assert.Equal(1, _database.ExpiryCount);
        }

        Assert.Equal(1, _database.Count);
    }

    [Theory]
    [InlineData("17")]
    [InlineData("text")]
    [InlineData(null)] // a large value
    public void Expiry_is_set_changed_and_cleared_without_touching_the_value(string? value)
    {
        value ??= Repeat('v', 40_000);
        Set("k", value);
        foreach (long expireAt in new[] { 100, 0, long.MaxValue, -1, -1, 7 })
        {
            Assert.True(_database.SetExpiry(Bytes("k"), Hash("k"), expireAt));
            Assert.Equal(expireAt, _database.ExpireAtMillis(Find("k")));
            Assert.Equal(expireAt < 0 ? 0 : 1, _database.ExpiryCount);
            Assert.Equal(expireAt < 0 ? [] : ["k"], Walk.Expiring(_database, 10));
            Assert.Equal(value, Text("k"));
        }
    }

    [Fact]
    public void Writing_a_range_creates_extends_and_overwrites()
    {
        Write("k", 3, "abc");
        Assert.Equal("\0\0\0abc", Text("k"));
        Write("k", 6, "def");
        Write("k", 0, "123");
        Assert.Equal("123abcdef", Text("k"));
        Write("k", 12, "!");
        Assert.Equal("123abcdef\0\0\0!", Text("k"));
        Assert.True(_database.IsRawString(Find("k")));
        Set("k", "123abcdef");
        Assert.False(_database.IsRawString(Find("k")));
    }

    [Fact]
    public void Writing_an_empty_range_only_extends()
    {
        Set("k", "abc", expireAt: 9);
        Write("k", 1, "");
        Assert.Equal("abc", Text("k"));
        Write("k", 5, "");
        Assert.Equal("abc\0\0", Text("k"));
        Assert.Equal(9, _database.ExpireAtMillis(Find("k")));
        Write("new", 2, "");
        Assert.Equal("\0\0", Text("new"));
    }

    [Fact]
    public void Writing_into_an_integer_makes_it_bytes_and_keeps_the_expiry()
    {
        Set("n", "12345", expireAt: 44);
        Write("n", 1, "9");
        Assert.False(_database.IsInteger(Find("n")));
        Assert.True(_database.IsRawString(Find("n")));
        Assert.Equal("19345", Text("n"));
        Assert.Equal(44, _database.ExpireAtMillis(Find("n")));
        Assert.Equal(1, _database.ExpiryCount);
    }

    [Fact]
    public void Appending_a_megabyte_byte_by_byte_moves_the_value_few_times()
    {
        var expected = new StringBuilder();
        long dropped = _memory.DroppedBytes;
        for (int i = 0; i < 1_100_000; i++)
        {
            Write("k", i, ((char)('a' + (i % 26))).ToString());
            expected.Append((char)('a' + (i % 26)));
        }

        Assert.Equal(expected.ToString(), Text("k"));

        // Doubling up to a megabyte, so what was left behind adds up to about the final size.
        Assert.InRange(_memory.DroppedBytes - dropped, 1, 2_200_000);
        Assert.InRange(_memory.LargeBytes, 1_100_000, 2_200_000);
    }

    [Fact]
    public void A_source_inside_the_slab_is_copied_before_its_place_is_reused()
    {
        Set("a", Repeat('a', 30));
        _database.SetString(Bytes("b"), Hash("b"), _database.StringBytes(Find("a"), []), -1);
        Assert.Equal(Repeat('a', 30), Text("b"));

        // Onto itself: moved to another cell, cut, appended, and with the key from the slab.
        _database.SetString(Bytes("a"), Hash("a"), _database.StringBytes(Find("a"), []), 5);
        Assert.Equal(Repeat('a', 30), Text("a"));
        Set("c", "ab23456789");
        _database.SetString(Bytes("c"), Hash("c"), _database.StringBytes(Find("c"), [])[1..], -1);
        Assert.Equal("b23456789", Text("c"));
        _database.WriteRange(Bytes("c"), Hash("c"), 9, _database.StringBytes(Find("c"), []));
        Assert.Equal("b23456789b23456789", Text("c"));
        _database.WriteRange(Bytes("c"), Hash("c"), 20, _database.StringBytes(Find("c"), []));
        Assert.Equal("b23456789b23456789\0\0b23456789b23456789", Text("c"));
        Assert.True(_database.Delete(_database.Key(Find("c")), Hash("c")));
        Assert.False(Find("c").Exists);
    }

    [Fact]
    public void Values_at_the_edge_of_a_cell_survive_every_change_of_shape()
    {
        for (int length = SizeClasses.CellBytesMax - 40; length <= SizeClasses.CellBytesMax + 8; length++)
        {
            string value = Repeat('e', length);
            Set("k", value);
            _database.SetExpiry(Bytes("k"), Hash("k"), 3);
            Assert.Equal(value, Text("k"));
            Write("k", length, "!");
            Assert.Equal(value + "!", Text("k"));
            _database.SetExpiry(Bytes("k"), Hash("k"), -1);
            Assert.Equal(value + "!", Text("k"));
            Assert.Equal("k", Encoding.Latin1.GetString(_database.Key(Find("k"))));
            _database.Delete(Bytes("k"), Hash("k"));
            Assert.Equal(0, _memory.EntryBytes);
            Assert.Equal(0, _memory.LargeBytes);
        }
    }

    [Fact]
    public void Integers_under_keys_at_the_edge_of_a_cell_survive_every_change_of_shape()
    {
        for (int length = SizeClasses.CellBytesMax - 40; length <= SizeClasses.CellBytesMax + 8; length++)
        {
            string key = Repeat('k', length);
            Set(key, "1234567");
            Assert.Equal("1234567", Text(key));
            _database.SetExpiry(Bytes(key), Hash(key), 3);
            Assert.Equal("1234567", Text(key));
            _database.SetInteger(Bytes(key), Hash(key), 9, 3);
            Assert.Equal("9", Text(key));
            Write(key, 1, "1");
            Assert.Equal("91", Text(key));
            Assert.True(_database.Key(Find(key)).SequenceEqual(Bytes(key)));
            _database.Delete(Bytes(key), Hash(key));
            Assert.Equal(0, _memory.EntryBytes);
            Assert.Equal(0, _memory.LargeBytes);
        }
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(0x7FFFFFC7)]
    [InlineData(long.MaxValue)]
    public void Writing_beyond_the_longest_value_is_refused_and_changes_nothing(long offset)
    {
        Set("k", "abc");
        Assert.Throws<ArgumentOutOfRangeException>(() => Write("k", offset, "x"));
        Assert.Equal("abc", Text("k"));
    }

    [Fact]
    public void Clear_empties_one_database_and_leaves_the_others()
    {
        var other = new Database(_memory);
        other.SetString("x"u8, KeyHash.Compute("x"u8), Bytes(Repeat('x', 100_000)), 4);
        long used = _memory.UsedBytes;
        for (int i = 0; i < 3_000; i++)
        {
            Set("key:" + i, Repeat('v', i * 10), expireAt: i);
        }

        _database.Clear();
        Assert.Equal(0, _database.Count);
        Assert.Equal(0, _database.ExpiryCount);
        Assert.Equal(used, _memory.UsedBytes);
        Assert.False(Find("key:7").Exists);
        Set("key:7", "again");
        Assert.Equal("again", Text("key:7"));
        Assert.Equal(100_000, other.StringLength(other.Find("x"u8, KeyHash.Compute("x"u8))));
    }

    [Fact]
    public void Random_reaches_every_key_of_a_small_database_and_spreads_over_a_large_one()
    {
        var random = new Random(5);
        for (int i = 0; i < 40; i++)
        {
            Set("key:" + i, "v");
        }

        var seen = new HashSet<string>();
        for (int i = 0; i < 4_000; i++)
        {
            seen.Add(Encoding.Latin1.GetString(_database.Key(_database.Random(random))));
        }

        Assert.Equal(40, seen.Count);
        for (int i = 0; i < 20_000; i++)
        {
            Set("key:" + i, "v");
        }

        int[] counts = new int[20];
        for (int i = 0; i < 40_000; i++)
        {
            counts[int.Parse(Encoding.Latin1.GetString(_database.Key(_database.Random(random)))[4..]) / 1_000]++;
        }

        Assert.All(counts, count => Assert.InRange(count, 1_700, 2_300));
    }

    [Fact]
    public void Memory_of_a_key_is_its_cell_its_array_and_its_share_of_the_index()
    {
        Set("k", Repeat('v', 64));
        Assert.InRange(_database.MemoryBytes(Find("k")), 72 + 8, 1_000); // alone, the key bears the directory
        for (int i = 0; i < 10_000; i++)
        {
            Set("key:" + i, Repeat('v', 64));
        }

        Assert.InRange(_database.MemoryBytes(Find("k")), 72 + 8, 72 + 13);
        _database.SetExpiry(Bytes("k"), Hash("k"), 1);
        Assert.True(_database.MemoryBytes(Find("k")) >= 80 + 16);
        Set("k", Repeat('v', 1_000_000));
        Assert.InRange(_database.MemoryBytes(Find("k")), 1_000_000, 1_000_200);
    }
}
