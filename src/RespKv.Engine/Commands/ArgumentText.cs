using System.Text;

namespace RespKv.Engine.Commands;

/// <summary>Arguments as text: in error replies, and where they are names.</summary>
internal static class ArgumentText
{
    /// <summary>Bytes of an argument that an error reply repeats, as in Redis.</summary>
    private const int EchoBytesMax = 128;

    public static string Of(ReadOnlySpan<byte> argument) => Encoding.UTF8.GetString(argument);

    /// <summary>For an error reply: a character for each byte, up to a zero, as C prints it.</summary>
    public static string Shorten(ReadOnlySpan<byte> argument)
    {
        ReadOnlySpan<byte> shown = argument[..Math.Min(argument.Length, EchoBytesMax)];
        int end = shown.IndexOf((byte)0);
        return Encoding.Latin1.GetString(end < 0 ? shown : shown[..end]);
    }

    /// <summary>
    /// Whether it can stand in a field of CLIENT LIST: printable ASCII without spaces, so that the line can always be split.
    /// </summary>
    public static bool IsClientAttribute(ReadOnlySpan<byte> argument) => argument.IndexOfAnyExceptInRange((byte)'!', (byte)'~') < 0;
}
