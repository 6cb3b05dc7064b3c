using System.Buffers.Binary;

namespace RespKv.Engine.KeyOrder;

/// <summary>Keys of one database with what the log says about them, each once, in byte order. Immutable: any thread.</summary>
internal sealed class KeyRun
{
    /// <summary>Memory per key besides its bytes.</summary>
    public const int SlotBytes = 24;

    private readonly byte[] _bytes;
    private readonly KeySlot[] _slots;

    /// <param name="bytes">Where the slots' keys lie.</param>
    /// <param name="slots">Strictly ascending; owned by the run.</param>
    public KeyRun(byte[] bytes, KeySlot[] slots)
    {
        _bytes = bytes;
        _slots = slots;
    }

    public int Count => _slots.Length;

    /// <summary>Memory that it takes.</summary>
    public long Bytes => _bytes.Length + ((long)SlotBytes * _slots.Length);

    public ReadOnlySpan<byte> Key(int index) => _slots[index].Key(_bytes);

    public KeyState State(int index) => _slots[index].State;

    /// <summary>Index of the first key that is not below; <see cref="Count"/> if there is none.</summary>
    public int LowerBound(ReadOnlySpan<byte> key)
    {
        ulong prefix = KeySlot.PrefixOf(key);
        int low = 0;
        int high = _slots.Length;
        while (low < high)
        {
            int middle = (int)(((uint)low + (uint)high) / 2);
            ref readonly KeySlot slot = ref _slots[middle];
            int order = slot.Prefix.CompareTo(prefix);
            if (order < 0 || (order == 0 && slot.Key(_bytes).SequenceCompareTo(key) < 0))
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    /// <summary>One run of two, where the newer one says what counts.</summary>
    public static KeyRun Merge(KeyRun older, KeyRun newer)
    {
        var merged = new KeyRunBuilder(older.Count + newer.Count, older._bytes.Length + newer._bytes.Length);
        int a = 0;
        int b = 0;
        while (a < older.Count || b < newer.Count)
        {
            int order = a == older.Count ? 1 : b == newer.Count ? -1 : KeySlot.Compare(older._slots[a], older._bytes, newer._slots[b], newer._bytes);
            if (order < 0)
            {
                merged.Add(older.Key(a), older.State(a));
                a++;
            }
            else
            {
                merged.Add(newer.Key(b), newer.State(b));
                b++;
                a += order == 0 ? 1 : 0;
            }
        }

        return merged.BuildAscending();
    }
}

/// <summary>A key's place in a run's bytes.</summary>
/// <param name="Prefix">Its first eight bytes as a number: most comparisons need no look at the bytes.</param>
/// <param name="Offset">Where it begins.</param>
/// <param name="Length">Its bytes.</param>
/// <param name="State">What the log says about it.</param>
internal readonly record struct KeySlot(ulong Prefix, int Offset, int Length, KeyState State)
{
    public ReadOnlySpan<byte> Key(byte[] bytes) => bytes.AsSpan(Offset, Length);

    /// <summary>Shorter keys as if zeros followed: a smaller prefix means a smaller key, an equal one nothing.</summary>
    public static ulong PrefixOf(ReadOnlySpan<byte> key)
    {
        if (key.Length >= sizeof(ulong))
        {
            return BinaryPrimitives.ReadUInt64BigEndian(key);
        }

        Span<byte> padded = stackalloc byte[sizeof(ulong)];
        padded.Clear();
        key.CopyTo(padded);
        return BinaryPrimitives.ReadUInt64BigEndian(padded);
    }

    public static int Compare(in KeySlot first, byte[] firstBytes, in KeySlot second, byte[] secondBytes)
    {
        int order = first.Prefix.CompareTo(second.Prefix);
        return order != 0 ? order : first.Key(firstBytes).SequenceCompareTo(second.Key(secondBytes));
    }
}
