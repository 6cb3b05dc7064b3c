using System.Runtime.Intrinsics;

namespace RespKv.Engine.Keyspace;

/// <summary>
/// A slot of the index: the tag (the first 28 bits of the key's position) above the address of its entry (36 bits).
/// Slots of a segment are dense and ordered by tag, so that they need no room for gaps and a walk needs no marks.
/// </summary>
internal static class Slot
{
    public const int TagBits = 64 - ChunkTable.AddressBits;

    /// <summary>
    /// Slots around the guessed place that are looked at first. Tags are spread evenly, so the place is off by five on the
    /// average in a segment of 200; if it is not among these, the search turns to halving.
    /// </summary>
    private const int WindowSlots = 16;

    public static ulong Make(ulong position, ulong address) => (position & ~ChunkTable.AddressMask) | address;

    public static ulong Address(ulong slot) => slot & ChunkTable.AddressMask;

    public static ulong Tag(ulong slot) => slot >> ChunkTable.AddressBits;

    public static ulong FirstOfTag(ulong tag) => tag << ChunkTable.AddressBits;

    /// <summary>The first slot that is not below <paramref name="target"/>, looked for around a guess.</summary>
    public static int LowerBound(ReadOnlySpan<ulong> slots, ulong target, int guess)
    {
        if (slots.Length < WindowSlots)
        {
            return CountBelow(slots, target);
        }

        // Counting in a window has no branch to mispredict, which costs more than the comparisons.
        int start = Math.Clamp(guess - (WindowSlots / 2), 0, slots.Length - WindowSlots);
        int below = CountBelow(slots.Slice(start, WindowSlots), target);
        return below switch
        {
            0 when start > 0 => LowerBound(slots[..start], target),
            WindowSlots => start + WindowSlots + LowerBound(slots[(start + WindowSlots)..], target),
            _ => start + below,
        };
    }

    /// <summary>Merges slots that are ordered by tag into the first ones of a span, which are too, and fill it together.</summary>
    public static void Merge(Span<ulong> all, int count, ReadOnlySpan<ulong> added)
    {
        // From the back: nothing is overwritten before it was read.
        int from = count - 1;
        int to = all.Length - 1;
        for (int next = added.Length - 1; next >= 0; to--)
        {
            all[to] = from >= 0 && all[from] > added[next] ? all[from--] : added[next--];
        }
    }

    private static int CountBelow(ReadOnlySpan<ulong> slots, ulong target)
    {
        Vector256<ulong> targets = Vector256.Create(target);
        Vector256<ulong> counts = Vector256<ulong>.Zero;
        while (slots.Length >= Vector256<ulong>.Count)
        {
            // A lane that is below becomes all ones, which is minus one.
            counts -= Vector256.LessThan(Vector256.Create(slots), targets);
            slots = slots[Vector256<ulong>.Count..];
        }

        int below = (int)Vector256.Sum(counts);
        foreach (ulong slot in slots)
        {
            below += slot < target ? 1 : 0;
        }

        return below;
    }

    public static int LowerBound(ReadOnlySpan<ulong> slots, ulong target)
    {
        int low = 0;
        int high = slots.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (slots[middle] < target)
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
}
