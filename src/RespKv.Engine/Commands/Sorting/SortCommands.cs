using RespKv.Engine.Execution;
using RespKv.Engine.Keyspace;
using RespKv.Engine.Keyspace.Collections;
using RespKv.Engine.PubSub;
using RespKv.Protocol;

namespace RespKv.Engine.Commands.Sorting;

/// <summary>SORT: lists, sets and sorted sets, by themselves or by other keys.</summary>
internal static class SortCommands
{
    private const string Complexity = "O(N+M*log(M)) where N is the number of elements in the list or set to sort, and M the number of returned "
        + "elements. When the elements are not sorted, complexity is O(N).";

    private const string ByNote = "(For the optional BY/GET keyword. It is marked 'unknown' because the key names derive from the content of the key "
        + "we sort)";

    [Command("sort", -2, CommandFlags.Write | CommandFlags.DenyOom | CommandFlags.StoresValues,
        Keys = "1,1,1 RO access; unknown RO access " + ByNote + "; unknown OW update (For the optional STORE keyword. It is marked 'unknown' because "
        + "the keyword can appear anywhere in the argument array)",
        Group = "generic", Since = "1.0.0", Complexity = Complexity, Summary = "Sort the elements in a list, set or sorted set",
        Syntax = "key [BY pattern] [LIMIT offset count] [GET pattern [GET pattern ...]] [ASC | DESC] [ALPHA] [STORE destination]",
        Categories = "set sortedset list dangerous")]
    internal static void Sort(WriteContext c, RequestArgs args)
    {
        if (!SortOptions.TryParse(c, args, mayStore: true, out SortOptions options))
        {
            return;
        }

        using SortVector? sorted = Run(c, args, ref options, out int first, out int count);
        if (sorted is null)
        {
            return;
        }

        if (options.Store == 0)
        {
            Reply(c, args, options, sorted, first, count);
        }
        else
        {
            Store(c, args, options, sorted, first, count);
        }
    }

    [Command("sort_ro", -2, CommandFlags.ReadOnly, Keys = "1,1,1 RO access; unknown RO access " + ByNote, Group = "generic", Since = "7.0.0",
        Complexity = Complexity, Summary = "Sort the elements in a list, set or sorted set. Read-only variant of SORT.",
        Syntax = "key [BY pattern] [LIMIT offset count] [GET pattern [GET pattern ...]] [ASC | DESC] [ALPHA]",
        Categories = "set sortedset list dangerous")]
    internal static void SortRo(ReadContext c, RequestArgs args)
    {
        if (!SortOptions.TryParse(c, args, mayStore: false, out SortOptions options))
        {
            return;
        }

        using SortVector? sorted = Run(c, args, ref options, out int first, out int count);
        if (sorted is not null)
        {
            Reply(c, args, options, sorted, first, count);
        }
    }

    /// <summary>The sorted elements, of which <paramref name="count"/> are asked for; null when the error has been replied.</summary>
    private static SortVector? Run(ReadContext c, RequestArgs args, ref SortOptions options, out int first, out int count)
    {
        first = 0;
        count = 0;
        if (!TryFind(c, new KeyRef(args[1]), out ValueType type, out CollectionValue value))
        {
            return null;
        }

        if (options.KeepsOrder && type == ValueType.Set && options.Store > 0)
        {
            // A stored set has some order then: as in Redis that of its members.
            options.SortByElements();
        }

        Limit(options, value.Count, out first, out count);
        bool takesRange = options.KeepsOrder && type != ValueType.Set;
        var vector = new SortVector(takesRange ? count : (int)value.Count);
        if (!takesRange)
        {
            AddAll(vector, type, value);
        }
        else if (count > 0)
        {
            AddRange(vector, type, value, options.Descending ? value.Count - 1 - first : first, count, options.Descending);
            first = 0;
        }

        if (!options.KeepsOrder && !TrySort(c, args, options, vector))
        {
            vector.Dispose();
            return null;
        }

        return vector;
    }

    /// <summary>False: it holds nothing that can be sorted, and the error has been replied.</summary>
    private static bool TryFind(ReadContext c, in KeyRef key, out ValueType type, out CollectionValue value)
    {
        type = ValueType.List;
        value = default;
        bool found = c.Find(key, out Entry entry);
        if (c is WriteContext)
        {
            c.Engine.Stats.CountLookup(found);
        }

        if (!found)
        {
            return true;
        }

        type = c.Type(entry);
        if (type is not (ValueType.List or ValueType.Set or ValueType.SortedSet))
        {
            c.Fail(Errors.WrongType);
            return false;
        }

        value = c.Collection(entry);
        return true;
    }

