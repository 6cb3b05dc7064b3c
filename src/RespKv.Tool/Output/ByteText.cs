using System.Globalization;
using System.Text;

namespace RespKv.Tool.Output;

/// <summary>Bytes for human eyes, as redis-cli prints them: quoted, what is not printable ASCII escaped. Sizes likewise.</summary>
internal static class ByteText
{
    private const byte FirstPrintable = 0x20;
    private const byte LastPrintable = 0x7e;
    private const double Unit = 1024;

    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB"];

    /// <param name="bytes">Any bytes.</param>
    /// <param name="bytesMax">What is longer is cut, and its length given.</param>
    internal static string Quote(ReadOnlySpan<byte> bytes, int bytesMax = int.MaxValue)
    {
        var text = new StringBuilder("\"");
        foreach (byte value in bytes[..Math.Min(bytes.Length, bytesMax)])
        {
            Append(text, value);
        }

        text.Append('"');
        if (bytes.Length > bytesMax)
        {
            text.Append(CultureInfo.InvariantCulture, $"... ({bytes.Length} bytes)");
        }

        return text.ToString();
    }

    internal static string Size(long bytes)
    {
        double value = bytes;
        int unit = 0;
        while (value >= Unit && unit < Units.Length - 1)
        {
            value /= Unit;
            unit++;
        }

        return unit == 0
            ? $"{bytes} B"
            : string.Create(CultureInfo.InvariantCulture, $"{value:0.0} {Units[unit]}");
    }

    private static void Append(StringBuilder text, byte value)
    {
        switch (value)
        {
            case (byte)'"':
                text.Append("\\\"");
                break;
            case (byte)'\\':
                text.Append("\\\\");
                break;
            case (byte)'\n':
                text.Append("\\n");
                break;
            case (byte)'\r':
                text.Append("\\r");
                break;
            case (byte)'\t':
                text.Append("\\t");
                break;
            case >= FirstPrintable and <= LastPrintable:
                text.Append((char)value);
                break;
            default:
                text.Append(CultureInfo.InvariantCulture, $"\\x{value:x2}");
                break;
        }
    }
}
