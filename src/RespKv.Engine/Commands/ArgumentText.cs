using System.Text;

namespace RespKv.Engine.Commands;

/// <summary>Arguments as text: in error replies, and where they are names.</summary>
internal static class ArgumentText
{
    /// <summary>Bytes of an argument that an error reply repeats, as in Redis.</summary>
    private const int EchoBytesMax = 128;

    public static string Of(ReadOnlySpan<byte> argument) => Encoding.UTF8.GetString(argument);

    public static string Shorten(ReadOnlySpan<byte> argument) => Of(argument[..Math.Min(argument.Length, EchoBytesMax)]);

    /// <summary>
    /// Whether it can stand in a field of CLIENT LIST: printable ASCII without spaces, so that the line can always be split.
    /// </summary>
    public static bool IsClientAttribute(ReadOnlySpan<byte> argument) => argument.IndexOfAnyExceptInRange((byte)'!', (byte)'~') < 0;
}
