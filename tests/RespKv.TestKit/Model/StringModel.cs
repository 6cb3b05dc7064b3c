namespace RespKv.TestKit.Model;

/// <summary>Commands that read and write whole strings.</summary>
internal static class StringModel
{
    public static IEnumerable<ModelCommand> Commands { get; } =
    [
        new("GET", 2, KeyPlaces.One, call => ModelReply.BulkOrNil(call.FindString(call[1])?.Value)),
        new("MGET", -2, KeyPlaces.All, call => ModelReply.Array([.. call.Words.Skip(1).Select(key => ModelReply.BulkOrNil(call.Find(key) is { Type: ModelEntry.String } entry ? entry.Value : null))])),
        new("STRLEN", 2, KeyPlaces.One, call => ModelReply.Integer(call.FindString(call[1])?.Value.Length ?? 0)),
        new("SET", -3, KeyPlaces.One, Set),
        new("SETNX", 3, KeyPlaces.One, SetNx),
        new("SETEX", 4, KeyPlaces.One, call => SetEx(call, "EX")),
        new("PSETEX", 4, KeyPlaces.One, call => SetEx(call, "PX")),
        new("MSET", -3, KeyPlaces.Pairs, call => SetMany(call, onlyIfNoneExists: false)),
        new("MSETNX", -3, KeyPlaces.Pairs, call => SetMany(call, onlyIfNoneExists: true)),
        new("GETSET", 3, KeyPlaces.One, GetSet),
        new("GETDEL", 2, KeyPlaces.One, GetDel),
        new("GETEX", -2, KeyPlaces.One, GetEx),
        new("APPEND", 3, KeyPlaces.One, Append),
    ];

    private static ModelReply Set(ModelCall call)
    {
        if (StringOptions.Parse(call, 3, ["NX", "XX", "GET", "KEEPTTL"]) is not { } options)
        {
            return ModelReply.SyntaxError;
        }

        if (options.ExpireAt(call, out long expireAt) is { } error)
        {
            return error;
        }

        ModelEntry? old = options.Has("GET") ? call.FindString(call[1]) : call.Find(call[1]);
        if (old is null ? !options.Has("XX") : !options.Has("NX"))
        {
            call.Put(call[1], new ModelEntry(call[2], options.Has("KEEPTTL") ? old?.ExpireAtMillis ?? ModelEntry.Never : expireAt));
            return options.Has("GET") ? ModelReply.BulkOrNil(old?.Value) : ModelReply.Ok;
        }

        return options.Has("GET") ? ModelReply.BulkOrNil(old?.Value) : ModelReply.Nil;
    }

    private static ModelReply SetNx(ModelCall call)
    {
        if (call.Find(call[1]) is not null)
        {
            return ModelReply.Integer(0);
        }

        call.Put(call[1], new ModelEntry(call[2]));
        return ModelReply.Integer(1);
    }

    private static ModelReply SetEx(ModelCall call, string unit)
    {
        if (StringOptions.ExpireAt(call, unit, call[2], out long expireAt) is { } error)
        {
            return error;
        }

        call.Put(call[1], new ModelEntry(call[3], expireAt));
        return ModelReply.Ok;
    }

    private static ModelReply SetMany(ModelCall call, bool onlyIfNoneExists)
    {
        if (call.Count % 2 == 0)
        {
            return ModelCommand.WrongNumber(call.Name);
        }

        (string Key, string Value)[] pairs = [.. call.Words.Skip(1).Chunk(2).Select(pair => (pair[0], pair[1]))];
        bool oneExists = false;
        foreach ((string key, _) in pairs)
        {
            oneExists |= call.Find(key) is not null;
        }

        if (onlyIfNoneExists && oneExists)
        {
            return ModelReply.Integer(0);
        }

        foreach ((string key, string value) in pairs)
        {
            call.Put(key, new ModelEntry(value));
        }

        return onlyIfNoneExists ? ModelReply.Integer(1) : ModelReply.Ok;
    }

    private static ModelReply GetSet(ModelCall call)
    {
        ModelEntry? old = call.FindString(call[1]);
        call.Put(call[1], new ModelEntry(call[2]));
        return ModelReply.BulkOrNil(old?.Value);
    }

    private static ModelReply GetDel(ModelCall call)
    {
        if (call.FindString(call[1]) is not { } old)
        {
            return ModelReply.Nil;
        }

        call.Remove(call[1]);
        return ModelReply.Bulk(old.Value);
    }

    private static ModelReply GetEx(ModelCall call)
    {
        if (StringOptions.Parse(call, 2, ["PERSIST"]) is not { } options)
        {
            return ModelReply.SyntaxError;
        }

        if (call.FindString(call[1]) is not { } old)
        {
            return ModelReply.Nil;
        }

        if (options.ExpireAt(call, out long expireAt) is { } error)
        {
            return error;
        }

        if (options.Unit is "EXAT" or "PXAT" && expireAt <= call.NowMillis)
        {
            call.Remove(call[1]);
        }
        else if (options.Unit.Length > 0 || (options.Has("PERSIST") && old.HasExpiry))
        {
            call.Put(call[1], old with { ExpireAtMillis = expireAt });
        }

        return ModelReply.Bulk(old.Value);
    }

    private static ModelReply Append(ModelCall call)
    {
        ModelEntry old = call.FindString(call[1]) ?? new ModelEntry("");
        string value = old.Value + call[2];
        call.Put(call[1], old with { Value = value });
        return ModelReply.Integer(value.Length);
    }
}
