using System.Globalization;

namespace RespKv.TestKit.Model;

/// <summary>Random values: numbers, words, long strings.</summary>
internal sealed class ValueMaker(Random random, CommandMakerOptions options)
{
    private const int WordBytesMax = 40;

    private int _made;

    public string Next() => random.OneIn(options.LongValueOdds) ? Text(random.Next(1, options.ValueBytesMax + 1)) : random.Next(11) switch
    {
        0 or 1 or 2 => random.Next(-100, 1000).ToString(CultureInfo.InvariantCulture),
        3 => Float(),
        4 => random.OneIn(4) ? "" : long.MaxValue.ToString(CultureInfo.InvariantCulture),
        _ => Text(random.Next(1, Math.Min(WordBytesMax, options.ValueBytesMax) + 1)),
    };

    public string Float() => random.Next(5) switch
    {
        0 => "0.1",
        1 => "-2.50",
        2 => "3e3",
        3 => random.Next(-1000, 1000).ToString(CultureInfo.InvariantCulture),
        _ => string.Create(CultureInfo.InvariantCulture, $"{random.Next(-100, 100)}.{random.Next(1_000_000):d6}"),
    };

    private string Text(int bytes) => options.Tag.Length == 0 ? Letters(bytes) : $"{Letters(bytes)}{options.Tag}{++_made}";

    private string Letters(int bytes)
    {
        char first = (char)random.Next('a', 'z' + 1);
        return string.Create(bytes, first, (text, letter) =>
        {
            if (options.BinaryValues)
            {
                for (int i = 0; i < text.Length; i++)
                {
                    text[i] = (char)random.Next(256);
                }
            }
            else
            {
                // A run of one letter that ends with a random one: cheap, and pieces of two values are told apart.
                text.Fill(letter);
                text[^1] = (char)random.Next('A', 'Z' + 1);
            }
        });
    }
}
