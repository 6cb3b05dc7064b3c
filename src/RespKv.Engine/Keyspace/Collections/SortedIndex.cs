namespace RespKv.Engine.Keyspace.Collections;

/// <summary>
/// The order of a large sorted set: by score, and among equal scores by the member's bytes. A B+ tree that counts: entries are
/// addresses of elements, whose names it asks for when scores are equal, and a rank is found as fast as an entry. A change
/// moves at most one node's entries at a level, however large the set is, so none of them pauses. Guarded by the turn.
/// <para>Invariants: no node is empty, but for a root that is a leaf; a branch's firsts and counts are those of its
/// children; an element is in the index at most once, and its name can be read for as long as it is in it.</para>
/// </summary>
internal sealed class SortedIndex(IElementNames names)
{
    private SortedNode _root = new SortedLeaf();

    /// <summary>Memory of all nodes but the root.</summary>
    private long _bytesBelowRoot;

    /// <summary>Number of entries.</summary>
    public long Count => _root.EntryCount;

    /// <summary>Memory that it takes; the elements are not in it.</summary>
    public long Bytes => _root.Bytes + _bytesBelowRoot;

    /// <summary>Adds an entry that is not there. The score is a number (not NaN).</summary>
    public void Insert(double score, ReadOnlySpan<byte> member, ulong address)
    {
        SortedNode? right = Insert(_root, new SortedPlace(score, member, isAfterEqual: false), new SortedEntry(score, address));
        if (right is null)
        {
            return;
        }

        var root = new SortedBranch();
        root.Insert(0, _root);
        root.Insert(1, right);
        _bytesBelowRoot += _root.Bytes;
        _root = root;
    }

    /// <summary>Removes an entry, whose element must still be readable. False: it is not there.</summary>
    public bool Remove(double score, ReadOnlySpan<byte> member)
    {
        if (Count == 0 || !TryRemove(_root, score, member, EndOf(score, member)))
        {
            return false;
        }

        while (_root is SortedBranch { Size: 1 } branch)
        {
            _root = branch.Child(0);
            _bytesBelowRoot -= _root.Bytes;
        }

        return true;
    }

    /// <summary>How many entries are before that one, whether it is there or not.</summary>
    public long RankOf(double score, ReadOnlySpan<byte> member) => CountBelow(score, member, orEqual: false);

    /// <summary>How many entries have a lower score, or (<paramref name="orEqual"/>) one that is not higher.</summary>
    public long CountBelow(double score, bool orEqual) => CountBefore(new SortedPlace(score, orEqual));

    /// <summary>How many entries are before that one, itself included or not.</summary>
    public long CountBelow(double score, ReadOnlySpan<byte> member, bool orEqual) => CountBefore(new SortedPlace(score, member, orEqual));

    /// <summary>The entry of that rank (0-based). Beyond both ends: no entry.</summary>
    public SortedCursor At(long rank)
    {
        if (rank < 0 || rank >= Count)
        {
            return default;
        }

        SortedNode node = _root;
        while (node is SortedBranch branch)
        {
            int i = 0;
            for (ReadOnlySpan<long> counts = branch.Counts; rank >= counts[i]; i++)
            {
                rank -= counts[i];
            }

            node = branch.Child(i);
        }

        return new SortedCursor((SortedLeaf)node, (int)rank);
    }

    private long CountBefore(in SortedPlace place)
    {
        long before = 0;
        SortedNode node = _root;
        while (node is SortedBranch branch)
        {
            int child = ChildAt(branch, place);
            foreach (long count in branch.Counts[..child])
            {
                before += count;
            }

            node = branch.Child(child);
        }

        return before + place.CountBefore(((SortedLeaf)node).Entries, names);
    }

    /// <summary>The last child that begins before the place: the place is in it or at its end.</summary>
    private int ChildAt(SortedBranch branch, in SortedPlace place) => Math.Max(0, place.CountBefore(branch.Firsts, names) - 1);

    /// <summary>Adds the entry below the node. Returns the node's new right neighbour when it had to be split.</summary>
    private SortedNode? Insert(SortedNode node, in SortedPlace place, SortedEntry entry)
    {
        if (node is SortedLeaf leaf)
        {
            return InsertIntoLeaf(leaf, place.CountBefore(leaf.Entries, names), entry);
        }

        var branch = (SortedBranch)node;
        int position = ChildAt(branch, place);
        SortedNode child = branch.Child(position);
        long bytes = child.Bytes;
        SortedNode? right = Insert(child, place, entry);
        _bytesBelowRoot += child.Bytes - bytes;
        branch.Refresh(position);
        return right is null ? null : InsertIntoBranch(branch, position + 1, right);
    }