    private static void Limit(in SortOptions options, long length, out int first, out int count)
    {
        first = (int)Math.Clamp(options.Offset, 0, length);
        long rest = length - first;
        count = (int)(options.Count < 0 ? rest : Math.Min(options.Count, rest));
    }

    private static void AddAll(SortVector vector, ValueType type, CollectionValue value)
    {
        if (type == ValueType.List)
        {
            if (value.Count > 0)
            {
                AddRange(vector, type, value, 0, value.Count, descending: false);
            }

            return;
        }

        foreach (ElementCursor element in new ElementsView(value))
        {
            vector.Add(element.Name);
        }
    }

    private static void AddRange(SortVector vector, ValueType type, CollectionValue value, long from, long count, bool descending)
    {
        if (type == ValueType.SortedSet)
        {
            SortedSetCursor member = new SortedSetView(value).At(from);
            for (long i = 0; i < count; i++)
            {
                vector.Add(member.Member);
                _ = descending ? member.MovePrevious() : member.MoveNext();
            }

            return;
        }

        ListCursor element = new ListView(value).At(from);
        for (long i = 0; i < count; i++)
        {
            vector.Add(element.Current);
            _ = descending ? element.MovePrevious() : element.MoveNext();
        }
    }

    /// <summary>False: one is no number, and the error has been replied.</summary>
    private static bool TrySort(ReadContext c, RequestArgs args, in SortOptions options, SortVector vector)
    {
        bool byWeight = options.By > 0;
        if ((byWeight || !options.Alpha) && !TryWeigh(c, byWeight ? args[options.By] : "#"u8, options.Alpha, vector))
        {
            c.Fail("ERR One or more scores can't be converted into double");
            return false;
        }

        vector.Sort(options.Alpha, byWeight, options.Descending);
        return true;
    }

    private static bool TryWeigh(ReadContext c, ReadOnlySpan<byte> by, bool alpha, SortVector vector)
    {
        var pattern = new SortPattern(by);
        byte[] name = [];
        bool areNumbers = true;
        for (int i = 0; i < vector.Count; i++)
        {
            if (!pattern.TryFind(c, vector[i], ref name, out ReadOnlySpan<byte> weight))
            {
                continue;
            }

            if (alpha)
            {
                vector.SetWeight(i, weight);
            }
            else
            {
                areNumbers &= vector.TrySetScore(i, weight);
            }
        }

        return areNumbers;
    }

    private static void Reply(ReadContext c, RequestArgs args, in SortOptions options, SortVector sorted, int first, int count)
    {
        if (options.Gets is not { } gets)
        {
            c.Reply.ArrayHeader(count);
            for (int i = first; i < first + count; i++)
            {
                c.Reply.Bulk(sorted[i]);
            }

            return;
        }

        byte[] name = [];
        c.Reply.ArrayHeader(count * gets.Count);
        for (int i = first; i < first + count; i++)
        {
            foreach (int position in gets)
            {
                if (new SortPattern(args[position]).TryFind(c, sorted[i], ref name, out ReadOnlySpan<byte> value))
                {
                    c.Reply.Bulk(value);
                }
                else
                {
                    c.Reply.Null();
                }
            }
        }
    }

    private static void Store(WriteContext c, RequestArgs args, in SortOptions options, SortVector sorted, int first, int count)
    {
        byte[] name = [];
        for (int i = first; i < first + count; i++)
        {
            if (options.Gets is not { } gets)
            {
                c.Elements.AddName(sorted[i]);
                continue;
            }

            foreach (int position in gets)
            {
                // What is not there is stored as nothing.
                new SortPattern(args[position]).TryFind(c, sorted[i], ref name, out ReadOnlySpan<byte> value);
                c.Elements.AddName(value);
            }
        }

        var destination = new KeyRef(args[options.Store]);
        bool isOverwritten = c.FindUntouched(destination, out _);
        if (c.SetList(destination, c.Elements))
        {
            c.Notify(KeyspaceEvents.List, "sortstore"u8, destination);
        }
        else if (isOverwritten)
        {
            c.Notify(KeyspaceEvents.Generic, "del"u8, destination);
        }

        c.Reply.Integer(c.Elements.Count);
    }
}
