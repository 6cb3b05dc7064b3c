using System.Globalization;
using System.Text;

namespace RespKv.TestKit.Model;

/// <summary>
/// How the model spells a collection: its words one behind the other, each with its length. A list's elements are in their order, a
/// set's members and a hash's fields (with values) in the order of their names, a sorted set's members (with scores) in that of their scores.
/// </summary>
internal static class ModelElements
{
    public static string Spell(IEnumerable<string> words)
    {
        var text = new StringBuilder();
        foreach (string word in words)
        {
            text.Append(CultureInfo.InvariantCulture, $"{word.Length}:{word}");
        }

        return text.ToString();
    }

    public static List<string> Words(string value)
    {
        var words = new List<string>();
        for (int at = 0; at < value.Length;)
        {
            int colon = value.IndexOf(':', at);
            int length = int.Parse(value.AsSpan(at, colon - at), CultureInfo.InvariantCulture);
            words.Add(value.Substring(colon + 1, length));
            at = colon + 1 + length;
        }

        return words;
    }

    /// <summary>The one spelling of a collection.</summary>
    public static string Normal(string type, IEnumerable<string> words) => type switch
    {
        ListModel.Type => Spell(words),
        SetModel.Type => Spell(words.Distinct().Order(StringComparer.Ordinal)),
        HashModel.Type => Spell(words.Chunk(2).OrderBy(pair => pair[0], StringComparer.Ordinal).SelectMany(pair => pair)),
        _ => Spell(words.Chunk(2).OrderBy(pair => SortedSetModel.Score(pair[1])).ThenBy(pair => pair[0], StringComparer.Ordinal).SelectMany(pair => pair)),
    };
}
