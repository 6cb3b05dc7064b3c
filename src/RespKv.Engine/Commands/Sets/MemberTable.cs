using System.Buffers;
using RespKv.Engine.Keyspace;

namespace RespKv.Engine.Commands.Sets;

/// <summary>
/// Members gathered while a command runs, each once, in the order in which they came: an index over bytes in one piece, no object a member. The
/// bytes are bounded by those of the sets that are looked at. To be disposed of.
/// </summary>
internal sealed class MemberTable : IDisposable
{
    private const int SlotsMin = 64;

    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(1024);
    private Member[] _members = ArrayPool<Member>.Shared.Rent(SlotsMin / 2);

    /// <summary>Number of a member plus one, 0 where there is none; a power of two of them.</summary>
    private int[] _slots = NewSlots(SlotsMin);
    private int _slotCount = SlotsMin;
    private int _byteCount;

    /// <summary>Members that were added, those included that were removed again.</summary>
    private int _added;

    public int Count { get; private set; }

    /// <summary>Adds a member, which may be one that was removed; false when it is there.</summary>
    /// <exception cref="InvalidDataException">It is more than an array holds.</exception>
    public bool Add(ReadOnlySpan<byte> name)
    {
        ulong hash = KeyHash.Compute(name);
        ref int slot = ref SlotOf(name, hash);
        if (slot != 0)
        {
            return false;
        }

        Reserve(name.Length);
        name.CopyTo(_bytes.AsSpan(_byteCount));
        _members[_added] = new Member(hash, _byteCount, name.Length);
        _byteCount += name.Length;
        slot = ++_added;
        Count++;
        if (_added * 2 >= _slotCount)
        {
            Rehash();
        }

        return true;
    }

    public bool Contains(ReadOnlySpan<byte> name) => SlotOf(name, KeyHash.Compute(name)) != 0;

    /// <summary>Removes a member for good: it must not be added again.</summary>
    public bool Remove(ReadOnlySpan<byte> name)
    {
        int number = SlotOf(name, KeyHash.Compute(name));
        if (number == 0 || _members[number - 1].Length < 0)
        {
            return false;
        }

        // The slot stays taken, so that those behind it are found.
        ref Member member = ref _members[number - 1];
        member = member with { Length = ~member.Length };
        Count--;
        return true;
    }

    /// <summary>Calls <paramref name="visit"/> with each member.</summary>
    public void Visit<TState>(TState state, MemberAction<TState> visit)
    {
        foreach (ref readonly Member member in _members.AsSpan(0, _added))
        {
            if (member.Length >= 0)
            {
                visit(state, _bytes.AsSpan(member.Start, member.Length));
            }
        }
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        ArrayPool<Member>.Shared.Return(_members);
        ArrayPool<int>.Shared.Return(_slots);
    }

    private static int[] NewSlots(int count)
    {
        int[] slots = ArrayPool<int>.Shared.Rent(count);
        slots.AsSpan(0, count).Clear();
        return slots;
    }

    private ref int SlotOf(ReadOnlySpan<byte> name, ulong hash)
    {
        int at = (int)hash & (_slotCount - 1);
        while (_slots[at] != 0)
        {
            ref readonly Member member = ref _members[_slots[at] - 1];
            if (member.Hash == hash && BytesOf(member).SequenceEqual(name))
            {
                break;
            }

            at = (at + 1) & (_slotCount - 1);
        }

        return ref _slots[at];
    }

    private ReadOnlySpan<byte> BytesOf(in Member member) => _bytes.AsSpan(member.Start, member.Length < 0 ? ~member.Length : member.Length);

    private void Reserve(int bytes)
    {
        if ((long)_byteCount + bytes > Array.MaxLength)
        {
            throw new InvalidDataException("the members together are more than an array holds");
        }

        if (_byteCount + bytes > _bytes.Length)
        {
            Enlarge(ref _bytes, _byteCount, (int)Math.Min(Math.Max(2L * _bytes.Length, (long)_byteCount + bytes), Array.MaxLength));
        }

        if (_added == _members.Length)
        {
            Enlarge(ref _members, _added, 2 * _added);
        }
    }

    private static void Enlarge<T>(ref T[] array, int used, int length)
    {
        T[] larger = ArrayPool<T>.Shared.Rent(length);
        array.AsSpan(0, used).CopyTo(larger);
        ArrayPool<T>.Shared.Return(array);
        array = larger;
    }

    private void Rehash()
    {
        ArrayPool<int>.Shared.Return(_slots);
        _slotCount *= 4;
        _slots = NewSlots(_slotCount);
        for (int i = 0; i < _added; i++)
        {
            int at = (int)_members[i].Hash & (_slotCount - 1);
            while (_slots[at] != 0)
            {
                at = (at + 1) & (_slotCount - 1);
            }

            _slots[at] = i + 1;
        }
    }

    /// <param name="Hash">Of the name.</param>
    /// <param name="Start">Where the name begins.</param>
    /// <param name="Length">Of the name; its complement when the member was removed.</param>
    private readonly record struct Member(ulong Hash, int Start, int Length);
}

/// <summary>What is done with a member.</summary>
internal delegate void MemberAction<in TState>(TState state, ReadOnlySpan<byte> name);
