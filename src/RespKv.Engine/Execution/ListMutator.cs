using RespKv.Engine.Keyspace;
using RespKv.Engine.Keyspace.Collections;
using RespKv.Engine.Space;
using RespKv.Storage.Mutations;

namespace RespKv.Engine.Execution;

/// <summary>
/// Changes of lists. The log knows a list as a map from positions to values without gaps (<see cref="ListPosition"/>): pushing and removing
/// at the ends says just that; a change in the middle moves the elements of the shorter side by one, which the log has to say of each of
/// them. In memory they are not written again. Guarded by the turn.
/// </summary>
internal sealed class ListMutator(Databases databases, Mutator mutator)
{
    private readonly ElementBuffer _elements = new();

    /// <summary>Bytes of the elements that <see cref="Insert"/> logs, at most.</summary>
    public long InsertBytes(int database, in KeyRef key, long index, int valueBytes)
    {
        ListView list = View(database, key);
        bool first = IsNearFirst(list.Count, index);
        return ElementBuffer.ElementBytesMax(ListPosition.Bytes, valueBytes) + (first ? MovedBytes(list, 0, index - 1) : MovedBytes(list, index, list.Count - 1));
    }

    /// <summary>Bytes of the elements that <see cref="RemoveAt"/> logs, at most.</summary>
    public long RemoveAtBytes(int database, in KeyRef key, ReadOnlySpan<long> indexes)
    {
        ListView list = View(database, key);
        bool first = IsFirstShorter(list.Count, indexes);
        long bytes = first ? MovedBytes(list, 0, indexes[^1]) : MovedBytes(list, indexes[0], list.Count - 1);
        return bytes + RecordBound.ArgumentBytes + (indexes.Length * (ListPosition.Bytes + 1L));
    }

    /// <summary>Pushes values one after the other, in the order of the buffer (of names). Returns how many elements the list has then.</summary>
    public long Push(int database, in KeyRef key, bool first, ReadOnlySpan<byte> values)
    {
        ListView list = View(database, key);
        long count = list.Count;
        long position = first ? list.FirstPosition - 1 : list.FirstPosition + count;
        if (first && count == 0)
        {
            position = 0;
        }

        _elements.Clear();
        Span<byte> name = stackalloc byte[ListPosition.Bytes];
        var reader = new ElementReader(values);
        while (reader.ReadName())
        {
            ListPosition.Write(name, position);
            position += first ? -1 : 1;
            _elements.Add(name, reader.Name);
            count++;
        }

        mutator.PutElements(database, key, ValueType.List, _elements.Bytes);
        _elements.Clear();
        return count;
    }

    /// <summary>Removes elements at one end, at most as many as there are; the key is deleted with the last one.</summary>
    public void Remove(int database, in KeyRef key, bool first, long count)
    {
        ListView list = View(database, key);
        long position = first ? list.FirstPosition : list.FirstPosition + list.Count - 1;
        _elements.Clear();
        AddPositions(position, first ? 1 : -1, Math.Min(count, list.Count));
        mutator.RemoveElements(database, key, ValueType.List, _elements.Bytes);
        _elements.Clear();
    }

    /// <summary>Sets the element at an index that is there.</summary>
    public void Set(int database, in KeyRef key, long index, ReadOnlySpan<byte> value)
    {
        Span<byte> name = stackalloc byte[ListPosition.Bytes];
        ListPosition.Write(name, View(database, key).FirstPosition + index);
        _elements.Clear();
        _elements.Add(name, value);
        mutator.PutElements(database, key, ValueType.List, _elements.Bytes);
        _elements.Clear();
    }

    /// <summary>Inserts an element before an index of a list that is there, 0 to its count. The value must not lie in the database.</summary>
    public void Insert(int database, in KeyRef key, long index, ReadOnlySpan<byte> value)
    {
        ListView list = View(database, key);
        bool first = IsNearFirst(list.Count, index);
        _elements.Clear();
        Span<byte> name = stackalloc byte[ListPosition.Bytes];

        // From the end inwards: each element goes to the place of the one that went before it.
        long position = first ? list.FirstPosition - 1 : list.FirstPosition + list.Count;
        long moved = first ? index : list.Count - index;
        if (moved > 0)
        {
            ListCursor cursor = list.At(first ? 0 : list.Count - 1);
            for (long i = 0; i < moved; i++)
            {
                ListPosition.Write(name, position);
                position += first ? 1 : -1;
                _elements.Add(name, cursor.Current);
                _ = first ? cursor.MoveNext() : cursor.MovePrevious();
            }
        }

        ListPosition.Write(name, position);
        _elements.Add(name, value);
        Put(database, key, list.IsLarge);
        if (list.IsLarge)
        {
            ListCollection large = Large(database, key, out Database keys);
            long bytes = large.ObjectBytes;
            large.Items.Insert(index, value);
            large.FirstPosition -= first ? 1 : 0;
            keys.Collections.NoteChange(bytes, large);
        }

        _elements.Clear();
    }

