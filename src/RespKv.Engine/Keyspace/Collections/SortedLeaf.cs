namespace RespKv.Engine.Keyspace.Collections;

/// <summary>Entries in order, as a node of a <see cref="SortedIndex"/>. Leaves are linked to their neighbours.</summary>
internal sealed class SortedLeaf : SortedNode
{
    /// <summary>An insertion moves at most so many entries (4 KiB), and so does a split.</summary>
    public const int SizeMax = 256;

    /// <summary>Two neighbours merge up to here: room is left, so that the next insertion does not split them again.</summary>
    private const int MergedSizeMax = SizeMax * 3 / 4;

    /// <summary>Arrays grow by so many entries: what is empty in them costs 10 %, not a half.</summary>
    private const int GrowthStep = 32;

    /// <summary>The growth step of arrays that are shorter than <see cref="GrowthStep"/>.</summary>
    private const int SmallGrowthStep = 8;

    /// <summary>An array with so much room gives it back; more than a step, so that it does not shrink and grow by turns.</summary>
    private const int SpareMax = 2 * GrowthStep;

    /// <summary>Object and array headers and fields.</summary>
    private const int FixedBytes = 72;

    private SortedEntry[] _entries = [];

    public SortedLeaf? Previous { get; private set; }

    public SortedLeaf? Next { get; private set; }

    public ReadOnlySpan<SortedEntry> Entries => _entries.AsSpan(0, Size);

    public override long EntryCount => Size;

    public override SortedEntry First => _entries[0];

    public override SortedEntry Last => _entries[Size - 1];

    public override long Bytes => FixedBytes + ((long)SortedEntry.Bytes * _entries.Length);

    public override bool IsUnderfull => Size < SizeMax / 4;

    public bool IsFull => Size == SizeMax;

    /// <summary>The leaf must not be full.</summary>
    public void Insert(int position, SortedEntry entry)
    {
        if (Size == _entries.Length)
        {
            Resize(Capacity(Size + 1));
        }

        Array.Copy(_entries, position, _entries, position + 1, Size - position);
        _entries[position] = entry;
        Size++;
    }

    public void RemoveAt(int position)
    {
        Size--;
        Array.Copy(_entries, position + 1, _entries, position, Size - position);
        Shrink();
    }

    /// <summary>Moves the entries from <paramref name="position"/> on into a new leaf behind this one.</summary>
    public SortedLeaf SplitAt(int position)
    {
        var right = new SortedLeaf { Previous = this, Next = Next };
        if (Next is not null)
        {
            Next.Previous = right;
        }

        Next = right;
        right.Append(Entries[position..]);
        Size = position;
        Shrink();
        return right;
    }

    public override bool TryAbsorb(SortedNode next)
    {
        var right = (SortedLeaf)next;
        if (Size + right.Size > MergedSizeMax)
        {
            return false;
        }

        Append(right.Entries);
        right.Unlink();
        return true;
    }

    /// <summary>Takes the leaf out from between its neighbours.</summary>
    public void Unlink()
    {
        if (Previous is not null)
        {
            Previous.Next = Next;
        }

        if (Next is not null)
        {
            Next.Previous = Previous;
        }
    }

    private static int Capacity(int size)
    {
        int step = size < GrowthStep ? SmallGrowthStep : GrowthStep;
        return (size + step - 1) / step * step;
    }

    private void Append(ReadOnlySpan<SortedEntry> entries)
    {
        int size = Size + entries.Length;
        if (size > _entries.Length)
        {
            Resize(Capacity(size));
        }

        entries.CopyTo(_entries.AsSpan(Size));
        Size = size;
    }

    private void Shrink()
    {
        if (_entries.Length - Size >= SpareMax)
        {
            Resize(Capacity(Size + 1));
        }
    }

    private void Resize(int capacity) => Array.Resize(ref _entries, capacity);
}
