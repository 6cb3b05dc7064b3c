using RespKv.Engine.Keyspace;
using RespKv.Storage.Mutations;

namespace RespKv.Engine.Rdb;

/// <summary>The names that an <see cref="ElementBuffer"/> has so far, to find one that comes twice: where they are in it, by hash.</summary>
internal sealed class NameSet
{
    private const int FirstSlots = 64;

    private Slot[] _slots = new Slot[FirstSlots];
    private int _count;

    /// <summary>Adds the name that is about to be written to the buffer. False: it is there.</summary>
    public bool TryAdd(ElementBuffer buffer, ReadOnlySpan<byte> name)
    {
        if (_count * 2 >= _slots.Length)
        {
            Grow();
        }

        var slot = new Slot((uint)KeyHash.Compute(name), buffer.ByteCount + 1);
        int mask = _slots.Length - 1;
        for (int i = (int)slot.Hash & mask; ; i = (i + 1) & mask)
        {
            Slot other = _slots[i];
            if (other.Place == 0)
            {
                _slots[i] = slot;
                _count++;
                return true;
            }

            if (other.Hash == slot.Hash && NameAt(buffer, other.Place - 1).SequenceEqual(name))
            {
                return false;
            }
        }
    }

    private static ReadOnlySpan<byte> NameAt(ElementBuffer buffer, int offset)
    {
        var reader = new ElementReader(buffer.Bytes[offset..]);
        reader.ReadName();
        return reader.Name;
    }

    private void Grow()
    {
        Slot[] old = _slots;
        _slots = new Slot[old.Length * 2];
        int mask = _slots.Length - 1;
        foreach (Slot slot in old)
        {
            if (slot.Place > 0)
            {
                int i = (int)slot.Hash & mask;
                while (_slots[i].Place > 0)
                {
                    i = (i + 1) & mask;
                }

                _slots[i] = slot;
            }
        }
    }

    /// <param name="Hash">Of the name.</param>
    /// <param name="Place">Where the element begins, plus 1; 0 for an empty slot.</param>
    private readonly record struct Slot(uint Hash, int Place);
}
