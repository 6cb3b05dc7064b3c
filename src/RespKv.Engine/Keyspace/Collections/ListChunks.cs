namespace RespKv.Engine.Keyspace.Collections;

/// <summary>
/// The elements of a large list, in nodes of a few KiB. Pushing and popping take a step or two, everything else walks over the nodes' counts and
/// touches the bytes of one node or two.
///
/// Invariants:
/// - No node is without elements.
/// - A node has room for at most <see cref="NodeBytes"/> bytes, or exactly for one element that has more.
/// - A node that was not filled when the next one was begun gave up its free room, if that was the better half of it; nodes that have become small by
///   removals in the middle are merged. So free room is at most about as much as what is used, and a node at either end.
/// </summary>
internal sealed class ListChunks
{
    /// <summary>Room of a node; with the array's own header 8 KiB.</summary>
    public const int NodeBytes = 8192 - ArrayHeaderBytes;

    /// <summary>An element above this size has a node of its own if it does not fit into the last one: it would leave too much of it free.</summary>
    private const int ShareBytesMax = NodeBytes / 4;

    /// <summary>A node that has shrunk to this looks for a neighbour to merge with, and what both may then have: short of full, so that they are not split next.</summary>
    private const int SmallBytes = NodeBytes / 4;
    private const int MergedBytesMax = NodeBytes * 3 / 4;

    private const int ArrayHeaderBytes = 24;

    private readonly ListNodeRing _nodes = new();
    private long _capacity;

    public long Count { get; private set; }

    /// <summary>Memory that it takes.</summary>
    public long Bytes => _capacity + ((long)_nodes.Count * ArrayHeaderBytes) + _nodes.Bytes;

    public void PushFirst(ReadOnlySpan<byte> value)
    {
        if (_nodes.Count == 0 || !_nodes[0].TryPrepend(value))
        {
            Seal(0);
            int capacity = CapacityFor(value);
            _capacity += capacity;
            _nodes.AddFirst(new ListNode(capacity, capacity)).TryPrepend(value);
        }

        Count++;
    }

    public void PushLast(ReadOnlySpan<byte> value)
    {
        if (_nodes.Count == 0 || !_nodes[_nodes.Count - 1].TryAppend(value))
        {
            Seal(_nodes.Count - 1);
            int capacity = CapacityFor(value);
            _capacity += capacity;
            _nodes.AddLast(new ListNode(capacity, 0)).TryAppend(value);
        }

        Count++;
    }

    /// <summary>Removes elements from the left end, at most as many as there are.</summary>
    public void RemoveFirst(long count)
    {
        Count -= count;
        while (count > 0)
        {
            ref ListNode node = ref _nodes[0];
            if (count < node.Count)
            {
                node.RemoveFirst((int)count);
                return;
            }

            count -= node.Count;
            _capacity -= node.Capacity;
            _nodes.RemoveFirst();
        }
    }

    /// <summary>Removes elements from the right end, at most as many as there are.</summary>
    public void RemoveLast(long count)
    {
        Count -= count;
        while (count > 0)
        {
            ref ListNode node = ref _nodes[_nodes.Count - 1];
            if (count < node.Count)
            {
                node.RemoveLast((int)count);
                return;
            }

            count -= node.Count;
            _capacity -= node.Capacity;
            _nodes.RemoveLast();
        }
    }

    /// <summary>An element. The span is good until the list changes.</summary>
    public ReadOnlySpan<byte> Get(long index)
    {
        ref ListNode node = ref _nodes[Locate(ref index)];
        return ListEntry.ValueAt(node.Bytes, node.OffsetOf((int)index));
    }

    public void Set(long index, ReadOnlySpan<byte> value)
    {
        int at = Locate(ref index);
        int offset = _nodes[at].OffsetOf((int)index);
        int oldSize = ListEntry.SizeAt(_nodes[at].Bytes, offset);
        if (TryReplace(at, offset, oldSize, value))
        {
            Tidy(at);
            return;
        }

        // It does not fit any more: it moves on its own, between what is before and what is behind it.
        _nodes[at].RemoveAt(offset);
        InsertAt(at, (int)index, value);
    }

    /// <summary>Inserts an element before the one of an index; at the end if the index is <see cref="Count"/>.</summary>
    public void Insert(long index, ReadOnlySpan<byte> value)
    {
        if (index == Count)
        {
            PushLast(value);
        }
        else if (index == 0)
        {
            PushFirst(value);
        }
        else
        {
            int at = Locate(ref index);
            Count++;
            InsertAt(at, (int)index, value);
        }
    }

