using RespKv.Protocol;

namespace RespKv.Engine.Tests.Checkpoints;

/// <summary>Random commands over a few keys of a few databases, and what they leave, worked out another way.</summary>
internal sealed class CommandModel(Random random)
{
    public const int Databases = 3;

    private readonly Dictionary<string, (string Value, long ExpireAtMillis)>[] _databases = [[], [], []];
    private string[] _pending = [];
    private int _selected;

    /// <summary>A command; its first word may be SELECT.</summary>
    public string[] Next()
    {
        string key = $"k{random.Next(12)}";
        string other = $"k{random.Next(12)}";
        return random.Next(20) switch
        {
            0 => ["SELECT", random.Next(Databases).ToString()],
            1 => ["FLUSHDB"],
            2 => ["SWAPDB", random.Next(Databases).ToString(), random.Next(Databases).ToString()],
            3 or 4 => ["DEL", key, other],
            5 => ["APPEND", key, new string('a', random.Next(1, 30))],
            6 => ["SETRANGE", key, random.Next(40).ToString(), "xyz"],
            7 => ["PEXPIREAT", key, (9_000_000_000_000L + random.Next(1000)).ToString()],
            8 => ["PERSIST", key],
            9 or 10 => ["MSET", key, Value(), other, Value()],
            11 when random.Next(4) == 0 => ["FLUSHALL"],
            _ => ["SET", key, Value()],
        };
    }

    /// <summary>The commands come on a new connection from now on.</summary>
    public void Connect() => _selected = 0;

    /// <summary>The command is on its way: from now on it may have happened.</summary>
    public void Begin(string[] command) => _pending = command;

    /// <summary>It was answered.</summary>
    public void End(RespValue reply)
    {
        if (!reply.IsError)
        {
            _selected = Apply(_databases, _selected, _pending);
        }

        _pending = [];
    }

    /// <summary>What was acknowledged, as <see cref="EngineFacts.Dump"/> shows it.</summary>
    public SortedDictionary<string, string> Expected() => Show(_databases);

    /// <summary>Whether this is what was acknowledged, or that with the one command that was not answered.</summary>
    public bool Matches(SortedDictionary<string, string> found)
    {
        if (found.SequenceEqual(Expected()))
        {
            return true;
        }

        var copy = _databases.Select(d => new Dictionary<string, (string, long)>(d)).ToArray();
        Apply(copy, _selected, _pending);
        return found.SequenceEqual(Show(copy));
    }

    private static SortedDictionary<string, string> Show(Dictionary<string, (string Value, long ExpireAtMillis)>[] databases)
    {
        var all = new SortedDictionary<string, string>(StringComparer.Ordinal);
        for (int i = 0; i < databases.Length; i++)
        {
            foreach ((string key, (string value, long expireAtMillis)) in databases[i])
            {
                all[$"{i}/{key}"] = $"{value} expires {expireAtMillis}";
            }
        }

        return all;
    }

    private static int Apply(Dictionary<string, (string Value, long ExpireAtMillis)>[] databases, int selected, string[] c)
    {
        Dictionary<string, (string Value, long ExpireAtMillis)> keys = databases[selected];
        switch (c.Length == 0 ? "" : c[0])
        {
            case "SELECT":
                return int.Parse(c[1]);
            case "FLUSHDB":
                keys.Clear();
                break;
            case "FLUSHALL":
                Array.ForEach(databases, d => d.Clear());
                break;
            case "SWAPDB":
                (databases[int.Parse(c[1])], databases[int.Parse(c[2])]) = (databases[int.Parse(c[2])], databases[int.Parse(c[1])]);
                break;
            case "DEL":
                keys.Remove(c[1]);
                keys.Remove(c[2]);
                break;
            case "SET":
                keys[c[1]] = (c[2], -1);
                break;
            case "MSET":
                keys[c[1]] = (c[2], -1);
                keys[c[3]] = (c[4], -1);
                break;
            case "APPEND":
                (string value, long expireAtMillis) = keys.GetValueOrDefault(c[1], ("", -1));
                keys[c[1]] = (value + c[2], expireAtMillis);
                break;
            case "SETRANGE":
                (value, expireAtMillis) = keys.GetValueOrDefault(c[1], ("", -1));
                int offset = int.Parse(c[2]);
                string padded = value.PadRight(offset, '\0');
                keys[c[1]] = (padded[..offset] + c[3] + (padded.Length > offset + c[3].Length ? padded[(offset + c[3].Length)..] : ""), expireAtMillis);
                break;
            case "PEXPIREAT" when keys.ContainsKey(c[1]):
                keys[c[1]] = (keys[c[1]].Value, long.Parse(c[2]));
                break;
            case "PERSIST" when keys.ContainsKey(c[1]):
                keys[c[1]] = (keys[c[1]].Value, -1);
                break;
            default:
                break;
        }

        return selected;
    }

    private string Value() => random.Next(3) switch
    {
        0 => random.Next(1000).ToString(),
        1 => new string((char)('a' + random.Next(26)), random.Next(1, 200)),
        _ => new string((char)('a' + random.Next(26)), random.Next(5000, 20_000)),
    };
}
