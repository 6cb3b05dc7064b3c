namespace RespKv.Engine.Keyspace.Collections;

/// <summary>
/// Children in order, as a node of a <see cref="SortedIndex"/>. Of each it knows the lowest entry and the number of entries; whoever
/// changes a child says so with <see cref="Refresh"/>.
/// </summary>
internal sealed class SortedBranch : SortedNode
{
    /// <summary>Children are counted one by one when a rank is looked for.</summary>
    public const int SizeMax = 64;

    private const int MergedSizeMax = SizeMax * 3 / 4;

    /// <summary>Object and array headers and fields.</summary>
    private const int FixedBytes = 120;

    private readonly SortedNode?[] _children = new SortedNode?[SizeMax];
    private readonly SortedEntry[] _firsts = new SortedEntry[SizeMax];
    private readonly long[] _counts = new long[SizeMax];
    private long _entryCount;

    /// <summary>The lowest entry of each child.</summary>
    public ReadOnlySpan<SortedEntry> Firsts => _firsts.AsSpan(0, Size);

    /// <summary>The number of entries of each child.</summary>
    public ReadOnlySpan<long> Counts => _counts.AsSpan(0, Size);

    public override long EntryCount => _entryCount;

    public override SortedEntry First => _firsts[0];

    public override SortedEntry Last => _children[Size - 1]!.Last;

    public override long Bytes => FixedBytes + (SizeMax * (8L + SortedEntry.Bytes + sizeof(long)));

    public override bool IsUnderfull => Size < SizeMax / 4;

    public bool IsFull => Size == SizeMax;

    public SortedNode Child(int position) => _children[position]!;

    /// <summary>The branch must not be full, the child not empty.</summary>
    public void Insert(int position, SortedNode child)
    {
        int moved = Size - position;
        Array.Copy(_children, position, _children, position + 1, moved);
        Array.Copy(_firsts, position, _firsts, position + 1, moved);
        Array.Copy(_counts, position, _counts, position + 1, moved);
        _children[position] = child;
        _counts[position] = 0;
        Size++;
        Refresh(position);
    }

    public void RemoveAt(int position)
    {
        _entryCount -= _counts[position];
        Size--;
        int moved = Size - position;
        Array.Copy(_children, position + 1, _children, position, moved);
        Array.Copy(_firsts, position + 1, _firsts, position, moved);
        Array.Copy(_counts, position + 1, _counts, position, moved);
        _children[Size] = null;
    }

    /// <summary>The child's entries have changed.</summary>
    public void Refresh(int position)
    {
        SortedNode child = _children[position]!;
        long count = child.EntryCount;
        _entryCount += count - _counts[position];
        _counts[position] = count;
        if (count > 0)
        {
            _firsts[position] = child.First;
        }
    }

    /// <summary>Moves the children from <paramref name="position"/> on into a new branch, this one's right neighbour.</summary>
    public SortedBranch SplitAt(int position)
    {
        var right = new SortedBranch();
        right.Append(this, position);
        _entryCount -= right._entryCount;
        _children.AsSpan(position, Size - position).Clear();
        Size = position;
        return right;
    }

    public override bool TryAbsorb(SortedNode next)
    {
        var right = (SortedBranch)next;
        if (Size + right.Size > MergedSizeMax)
        {
            return false;
        }

        Append(right, 0);
        return true;
    }

    private void Append(SortedBranch source, int from)
    {
        int moved = source.Size - from;
        Array.Copy(source._children, from, _children, Size, moved);
        Array.Copy(source._firsts, from, _firsts, Size, moved);
        Array.Copy(source._counts, from, _counts, Size, moved);
        for (int i = Size; i < Size + moved; i++)
        {
            _entryCount += _counts[i];
        }

        Size += moved;
    }
}
