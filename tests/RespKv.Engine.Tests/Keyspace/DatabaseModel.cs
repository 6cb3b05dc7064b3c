using System.Text;
using RespKv.Engine.Keyspace;

namespace RespKv.Engine.Tests.Keyspace;

/// <summary>A database beside a dictionary that is taken for right: every change goes to both.</summary>
internal sealed class DatabaseModel(Func<byte[], ulong> hash)
{
    private readonly Dictionary<string, Item> _items = [];

    public KeyspaceMemory Memory { get; } = new();

    public Database Database => _database ??= new Database(Memory);

    private Database? _database;

    public int Count => _items.Count;

    public IEnumerable<string> Keys => _items.Keys;

    private sealed class Item
    {
        public byte[] Value = [];
        public long ExpireAt = -1;
        public bool IsRaw;
        public uint Clock;
    }

    public static byte[] Bytes(string key) => Encoding.Latin1.GetBytes(key);

    public ulong Hash(string key) => hash(Bytes(key));

    public void SetString(string key, byte[] value, long expireAt)
    {
        Database.SetString(Bytes(key), Hash(key), value, expireAt);
        Set(key, value, expireAt);
    }

    public void SetInteger(string key, long value, long expireAt)
    {
        Database.SetInteger(Bytes(key), Hash(key), value, expireAt);
        Set(key, Encoding.ASCII.GetBytes(value.ToString()), expireAt);
    }

    public void WriteRange(string key, int offset, byte[] bytes)
    {
        Database.WriteRange(Bytes(key), Hash(key), offset, bytes);
        Item item = _items.TryGetValue(key, out Item? found) ? found : _items[key] = new Item();
        byte[] value = new byte[Math.Max(item.Value.Length, offset + bytes.Length)];
        item.Value.CopyTo(value, 0);
        bytes.CopyTo(value, offset);
        item.Value = value;
        item.IsRaw = true;
    }

    public void Delete(string key) => Assert.Equal(_items.Remove(key), Database.Delete(Bytes(key), Hash(key)));

    public void SetExpiry(string key, long expireAt)
    {
        bool found = _items.TryGetValue(key, out Item? item);
        if (found)
        {
            item!.ExpireAt = expireAt;
        }

        Assert.Equal(found, Database.SetExpiry(Bytes(key), Hash(key), expireAt));
    }

    public void SetClock(string key, uint clock)
    {
        if (_items.TryGetValue(key, out Item? item))
        {
            Database.SetAccessClock(Database.Find(Bytes(key), Hash(key)), clock);
            item.Clock = clock;
        }
    }

    public void Clear()
    {
        Database.Clear();
        _items.Clear();
    }

    public byte[] Value(string key) => _items[key].Value;

    public void CheckKey(string key)
    {
        Entry entry = Database.Find(Bytes(key), Hash(key));
        if (!_items.TryGetValue(key, out Item? item))
        {
            Assert.False(entry.Exists);
            return;
        }

        Assert.True(entry.Exists);
        Assert.Equal(RespKv.Engine.Keyspace.ValueType.String, Database.Type(entry));
        Assert.True(Database.Key(entry).SequenceEqual(Bytes(key)));
        Assert.Equal(item.ExpireAt, Database.ExpireAtMillis(entry));
        Assert.Equal(item.IsRaw, Database.IsRawString(entry));
        Assert.Equal(item.Clock, Database.AccessClock(entry));
        Assert.Equal(item.Value.Length, Database.StringLength(entry));
        Span<byte> scratch = stackalloc byte[32];
        Assert.True(Database.StringBytes(entry, scratch).SequenceEqual(item.Value));
        if (Database.IsInteger(entry))
        {
            Assert.False(item.IsRaw);
            Assert.Equal(Encoding.ASCII.GetString(item.Value), Database.Integer(entry).ToString());
        }

        Assert.True(Database.MemoryBytes(entry) >= Bytes(key).Length);
    }

    /// <summary>Every key by itself, by a walk in steps of this size, and by a walk over those that expire.</summary>
    public void CheckAll(int step)
    {
        Assert.Equal(_items.Count, Database.Count);
        Assert.Equal(_items.Count(pair => pair.Value.ExpireAt >= 0), Database.ExpiryCount);
        foreach (string key in _items.Keys)
        {
            CheckKey(key);
        }

        Assert.Equal(_items.Keys.Order(StringComparer.Ordinal), Walk.All(Database, step).Order(StringComparer.Ordinal));
        Assert.Equal(
            _items.Where(pair => pair.Value.ExpireAt >= 0).Select(pair => pair.Key).Order(StringComparer.Ordinal),
            Walk.Expiring(Database, step).Order(StringComparer.Ordinal));
    }

    private void Set(string key, byte[] value, long expireAt)
    {
        _items[key] = new Item { Value = value, ExpireAt = expireAt, Clock = 0 };
    }
}
