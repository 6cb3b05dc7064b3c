using RespKv.Storage.Mutations;

namespace RespKv.Engine.Keyspace.Collections;

/// <summary>
/// A list's elements in the order of their positions: a table has them in the order in which they were written, so that what was pushed to the
/// left stands last.
/// </summary>
internal static class ListOrder
{
    /// <summary>The elements by ascending position; the very bytes when they are so already.</summary>
    /// <exception cref="InvalidDataException">They are not elements of a list.</exception>
    public static ReadOnlySpan<byte> Sort(ReadOnlySpan<byte> elements)
    {
        var reader = new ElementReader(elements);
        long last = long.MinValue;
        int count = 0;
        bool isSorted = true;
        while (reader.Read())
        {
            if (reader.Name.Length != ListPosition.Bytes)
            {
                throw new InvalidDataException($"an element of a list with a name of {reader.Name.Length} bytes");
            }

            long position = ListPosition.Read(reader.Name);
            isSorted &= position >= last;
            last = position;
            count++;
        }

        return isSorted ? elements : Sort(elements, count);
    }

    private static ReadOnlySpan<byte> Sort(ReadOnlySpan<byte> elements, int count)
    {
        var positions = new long[count];
        var places = new (int Start, int Length)[count];
        var reader = new ElementReader(elements);
        for (int i = 0; reader.Read(); i++)
        {
            elements.Overlaps(reader.Value, out int start);
            positions[i] = ListPosition.Read(reader.Name);
            places[i] = (start, reader.Value.Length);
        }

        Array.Sort(positions, places);
        var sorted = new ElementBuffer();
        Span<byte> name = stackalloc byte[ListPosition.Bytes];
        for (int i = 0; i < count; i++)
        {
            ListPosition.Write(name, positions[i]);
            sorted.Add(name, elements.Slice(places[i].Start, places[i].Length));
        }

        return sorted.Bytes;
    }
}
