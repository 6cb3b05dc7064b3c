namespace RespKv.TestKit.Model;

/// <summary>Commands about sets, those that draw left out: what was drawn the model cannot know.</summary>
internal static class SetModel
{
    public const string Type = "set";

    public static IEnumerable<ModelCommand> Commands { get; } =
    [
        new("SADD", -3, KeyPlaces.One, Add),
        new("SREM", -3, KeyPlaces.One, Remove),
        new("SMOVE", 4, KeyPlaces.Two, Move),
        new("SCARD", 2, KeyPlaces.One, call => ModelReply.Integer(call.WordsOf(Type, call[1]).Count)),
        new("SISMEMBER", 3, KeyPlaces.One, call => ModelReply.Integer(call.WordsOf(Type, call[1]).Contains(call[2]) ? 1 : 0)),
        new("SMEMBERS", 2, KeyPlaces.One, call => ModelReply.AnyOrder(call.WordsOf(Type, call[1]))),
        new("SINTERSTORE", -3, KeyPlaces.All, call => Store(call, sets => sets.Aggregate((a, b) => a.Intersect(b)))),
        new("SUNIONSTORE", -3, KeyPlaces.All, call => Store(call, sets => sets.Aggregate((a, b) => a.Union(b)))),
        new("SDIFFSTORE", -3, KeyPlaces.All, call => Store(call, sets => sets.Aggregate((a, b) => a.Except(b)))),
    ];

    private static ModelReply Add(ModelCall call)
    {
        List<string> set = call.WordsOf(Type, call[1]);
        string[] added = [.. call.Words.Skip(2).Except(set)];
        if (added.Length > 0)
        {
            call.PutWords(Type, call[1], set.Concat(added));
        }

        return ModelReply.Integer(added.Length);
    }

    private static ModelReply Remove(ModelCall call)
    {
        List<string> set = call.WordsOf(Type, call[1]);
        string[] kept = [.. set.Except(call.Words.Skip(2))];
        if (kept.Length < set.Count)
        {
            call.PutWords(Type, call[1], kept);
        }

        return ModelReply.Integer(set.Count - kept.Length);
    }

    private static ModelReply Move(ModelCall call)
    {
        if (call.Find(call[1]) is null)
        {
            return ModelReply.Integer(0);
        }

        List<string> source = call.WordsOf(Type, call[1]);
        List<string> destination = call.WordsOf(Type, call[2]);
        if (!source.Remove(call[3]))
        {
            return ModelReply.Integer(0);
        }

        if (call[1] != call[2])
        {
            call.PutWords(Type, call[1], source);
            call.PutWords(Type, call[2], destination.Append(call[3]));
        }

        return ModelReply.Integer(1);
    }

    private static ModelReply Store(ModelCall call, Func<IEnumerable<IEnumerable<string>>, IEnumerable<string>> combine)
    {
        IEnumerable<string>[] sets = [.. call.Words.Skip(2).Select(key => call.WordsOf(Type, key))];
        string[] result = [.. combine(sets)];
        if (call.Find(call[1]) is not null)
        {
            call.Remove(call[1]);
        }

        call.PutWords(Type, call[1], result);
        return ModelReply.Integer(result.Length);
    }
}