    private SortedLeaf? InsertIntoLeaf(SortedLeaf leaf, int position, SortedEntry entry)
    {
        if (!leaf.IsFull)
        {
            leaf.Insert(position, entry);
            return null;
        }

        // Sets that grow at one end (scores are often times) leave full leaves behind them, not halves.
        int middle = position == leaf.Size && leaf.Next is null ? leaf.Size
            : position == 0 && leaf.Previous is null ? 0
            : leaf.Size / 2;
        SortedLeaf right = leaf.SplitAt(middle);
        if (position < middle || middle == 0)
        {
            leaf.Insert(position, entry);
        }
        else
        {
            right.Insert(position - middle, entry);
        }

        _bytesBelowRoot += right.Bytes;
        return right;
    }

    private SortedBranch? InsertIntoBranch(SortedBranch branch, int position, SortedNode child)
    {
        if (!branch.IsFull)
        {
            branch.Insert(position, child);
            return null;
        }

        int middle = position == branch.Size ? branch.Size : branch.Size / 2;
        SortedBranch right = branch.SplitAt(middle);
        if (position <= middle && middle < SortedBranch.SizeMax)
        {
            branch.Insert(position, child);
        }
        else
        {
            right.Insert(position - middle, child);
        }

        _bytesBelowRoot += right.Bytes;
        return right;
    }

    /// <summary>Which end the entry stands at: what is popped is found without a search.</summary>
    private End EndOf(double score, ReadOnlySpan<byte> member)
        => Is(_root.First, score, member) ? End.First : Is(_root.Last, score, member) ? End.Last : End.None;

    private bool Is(SortedEntry entry, double score, ReadOnlySpan<byte> member)
        => entry.Score == score && names.Name(entry.Address).SequenceEqual(member);

    private bool TryRemove(SortedNode node, double score, ReadOnlySpan<byte> member, End end)
    {
        if (node is SortedLeaf leaf)
        {
            int found = end switch
            {
                End.First => 0,
                End.Last => leaf.Size - 1,
                _ => new SortedPlace(score, member, isAfterEqual: false).CountBefore(leaf.Entries, names),
            };
            if (end == End.None && (found == leaf.Size || !Is(leaf.Entries[found], score, member)))
            {
                return false;
            }

            leaf.RemoveAt(found);
            return true;
        }

        var branch = (SortedBranch)node;
        int position = end switch
        {
            End.First => 0,
            End.Last => branch.Size - 1,
            _ => ChildAt(branch, new SortedPlace(score, member, isAfterEqual: true)),
        };
        SortedNode child = branch.Child(position);
        long bytes = child.Bytes;
        if (!TryRemove(child, score, member, end))
        {
            return false;
        }

        _bytesBelowRoot += child.Bytes - bytes;
        branch.Refresh(position);
        if (child.Size == 0)
        {
            RemoveEmpty(branch, position);
        }
        else if (child.IsUnderfull && !TryMerge(branch, position) && position > 0)
        {
            TryMerge(branch, position - 1);
        }

        return true;
    }

    /// <summary>A child can become empty where neighbours are too full to merge with. Its branch may be empty then, too.</summary>
    private void RemoveEmpty(SortedBranch branch, int position)
    {
        SortedNode child = branch.Child(position);
        (child as SortedLeaf)?.Unlink();
        branch.RemoveAt(position);
        _bytesBelowRoot -= child.Bytes;
    }

    /// <summary>Merges a child with its right neighbour, if it has one and they fit into one node.</summary>
    private bool TryMerge(SortedBranch branch, int position)
    {
        if (position + 1 == branch.Size)
        {
            return false;
        }

        SortedNode left = branch.Child(position);
        SortedNode right = branch.Child(position + 1);
        long bytes = left.Bytes + right.Bytes;
        if (!left.TryAbsorb(right))
        {
            return false;
        }

        branch.RemoveAt(position + 1);
        branch.Refresh(position);
        _bytesBelowRoot += left.Bytes - bytes;
        return true;
    }

    private enum End : byte
    {
        None,
        First,
        Last,
    }
}
