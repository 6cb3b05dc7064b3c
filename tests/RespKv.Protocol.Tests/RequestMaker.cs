using System.Text;

namespace RespKv.Protocol.Tests;

/// <summary>Makes requests, some of them damaged in one place.</summary>
internal sealed class RequestMaker(Random random)
{
    private const string InlineBytes = "aab\"'\"'\\\\x4fnrt \t\v\f\r$*\0\u00ff";
    private const string BulkBytes = "ab\r\n$*1\0";
    private const string DamageBytes = "0123456789-$*\r\n \0x+";

    public string Conversation()
    {
        StringBuilder data = new();
        for (int left = random.Next(1, 6); left > 0; left--)
        {
            string request = random.Next(3) == 0 ? Inline() : Multibulk();
            data.Append(random.Next(4) == 0 ? Damaged(request) : request);
            data.Append(random.Next(10) switch { 0 => "*0\r\n", 1 => "\r\n", 2 => "*-3\r\n", _ => "" });
        }

        return data.ToString();
    }

    private string Inline()
    {
        string text = random.Next(2) == 0 ? "GET 'a b' \"\\x41\"" : Text(InlineBytes, random.Next(0, 30));
        return text + (random.Next(2) == 0 ? "\r\n" : "\n");
    }

    private string Multibulk()
    {
        int count = random.Next(1, 14);
        StringBuilder request = new($"*{count}\r\n");
        for (int i = 0; i < count; i++)
        {
            string bulk = Text(BulkBytes, random.Next(20) == 0 ? random.Next(0, 1600) : random.Next(0, 20));
            request.Append('$').Append(bulk.Length).Append("\r\n").Append(bulk).Append("\r\n");
        }

        return request.ToString();
    }

    private string Damaged(string request)
    {
        int at = random.Next(request.Length);
        string damage = DamageBytes[random.Next(DamageBytes.Length)].ToString();
        return random.Next(4) switch
        {
            0 => request[..at],
            1 => request.Remove(at, 1),
            2 => request.Insert(at, damage),
            _ => request.Remove(at, 1).Insert(at, damage),
        };
    }

    private string Text(string alphabet, int length) => string.Create(length, (alphabet, random), static (text, state) =>
    {
        for (int i = 0; i < text.Length; i++)
        {
            text[i] = state.alphabet[state.random.Next(state.alphabet.Length)];
        }
    });
}
