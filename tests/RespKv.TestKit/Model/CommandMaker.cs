using System.Globalization;

namespace RespKv.TestKit.Model;

/// <summary>
/// Random commands of every kind that <see cref="ServerModel"/> knows, as one connection sends them. The same seed makes the same
/// commands.
/// </summary>
public sealed class CommandMaker(Random random, CommandMakerOptions options)
{
    /// <summary>One in so many commands begins a MULTI block, is of a kind that concerns many keys, or is refused.</summary>
    private const int BlockOdds = 10;
    private const int WholeKeyspaceOdds = 12;
    private const int ErrorOdds = 25;
    private const int ExpiryOdds = 5;

    /// <summary>FLUSHALL and FLUSHDB are rarer: after each there is nothing for the others to work on.</summary>
    private const int FlushOdds = 8;

    private const int BlockCommandsMax = 5;

    private readonly Queue<string[]> _waiting = new();
    private readonly ValueMaker _values = new(random, options);
    private readonly ExpiryMaker _times = new(random, options);
    private readonly CollectionMaker _collections = new(random, options, new ValueMaker(random, options));

    public string[] Next()
    {
        if (_waiting.Count == 0)
        {
            if (options.Transactions && random.OneIn(BlockOdds))
            {
                AddBlock();
            }
            else
            {
                _waiting.Enqueue(Single());
            }
        }

        return _waiting.Dequeue();
    }

    /// <summary>The commands go on a new connection from now on: a block that was open is open no more.</summary>
    public void Reconnect() => _waiting.Clear();

    private void AddBlock()
    {
        if (random.OneIn(3))
        {
            _waiting.Enqueue(["WATCH", .. Some(Key)]);
        }

        if (random.OneIn(3))
        {
            _waiting.Enqueue(Single());
        }

        if (options.Errors && random.OneIn(10))
        {
            _waiting.Enqueue(random.Pick<string[]>(["UNWATCH"], ["EXEC"], ["DISCARD"]));
        }

        _waiting.Enqueue(["MULTI"]);
        for (int left = random.Next(BlockCommandsMax + 1); left > 0; left--)
        {
            _waiting.Enqueue(Single());
        }

        if (options.Errors && random.OneIn(10))
        {
            _waiting.Enqueue(random.Pick<string[]>(["UNWATCH"], ["GET"], ["MULTI"], ["WATCH", Key()]));
        }

        _waiting.Enqueue(random.OneIn(8) ? ["DISCARD"] : ["EXEC"]);
    }

    private string[] Single()
    {
        if (options.Errors && random.OneIn(ErrorOdds))
        {
            return Refused();
        }

        if (options.WholeKeyspace && random.OneIn(WholeKeyspaceOdds))
        {
            return WholeKeyspace();
        }

        return options.Expiry != ExpiryKind.None && random.OneIn(ExpiryOdds) ? _times.Command(Key()) : Plain();
    }

    private string[] Plain()
    {
        if (options.Collections && random.Next(5) < 3)
        {
            return _collections.Next();
        }

        string key = Key();
        return random.Next(32) switch
        {
            0 or 1 or 2 => ["GET", key],
            3 => ["MGET", .. Some(Key)],
            4 => ["STRLEN", key],
            5 or 6 or 7 => ["SET", key, _values.Next(), .. SetOptions()],
            8 => ["SETNX", key, _values.Next()],
            9 or 10 => [random.Pick("MSET", "MSET", "MSETNX"), .. Some(Key).SelectMany(k => new[] { k, _values.Next() })],
            11 => ["GETSET", key, _values.Next()],
            12 => ["GETDEL", key],
            13 => ["GETEX", key, .. _times.GetExOptions()],
            14 or 15 => ["APPEND", key, _values.Next()],
            16 => [random.Pick("GETRANGE", "SUBSTR"), key, Number(-30, 30), Number(-30, 30)],
            17 => ["SETRANGE", key, Number(0, 40), _values.Next()],
            18 or 19 => [random.Pick("INCR", "DECR"), key],
            20 or 21 => [random.Pick("INCRBY", "DECRBY"), key, random.Pick(Number(-1000, 1000), Number(-1000, 1000), "9223372036854775807", "-9223372036854775807")],
            22 => ["INCRBYFLOAT", key, _values.Float()],
            23 or 24 => [random.Pick("DEL", "DEL", "UNLINK"), .. Some(Key)],
            25 => [random.Pick("EXISTS", "TOUCH"), .. Some(Key)],
            26 => ["TYPE", key],
            27 => [random.Pick("RENAME", "RENAMENX"), key, Key()],
            28 => ["COPY", key, Key(), .. CopyOptions()],
            29 => ["MOVE", key, Database()],
            30 => ["SELECT", Database()],
            _ => random.Pick<string[]>(["PING"], ["ECHO", key], ["PERSIST", key]),
        };
    }

