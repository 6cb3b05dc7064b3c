using RespKv.Protocol;

namespace RespKv.TestKit.Model;

/// <summary>Commands about keys, whatever they hold.</summary>
internal static class KeyModel
{
    public static IEnumerable<ModelCommand> Commands { get; } =
    [
        new("DEL", -2, KeyPlaces.All, Delete),
        new("UNLINK", -2, KeyPlaces.All, Delete),
        new("EXISTS", -2, KeyPlaces.All, Count),
        new("TOUCH", -2, KeyPlaces.All, Count),
        new("TYPE", 2, KeyPlaces.One, call => ModelReply.Simple(call.Find(call[1])?.Type ?? "none")),
        new("RENAME", 3, KeyPlaces.Two, call => Rename(call, onlyIfFree: false)),
        new("RENAMENX", 3, KeyPlaces.Two, call => Rename(call, onlyIfFree: true)),
        new("COPY", -3, KeyPlaces.Two, Copy),
        new("MOVE", 3, KeyPlaces.One, Move),
        new("RANDOMKEY", 1, KeyPlaces.Everything, RandomKey),
        new("KEYS", 2, KeyPlaces.Everything, Keys),
    ];

    /// <summary>The database that MOVE or COPY ... DB goes to; null when it names none.</summary>
    public static int? OtherDatabase(IReadOnlyList<string> words)
    {
        int place = words[0].Equals("MOVE", StringComparison.OrdinalIgnoreCase)
            ? 2
            : words.ToList().FindLastIndex(word => word.Equals("DB", StringComparison.OrdinalIgnoreCase)) + 1;
        return place >= 2 && place < words.Count && ModelCall.TryInteger(words[place], out long database) && database is >= 0 and < int.MaxValue
            ? (int)database
            : null;
    }

    private static ModelReply Delete(ModelCall call)
    {
        int deleted = 0;
        foreach (string key in call.Words.Skip(1))
        {
            if (call.Find(key) is not null)
            {
                call.Remove(key);
                deleted++;
            }
        }

        return ModelReply.Integer(deleted);
    }

    private static ModelReply Count(ModelCall call) => ModelReply.Integer(call.Words.Skip(1).Count(key => call.Find(key) is not null));

    private static ModelReply Rename(ModelCall call, bool onlyIfFree)
    {
        ModelReply done = onlyIfFree ? ModelReply.Integer(1) : ModelReply.Ok;
        if (call.Find(call[1]) is not { } entry)
        {
            return ModelReply.Error("ERR no such key");
        }

        if (call[1] == call[2])
        {
            return onlyIfFree ? ModelReply.Integer(0) : done;
        }

        if (onlyIfFree && call.Find(call[2]) is not null)
        {
            return ModelReply.Integer(0);
        }

        call.Remove(call[1]);
        call.Put(call[2], entry);
        return done;
    }

    private static ModelReply Copy(ModelCall call)
    {
        bool replace = false;
        long database = call.Session.Database;
        for (int i = 3; i < call.Count; i++)
        {
            string word = call[i].ToUpperInvariant();
            if (word == "REPLACE")
            {
                replace = true;
            }
            else if (word == "DB" && i + 1 < call.Count)
            {
                if (DatabaseModel.ParseIndex(call, call[++i], out database) is { } error)
                {
                    return error;
                }
            }
            else
            {
                return ModelReply.SyntaxError;
            }
        }

        if (database == call.Session.Database && call[1] == call[2])
        {
            return ModelReply.SameObject;
        }

        if (call.Find(call[1]) is not { } entry || (call.Find((int)database, call[2]) is not null && !replace))
        {
            return ModelReply.Integer(0);
        }

        call.Put((int)database, call[2], entry);
        return ModelReply.Integer(1);
    }

    private static ModelReply Move(ModelCall call)
    {
        if (DatabaseModel.ParseIndex(call, call[2], out long database) is { } error)
        {
            return error;
        }

        if (database == call.Session.Database)
        {
            return ModelReply.SameObject;
        }

        if (call.Find(call[1]) is not { } entry || call.Find((int)database, call[1]) is not null)
        {
            return ModelReply.Integer(0);
        }

        call.Remove(call[1]);
        call.Put((int)database, call[1], entry);
        return ModelReply.Integer(1);
    }

    private static ModelReply RandomKey(ModelCall call)
    {
        call.TouchAll();
        HashSet<string> keys = [.. VisibleKeys(call)];
        return keys.Count == 0
            ? ModelReply.Nil
            : new ModelReply(ModelReply.Bulk(keys.First()).Wire, reply => reply.Kind == RespKind.BulkString && keys.Contains(ReplyText.Latin1(reply)));
    }

    private static ModelReply Keys(ModelCall call)
    {
        call.TouchAll();
        string[] keys = [.. VisibleKeys(call).Where(key => Glob.Matches(call[1], key)).Order(StringComparer.Ordinal)];
        return new ModelReply(
            ModelReply.Array([.. keys.Select(ModelReply.Bulk)]).Wire,
            reply => reply.Kind == RespKind.Array && reply.Items.Select(ReplyText.Latin1).Order(StringComparer.Ordinal).SequenceEqual(keys));
    }

    private static IEnumerable<string> VisibleKeys(ModelCall call) => call.Model.VisibleKeys(call.Session.Database, call.NowMillis);
}
