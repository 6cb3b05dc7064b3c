namespace RespKv.TestKit.Model;

/// <summary>Commands about lists, those that wait left out: when a waiting client is served the model cannot know.</summary>
internal static class ListModel
{
    public const string Type = "list";

    public static IEnumerable<ModelCommand> Commands { get; } =
    [
        new("LPUSH", -3, KeyPlaces.One, call => Push(call, atHead: true, mayCreate: true)),
        new("RPUSH", -3, KeyPlaces.One, call => Push(call, atHead: false, mayCreate: true)),
        new("LPUSHX", -3, KeyPlaces.One, call => Push(call, atHead: true, mayCreate: false)),
        new("RPUSHX", -3, KeyPlaces.One, call => Push(call, atHead: false, mayCreate: false)),
        new("LPOP", -2, KeyPlaces.One, call => Pop(call, atHead: true)),
        new("RPOP", -2, KeyPlaces.One, call => Pop(call, atHead: false)),
        new("LLEN", 2, KeyPlaces.One, call => ModelReply.Integer(call.WordsOf(Type, call[1]).Count)),
        new("LRANGE", 4, KeyPlaces.One, Range),
        new("LINDEX", 3, KeyPlaces.One, Index),
        new("LSET", 4, KeyPlaces.One, Set),
        new("LINSERT", 5, KeyPlaces.One, Insert),
        new("LREM", 4, KeyPlaces.One, Remove),
        new("LTRIM", 4, KeyPlaces.One, Trim),
        new("LMOVE", 5, KeyPlaces.Two, call => Move(call, call[3], call[4])),
        new("RPOPLPUSH", 3, KeyPlaces.Two, call => Move(call, "RIGHT", "LEFT")),
    ];

    /// <summary>A count as LPOP, SPOP, ZPOPMIN take it; or the error.</summary>
    public static ModelReply? ParseCount(string text, out int count)
    {
        count = 0;
        if (!ModelCall.TryInteger(text, out long value) || value < 0 || value > int.MaxValue)
        {
            return ModelReply.Error("ERR value is out of range, must be positive");
        }

        count = (int)value;
        return null;
    }

    /// <summary>Start and stop as LRANGE and ZRANGE count them, both included; false when nothing lies between.</summary>
    public static bool Clamp(ref long start, ref long stop, int count)
    {
        start = Math.Max(0, start < 0 ? count + start : start);
        stop = Math.Min(count - 1, stop < 0 ? count + stop : stop);
        return start <= stop;
    }

    private static ModelReply Push(ModelCall call, bool atHead, bool mayCreate)
    {
        List<string> list = call.WordsOf(Type, call[1]);
        if (list.Count == 0 && !mayCreate)
        {
            return ModelReply.Integer(0);
        }

        foreach (string value in call.Words.Skip(2))
        {
            list.Insert(atHead ? 0 : list.Count, value);
        }

        call.PutWords(Type, call[1], list);
        return ModelReply.Integer(list.Count);
    }

    private static ModelReply Pop(ModelCall call, bool atHead)
    {
        int count = 1;
        if (call.Count > 3)
        {
            return ModelCommand.WrongNumber(call.Name);
        }

        if (call.Count == 3 && ParseCount(call[2], out count) is { } error)
        {
            return error;
        }

        List<string> list = call.WordsOf(Type, call[1]);
        if (list.Count == 0)
        {
            return call.Count == 3 ? ModelReply.NilArray : ModelReply.Nil;
        }

        if (!atHead)
        {
            list.Reverse();
        }

        string[] popped = [.. list.Take(count)];
        list.RemoveRange(0, popped.Length);
        if (!atHead)
        {
            list.Reverse();
        }

        if (popped.Length > 0)
        {
            call.PutWords(Type, call[1], list);
        }

        return call.Count == 3 ? ModelReply.Array([.. popped.Select(ModelReply.Bulk)]) : ModelReply.Bulk(popped[0]);
    }

    private static ModelReply Range(ModelCall call)
    {
        if (!ModelCall.TryInteger(call[2], out long start) || !ModelCall.TryInteger(call[3], out long stop))
        {
            return ModelReply.NotAnInteger;
        }

        List<string> list = call.WordsOf(Type, call[1]);
        return ModelReply.Array(Clamp(ref start, ref stop, list.Count) ? [.. list.GetRange((int)start, (int)(stop - start + 1)).Select(ModelReply.Bulk)] : []);
    }

