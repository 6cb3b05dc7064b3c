using System.Globalization;
using System.Text;
using RespKv.Engine;

namespace RespKv.Server.Logging;

/// <summary>Redis's log line: <c>pid:M 21 Nov 2026 11:08:08.685 * text</c>. M is the role (a primary); the mark is the level.</summary>
internal sealed class LogLineFormat(int processId)
{
    public string Format(DateTimeOffset time, EngineLogLevel level, string text)
    {
        char mark = level switch
        {
            EngineLogLevel.Debug => '.',
            EngineLogLevel.Verbose => '-',
            EngineLogLevel.Notice => '*',
            _ => '#',
        };
        return string.Create(CultureInfo.InvariantCulture, $"{processId}:M {time:dd MMM yyyy HH:mm:ss.fff} {mark} {OneLine(text)}\n");
    }

    /// <summary>Texts can carry what a client sent: a line break in it must not look like a line of ours.</summary>
    private static string OneLine(string text)
    {
        if (!text.Any(char.IsControl))
        {
            return text;
        }

        var line = new StringBuilder(text.Length + 16);
        foreach (char c in text)
        {
            _ = c switch
            {
                '\r' => line,
                '\n' => line.Append(" | "),
                '\t' => line.Append(' '),
                _ when char.IsControl(c) => line.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}"),
                _ => line.Append(c),
            };
        }

        return line.ToString();
    }
}
