using System.Globalization;
using System.Numerics;
using System.Text;

namespace RespKv.Protocol.Tests;

/// <summary>
/// The request grammar once more, in the plainest way: works on all bytes at once, on strings, without state. What Redis 7.0
/// does with strchr and string2ll is spelled out here.
/// </summary>
internal static class ReferenceParser
{
    public static ParseResult Parse(string data, ParserLimits limits)
    {
        List<string[]> requests = [];
        while (data.Length > 0)
        {
            (string[]? request, int length, string error) = data[0] == '*' ? Multibulk(data, limits) : Inline(data, limits);
            if (error.Length > 0)
            {
                return new ParseResult(requests, "ERR Protocol error: " + error, data.Length);
            }

            if (request is null)
            {
                break;
            }

            if (request.Length > 0)
            {
                requests.Add(request);
            }

            data = data[length..];
        }

        return new ParseResult(requests, "", data.Length);
    }

    private static (string[]? Request, int Length, string Error) Multibulk(string data, ParserLimits limits)
    {
        (string? line, int at, bool tooLong) = Line(data, 0, '\r', limits);
        if (line is null)
        {
            return (null, 0, tooLong ? "too big mbulk count string" : "");
        }

        if (!Number(line[1..], out BigInteger count) || count > (limits.BeforeAuthentication ? 1_048_576 : limits.ArgumentsMax))
        {
            return (null, 0, "invalid multibulk length");
        }

        if (count > limits.ArgumentsMax)
        {
            return (null, 0, "unauthenticated multibulk length");
        }

        List<string> arguments = [];
        for (int i = 0; i < count; i++)
        {
            (line, int next, tooLong) = Line(data, at, '\r', limits);
            if (line is null)
            {
                return (null, 0, tooLong ? "too big bulk count string" : "");
            }

            if (data[at] != '$')
            {
                return (null, 0, $"expected '$', got '{data[at]}'");
            }

            long bulkMax = limits.BeforeAuthentication ? 512L * 1024 * 1024 : limits.BulkBytesMax;
            if (!Number(line[1..], out BigInteger length) || length < 0 || length > bulkMax)
            {
                return (null, 0, "invalid bulk length");
            }

            if (length > limits.BulkBytesMax)
            {
                return (null, 0, "unauthenticated bulk length");
            }

            if (next + length + 2 > data.Length)
            {
                return (null, 0, "");
            }

            arguments.Add(data.Substring(next, (int)length));
            at = next + (int)length + 2;
        }

        return (arguments.ToArray(), at, "");
    }

    private static (string[]? Request, int Length, string Error) Inline(string data, ParserLimits limits)
    {
        (string? line, int next, bool tooLong) = Line(data, 0, '\n', limits);
        if (line is null)
        {
            return (null, 0, tooLong ? "too big inline request" : "");
        }

        string[]? arguments = Split(line.EndsWith('\r') ? line[..^1] : line);
        return arguments is null ? (null, 0, "unbalanced quotes in request") : (arguments, next, "");
    }

    private static (string? Line, int Next, bool TooLong) Line(string data, int start, char terminator, ParserLimits limits)
    {
        string rest = data[start..];
        int end = rest.IndexOf(terminator, StringComparison.Ordinal);
        int nul = rest.IndexOf('\0', StringComparison.Ordinal);
        if (end < 0 || (nul >= 0 && nul < end))
        {
            return (null, 0, rest.Length > limits.InlineBytesMax);
        }

        if (end > limits.InlineBytesMax)
        {
            return (null, 0, true);
        }

        int endBytes = terminator == '\r' ? 2 : 1;
        return end + endBytes > rest.Length ? (null, 0, false) : (rest[..end], start + end + endBytes, false);
    }

    private static bool Number(string text, out BigInteger value)
        => BigInteger.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value)
            && value.ToString(CultureInfo.InvariantCulture) == text && value >= long.MinValue && value <= long.MaxValue;

    private static string[]? Split(string line)
    {
        const string Blanks = " \t\n\v\f\r";
        List<string> arguments = [];
        int at = 0;
        while (true)
        {
            while (at < line.Length && Blanks.Contains(line[at]))
            {
                at++;
            }

            if (at == line.Length)
            {
                return arguments.ToArray();
            }

            StringBuilder argument = new();
            char quote = '\0';
            while (true)
            {
                if (at == line.Length)
                {
                    if (quote != '\0')
                    {
                        return null;
                    }

                    break;
                }

                char c = line[at++];
                string after = line[at..];
                if (quote == '\0' && " \n\r\t".Contains(c))
                {
                    break;
                }
                else if (quote == '\0' && c is '"' or '\'' && quote == '\0')
                {
                    quote = c;
                }
                else if (quote != '\0' && c == quote)
                {
                    if (after.Length > 0 && !Blanks.Contains(after[0]))
                    {
                        return null;
                    }

                    break;
                }
                else if (quote == '"' && c == '\\' && after.Length >= 3 && after[0] == 'x' && char.IsAsciiHexDigit(after[1]) && char.IsAsciiHexDigit(after[2]))
                {
                    argument.Append((char)Convert.ToInt32(after[1..3], 16));
                    at += 3;
                }
                else if (quote == '"' && c == '\\' && after.Length > 0)
                {
                    int escape = "nrtba".IndexOf(after[0], StringComparison.Ordinal);
                    argument.Append(escape < 0 ? after[0] : "\n\r\t\b\a"[escape]);
                    at++;
                }
                else if (quote == '\'' && c == '\\' && after.StartsWith('\''))
                {
                    argument.Append('\'');
                    at++;
                }
                else
                {
                    argument.Append(c);
                }
            }

            arguments.Add(argument.ToString());
        }
    }
}
