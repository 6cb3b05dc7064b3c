using System.Text;
using RespKv.Protocol;

namespace RespKv.TestKit.Model;

/// <summary>Replies compared and shown.</summary>
public static class ReplyText
{
    /// <summary>Longer strings are cut: a message has to stay readable.</summary>
    private const int ShownCharsMax = 60;

    /// <summary>Equal in kind and content, nested ones too. All nulls are the same.</summary>
    public static bool AreSame(RespValue one, RespValue other) =>
        one.Kind == other.Kind
        && one.Integer == other.Integer
        && one.Bytes.Span.SequenceEqual(other.Bytes.Span)
        && one.Items.Count == other.Items.Count
        && one.Items.Zip(other.Items).All(pair => AreSame(pair.First, pair.Second));

    /// <summary>As redis-cli would write it, on one line.</summary>
    public static string Of(RespValue reply) => reply.Kind switch
    {
        RespKind.Null => "nil",
        RespKind.Integer => $"{reply.Integer}",
        RespKind.SimpleString => Latin1(reply),
        RespKind.Error => $"error '{Latin1(reply)}'",
        RespKind.Array or RespKind.Set or RespKind.Push or RespKind.Map => $"[{string.Join(", ", reply.Items.Select(Of))}]",
        _ => $"\"{Cut(Latin1(reply))}\"",
    };

    /// <summary>The words of a command, long ones cut.</summary>
    public static string Of(IEnumerable<string> command) => string.Join(' ', command.Select(word => word.Length == 0 ? "\"\"" : Cut(word)));

    internal static string Latin1(RespValue reply) => Encoding.Latin1.GetString(reply.Bytes.Span);

    internal static string Cut(string text)
    {
        string start = text.Length <= ShownCharsMax ? text : text[..ShownCharsMax];
        string clean = string.Concat(start.Select(c => c is < ' ' or > '~' ? $"\\x{(int)c:x2}" : $"{c}"));
        return text.Length <= ShownCharsMax ? clean : $"{clean}... ({text.Length} bytes)";
    }
}