    public void RemoveAt(long index)
    {
        int at = Locate(ref index);
        Count--;
        _nodes[at].RemoveAt(_nodes[at].OffsetOf((int)index));
        Tidy(at);
    }

    /// <summary>Removes the elements of ascending, distinct indexes, in one pass over the nodes.</summary>
    public void RemoveAt(ReadOnlySpan<long> indexes)
    {
        Count -= indexes.Length;
        long first = 0;
        int kept = 0;
        for (int at = 0; at < _nodes.Count; at++)
        {
            if (indexes.IsEmpty && kept == at)
            {
                return;
            }

            ref ListNode node = ref _nodes[at];
            int count = node.Count;
            int hits = 0;
            while (hits < indexes.Length && indexes[hits] < first + count)
            {
                hits++;
            }

            if (hits > 0)
            {
                node.RemoveAll(indexes[..hits], first);
                indexes = indexes[hits..];
            }

            first += count;
            kept = Keep(ref node, kept, hits > 0);
        }

        _nodes.Truncate(kept);
    }

    /// <summary>A cursor on an element; on none if there is no such index.</summary>
    public Cursor CursorAt(long index) => new(this, index);

    public void Clear()
    {
        _nodes.Clear();
        _capacity = 0;
        Count = 0;
    }

    private static int CapacityFor(ReadOnlySpan<byte> value)
    {
        int size = ListEntry.SizeOf(value.Length);
        return size > ShareBytesMax ? size : NodeBytes;
    }

    /// <summary>Finds the node of an index, which becomes that inside the node. Counts from the nearer end.</summary>
    private int Locate(ref long index)
    {
        if (index < Count / 2)
        {
            int at = 0;
            for (; index >= _nodes[at].Count; at++)
            {
                index -= _nodes[at].Count;
            }

            return at;
        }

        return LocateFromEnd(ref index);
    }

    private int LocateFromEnd(ref long index)
    {
        long behind = Count - index;
        int at = _nodes.Count - 1;
        for (; behind > _nodes[at].Count; at--)
        {
            behind -= _nodes[at].Count;
        }

        index = _nodes[at].Count - behind;
        return at;
    }

    /// <summary>The node at an end is left behind: it keeps no room that it may never need.</summary>
    private void Seal(int at)
    {
        if (_nodes.Count > 0 && _nodes[at].Used <= _nodes[at].Capacity / 2)
        {
            ref ListNode node = ref _nodes[at];
            _capacity -= node.Capacity - node.Used;
            node.Trim();
        }
    }

    private bool TryReplace(int at, int offset, int oldSize, ReadOnlySpan<byte> value)
    {
        ref ListNode node = ref _nodes[at];
        int capacity = node.Capacity;
        if (!node.TryReplace(offset, oldSize, value, NodeBytes))
        {
            return false;
        }

        _capacity += node.Capacity - capacity;
        return true;
    }

    /// <summary>Inserts before an element of a node, or behind its last one. The node may be empty.</summary>
    private void InsertAt(int at, int index, ReadOnlySpan<byte> value)
    {
        int offset = _nodes[at].OffsetOf(index);
        if (TryReplace(at, offset, 0, value))
        {
            return;
        }

        int count = _nodes[at].Count;
        if (index > 0 && index < count)
        {
            // A large element is likely to end up on its own: the halves are to be left without room then.
            bool isLarge = ListEntry.SizeOf(value.Length) > ShareBytesMax;
            ListNode tail = _nodes[at].Split(offset, index, isLarge ? _nodes[at].End - offset : NodeBytes);
            _capacity += tail.Capacity;
            _nodes.Insert(at + 1, tail);
            if (TryReplace(at, _nodes[at].End, 0, value))
            {
                return;
            }

            if (isLarge)
            {
                Seal(at);
            }
        }

        // Before the node if the element is to be its first, otherwise behind it, where a neighbour may have room.
        int next = index == 0 && count > 0 ? at : at + 1;
        if (!TryNeighbours(next, value))
        {
            InsertNode(next, value);
        }

        if (_nodes[at].Count == 0)
        {
            Tidy(at);
        }
    }

