using System.Text;
using RespKv.Protocol;

namespace RespKv.Engine.Commands;

/// <summary>Where a search for keys begins, as in Redis's key specifications.</summary>
internal enum KeySearch : byte
{
    /// <summary>At a position.</summary>
    Index,

    /// <summary>Behind a word that stands somewhere among the arguments.</summary>
    Keyword,

    /// <summary>It cannot be said in a declaration: <see cref="CommandKeys"/> knows the command.</summary>
    Unknown,
}

/// <summary>Where some of a command's keys stand in its arguments: Redis's key specification.</summary>
/// <remarks>
/// A declaration (<see cref="CommandAttribute.Keys"/>) has one part per specification, with positions counted from the command's name:
/// <list type="bullet">
/// <item><c>first,last,step FLAGS</c>: a range; last may be negative, counted from the end.</item>
/// <item><c>keynum:position FLAGS</c>: at that position stands how many keys follow it.</item>
/// <item><c>keyword:WORD,from FLAGS</c>: one key behind the word, which is looked for from a position on (negative: from the end, backwards).
/// <c>keyword:WORD,from,last,step,limit</c> says of more keys how Redis does.</item>
/// <item><c>unknown FLAGS</c>.</item>
/// </list>
/// FLAGS are Redis's: RO RW OW RM access update insert delete not_key incomplete variable_flags. Behind them may stand a note in parentheses.
/// </remarks>
internal sealed record KeySpec(IReadOnlyList<string> Flags)
{
    public KeySearch Search { get; private init; }

    /// <summary>Position of the first key, or of the number of keys; for a keyword where the search for it begins.</summary>
    public int First { get; private init; }

    /// <summary>Position of the last key, negative counted from the end (-1 is the last argument). Behind a keyword it is relative to the first key.</summary>
    public int Last { get; private init; }

    /// <summary>Distance of two keys.</summary>
    public int Step { get; private init; } = 1;

    /// <summary>With a negative <see cref="Last"/>: keys end behind this share of the arguments (2: half of them). 0: they go on to it.</summary>
    public int Limit { get; private init; }

    /// <summary>At <see cref="First"/> stands the number of keys, and behind it they are.</summary>
    public bool IsCounted { get; private init; }

    public string Keyword { get; private init; } = "";

    /// <summary>COMMAND INFO's notes, empty without.</summary>
    public string Notes { get; private init; } = "";

    /// <summary>An index and a range: what COMMAND could tell before there were key specifications.</summary>
    public bool IsRange => Search == KeySearch.Index && !IsCounted;

    public bool IsKey => !Flags.Contains("not_key");

    /// <summary>Parses <see cref="CommandAttribute.Keys"/>.</summary>
    /// <exception cref="FormatException">The declaration is malformed.</exception>
    public static IReadOnlyList<KeySpec> ParseAll(string text)
        => [.. text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(Parse)];

    /// <summary>
    /// Positions of the keys in a request: from <paramref name="first"/> to <paramref name="last"/>, every <see cref="Step"/>; none when last is
    /// before first. False: the arguments make no sense, or the specification does not say it.
    /// </summary>
    public bool TryFind(RequestArgs args, out int first, out int last)
    {
        first = 1;
        last = 0;
        if (Search == KeySearch.Unknown)
        {
            return false;
        }

        int begin = Search == KeySearch.Index ? First : BehindKeyword(args);
        if (begin == 0)
        {
            return true;
        }

        if (IsCounted)
        {
            if (begin >= args.Count || !RespNumber.TryParseInt64(args[begin], out long count) || count <= 0 || count >= args.Count - begin)
            {
                return false;
            }

            first = begin + 1;
            last = begin + (int)count;
            return true;
        }

        first = begin;
        last = (Search, Last) switch
        {
            (KeySearch.Keyword, >= 0) => begin + Last,
            (_, >= 0) => Last,
            _ when Limit > 0 => begin + ((args.Count - begin) / Limit) - 1,
            _ => args.Count + Last,
        };
        bool isInside = first < args.Count && last < args.Count && first <= last;
        last = isInside ? last : 0;
        return isInside;
    }

    private static KeySpec Parse(string part)
    {
        int note = part.IndexOf('(');
        string notes = note < 0 ? "" : part[(note + 1)..].TrimEnd(')');
        string[] words = (note < 0 ? part : part[..note]).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var spec = new KeySpec(words[1..]) { Notes = notes };
        string[] where = words[0].Split(':');
        string[] numbers = where[^1].Split(',');
        return (where[0], numbers.Length) switch
        {
            ("unknown", _) => spec with { Search = KeySearch.Unknown },
            ("keynum", 1) => spec with { First = int.Parse(numbers[0]), IsCounted = true },
            ("keyword", 2) => spec with { Search = KeySearch.Keyword, Keyword = numbers[0], First = int.Parse(numbers[1]) },
            ("keyword", 5) => spec with
            {
                Search = KeySearch.Keyword,
                Keyword = numbers[0],
                First = int.Parse(numbers[1]),
                Last = int.Parse(numbers[2]),
                Step = int.Parse(numbers[3]),
                Limit = int.Parse(numbers[4]),
            },
            (_, 3) => spec with { First = int.Parse(numbers[0]), Last = int.Parse(numbers[1]), Step = int.Parse(numbers[2]) },
            _ => throw new FormatException($"key specification '{part}': expected first,last,step or keynum:position or keyword:WORD,from or unknown"),
        };
    }

    /// <summary>Position behind the keyword, 0 where it does not stand. As in Redis a search from the end does not look at the first argument.</summary>
    private int BehindKeyword(RequestArgs args)
    {
        int step = First > 0 ? 1 : -1;
        int end = First > 0 ? args.Count - 1 : 1;
        for (int i = First > 0 ? First : args.Count + First; i >= 1 && i < args.Count && i != end; i += step)
        {
            if (Ascii.EqualsIgnoreCase(args[i], Keyword))
            {
                return i + 1;
            }
        }

        return 0;
    }
}
