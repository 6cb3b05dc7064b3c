using System.Buffers;
using RespKv.Engine.Execution;
using RespKv.Engine.Keyspace;
using RespKv.Engine.Keyspace.Collections;
using RespKv.Protocol;

namespace RespKv.Engine.Commands.Sets;

/// <summary>The sets that a command combines; a missing one is empty. Valid until the next mutation. To be disposed of.</summary>
internal readonly ref struct SetOperands
{
    /// <summary>From so many comparisons with the members of a packed set on, a table of them is made first.</summary>
    private const long ComparisonsMax = 2048;

    private readonly ReadContext _context;
    private readonly Entry[] _entries;
    private readonly MemberTable?[] _tables;

    private SetOperands(ReadContext context, int count)
    {
        _context = context;
        Count = count;
        _entries = ArrayPool<Entry>.Shared.Rent(count);
        _tables = ArrayPool<MemberTable?>.Shared.Rent(count);
        _tables.AsSpan(0, count).Clear();
    }

    public int Count { get; }

    /// <summary>The set of an argument, counted from the first.</summary>
    public ElementsView this[int index] => new(_context.Collection(_entries[index]));

    /// <summary>Looks up the sets that <paramref name="count"/> arguments name. False: one is no set, and the error has been replied.</summary>
    public static bool TryFind(ReadContext c, RequestArgs args, int first, int count, out SetOperands operands)
    {
        operands = default;
        for (int i = first; i < first + count; i++)
        {
            bool isRightType = c.FindSet(new KeyRef(args[i]), out ElementsView set);
            if (c is WriteContext)
            {
                c.Engine.Stats.CountLookup(set.Exists || !isRightType);
            }

            if (!isRightType)
            {
                return false;
            }
        }

        // Again, because each look-up may have deleted an expired key, which ends the life of entries.
        operands = new SetOperands(c, count);
        for (int i = 0; i < count; i++)
        {
            c.FindUntouched(new KeyRef(args[first + i]), out operands._entries[i]);
        }

        return true;
    }

    public bool Exists(int index) => _entries[index].Exists;

    /// <summary>Whether both arguments name the same key, which is there.</summary>
    public bool AreSame(int index, int other) => _entries[index].Exists && _entries[index].Address == _entries[other].Address;

    /// <summary>Orders the sets from one on by their counts.</summary>
    public void Order(int from, bool descending)
    {
        ReadContext c = _context;
        _entries.AsSpan(from, Count - from).Sort((a, b) =>
        {
            int compared = c.Collection(a).Count.CompareTo(c.Collection(b).Count);
            return descending ? -compared : compared;
        });
    }

    /// <summary>So many members will be looked for in a set.</summary>
    public void Prepare(int index, long members)
    {
        ElementsView set = this[index];
        if (set.Count > PackedElements.CountMax || set.Count * members < ComparisonsMax)
        {
            return;
        }

        var table = new MemberTable();
        foreach (ElementCursor element in set)
        {
            table.Add(element.Name);
        }

        _tables[index] = table;
    }

    public bool Contains(int index, ReadOnlySpan<byte> member)
        => _tables[index] is { } table ? table.Contains(member) : this[index].Contains(member);

    public void Dispose()
    {
        if (_tables is null)
        {
            return;
        }

        foreach (MemberTable? table in _tables.AsSpan(0, Count))
        {
            table?.Dispose();
        }

        ArrayPool<Entry>.Shared.Return(_entries);
        ArrayPool<MemberTable?>.Shared.Return(_tables, clearArray: true);
    }
}
