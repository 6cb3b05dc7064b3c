using System.Text;

namespace RespKv.Differential;

/// <summary>A reply as it came: marker, the text of its line or its bytes (Latin-1), elements.</summary>
internal sealed record Reply(char Marker, string Text, IReadOnlyList<Reply> Items)
{
    private const string Aggregates = "*~%>|";

    public bool IsError => Marker is '-' or '!';

    public bool IsAggregate => Aggregates.Contains(Marker) && Text != "-1";

    /// <summary>Reads one, from <paramref name="at"/> on. False: it has not come whole.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, ref int at, out Reply reply)
    {
        reply = new Reply('?', "", []);
        int end = at < bytes.Length ? bytes[at..].IndexOf("\r\n"u8) : -1;
        if (end < 0)
        {
            return false;
        }

        char marker = (char)bytes[at];
        string text = Encoding.Latin1.GetString(bytes.Slice(at + 1, end - 1));
        int next = at + end + 2;
        if (marker is '$' or '=' or '!' && text != "-1")
        {
            int length = int.Parse(text);
            if (bytes.Length - next < length + 2)
            {
                return false;
            }

            text = Encoding.Latin1.GetString(bytes.Slice(next, length));
            marker = marker == '$' ? 'b' : marker;
            next += length + 2;
        }

        var items = new List<Reply>();
        if (Aggregates.Contains(marker) && text != "-1")
        {
            int count = int.Parse(text) * (marker is '%' or '|' ? 2 : 1);
            for (int i = 0; i < count; i++)
            {
                if (!TryRead(bytes, ref next, out Reply item))
                {
                    return false;
                }

                items.Add(item);
            }
        }

        at = next;
        reply = new Reply(marker, text, items);
        return true;
    }

    /// <summary>Equal for replies of equal bytes only.</summary>
    public override string ToString()
        => IsAggregate ? $"{Marker}{Text}[{string.Join(", ", Items)}]" : $"{Marker}{Printable(Text)}";

    public static string Printable(string text)
    {
        var printable = new StringBuilder();
        foreach (char c in text)
        {
            printable.Append(c is >= ' ' and <= '~' and not '\\' ? c.ToString() : $"\\x{(int)c:x2}");
        }

        return printable.ToString();
    }
}
