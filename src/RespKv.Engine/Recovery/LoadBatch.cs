using RespKv.Engine.Keyspace;
using RespKv.Engine.Keyspace.Collections;

namespace RespKv.Engine.Recovery;

/// <summary>
/// Keys of one database on their way from a thread that reads tables to the one that adds them: as they will lie in memory.
/// Reused. Belongs to one thread at a time.
/// </summary>
internal sealed class LoadBatch
{
    /// <summary>256 KiB: still in a cache when the other thread reads it.</summary>
    private const int BytesMax = 256 << 10;

    private const int KeysMax = 4096;

    /// <summary>Bytes of large strings in a batch. They are not copied again, but read ahead of being added.</summary>
    private const int LargeBytesMax = 4 << 20;

    private readonly byte[] _bytes = GC.AllocateUninitializedArray<byte>(BytesMax);
    private readonly Item[] _items = new Item[KeysMax];
    private readonly List<Large> _larges = [];
    private readonly List<LargeCollection> _collections = [];
    private readonly PackedBuilder _builder = new();
    private int _count;
    private int _end;
    private long _largeBytes;

    private readonly record struct Item(ulong Position, int Start, int Bytes);

    private readonly record struct Large(ulong Position, byte[] KeyAndValue, int KeyLength, long ExpireAtMillis);

    private readonly record struct LargeCollection(ulong Position, byte[] Key, ValueType Type, byte[] Elements, long ExpireAtMillis);

    /// <summary>The number of the database that all keys are of.</summary>
    public int Database { get; private set; }

    /// <summary>Bytes of the tables that this stands for, as their properties count them.</summary>
    public long RawBytes { get; private set; }

    public int Keys => _count + _larges.Count + _collections.Count;

    /// <summary>Nothing more may be added.</summary>
    public bool IsFull => _count == KeysMax || BytesMax - _end < EntryImage.BytesMax || _largeBytes >= LargeBytesMax;

    public void Reset(int database)
    {
        Database = database;
        RawBytes = 0;
        _count = 0;
        _end = 0;
        _larges.Clear();
        _collections.Clear();
        _largeBytes = 0;
    }

    /// <summary>Adds a string; the batch must not be full.</summary>
    public void Add(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, long expireAtMillis, uint clock, long rawBytes)
    {
        RawBytes += rawBytes;
        ulong position = SlotIndex.Position(KeyHash.Compute(key));
        int bytes = EntryImage.WriteString(_bytes.AsSpan(_end), key, value, expireAtMillis, clock);
        if (bytes > 0)
        {
            _items[_count++] = new Item(position, _end, bytes);
            _end += bytes;
            return;
        }

        byte[] keyAndValue = GC.AllocateUninitializedArray<byte>(key.Length + value.Length);
        key.CopyTo(keyAndValue);
        value.CopyTo(keyAndValue.AsSpan(key.Length));
        _larges.Add(new Large(position, keyAndValue, key.Length, expireAtMillis));
        _largeBytes += keyAndValue.Length;
    }

    /// <summary>Adds a collection; the batch must not be full.</summary>
    /// <exception cref="InvalidDataException">The elements are not ones that this version writes.</exception>
    public void Add(ReadOnlySpan<byte> key, ValueType type, ReadOnlySpan<byte> elements, EncodingLimits limits, long expireAtMillis, uint clock, long rawBytes)
    {
        RawBytes += rawBytes;
        ulong position = SlotIndex.Position(KeyHash.Compute(key));
        ReadOnlySpan<byte> ordered = type == ValueType.List ? ListOrder.Sort(elements) : elements;
        int bytes = _builder.TryBuild(limits, type, ordered)
            ? EntryImage.WritePacked(_bytes.AsSpan(_end), type, key, _builder.Packed, expireAtMillis, clock, _builder.IsConverted)
            : 0;
        if (bytes > 0)
        {
            _items[_count++] = new Item(position, _end, bytes);
            _end += bytes;
            return;
        }

        _collections.Add(new LargeCollection(position, key.ToArray(), type, ordered.ToArray(), expireAtMillis));
        _largeBytes += ordered.Length;
    }

    public void AddTo(DatabaseLoad load, uint clock)
    {
        foreach (ref readonly Item item in _items.AsSpan(0, _count))
        {
            load.Add(item.Position, _bytes.AsSpan(item.Start, item.Bytes));
        }

        foreach (Large large in _larges)
        {
            load.AddLarge(large.Position, large.KeyAndValue, large.KeyLength, large.ExpireAtMillis, clock);
        }

        foreach (LargeCollection large in _collections)
        {
            load.AddCollection(large.Position, large.Key, large.Type, large.Elements, large.ExpireAtMillis, clock);
        }
    }
}
