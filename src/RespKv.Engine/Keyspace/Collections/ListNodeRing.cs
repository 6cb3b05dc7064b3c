using System.Numerics;

namespace RespKv.Engine.Keyspace.Collections;

/// <summary>
/// The nodes of a list, in order, in a circular array: an end is reached in one step, and growing or inserting moves nodes' descriptions, never
/// their bytes.
/// </summary>
internal sealed class ListNodeRing
{
    private const int NodesMin = 4;

    /// <summary>A reference and its three numbers, as the runtime lays them out.</summary>
    private const int NodeBytes = 24;

    private ListNode[] _nodes = new ListNode[NodesMin];
    private int _head;

    public int Count { get; private set; }

    /// <summary>Memory of the array itself.</summary>
    public long Bytes => (long)_nodes.Length * NodeBytes;

    /// <summary>The reference is good until a node is added.</summary>
    public ref ListNode this[int index] => ref _nodes[(_head + index) & (_nodes.Length - 1)];

    public ref ListNode AddFirst(in ListNode node)
    {
        MakeRoom();
        _head = (_head - 1) & (_nodes.Length - 1);
        Count++;
        this[0] = node;
        return ref this[0];
    }

    public ref ListNode AddLast(in ListNode node)
    {
        MakeRoom();
        Count++;
        this[Count - 1] = node;
        return ref this[Count - 1];
    }

    /// <summary>Inserts a node by moving the fewer of the nodes before and behind it.</summary>
    public void Insert(int index, in ListNode node)
    {
        MakeRoom();
        if (index < Count / 2)
        {
            _head = (_head - 1) & (_nodes.Length - 1);
            for (int i = 0; i < index; i++)
            {
                this[i] = this[i + 1];
            }
        }
        else
        {
            for (int i = Count; i > index; i--)
            {
                this[i] = this[i - 1];
            }
        }

        Count++;
        this[index] = node;
    }

    public void RemoveFirst()
    {
        this[0] = default;
        _head = (_head + 1) & (_nodes.Length - 1);
        Count--;
        Shrink();
    }

    public void RemoveLast() => Truncate(Count - 1);

    /// <summary>Removes the nodes behind the first <paramref name="count"/>.</summary>
    public void Truncate(int count)
    {
        while (Count > count)
        {
            Count--;
            this[Count] = default;
        }

        Shrink();
    }

    public void RemoveAt(int index)
    {
        if (index < Count / 2)
        {
            for (int i = index; i > 0; i--)
            {
                this[i] = this[i - 1];
            }

            RemoveFirst();
            return;
        }

        for (int i = index; i < Count - 1; i++)
        {
            this[i] = this[i + 1];
        }

        RemoveLast();
    }

    public void Clear()
    {
        _nodes = new ListNode[NodesMin];
        _head = 0;
        Count = 0;
    }

    private void MakeRoom()
    {
        if (Count == _nodes.Length)
        {
            Resize(_nodes.Length * 2);
        }
    }

    /// <summary>At an eighth, so that a list which goes up and down does not pay for it each time.</summary>
    private void Shrink()
    {
        if (_nodes.Length > NodesMin && Count <= _nodes.Length / 8)
        {
            Resize(Math.Max(NodesMin, (int)BitOperations.RoundUpToPowerOf2((uint)Count * 2)));
        }
    }

    private void Resize(int length)
    {
        var nodes = new ListNode[length];
        for (int i = 0; i < Count; i++)
        {
            nodes[i] = this[i];
        }

        _nodes = nodes;
        _head = 0;
    }
}
