using System.Globalization;
using System.Text;

namespace RespKv.Engine.Tests.Commands;

/// <summary>
/// One step of a script: a command with its expected reply, or a directive to the runner (<c>! clock +1500</c>).
/// </summary>
internal sealed record KeyScriptStep(int Line, string Source, string[] Words, bool IsDirective)
{
    /// <summary>The reply as redis-cli prints it, lines separated by LF.</summary>
    public string Expected { get; set; } = "";
}

/// <summary>
/// A script of commands and replies, see testdata/commands/README.md. Words are split as redis-cli does: blanks separate, double quotes
/// take <c>\xHH</c>, <c>\n</c>, <c>\"</c> and the like, single quotes take everything.
/// </summary>
internal static class KeyScript
{
    public static string DirectoryPath => Path.Combine(AppContext.BaseDirectory, "testdata", "commands");

    public static IReadOnlyList<KeyScriptStep> Load(string name) => Parse(File.ReadAllLines(Path.Combine(DirectoryPath, name)));

    public static IReadOnlyList<KeyScriptStep> Parse(IReadOnlyList<string> lines)
    {
        var steps = new List<KeyScriptStep>();
        KeyScriptStep? open = null;
        for (int i = 0; i < lines.Count; i++)
        {
            string line = lines[i];
            if (line.StartsWith("> ", StringComparison.Ordinal) || line.StartsWith("! ", StringComparison.Ordinal))
            {
                open = new KeyScriptStep(i + 1, line, Split(line[2..]), line[0] == '!');
                steps.Add(open);
            }
            else if (line.Length == 0 || line[0] == '#')
            {
                open = null;
            }
            else if (open is null || open.IsDirective)
            {
                throw new FormatException($"line {i + 1}: a reply without a command: {line}");
            }
            else
            {
                open.Expected += open.Expected.Length == 0 ? line : "\n" + line;
            }
        }

        return steps;
    }

    /// <summary>Bytes are the characters 0 to 255 of the strings.</summary>
    internal static string[] Split(string text)
    {
        var words = new List<string>();
        int i = 0;
        while (i < text.Length)
        {
            if (text[i] == ' ')
            {
                i++;
                continue;
            }

            char quote = text[i] is '"' or '\'' ? text[i++] : ' ';
            var word = new StringBuilder();
            while (i < text.Length && text[i] != quote)
            {
                word.Append(text[i] == '\\' && quote == '"' ? Escape(text, ref i) : text[i++]);
            }

            if (quote != ' ' && i++ >= text.Length)
            {
                throw new FormatException($"unbalanced quotes: {text}");
            }

            words.Add(word.ToString());
        }

        return [.. words];
    }

    private static char Escape(string text, ref int i)
    {
        char kind = text[i + 1];
        i += 2;
        switch (kind)
        {
            case 'x':
                i += 2;
                return (char)int.Parse(text.AsSpan(i - 2, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            case 'n':
                return '\n';
            case 'r':
                return '\r';
            case 't':
                return '\t';
            default:
                return kind;
        }
    }
}
