namespace RespKv.Engine.KeyOrder;

/// <summary>Collects keys of one database in the order of the log and makes a <see cref="KeyRun"/> of them. One thread at a time.</summary>
internal sealed class KeyRunBuilder
{
    private const int FirstKeys = 256;
    private const int FirstBytes = 8 * 1024;

    private byte[] _bytes;
    private KeySlot[] _slots;
    private int _used;

    public KeyRunBuilder()
        : this(FirstKeys, FirstBytes)
    {
    }

    public KeyRunBuilder(int keys, int bytes)
    {
        _slots = new KeySlot[keys];
        _bytes = new byte[bytes];
    }

    /// <summary>Keys that were added, double ones included.</summary>
    public int Count { get; private set; }

    /// <summary>Memory that it takes.</summary>
    public long Bytes => _bytes.Length + ((long)KeyRun.SlotBytes * _slots.Length);

    public void Add(ReadOnlySpan<byte> key, KeyState state)
    {
        // An empty key takes a byte too, so that offsets tell which of two equal keys came later.
        int taken = Math.Max(1, key.Length);
        if (taken > _bytes.Length - _used)
        {
            Array.Resize(ref _bytes, Grown(_bytes.Length, checked(_used + taken)));
        }

        if (Count == _slots.Length)
        {
            Array.Resize(ref _slots, Grown(Count, Count + 1));
        }

        key.CopyTo(_bytes.AsSpan(_used));
        _slots[Count++] = new KeySlot(KeySlot.PrefixOf(key), _used, key.Length, state);
        _used += taken;
    }

    /// <summary>Sorts what was added; of equal keys the last one counts. The builder is not used any more.</summary>
    public KeyRun Build()
    {
        byte[] bytes = _bytes;
        _slots.AsSpan(0, Count).Sort((a, b) =>
        {
            int order = KeySlot.Compare(a, bytes, b, bytes);
            return order != 0 ? order : a.Offset.CompareTo(b.Offset);
        });

        int kept = 0;
        for (int i = 0; i < Count; i++)
        {
            bool isLast = i + 1 == Count || KeySlot.Compare(_slots[i], bytes, _slots[i + 1], bytes) != 0;
            if (isLast)
            {
                _slots[kept++] = _slots[i];
            }
        }

        return new KeyRun(Fitting(), _slots[..kept]);
    }

    /// <summary>As <see cref="Build"/>, of keys that were added in ascending order, each once.</summary>
    public KeyRun BuildAscending() => new(Fitting(), Count == _slots.Length ? _slots : _slots[..Count]);

    private byte[] Fitting() => _bytes.Length - _used <= _bytes.Length / 8 ? _bytes : _bytes[.._used];

    private static int Grown(int size, int needed) => (int)Math.Max(needed, Math.Min(2L * size, Array.MaxLength));
}
