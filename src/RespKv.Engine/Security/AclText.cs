using System.Buffers;
using System.Text;

namespace RespKv.Engine.Security;

/// <summary>
/// Names, patterns and rules are bytes, of any value. They are kept as strings of one character a byte: so they can be cut and compared as text,
/// and leave as the bytes that they came as.
/// </summary>
internal static class AclText
{
    private static readonly SearchValues<char> Blanks = SearchValues.Create(" \t\n\v\f\r\0");

    public static string Of(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);

    public static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

    /// <summary>Ordinary text as the bytes of its UTF-8.</summary>
    public static string FromUnicode(string text) => Of(Encoding.UTF8.GetBytes(text));

    /// <summary>For people: what is not UTF-8 is replaced.</summary>
    public static string ToUnicode(string text) => Encoding.UTF8.GetString(Bytes(text));

    /// <summary>Names and patterns have neither blanks nor NULs, so that a line of rules can be split.</summary>
    public static bool HasBlanks(ReadOnlySpan<char> text) => text.ContainsAny(Blanks);
}
