using System.Text.Json;

namespace RespKv.Http.Api.Keys;

/// <summary>A value that is to be written: its type, its version, and the commands that make it under a key that is not there.</summary>
internal sealed class NewValue
{
    private readonly ReadOnlyMemory<byte>[] _elements;

    private NewValue(StoredType type, ReadOnlyMemory<byte>[] elements, string version)
    {
        Type = type;
        _elements = elements;
        Version = version;
    }

    public StoredType Type { get; }

    public string Version { get; }

    /// <summary>Of a string.</summary>
    public ReadOnlyMemory<byte> Bytes => _elements[0];

    public bool IsString => Type == StoredType.String;

    public static NewValue OfBytes(ReadOnlyMemory<byte> bytes) => new(StoredType.String, [bytes], VersionHash.OfString(bytes.Span));

    /// <summary>From <c>"value"</c> and <c>"type"</c> of an object. Without a type bytes are a string, an object a hash and an array a list.</summary>
    /// <exception cref="ProblemException">It is none.</exception>
    public static NewValue Parse(JsonElement item, int? index = null)
    {
        if (!item.TryGetProperty("value"u8, out JsonElement value))
        {
            throw Wrong("there is no \"value\"", index);
        }

        StoredType type = item.TryGetProperty("type"u8, out JsonElement named)
            ? (JsonReply.TryReadText(named) is { } name ? StoredType.Find(name) : null) ?? throw Wrong("\"type\" is string, hash, list, set or zset", index)
            : Guess(value);
        if (type == StoredType.String)
        {
            return OfBytes(ReadBytes(value, index));
        }

        NewValue made = type == StoredType.Hash ? Hash(value, index)
            : value.ValueKind != JsonValueKind.Array ? throw Wrong($"the value of a {type.Name} is an array", index)
            : type == StoredType.SortedSet ? SortedSet(value, index)
            : type == StoredType.Set ? Set(value, index)
            : List(value, index);
        return made._elements.Length > 0 ? made : throw Wrong("a value without elements does not exist: delete the key instead", index);
    }

    /// <summary>The command that makes it.</summary>
    public ReadOnlyMemory<byte>[] Write(ReadOnlyMemory<byte> key) => Type.Name switch
    {
        "list" => Command.Of("RPUSH"u8, [key, .. _elements]),
        "set" => Command.Of("SADD"u8, [key, .. _elements]),
        "zset" => Command.Of("ZADD"u8, [key, .. _elements]),
        "hash" => Command.Of("HSET"u8, [key, .. _elements]),
        _ => Command.Of("SET"u8, [key, .. _elements]),
    };

    private static StoredType Guess(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => StoredType.List,
        JsonValueKind.Object when !JsonReply.TryReadBytes(value, out _) => StoredType.Hash,
        _ => StoredType.String,
    };

    private static NewValue List(JsonElement array, int? index)
    {
        ReadOnlyMemory<byte>[] elements = [.. array.EnumerateArray().Select(each => ReadBytes(each, index))];
        return Make(StoredType.List, elements, elements);
    }

    private static NewValue Set(JsonElement array, int? index)
    {
        ReadOnlyMemory<byte>[] members = [.. array.EnumerateArray().Select(each => ReadBytes(each, index)).Distinct(ByteOrder.Instance)];
        return Make(StoredType.Set, members, members.Order(ByteOrder.Instance));
    }

