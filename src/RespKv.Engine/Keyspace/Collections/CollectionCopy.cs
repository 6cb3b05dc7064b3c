using RespKv.Storage.Mutations;

namespace RespKv.Engine.Keyspace.Collections;

/// <summary>A collection's elements as the log and the tables write them.</summary>
internal static class CollectionCopy
{
    /// <summary>Adds all elements to a buffer, in their order.</summary>
    public static void Fill(ElementBuffer elements, ValueType type, CollectionValue value)
    {
        if (type == ValueType.List)
        {
            FillList(elements, new ListView(value));
            return;
        }

        foreach (ElementCursor element in new ElementsView(value))
        {
            elements.Add(element.Name, element.Value);
        }
    }

    private static void FillList(ElementBuffer elements, ListView list)
    {
        if (list.Count == 0)
        {
            return;
        }

        Span<byte> name = stackalloc byte[ListPosition.Bytes];
        long position = list.FirstPosition;
        ListCursor cursor = list.At(0);
        do
        {
            ListPosition.Write(name, position++);
            elements.Add(name, cursor.Current);
        }
        while (cursor.MoveNext());
    }
}
