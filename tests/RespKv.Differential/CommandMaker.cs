using System.Globalization;

namespace RespKv.Differential;

/// <summary>Makes commands out of <see cref="Templates"/>. The same seed makes the same commands.</summary>
internal sealed class CommandMaker(Random random, string? family)
{
    private const int KeysOfType = 4;

    private static readonly string[] Types = ["s", "h", "l", "t", "z", "g", "b", "p"];

    private static readonly string[] OddIntegers =
    [
        "9223372036854775807", "-9223372036854775808", "9223372036854775808", "2147483648", "-2147483649", "4294967296", "1e3", "1.5", "+1", "01", " 1", "1 ", "", "-0", "abc", "0x10",
    ];

    private static readonly string[] OddScores =
    [
        "inf", "-inf", "+inf", "nan", "1e308", "-1e308", "1e-300", "0.1", "3.3333333333333333", "1e17", "123456789012345678", "abc", "", "1e400", "0x1p3", " 1", "1,5",
    ];

    private static readonly string[] Members = ["a", "b", "c", "aa", "bb", "one", "two", "three", "1", "2", "10", "x y", "\0", "ÿþ", "A"];

    private readonly string[] _families = family is null ? [.. Templates.Families.Keys] : [family];

    public string[] Next()
    {
        string[] templates = Templates.Families[_families[random.Next(_families.Length)]];
        var words = new List<string>();
        int at = 0;
        Expand(templates[random.Next(templates.Length)], ref at, words, wanted: true);
        // A timeout of another kind would wait for ever, a count of another kind leave to chance what is popped, or fill the memory.
        if (random.Next(40) == 0 && words[0][0] != 'B' && words[0] is not ("WAIT" or "SPOP" or "SRANDMEMBER" or "HRANDFIELD" or "ZRANDMEMBER"))
        {
            Spoil(words);
        }

        return [.. words];
    }

    /// <summary>A command with an argument too few, too many, in another place, or another one.</summary>
    private void Spoil(List<string> words)
    {
        int place = random.Next(1, words.Count + 1);
        switch (random.Next(4))
        {
            case 0 when place < words.Count:
                words.RemoveAt(place);
                break;
            case 1:
                words.Insert(place, Word("v"));
                break;
            case 2 when place < words.Count:
                words[place] = Word(random.Next(2) == 0 ? "n" : "v");
                break;
            default:
                words.Add(words[random.Next(words.Count)]);
                break;
        }
    }

    /// <summary>Reads the template up to its end, or to what ends an alternative or a repetition.</summary>
    private void Expand(string template, ref int at, List<string> words, bool wanted)
    {
        while (at < template.Length && template[at] is not ('|' or ')' or ']'))
        {
            switch (template[at])
            {
                case ' ':
                    at++;
                    break;
                case '(':
                    Choose(template, ref at, words, wanted);
                    break;
                case '[':
                    Repeat(template, ref at, words, wanted);
                    break;
                default:
                    int end = at;
                    while (end < template.Length && template[end] is not (' ' or '|' or ')' or ']'))
                    {
                        end++;
                    }

                    if (wanted)
                    {
                        AddWord(template[at..end], words);
                    }

                    at = end;
                    break;
            }
        }
    }

    private void Choose(string template, ref int at, List<string> words, bool wanted)
    {
        int start = at + 1;
        int count = 0;
        do
        {
            at++;
            Expand(template, ref at, [], wanted: false);
            count++;
        }
        while (template[at] == '|');
        int end = at + 1;
        int chosen = wanted ? random.Next(count) : 0;
        at = start;
        for (int i = 0; i < count; i++)
        {
            Expand(template, ref at, words, wanted && i == chosen);
            at++;
        }

        at = end;
    }

    private void Repeat(string template, ref int at, List<string> words, bool wanted)
    {
        int start = at + 1;
        int times = wanted ? random.Next(1, 4) : 1;
        for (int i = 0; i < times; i++)
        {
            at = start;
            Expand(template, ref at, words, wanted);
        }

        at++;
    }

    private void AddWord(string word, List<string> words)
    {
        int open = word.IndexOf('{', StringComparison.Ordinal);
        int close = word.IndexOf('}', StringComparison.Ordinal);
        if (open < 0)
        {
            words.Add(word);
            return;
        }

        string name = word[(open + 1)..close];
        if (name[0] == '#')
        {
            int count = random.Next(1, 4);
            words.Add(random.Next(20) == 0 ? Word("i") : $"{count}");
            for (int i = 0; i < count; i++)
            {
                words.Add(Key(name[1..]));
            }

            return;
        }

        words.Add(word[..open] + Word(name) + word[(close + 1)..]);
    }

    private string Word(string name) => name switch
    {
        "k" => Key(Types[random.Next(Types.Length)]),
        "f" => Members[random.Next(Members.Length)],
        "v" => Value(),
        "n" => Integer(1000),
        "i" => Integer(8),
        "c" => random.Next(12) == 0 ? "abc" : $"{random.Next(-8, 8)}",
        "d" => random.Next(6) == 0 ? OddScores[random.Next(OddScores.Length)] : random.Next(3) == 0 ? Text((random.NextDouble() * 20) - 10) : $"{random.Next(-5, 10)}",
        "lon" => random.Next(20) == 0 ? Word("d") : Text((random.NextDouble() * 360) - 180),
        "lat" => random.Next(20) == 0 ? Word("d") : Text((random.NextDouble() * 170) - 85),
        "min" => random.Next(4) == 0 ? "-inf" : (random.Next(3) == 0 ? "(" : "") + Word("d"),
        "max" => random.Next(4) == 0 ? "+inf" : (random.Next(3) == 0 ? "(" : "") + Word("d"),
        "lmin" => random.Next(3) == 0 ? "-" : "[(x"[random.Next(random.Next(10) == 0 ? 3 : 2)] + Word("f"),
        "lmax" => random.Next(3) == 0 ? "+" : "[(x"[random.Next(random.Next(10) == 0 ? 3 : 2)] + Word("f"),
        "far" => $"{4_000_000_000 + random.Next(1000)}",
        "o" => random.Next(10) == 0 ? Integer(10) : random.Next(4) == 0 ? $"#{random.Next(20)}" : $"{random.Next(200)}",
        "type" => random.Next(10) == 0 ? Word("f") : (random.Next(2) == 0 ? "u" : "i") + $"{random.Next(1, 66)}",
        "pat" => new[] { "*", "s*", "?1", "[a-c]*", "\\*", "[^a]*", "a", "*1", "**", "[", "" }[random.Next(11)],
        _ => Key(name),
    };

    private string Key(string type)
    {
        string actual = random.Next(25) == 0 ? Types[random.Next(Types.Length)] : type;
        return $"{actual}{random.Next(KeysOfType)}";
    }

    private string Integer(int near)
        => random.Next(12) == 0 ? OddIntegers[random.Next(OddIntegers.Length)] : $"{random.Next(-near / 2, near)}";

    private string Value() => random.Next(8) switch
    {
        0 => Integer(1000),
        1 => "",
        2 => new string((char)('a' + random.Next(3)), random.Next(random.Next(10) == 0 ? 10_000 : 100)),
        3 => Text(random.NextDouble() * 100),
        4 => string.Concat(Enumerable.Range(0, random.Next(20)).Select(_ => (char)random.Next(256))),
        _ => Members[random.Next(Members.Length)],
    };

    private static string Text(double value) => value.ToString("0.######", CultureInfo.InvariantCulture);
}
