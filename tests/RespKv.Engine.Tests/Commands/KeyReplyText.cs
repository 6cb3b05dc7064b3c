using System.Text;
using RespKv.Protocol;

namespace RespKv.Engine.Tests.Commands;

/// <summary>Replies as redis-cli prints them on a terminal.</summary>
internal static class KeyReplyText
{
    public static string Of(RespValue reply) => reply.Kind switch
    {
        RespKind.SimpleString => Latin1(reply),
        RespKind.Error => "(error) " + Latin1(reply),
        RespKind.Integer => "(integer) " + reply.Integer,
        RespKind.BulkString => Quoted(reply),
        RespKind.Null => "(nil)",
        RespKind.Double => "(double) " + Number(reply.Double),
        RespKind.Array => Items(reply, "(empty array)", 1, (index, item) => Indented($"{index}) ", Of(item))),
        RespKind.Set => Items(reply, "(empty set)", 1, (index, item) => Indented($"{index}~ ", Of(item))),
        RespKind.Map => Items(reply, "(empty hash)", 2, null),
        _ => throw new NotSupportedException(reply.Kind.ToString()),
    };

    private static string Items(RespValue reply, string empty, int stride, Func<int, RespValue, string>? format)
    {
        if (reply.Items.Count == 0)
        {
            return empty;
        }

        var lines = new List<string>();
        for (int i = 0; i < reply.Items.Count; i += stride)
        {
            lines.Add(format is not null
                ? format(i + 1, reply.Items[i])
                : Indented($"{(i / 2) + 1}# {Of(reply.Items[i])} => ", Of(reply.Items[i + 1])));
        }

        return string.Join('\n', lines);
    }

    private static string Number(double value)
    {
        Span<byte> text = stackalloc byte[RespNumber.DoubleBytesMax];
        return Encoding.ASCII.GetString(text[..RespNumber.FormatDouble(value, text)]);
    }

    /// <summary>Lines behind the first stand under the text that follows the prefix.</summary>
    private static string Indented(string prefix, string text) => prefix + text.Replace("\n", "\n" + new string(' ', prefix.Length), StringComparison.Ordinal);

    private static string Latin1(RespValue reply) => Encoding.Latin1.GetString(reply.Bytes.Span);

    private static string Quoted(RespValue reply)
    {
        var text = new StringBuilder("\"");
        foreach (char character in Latin1(reply))
        {
            text.Append(character switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                < ' ' or > '~' => $"\\x{(int)character:x2}",
                _ => character.ToString(),
            });
        }

        return text.Append('"').ToString();
    }
}
