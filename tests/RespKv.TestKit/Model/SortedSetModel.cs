using System.Globalization;

namespace RespKv.TestKit.Model;

/// <summary>Commands about sorted sets. Scores are small numbers of halves: how doubles are printed is the matter of other tests.</summary>
internal static class SortedSetModel
{
    public const string Type = "zset";

    public static IEnumerable<ModelCommand> Commands { get; } =
    [
        new("ZADD", -4, KeyPlaces.One, Add),
        new("ZINCRBY", 4, KeyPlaces.One, IncrBy),
        new("ZREM", -3, KeyPlaces.One, Remove),
        new("ZSCORE", 3, KeyPlaces.One, call => ModelReply.BulkOrNil(Of(call).GetValueOrDefault(call[2]))),
        new("ZCARD", 2, KeyPlaces.One, call => ModelReply.Integer(Of(call).Count)),
        new("ZRANGE", -4, KeyPlaces.One, Range),
        new("ZPOPMIN", -2, KeyPlaces.One, call => Pop(call, fromMin: true)),
        new("ZPOPMAX", -2, KeyPlaces.One, call => Pop(call, fromMin: false)),
        new("ZREMRANGEBYRANK", 4, KeyPlaces.One, RemoveRange),
    ];

    public static double Score(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static string Text(double score) => score.ToString("R", CultureInfo.InvariantCulture);

    private static Dictionary<string, string> Of(ModelCall call)
        => call.WordsOf(Type, call[1]).Chunk(2).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);

    private static void Put(ModelCall call, IEnumerable<KeyValuePair<string, string>> set)
        => call.PutWords(Type, call[1], set.SelectMany(pair => new[] { pair.Key, pair.Value }));

    private static bool TryScore(string text, out double score)
        => double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out score);

    private static ModelReply Add(ModelCall call)
    {
        int first = call[2].ToUpperInvariant() is "NX" or "XX" ? 3 : 2;
        string option = first == 3 ? call[2].ToUpperInvariant() : "";
        string[][] pairs = [.. call.Words.Skip(first).Chunk(2)];
        if (pairs.Length == 0 || pairs[^1].Length != 2)
        {
            return ModelReply.SyntaxError;
        }

        if (!pairs.All(pair => TryScore(pair[0], out _)))
        {
            return ModelReply.Error("ERR value is not a valid float");
        }

        Dictionary<string, string> set = Of(call);
        int before = set.Count;
        bool isChanged = false;
        foreach (string[] pair in pairs)
        {
            string score = Text(Score(pair[0]));
            bool isThere = set.TryGetValue(pair[1], out string? old);
            if (isThere ? option != "NX" && old != score : option != "XX")
            {
                set[pair[1]] = score;
                isChanged = true;
            }
        }

        if (isChanged)
        {
            Put(call, set);
        }

        return ModelReply.Integer(set.Count - before);
    }

    private static ModelReply IncrBy(ModelCall call)
    {
        if (!TryScore(call[2], out double by))
        {
            return ModelReply.Error("ERR value is not a valid float");
        }

        Dictionary<string, string> set = Of(call);
        string sum = Text(Score(set.GetValueOrDefault(call[3], "0")) + by);
        if (set.GetValueOrDefault(call[3]) != sum)
        {
            set[call[3]] = sum;
            Put(call, set);
        }

        return ModelReply.Bulk(sum);
    }

    private static ModelReply Remove(ModelCall call)
    {
        Dictionary<string, string> set = Of(call);
        int removed = call.Words.Skip(2).Count(set.Remove);
        if (removed > 0)
        {
            Put(call, set);
        }

        return ModelReply.Integer(removed);
    }

    private static ModelReply Range(ModelCall call)
    {
        bool withScores = call.Count == 5 && call[4].Equals("WITHSCORES", StringComparison.OrdinalIgnoreCase);
        if (call.Count > 4 && !withScores)
        {
            return ModelReply.SyntaxError;
        }

        if (!ModelCall.TryInteger(call[2], out long start) || !ModelCall.TryInteger(call[3], out long stop))
        {
            return ModelReply.NotAnInteger;
        }

        List<string> words = call.WordsOf(Type, call[1]);
        if (!ListModel.Clamp(ref start, ref stop, words.Count / 2))
        {
            return ModelReply.Array([]);
        }

        List<string> range = words.GetRange(2 * (int)start, 2 * (int)(stop - start + 1));
        return ModelReply.Array([.. range.Where((_, index) => withScores || index % 2 == 0).Select(ModelReply.Bulk)]);
    }

    private static ModelReply Pop(ModelCall call, bool fromMin)
    {
        int count = 1;
        if (call.Count > 3)
        {
            return ModelReply.SyntaxError;
        }

        if (call.Count == 3 && ListModel.ParseCount(call[2], out count) is { } error)
        {
            return error;
        }

        string[][] pairs = [.. call.WordsOf(Type, call[1]).Chunk(2)];
        string[][] popped = [.. (fromMin ? pairs : pairs.Reverse()).Take(count)];
        if (popped.Length > 0)
        {
            Put(call, pairs.Except(popped).Select(pair => KeyValuePair.Create(pair[0], pair[1])));
        }

        return ModelReply.Array([.. popped.SelectMany(pair => pair).Select(ModelReply.Bulk)]);
    }

    private static ModelReply RemoveRange(ModelCall call)
    {
        if (!ModelCall.TryInteger(call[2], out long start) || !ModelCall.TryInteger(call[3], out long stop))
        {
            return ModelReply.NotAnInteger;
        }

        List<string> words = call.WordsOf(Type, call[1]);
        if (!ListModel.Clamp(ref start, ref stop, words.Count / 2))
        {
            return ModelReply.Integer(0);
        }

        words.RemoveRange(2 * (int)start, 2 * (int)(stop - start + 1));
        call.PutWords(Type, call[1], words);
        return ModelReply.Integer(stop - start + 1);
    }
}