    /// <summary>Removes the elements at these indexes, one or more, ascending; the key is deleted with the last one.</summary>
    public void RemoveAt(int database, in KeyRef key, ReadOnlySpan<long> indexes)
    {
        ListView list = View(database, key);
        long count = list.Count;
        long position = list.FirstPosition;
        bool isLarge = list.IsLarge;
        bool first = IsFirstShorter(count, indexes);
        _elements.Clear();
        if (first)
        {
            AddMoved(list, 0, indexes[^1], indexes, position + indexes.Length);
        }
        else
        {
            AddMoved(list, indexes[0], count - 1, indexes, position + indexes[0]);
        }

        if (_elements.Count > 0)
        {
            Put(database, key, isLarge);
        }

        _elements.Clear();
        AddPositions(first ? position : position + count - 1, first ? 1 : -1, indexes.Length);
        if (!isLarge)
        {
            mutator.RemoveElements(database, key, ValueType.List, _elements.Bytes);
        }
        else
        {
            mutator.LogRemove(database, key, ValueType.List, _elements.Bytes);
            ListCollection large = Large(database, key, out Database keys);
            long bytes = large.ObjectBytes;
            large.Items.RemoveAt(indexes);
            large.FirstPosition += first ? indexes.Length : 0;
            keys.Collections.NoteChange(bytes, large);
            mutator.DeleteIfEmpty(database, key);
        }

        _elements.Clear();
    }

    private static bool IsNearFirst(long count, long index) => index < count - index;

    private static bool IsFirstShorter(long count, ReadOnlySpan<long> indexes) => indexes[^1] + 1 < count - indexes[0];

    private static long MovedBytes(ListView list, long from, long to)
    {
        if (from > to)
        {
            return 0;
        }

        long bytes = 0;
        ListCursor cursor = list.At(from);
        for (long index = from; index <= to; index++)
        {
            bytes += ElementBuffer.ElementBytesMax(ListPosition.Bytes, cursor.Current.Length);
            cursor.MoveNext();
        }

        return bytes;
    }

    private ListView View(int database, in KeyRef key)
    {
        Database keys = databases[database];
        return new ListView(keys.Collections.Read(keys.Find(key.Bytes, key.Hash)));
    }

    private ListCollection Large(int database, in KeyRef key, out Database keys)
    {
        keys = databases[database];
        return keys.Collections.LargeList(keys.Find(key.Bytes, key.Hash))!;
    }

    /// <summary>Logs the elements; applies them too unless the caller does.</summary>
    private void Put(int database, in KeyRef key, bool onlyLog)
    {
        if (onlyLog)
        {
            mutator.LogPut(database, key, ValueType.List, _elements.Bytes);
        }
        else
        {
            mutator.PutElements(database, key, ValueType.List, _elements.Bytes);
        }
    }

    /// <summary>Adds the elements between two indexes, both included, but for those that are removed, at consecutive positions.</summary>
    private void AddMoved(ListView list, long from, long to, ReadOnlySpan<long> removed, long position)
    {
        Span<byte> name = stackalloc byte[ListPosition.Bytes];
        ListCursor cursor = list.At(from);
        int next = 0;
        for (long index = from; index <= to; index++)
        {
            if (next < removed.Length && removed[next] == index)
            {
                next++;
            }
            else
            {
                ListPosition.Write(name, position++);
                _elements.Add(name, cursor.Current);
            }

            cursor.MoveNext();
        }
    }

    private void AddPositions(long position, int step, long count)
    {
        Span<byte> name = stackalloc byte[ListPosition.Bytes];
        for (long i = 0; i < count; i++)
        {
            ListPosition.Write(name, position);
            position += step;
            _elements.AddName(name);
        }
    }
}
