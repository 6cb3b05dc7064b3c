namespace RespKv.Engine.Keyspace.Collections;

/// <summary>
/// Some neighbouring elements of a list in one array, with free room before them, behind them, or both. Offsets are those of the array.
/// </summary>
internal struct ListNode
{
    private byte[] _bytes;

    /// <summary>A node without elements.</summary>
    /// <param name="capacity">Its room.</param>
    /// <param name="start">Where its elements will begin: at the capacity if they come from the left, 0 if from the right.</param>
    public ListNode(int capacity, int start)
    {
        _bytes = GC.AllocateUninitializedArray<byte>(capacity);
        Start = start;
        End = start;
    }

    /// <summary>Where the first element begins.</summary>
    public int Start { get; private set; }

    /// <summary>Where the last element ends.</summary>
    public int End { get; private set; }

    public int Count { get; private set; }

    public readonly int Used => End - Start;

    public readonly int Capacity => _bytes.Length;

    public readonly ReadOnlySpan<byte> Bytes => _bytes;

    public bool TryAppend(ReadOnlySpan<byte> value)
    {
        int size = ListEntry.SizeOf(value.Length);
        if (Capacity - End < size)
        {
            return false;
        }

        ListEntry.Write(_bytes.AsSpan(End, size), value);
        End += size;
        Count++;
        return true;
    }

    public bool TryPrepend(ReadOnlySpan<byte> value)
    {
        int size = ListEntry.SizeOf(value.Length);
        if (Start < size)
        {
            return false;
        }

        Start -= size;
        ListEntry.Write(_bytes.AsSpan(Start, size), value);
        Count++;
        return true;
    }

    /// <summary>Removes elements from the left end; fewer than there are.</summary>
    public void RemoveFirst(int count)
    {
        Start = OffsetOf(count);
        Count -= count;
    }

    /// <summary>Removes elements from the right end; fewer than there are.</summary>
    public void RemoveLast(int count)
    {
        End = OffsetOf(Count - count);
        Count -= count;
    }

    /// <summary>Where an element begins; <see cref="End"/> if the index is <see cref="Count"/>. Walks from the nearer end.</summary>
    public readonly int OffsetOf(int index)
    {
        ReadOnlySpan<byte> bytes = _bytes;
        int offset;
        if (index <= Count / 2)
        {
            offset = Start;
            for (; index > 0; index--)
            {
                offset += ListEntry.SizeAt(bytes, offset);
            }
        }
        else
        {
            offset = End;
            for (; index < Count; index++)
            {
                offset -= ListEntry.SizeBefore(bytes, offset);
            }
        }

        return offset;
    }

    /// <summary>
    /// Puts an element in the place of the <paramref name="oldSize"/> bytes at an offset (0: inserts it), if the node can have as many bytes as that
    /// takes.
    /// </summary>
    public bool TryReplace(int offset, int oldSize, ReadOnlySpan<byte> value, int capacityMax)
    {
        int size = ListEntry.SizeOf(value.Length);
        int used = Used + size - oldSize;
        if (used > Math.Max(capacityMax, Capacity))
        {
            return false;
        }

        if (used > Capacity)
        {
            offset = Grow(capacityMax, offset);
        }

        offset = Resize(offset, oldSize, size);
        ListEntry.Write(_bytes.AsSpan(offset, size), value);
        Count += oldSize == 0 ? 1 : 0;
        return true;
    }

    /// <summary>Removes the element at an offset.</summary>
    public void RemoveAt(int offset)
    {
        Resize(offset, ListEntry.SizeAt(_bytes, offset), 0);
        Count--;
    }

    /// <summary>Removes the elements of ascending indexes, in one pass.</summary>
    /// <param name="indexes">Indexes in the list.</param>
    /// <param name="first">The index in the list of this node's first element.</param>
    public void RemoveAll(ReadOnlySpan<long> indexes, long first)
    {
        int from = Start;
        int to = Start;
        int removed = 0;
        int count = Count;
        for (int i = 0; i < count; i++)
        {
            int size = ListEntry.SizeAt(_bytes, from);
            if (removed < indexes.Length && indexes[removed] == first + i)
            {
                removed++;
            }
            else
            {
                if (to != from)
                {
                    _bytes.AsSpan(from, size).CopyTo(_bytes.AsSpan(to));
                }

                to += size;
            }

            from += size;
        }

        End = to;
        Count -= removed;
    }

    /// <summary>Cuts off what is behind an offset, which becomes a node of its own.</summary>
    /// <param name="offset">Where the other node begins.</param>
    /// <param name="index">The index of the element there.</param>
    /// <param name="capacity">The other node's room, at least what goes into it.</param>
    public ListNode Split(int offset, int index, int capacity)
    {
        int used = End - offset;
        var tail = new ListNode(capacity, capacity - used) { End = capacity, Count = Count - index };
        _bytes.AsSpan(offset, used).CopyTo(tail._bytes.AsSpan(tail.Start));
        End = offset;
        Count = index;
        return tail;
    }

    /// <summary>Takes in the elements of the node behind it.</summary>
    /// <param name="next">That node, with which this one must not have more than <paramref name="capacity"/> bytes.</param>
    /// <param name="capacity">The room to have if there is not enough.</param>
    public void Absorb(in ListNode next, int capacity)
    {
        if (Capacity - End < next.Used)
        {
            Reallocate(Math.Max(capacity, Used + next.Used), 0);
        }

        next.Bytes[next.Start..next.End].CopyTo(_bytes.AsSpan(End));
        End += next.Used;
        Count += next.Count;
    }

    /// <summary>Gives up the free room.</summary>
    public void Trim() => Reallocate(Used, 0);

    private int Grow(int capacity, int offset)
    {
        int inside = offset - Start;
        Reallocate(capacity, (capacity - Used) / 2);
        return Start + inside;
    }

    private void Reallocate(int capacity, int start)
    {
        byte[] bytes = GC.AllocateUninitializedArray<byte>(capacity);
        _bytes.AsSpan(Start, Used).CopyTo(bytes.AsSpan(start));
        End = start + Used;
        Start = start;
        _bytes = bytes;
    }

    /// <summary>Makes the bytes at an offset more or fewer by moving the shorter side, or what must be moved. Returns where they are then.</summary>
    private int Resize(int offset, int oldSize, int newSize)
    {
        int grows = newSize - oldSize;
        int before = offset - Start;
        int behind = End - offset - oldSize;
        int toLeft = grows;
        if (before > behind || grows > Start)
        {
            toLeft = Math.Max(0, grows - (Capacity - End));
        }

        int toRight = grows - toLeft;
        Span<byte> bytes = _bytes;
        if (toLeft != 0)
        {
            bytes.Slice(Start, before).CopyTo(bytes[(Start - toLeft)..]);
        }

        if (toRight != 0)
        {
            bytes.Slice(End - behind, behind).CopyTo(bytes[(End - behind + toRight)..]);
        }

        Start -= toLeft;
        End += toRight;
        return offset - toLeft;
    }
}
