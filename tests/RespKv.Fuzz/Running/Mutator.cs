using System.Globalization;
using System.Text;

namespace RespKv.Fuzz.Running;

/// <summary>Changes that need to know nothing about a format but its words.</summary>
internal sealed class Mutator(params string[] words)
{
    private static readonly long[] Edges =
        [0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12, 13, 15, 16, 60, 61, 64, 99, 100, 127, 128, 255, 256, 999, 1000, 1023, 1024, 1048576, 1048577, 65535, 65536,
         int.MaxValue - 1, int.MaxValue, 1L + int.MaxValue, uint.MaxValue, 536870912, 536870913, long.MaxValue - 1, long.MaxValue];

    private readonly byte[][] _words = [.. words.Select(Encoding.Latin1.GetBytes)];

    public static long Edge(Random random)
    {
        long value = Edges[random.Next(Edges.Length)];
        return random.Next(4) == 0 ? -value : value;
    }

    /// <summary>One to a few changes.</summary>
    /// <param name="random">Chance.</param>
    /// <param name="from">The bytes before this stay.</param>
    /// <param name="other">Another input, to take a piece from.</param>
    /// <param name="input">Is changed.</param>
    public void Change(Random random, int from, ReadOnlySpan<byte> other, InputBuffer input)
    {
        for (int left = 1 << random.Next(4); left > 0; left--)
        {
            ChangeOnce(random, from, other, input);
        }
    }

    private void ChangeOnce(Random random, int from, ReadOnlySpan<byte> other, InputBuffer input)
    {
        int length = input.Length - from;
        if (length <= 0)
        {
            input.Add(Word(random));
            return;
        }

        int at = from + random.Next(length);
        int count = 1 + random.Next(Math.Min(input.Length - at, random.Next(4) == 0 ? length : 8));
        Span<byte> bytes = input.Span;
        switch (random.Next(12))
        {
            case 0:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
                bytes[at] = (byte)random.Next(256);
                break;
            case 2:
                input.Remove(at, count);
                break;
            case 3:
                input.Insert(at, bytes.Slice(at, count).ToArray());
                break;
            case 4 or 5:
                input.Insert(at, Word(random));
                break;
            case 6:
                Overwrite(bytes[at..], Word(random));
                break;
            case 7 or 8:
                ChangeNumber(random, at, input);
                break;
            case 9:
                input.Truncate(at);
                break;
            case 10 when other.Length > from:
                int start = from + random.Next(other.Length - from);
                input.Insert(at, other.Slice(start, Math.Min(other.Length - start, 1 + random.Next(64))));
                break;
            default:
                bytes.Slice(at, count).Fill(bytes[from + random.Next(length)]);
                break;
        }
    }

    private static void Overwrite(Span<byte> target, ReadOnlySpan<byte> word) => word[..Math.Min(word.Length, target.Length)].CopyTo(target);

    private ReadOnlySpan<byte> Word(Random random) => _words[random.Next(_words.Length)];

    // The next decimal number becomes another one.
    private static void ChangeNumber(Random random, int at, InputBuffer input)
    {
        Span<byte> bytes = input.Span;
        while (at < bytes.Length && !char.IsAsciiDigit((char)bytes[at]))
        {
            at++;
        }

        int end = at;
        while (end < bytes.Length && char.IsAsciiDigit((char)bytes[end]) && end - at < 19)
        {
            end++;
        }

        if (end > at)
        {
            long number = long.TryParse(bytes[at..end], NumberStyles.None, CultureInfo.InvariantCulture, out long value) ? value : 0;
            number = random.Next(2) == 0 ? unchecked(number + random.Next(-2, 3)) : Edge(random);
            input.Remove(at, end - at);
            input.Insert(at, Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture)));
        }
    }
}