    private static ModelReply Index(ModelCall call)
    {
        List<string> list = call.WordsOf(Type, call[1]);
        if (list.Count == 0)
        {
            return ModelReply.Nil;
        }

        if (!ModelCall.TryInteger(call[2], out long index))
        {
            return ModelReply.NotAnInteger;
        }

        index = index < 0 ? list.Count + index : index;
        return ModelReply.BulkOrNil(index >= 0 && index < list.Count ? list[(int)index] : null);
    }

    private static ModelReply Set(ModelCall call)
    {
        List<string> list = call.WordsOf(Type, call[1]);
        if (list.Count == 0)
        {
            return ModelReply.Error("ERR no such key");
        }

        if (!ModelCall.TryInteger(call[2], out long index))
        {
            return ModelReply.NotAnInteger;
        }

        index = index < 0 ? list.Count + index : index;
        if (index < 0 || index >= list.Count)
        {
            return ModelReply.Error("ERR index out of range");
        }

        list[(int)index] = call[3];
        call.PutWords(Type, call[1], list);
        return ModelReply.Ok;
    }

    private static ModelReply Insert(ModelCall call)
    {
        string where = call[2].ToUpperInvariant();
        if (where is not ("BEFORE" or "AFTER"))
        {
            return ModelReply.SyntaxError;
        }

        List<string> list = call.WordsOf(Type, call[1]);
        if (list.Count == 0)
        {
            return ModelReply.Integer(0);
        }

        int pivot = list.IndexOf(call[3]);
        if (pivot < 0)
        {
            return ModelReply.Integer(-1);
        }

        list.Insert(where == "BEFORE" ? pivot : pivot + 1, call[4]);
        call.PutWords(Type, call[1], list);
        return ModelReply.Integer(list.Count);
    }

    private static ModelReply Remove(ModelCall call)
    {
        if (!ModelCall.TryInteger(call[2], out long count))
        {
            return ModelReply.NotAnInteger;
        }

        List<string> list = call.WordsOf(Type, call[1]);
        int before = list.Count;
        for (long left = count == 0 ? before : Math.Abs(count); left > 0; left--)
        {
            int at = count < 0 ? list.LastIndexOf(call[3]) : list.IndexOf(call[3]);
            if (at < 0)
            {
                break;
            }

            list.RemoveAt(at);
        }

        if (list.Count < before)
        {
            call.PutWords(Type, call[1], list);
        }

        return ModelReply.Integer(before - list.Count);
    }

    private static ModelReply Trim(ModelCall call)
    {
        if (!ModelCall.TryInteger(call[2], out long start) || !ModelCall.TryInteger(call[3], out long stop))
        {
            return ModelReply.NotAnInteger;
        }

        List<string> list = call.WordsOf(Type, call[1]);

        // Counts as a change even when nothing is cut off.
        call.PutWords(Type, call[1], Clamp(ref start, ref stop, list.Count) ? list.GetRange((int)start, (int)(stop - start + 1)) : []);
        return ModelReply.Ok;
    }

    private static ModelReply Move(ModelCall call, string from, string to)
    {
        (from, to) = (from.ToUpperInvariant(), to.ToUpperInvariant());
        if (from is not ("LEFT" or "RIGHT") || to is not ("LEFT" or "RIGHT"))
        {
            return ModelReply.SyntaxError;
        }

        List<string> source = call.WordsOf(Type, call[1]);
        if (source.Count == 0)
        {
            return ModelReply.Nil;
        }

        List<string> destination = call[1] == call[2] ? source : call.WordsOf(Type, call[2]);
        int at = from == "LEFT" ? 0 : source.Count - 1;
        string value = source[at];
        source.RemoveAt(at);
        destination.Insert(to == "LEFT" ? 0 : destination.Count, value);
        if (call[1] != call[2])
        {
            call.PutWords(Type, call[1], source);
        }

        call.PutWords(Type, call[2], destination);
        return ModelReply.Bulk(value);
    }
}
