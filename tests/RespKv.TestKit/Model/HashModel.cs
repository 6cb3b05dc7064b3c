using System.Globalization;

namespace RespKv.TestKit.Model;

/// <summary>Commands about hashes.</summary>
internal static class HashModel
{
    public const string Type = "hash";

    public static IEnumerable<ModelCommand> Commands { get; } =
    [
        new("HSET", -4, KeyPlaces.One, Set),
        new("HSETNX", 4, KeyPlaces.One, SetNx),
        new("HDEL", -3, KeyPlaces.One, Delete),
        new("HGET", 3, KeyPlaces.One, call => ModelReply.BulkOrNil(Of(call).GetValueOrDefault(call[2]))),
        new("HMGET", -3, KeyPlaces.One, GetMany),
        new("HLEN", 2, KeyPlaces.One, call => ModelReply.Integer(Of(call).Count)),
        new("HEXISTS", 3, KeyPlaces.One, call => ModelReply.Integer(Of(call).ContainsKey(call[2]) ? 1 : 0)),
        new("HGETALL", 2, KeyPlaces.One, call => ModelReply.AnyOrder([.. Words(Of(call))], itemsPerElement: 2)),
        new("HINCRBY", 4, KeyPlaces.One, IncrBy),
    ];

    private static Dictionary<string, string> Of(ModelCall call)
        => call.WordsOf(Type, call[1]).Chunk(2).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);

    private static IEnumerable<string> Words(Dictionary<string, string> hash) => hash.SelectMany(pair => new[] { pair.Key, pair.Value });

    private static ModelReply Set(ModelCall call)
    {
        if (call.Count % 2 != 0)
        {
            return ModelCommand.WrongNumber(call.Name);
        }

        Dictionary<string, string> hash = Of(call);
        int before = hash.Count;
        foreach (string[] pair in call.Words.Skip(2).Chunk(2))
        {
            hash[pair[0]] = pair[1];
        }

        call.PutWords(Type, call[1], Words(hash));
        return ModelReply.Integer(hash.Count - before);
    }

    private static ModelReply SetNx(ModelCall call)
    {
        Dictionary<string, string> hash = Of(call);
        if (!hash.TryAdd(call[2], call[3]))
        {
            return ModelReply.Integer(0);
        }

        call.PutWords(Type, call[1], Words(hash));
        return ModelReply.Integer(1);
    }

    private static ModelReply Delete(ModelCall call)
    {
        Dictionary<string, string> hash = Of(call);
        int deleted = call.Words.Skip(2).Count(hash.Remove);
        if (deleted > 0)
        {
            call.PutWords(Type, call[1], Words(hash));
        }

        return ModelReply.Integer(deleted);
    }

    private static ModelReply GetMany(ModelCall call)
    {
        Dictionary<string, string> hash = Of(call);
        return ModelReply.Array([.. call.Words.Skip(2).Select(field => ModelReply.BulkOrNil(hash.GetValueOrDefault(field)))]);
    }

    private static ModelReply IncrBy(ModelCall call)
    {
        if (!ModelCall.TryInteger(call[3], out long by))
        {
            return ModelReply.NotAnInteger;
        }

        Dictionary<string, string> hash = Of(call);
        if (!ModelCall.TryInteger(hash.GetValueOrDefault(call[2], "0"), out long value))
        {
            return ModelReply.Error("ERR hash value is not an integer");
        }

        Int128 sum = (Int128)value + by;
        if (sum > long.MaxValue || sum < long.MinValue)
        {
            return ModelReply.Error("ERR increment or decrement would overflow");
        }

        hash[call[2]] = sum.ToString(CultureInfo.InvariantCulture);
        call.PutWords(Type, call[1], Words(hash));
        return ModelReply.Integer((long)sum);
    }
}
