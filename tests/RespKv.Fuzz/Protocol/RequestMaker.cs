using System.Text;
using RespKv.Fuzz.Running;

namespace RespKv.Fuzz.Protocol;

/// <summary>Makes conversations of a client, and damages them.</summary>
internal sealed class RequestMaker
{
    private const string InlineBytes = "aab\"'\"'\\\\x4fnrt \t\v\f\r$*\0\u00ff";
    private const string BulkBytes = "ab\r\n$*1\0";

    private static readonly string[] Openings =
        ["*1\r\n$4\r\nPING\r\n", "*2\r\n$3\r\nGET\r\n$1\r\na\r\n", "*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\nb\r\n", "PING\r\n", "*0\r\n", "*-1\r\n", "\r\n", "\n"];

    private readonly Mutator _mutator = new(
        ["*", "$", "\r\n", "\r", "\n", "\0", "-", "+", "0", "00", "-0", "*1\r\n", "$1\r\n", "$0\r\n\r\n", "\"", "'", "\\", "\\x", "\\x41", " ", "\t", "\v", "*-1\r\n", "*1048577\r\n",
            "$536870913\r\n", "$9223372036854775808\r\n", "$-1\r\n", .. Openings]);

    public void Make(Random random, ReadOnlySpan<byte> parent, ReadOnlySpan<byte> other, InputBuffer input)
    {
        if (parent.Length <= RequestInput.HeadBytes)
        {
            Anew(random, input);
            if (random.Next(3) == 0)
            {
                _mutator.Change(random, RequestInput.HeadBytes, other, input);
            }

            return;
        }

        input.Add(parent);
        _mutator.Change(random, random.Next(4) == 0 ? 0 : RequestInput.HeadBytes, other, input);

        // Other cuts of the same bytes.
        if (input.Length >= RequestInput.HeadBytes)
        {
            random.NextBytes(input.Span.Slice(2, 2));
        }
    }

    private static void Anew(Random random, InputBuffer input)
    {
        for (int i = 0; i < RequestInput.HeadBytes; i++)
        {
            input.Add((byte)random.Next(256));
        }

        for (int left = random.Next(1, 5); left > 0; left--)
        {
            switch (random.Next(4))
            {
                case 0:
                    Text(random, InlineBytes, random.Next(0, 30), input);
                    input.Add(random.Next(2) == 0 ? "\r\n"u8 : "\n"u8);
                    break;
                case 1:
                    input.Add(Encoding.Latin1.GetBytes(Openings[random.Next(Openings.Length)]));
                    break;
                default:
                    Multibulk(random, input);
                    break;
            }
        }
    }

    private static void Multibulk(Random random, InputBuffer input)
    {
        int count = random.Next(8) == 0 ? random.Next(0, 40) : random.Next(1, 5);
        Line(input, '*', count);
        for (int i = 0; i < count; i++)
        {
            int bytes = random.Next(30) == 0 ? random.Next(0, 2000) : random.Next(0, 24);
            Line(input, '$', bytes);
            Text(random, BulkBytes, bytes, input);
            input.Add("\r\n"u8);
        }
    }

    private static void Line(InputBuffer input, char marker, int number)
    {
        input.Add((byte)marker);
        Span<byte> digits = stackalloc byte[11];
        _ = System.Buffers.Text.Utf8Formatter.TryFormat(number, digits, out int written);
        input.Add(digits[..written]);
        input.Add("\r\n"u8);
    }

    private static void Text(Random random, string alphabet, int length, InputBuffer input)
    {
        for (int i = 0; i < length; i++)
        {
            input.Add((byte)alphabet[random.Next(alphabet.Length)]);
        }
    }
}
