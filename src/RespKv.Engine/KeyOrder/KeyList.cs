namespace RespKv.Engine.KeyOrder;

/// <summary>Keys in one block of bytes, in the order in which they were added. No object per key.</summary>
internal sealed class KeyList
{
    private byte[] _bytes = new byte[1024];
    private int[] _ends = new int[64];

    public int Count { get; private set; }

    /// <summary>Bytes of all keys.</summary>
    public int KeyBytes => Count == 0 ? 0 : _ends[Count - 1];

    public ReadOnlySpan<byte> this[int index]
    {
        get
        {
            int start = index == 0 ? 0 : _ends[index - 1];
            return _bytes.AsSpan(start, _ends[index] - start);
        }
    }

    public void Add(ReadOnlySpan<byte> key)
    {
        int start = KeyBytes;
        if (key.Length > _bytes.Length - start)
        {
            Array.Resize(ref _bytes, Grown(_bytes.Length, checked(start + key.Length)));
        }

        if (Count == _ends.Length)
        {
            Array.Resize(ref _ends, _ends.Length * 2);
        }

        key.CopyTo(_bytes.AsSpan(start));
        _ends[Count++] = start + key.Length;
    }

    /// <summary>The positions of the keys in the order of a walk over <paramref name="range"/>; equal keys stand together.</summary>
    public int[] Sorted(KeyRange range)
    {
        int[] order = new int[Count];
        for (int i = 0; i < order.Length; i++)
        {
            order[i] = i;
        }

        Array.Sort(order, (a, b) => range.Compare(this[a], this[b]));
        return order;
    }

    private static int Grown(int bytes, int needed) => (int)Math.Max(needed, Math.Min(2L * bytes, Array.MaxLength));
}