    private static NewValue Hash(JsonElement value, int? index)
    {
        var fields = new OrderedDictionary<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>(ByteOrder.Instance);
        if (value.ValueKind == JsonValueKind.Object && value.GetPropertyCount() == 1 && value.TryGetProperty("map"u8, out JsonElement pairs) && pairs.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement pair in pairs.EnumerateArray())
            {
                if (pair.ValueKind != JsonValueKind.Array || pair.GetArrayLength() != 2)
                {
                    throw Wrong("\"map\" is an array of [field, value]", index);
                }

                fields[ReadBytes(pair[0], index)] = ReadBytes(pair[1], index);
            }
        }
        else if (value.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty field in value.EnumerateObject())
            {
                fields[System.Text.Encoding.UTF8.GetBytes(NameOf(field, index))] = ReadBytes(field.Value, index);
            }
        }
        else
        {
            throw Wrong("the value of a hash is an object, or {\"map\":[[field, value]]}", index);
        }

        return Make(StoredType.Hash, [.. fields.SelectMany(Both)], fields.OrderBy(static each => each.Key, ByteOrder.Instance).SelectMany(Both));

        static IEnumerable<ReadOnlyMemory<byte>> Both(KeyValuePair<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> field) => [field.Key, field.Value];
    }

    private static NewValue SortedSet(JsonElement array, int? index)
    {
        var members = new Dictionary<ReadOnlyMemory<byte>, double>(ByteOrder.Instance);
        foreach (JsonElement each in array.EnumerateArray())
        {
            if (each.ValueKind != JsonValueKind.Object || !each.TryGetProperty("member"u8, out JsonElement member) || !each.TryGetProperty("score"u8, out JsonElement score))
            {
                throw Wrong("an element of a zset is {\"member\":...,\"score\":...}", index);
            }

            members[ReadBytes(member, index)] = Score(score, index);
        }

        using var hash = new VersionHash(StoredType.SortedSet);
        var elements = new List<ReadOnlyMemory<byte>>(members.Count * 2);
        foreach ((ReadOnlyMemory<byte> member, double score) in members.OrderBy(static each => each.Value).ThenBy(static each => each.Key, ByteOrder.Instance))
        {
            hash.Add(member.Span);
            hash.Add(score);
            elements.Add(System.Text.Encoding.ASCII.GetBytes(ScoreText(score)));
            elements.Add(member);
        }

        return new NewValue(StoredType.SortedSet, [.. elements], hash.Finish());
    }

    private static double Score(JsonElement score, int? index) => score.ValueKind switch
    {
        JsonValueKind.Number when score.TryGetDouble(out double number) && double.IsFinite(number) => number,
        JsonValueKind.String when score.ValueEquals("inf"u8) => double.PositiveInfinity,
        JsonValueKind.String when score.ValueEquals("-inf"u8) => double.NegativeInfinity,
        _ => throw Wrong("a score is a number, \"inf\" or \"-inf\"", index),
    };

    private static string ScoreText(double score)
        => double.IsFinite(score) ? score.ToString("R", System.Globalization.CultureInfo.InvariantCulture) : score > 0 ? "+inf" : "-inf";

    private static NewValue Make(StoredType type, ReadOnlyMemory<byte>[] elements, IEnumerable<ReadOnlyMemory<byte>> hashed)
    {
        using var hash = new VersionHash(type);
        foreach (ReadOnlyMemory<byte> each in hashed)
        {
            hash.Add(each.Span);
        }

        return new NewValue(type, elements, hash.Finish());
    }

    private static string NameOf(JsonProperty field, int? index)
    {
        try
        {
            return field.Name;
        }
        catch (InvalidOperationException)
        {
            throw Wrong("the name of a field is no text: use {\"map\":[[field, value]]}", index);
        }
    }

    private static ReadOnlyMemory<byte> ReadBytes(JsonElement element, int? index)
        => JsonReply.TryReadBytes(element, out ReadOnlyMemory<byte> bytes) ? bytes : throw Wrong("a value is a string, a number or {\"base64\":\"...\"}, or an object or array of such", index);

    private static ProblemException Wrong(string detail, int? index) => new(400, detail) { Index = index };

    private sealed class ByteOrder : IComparer<ReadOnlyMemory<byte>>, IEqualityComparer<ReadOnlyMemory<byte>>
    {
        public static readonly ByteOrder Instance = new();

        public int Compare(ReadOnlyMemory<byte> x, ReadOnlyMemory<byte> y) => x.Span.SequenceCompareTo(y.Span);

        public bool Equals(ReadOnlyMemory<byte> x, ReadOnlyMemory<byte> y) => x.Span.SequenceEqual(y.Span);

        public int GetHashCode(ReadOnlyMemory<byte> bytes)
        {
            var hash = new HashCode();
            hash.AddBytes(bytes.Span);
            return hash.ToHashCode();
        }
    }
}
