using System.Globalization;

namespace RespKv.TestKit.Model;

/// <summary>Random commands about lists, sets, hashes and sorted sets. Few members, so that the same ones meet again, and that collections become empty.</summary>
internal sealed class CollectionMaker(Random random, CommandMakerOptions options, ValueMaker values)
{
    private const int Members = 8;

    /// <summary>One in so many keys is drawn among those of the other types.</summary>
    private const int OtherTypeOdds = 25;

    /// <summary>The letters that keys of the types begin with; those of strings with k.</summary>
    public const string Letters = "lshz";

    public string[] Next() => random.Next(4) switch
    {
        0 => List(),
        1 => Set(),
        2 => Hash(),
        _ => SortedSet(),
    };

    private string[] List()
    {
        string key = Key('l');
        return random.Next(16) switch
        {
            < 4 => [random.Pick("LPUSH", "RPUSH"), key, .. Some(Value)],
            4 => [random.Pick("LPUSHX", "RPUSHX"), key, Value()],
            < 8 => [random.Pick("LPOP", "RPOP"), key, .. random.Pick<string[]>([], [], [Number(0, 4)])],
            8 => [random.Pick("LMOVE"), key, Key('l'), random.Pick("LEFT", "RIGHT"), random.Pick("LEFT", "RIGHT")],
            9 => ["RPOPLPUSH", key, Key('l')],
            10 => ["LSET", key, Number(-4, 4), Value()],
            11 => ["LINSERT", key, random.Pick("BEFORE", "AFTER"), Member(), Value()],
            12 => ["LREM", key, Number(-2, 2), Member()],
            13 => ["LTRIM", key, Number(-6, 2), Number(-2, 6)],
            14 => ["LRANGE", key, Number(-6, 2), Number(-2, 6)],
            _ => random.Pick<string[]>(["LLEN", key], ["LINDEX", key, Number(-4, 4)], ["LRANGE", key, "0", "-1"]),
        };
    }

    private string[] Set()
    {
        string key = Key('s');
        return random.Next(10) switch
        {
            < 3 => ["SADD", key, .. Some(Member)],
            < 5 => ["SREM", key, .. Some(Member)],
            5 => ["SMOVE", key, Key('s'), Member()],
            6 => [random.Pick("SINTERSTORE", "SUNIONSTORE", "SDIFFSTORE"), key, .. Some(() => Key('s'))],
            7 => ["SMEMBERS", key],
            _ => random.Pick<string[]>(["SCARD", key], ["SISMEMBER", key, Member()]),
        };
    }

    private string[] Hash()
    {
        string key = Key('h');
        return random.Next(10) switch
        {
            < 3 => ["HSET", key, .. Some(Member).SelectMany(field => new[] { field, Value() })],
            3 => ["HSETNX", key, Member(), Value()],
            < 6 => ["HDEL", key, .. Some(Member)],
            6 => ["HINCRBY", key, Member(), Number(-9, 9)],
            7 => ["HGETALL", key],
            8 => ["HMGET", key, .. Some(Member)],
            _ => random.Pick<string[]>(["HGET", key, Member()], ["HLEN", key], ["HEXISTS", key, Member()]),
        };
    }

    private string[] SortedSet()
    {
        string key = Key('z');
        return random.Next(10) switch
        {
            < 3 => ["ZADD", key, .. random.Pick<string[]>([], [], ["NX"], ["XX"]), .. Some(Member).SelectMany(member => new[] { Halves(), member })],
            3 => ["ZINCRBY", key, Halves(), Member()],
            < 6 => ["ZREM", key, .. Some(Member)],
            6 => [random.Pick("ZPOPMIN", "ZPOPMAX"), key, .. random.Pick<string[]>([], [], [Number(0, 4)])],
            7 => ["ZREMRANGEBYRANK", key, Number(-6, 2), Number(-2, 2)],
            8 => ["ZRANGE", key, Number(-6, 2), Number(-2, 6), .. random.Pick<string[]>([], ["WITHSCORES"])],
            _ => random.Pick<string[]>(["ZCARD", key], ["ZSCORE", key, Member()], ["ZRANGE", key, "0", "-1", "WITHSCORES"]),
        };
    }

    private string Key(char letter)
        => string.Create(CultureInfo.InvariantCulture, $"{(random.OneIn(OtherTypeOdds) ? random.Pick([.. "k" + Letters]) : letter)}{random.Next(Math.Max(1, options.Keys / 3))}");

    private string Member() => Number(0, Members - 1);

    private string Value() => random.OneIn(3) ? values.Next() : Member();

    private string Halves() => (random.Next(-20, 20) / 2.0).ToString(CultureInfo.InvariantCulture);

    private string Number(int from, int to) => random.Next(from, to + 1).ToString(CultureInfo.InvariantCulture);

    private string[] Some(Func<string> make) => [.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => make())];
}
