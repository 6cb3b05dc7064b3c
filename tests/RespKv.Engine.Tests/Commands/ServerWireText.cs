using System.Text;
using RespKv.Protocol;

namespace RespKv.Engine.Tests.Commands;

/// <summary>Replies with their types as on the wire, one element a line: <c>+OK</c>, <c>$"text"</c>, <c>*[</c> ... <c>]</c>.</summary>
internal static class ServerWireText
{
    public static string Of(RespValue reply) => reply.Kind switch
    {
        RespKind.Null => reply.Marker == '_' ? "_" : $"{reply.Marker}-1",
        RespKind.SimpleString or RespKind.Error or RespKind.BigNumber or RespKind.Integer or RespKind.Double => reply.Marker + Latin1(reply.Bytes),
        RespKind.Boolean => reply.Boolean ? "#t" : "#f",
        RespKind.BulkString => reply.Marker + Quote(Latin1(reply.Bytes)),
        RespKind.Verbatim => reply.Marker + Quote($"{reply.Format}:{Latin1(reply.Bytes)}"),
        RespKind.Array or RespKind.Map or RespKind.Set or RespKind.Push => Items(reply),
        _ => throw new NotSupportedException(reply.Kind.ToString()),
    };

    private static string Items(RespValue reply)
    {
        if (reply.Items.Count == 0)
        {
            return reply.Marker + "[]";
        }

        var text = new StringBuilder().Append(reply.Marker).Append("[\n");
        foreach (RespValue item in reply.Items)
        {
            text.Append("  ").Append(Of(item).Replace("\n", "\n  ", StringComparison.Ordinal)).Append('\n');
        }

        return text.Append(']').ToString();
    }

    private static string Latin1(ReadOnlyMemory<byte> bytes) => Encoding.Latin1.GetString(bytes.Span);

    private static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (char character in text)
        {
            quoted.Append(character switch
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

        return quoted.Append('"').ToString();
    }
}