    private string[] WholeKeyspace() => random.Next(8) switch
    {
        0 => ["SWAPDB", Database(), Database()],
        1 when random.OneIn(FlushOdds) => ["FLUSHALL", .. FlushOptions()],
        1 or 2 when random.OneIn(FlushOdds / 2) => ["FLUSHDB", .. FlushOptions()],
        3 or 4 => ["KEYS", random.Pick("*", "k*", "k?", "k1*", "[jk][0-5]", "k[^1]", "\\k3")],
        5 => ["RANDOMKEY"],
        _ => ["DBSIZE"],
    };

    private string[] Refused()
    {
        string key = Key();
        return random.Next(16) switch
        {
            0 => ["GET"],
            1 => ["MSET", key, "v", key],
            2 => ["SET", key, "v", "NX", "XX"],
            3 => ["SET", key, "v", "BOGUS"],
            4 => ["INCRBY", key, random.Pick("ten", " 1", "01", "1.5", "9223372036854775808", "")],
            5 => ["SETRANGE", key, random.Pick("-1", "536870912", "x"), "v"],
            6 => ["GETRANGE", key, "a", "1"],
            7 => ["INCRBYFLOAT", key, random.Pick("abc", "", "1 ", "inf", "nan")],
            8 => ["COPY", key, random.Pick(key, Key()), .. random.Pick<string[]>([], ["DB", "x"], ["DB", "99"], ["BOGUS"])],
            9 => ["MOVE", key, random.Pick("99", "x", "-1")],
            10 => ["SELECT", random.Pick("99", "x", "-1")],
            11 when options.WholeKeyspace => ["SWAPDB", random.Pick("0", "x"), random.Pick("99", "y")],
            12 when options.WholeKeyspace => ["FLUSHALL", "BOGUS"],
            13 => ["DECRBY", key, "-9223372036854775808"],
            14 when options.Expiry != ExpiryKind.None => _times.Refused(key),
            _ => ["RENAME", key],
        };
    }

    private string[] SetOptions()
    {
        List<string> words = [];
        words.AddRange(random.Pick<string[]>([], [], ["NX"], ["XX"]));
        words.AddRange(random.Pick<string[]>([], [], ["GET"]));
        words.AddRange(random.OneIn(3) ? _times.SetOptions() : []);
        return [.. words];
    }

    private string[] CopyOptions() => random.Pick<string[]>([], ["REPLACE"], ["DB", Database()], ["REPLACE", "DB", Database()]);

    private string[] FlushOptions() => random.Pick<string[]>([], ["SYNC"], ["ASYNC"]);

    private string Key()
    {
        if (options.Collections && random.OneIn(4))
        {
            return string.Create(CultureInfo.InvariantCulture, $"{random.Pick([.. CollectionMaker.Letters])}{random.Next(Math.Max(1, options.Keys / 3))}");
        }

        return StringKey();
    }

    private string StringKey() => string.Create(CultureInfo.InvariantCulture, $"k{random.Next(options.Keys)}");

    private string Database() => Number(0, options.Databases - 1);

    /// <summary>From one to the other, both included.</summary>
    private string Number(int from, int to) => random.Next(from, to + 1).ToString(CultureInfo.InvariantCulture);

    /// <summary>One to four; the same may come twice.</summary>
    private string[] Some(Func<string> make) => [.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => make())];
}
