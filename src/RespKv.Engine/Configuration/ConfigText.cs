using System.Globalization;
using System.Text;

namespace RespKv.Engine.Configuration;

/// <summary>
/// The words of a configuration line, by Redis's rules: words are separated by blanks; "..." knows \n \r \t \b \a \\ \" and \xHH;
/// '...' knows \' only; a closing quote ends the word. \xHH stands for a byte, so a word is gathered as bytes; as a whole it has to be UTF-8.
/// </summary>
internal static class ConfigText
{
    private const string Unbalanced = "Unbalanced quotes in configuration line";

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Splits a line into words. Returns null and the words, or what is wrong.</summary>
    public static string? Split(string line, out List<string> words)
    {
        words = [];
        var word = new List<byte>();
        int at = 0;
        while (true)
        {
            while (at < line.Length && IsBlank(line[at]))
            {
                at++;
            }

            if (at == line.Length)
            {
                return null;
            }

            word.Clear();
            string? error = ReadWord(line, ref at, word);
            if (error is not null)
            {
                return error;
            }

            try
            {
                words.Add(StrictUtf8.GetString([.. word]));
            }
            catch (DecoderFallbackException)
            {
                return "the bytes of a quoted word are not UTF-8";
            }
        }
    }

    /// <summary>A word as it can stand in a line: quoted when it has to be.</summary>
    public static string Quote(string word)
    {
        bool plain = word.Length > 0 && word[0] != '#' && !word.Any(c => IsBlank(c) || char.IsControl(c) || c is '"' or '\'' or '\\');
        if (plain)
        {
            return word;
        }

        var quoted = new StringBuilder("\"");
        foreach (char c in word)
        {
            _ = c switch
            {
                '"' => quoted.Append("\\\""),
                '\\' => quoted.Append("\\\\"),
                '\n' => quoted.Append("\\n"),
                '\r' => quoted.Append("\\r"),
                '\t' => quoted.Append("\\t"),
                <= '\x7f' when char.IsControl(c) => quoted.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}"),
                _ => quoted.Append(c),
            };
        }

        return quoted.Append('"').ToString();
    }

    private static string? ReadWord(string line, ref int at, List<byte> word)
    {
        while (at < line.Length && !IsBlank(line[at]))
        {
            if (line[at] is '"' or '\'')
            {
                return ReadQuoted(line, ref at, word);
            }

            AppendCharacter(line, ref at, word);
        }

        return null;
    }

    /// <summary>From the opening quote to behind the closing one, which has to end the word.</summary>
    private static string? ReadQuoted(string line, ref int at, List<byte> word)
    {
        char quote = line[at++];
        while (at < line.Length)
        {
            if (line[at] == quote)
            {
                at++;
                return at == line.Length || IsBlank(line[at]) ? null : Unbalanced + ": a closing quote has to be followed by a blank";
            }

            if (line[at] == '\\' && at + 1 < line.Length)
            {
                ReadEscape(line, ref at, quote, word);
            }
            else
            {
                AppendCharacter(line, ref at, word);
            }
        }

        return Unbalanced;
    }

    private static void ReadEscape(string line, ref int at, char quote, List<byte> word)
    {
        if (quote == '\'')
        {
            at += line[at + 1] == '\'' ? 1 : 0;
            AppendCharacter(line, ref at, word);
            return;
        }

        if (line[at + 1] == 'x'
            && at + 3 < line.Length
            && byte.TryParse(line.AsSpan(at + 2, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte value))
        {
            word.Add(value);
            at += 4;
            return;
        }

        at++;
        int control = "nrtba".IndexOf(line[at], StringComparison.Ordinal);
        if (control >= 0)
        {
            word.Add((byte)"\n\r\t\b\a"[control]);
            at++;
        }
        else
        {
            AppendCharacter(line, ref at, word);
        }
    }

    private static void AppendCharacter(string line, ref int at, List<byte> word)
    {
        Span<byte> utf8 = stackalloc byte[4];
        _ = Rune.DecodeFromUtf16(line.AsSpan(at), out Rune rune, out int consumed);
        word.AddRange(utf8[..rune.EncodeToUtf8(utf8)]);
        at += consumed;
    }

    private static bool IsBlank(char c) => c is ' ' or '\t' or '\n' or '\r' or '\v' or '\f';
}