    /// <summary>Puts an element at the end of the node before a place, or at the start of the one behind it, if either has the room.</summary>
    private bool TryNeighbours(int place, ReadOnlySpan<byte> value)
        => (place > 0 && _nodes[place - 1].TryAppend(value)) || (place < _nodes.Count && _nodes[place].TryPrepend(value));

    private void InsertNode(int place, ReadOnlySpan<byte> value)
    {
        int capacity = CapacityFor(value);
        _capacity += capacity;
        var node = new ListNode(capacity, 0);
        node.TryAppend(value);
        _nodes.Insert(place, node);
    }

    /// <summary>A node has lost bytes: it goes if it is empty, and merges with a neighbour if both are small.</summary>
    private void Tidy(int at)
    {
        ref ListNode node = ref _nodes[at];
        if (node.Count == 0)
        {
            _capacity -= node.Capacity;
            _nodes.RemoveAt(at);
            return;
        }

        if (node.Used > SmallBytes)
        {
            ShrinkLarge(ref node);
            return;
        }

        if (at > 0 && _nodes[at - 1].Used + node.Used <= MergedBytesMax)
        {
            Merge(at - 1);
        }
        else if (at + 1 < _nodes.Count && _nodes[at + 1].Used + node.Used <= MergedBytesMax)
        {
            Merge(at);
        }
        else
        {
            ShrinkLarge(ref node);
        }
    }

    private void Merge(int at)
    {
        _capacity -= _nodes[at].Capacity + _nodes[at + 1].Capacity;
        _nodes[at].Absorb(_nodes[at + 1], NodeBytes);
        _capacity += _nodes[at].Capacity;
        _nodes.RemoveAt(at + 1);
    }

    /// <summary>The node of a large element that has become a smaller one: nothing may be put beside it.</summary>
    private void ShrinkLarge(ref ListNode node)
    {
        if (node.Capacity > NodeBytes && node.Used < node.Capacity)
        {
            _capacity -= node.Capacity - node.Used;
            node.Trim();
        }
    }

    /// <summary>Part of a pass that removes: a node moves up behind those which were kept, into the last of them if both are small, or goes.</summary>
    private int Keep(ref ListNode node, int kept, bool changed)
    {
        if (node.Count == 0)
        {
            _capacity -= node.Capacity;
            return kept;
        }

        if (kept > 0)
        {
            ref ListNode last = ref _nodes[kept - 1];
            bool small = last.Used <= SmallBytes || (changed && node.Used <= SmallBytes);
            if (small && last.Used + node.Used <= MergedBytesMax)
            {
                _capacity -= last.Capacity + node.Capacity;
                last.Absorb(node, NodeBytes);
                _capacity += last.Capacity;
                return kept;
            }
        }

        _nodes[kept] = node;
        return kept + 1;
    }

    /// <summary>A place in the list. Good until the list changes.</summary>
    public struct Cursor
    {
        private readonly ListChunks _list;
        private int _node;
        private int _offset;

        internal Cursor(ListChunks list, long index)
        {
            _list = list;
            Index = index;
            if (IsValid)
            {
                _node = list.Locate(ref index);
                _offset = list._nodes[_node].OffsetOf((int)index);
            }
        }

        /// <summary>The index of the element; outside of the list when the cursor has left it.</summary>
        public long Index { get; private set; }

        /// <summary>Whether the cursor is on an element.</summary>
        public readonly bool IsValid => (ulong)Index < (ulong)_list.Count;

        /// <summary>The element; the cursor must be on one.</summary>
        public readonly ReadOnlySpan<byte> Current => ListEntry.ValueAt(_list._nodes[_node].Bytes, _offset);

        /// <summary>Goes to the element behind it. Returns false if there is none: the cursor is of no use then.</summary>
        public bool MoveNext()
        {
            Index++;
            if (!IsValid)
            {
                return false;
            }

            ref ListNode node = ref _list._nodes[_node];
            _offset += ListEntry.SizeAt(node.Bytes, _offset);
            if (_offset == node.End)
            {
                _node++;
                _offset = _list._nodes[_node].Start;
            }

            return true;
        }

        /// <summary>Goes to the element before it. Returns false if there is none: the cursor is of no use then.</summary>
        public bool MovePrevious()
        {
            Index--;
            if (!IsValid)
            {
                return false;
            }

            if (_offset == _list._nodes[_node].Start)
            {
                _node--;
                _offset = _list._nodes[_node].End;
            }

            _offset -= ListEntry.SizeBefore(_list._nodes[_node].Bytes, _offset);
            return true;
        }
    }
}
