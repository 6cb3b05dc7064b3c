using System.Globalization;
using System.Text;

namespace RespKv.Engine.Commands.Info;

/// <summary>Builds the text of INFO: sections of <c>name:value</c> lines, an empty line between sections.</summary>
internal sealed class InfoText
{
    private readonly StringBuilder _text = new();

    public void Section(string title)
    {
        if (_text.Length > 0)
        {
            _text.Append("\r\n");
        }

        _text.Append("# ").Append(title).Append("\r\n");
    }

    public void Field(string name, string value) => _text.Append(name).Append(':').Append(value).Append("\r\n");

    public void Field(string name, long value) => _text.Append(name).Append(':').Append(value).Append("\r\n");

    public void Ratio(string name, double value, string format = "F2") => Field(name, value.ToString(format, CultureInfo.InvariantCulture));

    /// <summary>Bytes, and under <c>name_human</c> the same to be read.</summary>
    public void Bytes(string name, long bytes)
    {
        Field(name, bytes);
        Field(name + "_human", Human(bytes));
    }

    public byte[] ToUtf8() => Encoding.UTF8.GetBytes(_text.ToString());

    /// <summary>As Redis writes sizes: <c>123B</c>, <c>1.50K</c>, <c>2.00G</c>.</summary>
    private static string Human(long bytes)
    {
        const string Units = "KMGTP";
        if (bytes < 1024)
        {
            return $"{bytes}B";
        }

        double value = bytes / 1024.0;
        int unit = 0;
        while (value >= 1024 && unit < Units.Length - 1)
        {
            value /= 1024;
            unit++;
        }

        return value.ToString("F2", CultureInfo.InvariantCulture) + Units[unit];
    }
}
