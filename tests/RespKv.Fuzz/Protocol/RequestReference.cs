using RespKv.Protocol;

namespace RespKv.Fuzz.Protocol;

/// <summary>
/// The second request parser: Redis 7.0's processInlineBuffer, processMultibulkBuffer and sdssplitargs once more, over all bytes at
/// once, looking at one byte after the other and starting each request anew. Two things are not Redis's and are meant so: a line
/// is too long by its length and not by how it was cut, and a request has at most <see cref="ParserLimits.ArgumentsMax"/> arguments.
/// </summary>
internal static class RequestReference
{
    private const int Incomplete = -1;
    private const int TooLong = -2;

    private enum Verdict
    {
        Request,
        Nothing,
        NeedsMore,
        Error,
    }

    public static void Parse(RequestInput input, Transcript transcript)
    {
        ReadOnlySpan<byte> data = input.Data;
        List<byte[]> arguments = [];
        int at = 0;
        while (at < data.Length)
        {
            ParserLimits limits = input.Limits(transcript.Requests);
            arguments.Clear();
            Verdict verdict = data[at] == '*'
                ? Multibulk(data[at..], limits, arguments, out int length, out string error)
                : Inline(data[at..], limits, arguments, out length, out error);
            if (verdict is Verdict.NeedsMore or Verdict.Error)
            {
                transcript.End(error, at);
                return;
            }

            at += length;
            if (verdict == Verdict.Request)
            {
                transcript.Request(arguments.Count);
                arguments.ForEach(argument => transcript.Argument(argument));
            }
        }

        transcript.End("", at);
    }

    private static Verdict Multibulk(ReadOnlySpan<byte> data, ParserLimits limits, List<byte[]> arguments, out int length, out string error)
    {
        length = 0;
        error = "";
        int end = LineEnd(data, 0, '\r', limits);
        if (end < 0)
        {
            return end == TooLong ? Error("too big mbulk count string", out error) : Verdict.NeedsMore;
        }

        // Redis: 10 arguments of 16 kB before AUTH; beyond what anybody may have it is the other text.
        int countMax = limits.BeforeAuthentication ? ParserLimits.Default.ArgumentsMax : limits.ArgumentsMax;
        if (!TryNumber(data[1..end], out long count) || count > countMax)
        {
            return Error("invalid multibulk length", out error);
        }

        if (count > limits.ArgumentsMax)
        {
            return Error("unauthenticated multibulk length", out error);
        }

        int at = end + 2;
        for (; count > 0; count--)
        {
            end = LineEnd(data, at, '\r', limits);
            if (end < 0)
            {
                return end == TooLong ? Error("too big bulk count string", out error) : Verdict.NeedsMore;
            }

            if (data[at] != '$')
            {
                return Error($"expected '$', got '{(char)data[at]}'", out error);
            }

            long bulkMax = limits.BeforeAuthentication ? ParserLimits.Default.BulkBytesMax : limits.BulkBytesMax;
            if (!TryNumber(data[(at + 1)..end], out long bulk) || bulk < 0 || bulk > bulkMax)
            {
                return Error("invalid bulk length", out error);
            }

            if (bulk > limits.BulkBytesMax)
            {
                return Error("unauthenticated bulk length", out error);
            }

            at = end + 2;
            if (data.Length < at + bulk + 2)
            {
                return Verdict.NeedsMore;
            }

            arguments.Add(data.Slice(at, (int)bulk).ToArray());
            at += (int)bulk + 2;
        }

        length = at;
        return arguments.Count > 0 ? Verdict.Request : Verdict.Nothing;
    }

    private static Verdict Inline(ReadOnlySpan<byte> data, ParserLimits limits, List<byte[]> arguments, out int length, out string error)
    {
        length = 0;
        error = "";
        int end = LineEnd(data, 0, '\n', limits);
        if (end < 0)
        {
            return end == TooLong ? Error("too big inline request", out error) : Verdict.NeedsMore;
        }

        length = end + 1;
        int lineEnd = end > 0 && data[end - 1] == '\r' ? end - 1 : end;
        if (!TrySplit(data[..lineEnd], arguments))
        {
            return Error("unbalanced quotes in request", out error);
        }

        return arguments.Count > 0 ? Verdict.Request : Verdict.Nothing;
    }

    private static Verdict Error(string text, out string error)
    {
        error = "ERR Protocol error: " + text;
        return Verdict.Error;
    }

    /// <summary>strchr: a zero byte ends the search. Behind a CR there has to be one more byte, whatever it is.</summary>
    private static int LineEnd(ReadOnlySpan<byte> data, int start, char terminator, ParserLimits limits)
    {
        int at = start;
        while (at < data.Length && data[at] != terminator && data[at] != 0)
        {
            at++;
        }

        bool found = at < data.Length && data[at] == terminator;
        int length = (found ? at : data.Length) - start;
        if (length > limits.InlineBytesMax)
        {
            return TooLong;
        }

        return found && (terminator == '\n' || at + 1 < data.Length) ? at : Incomplete;
    }

    /// <summary>string2ll: digits without a leading zero, a minus only in front of those.</summary>
    private static bool TryNumber(ReadOnlySpan<byte> text, out long number)
    {
        number = 0;
        bool negative = text.Length > 0 && text[0] == '-';
        ReadOnlySpan<byte> digits = negative ? text[1..] : text;
        if (digits.Length is 0 or > 19 || (digits[0] == '0' && text.Length > 1))
        {
            return false;
        }

        Int128 value = 0;
        foreach (byte digit in digits)
        {
            if (digit is < (byte)'0' or > (byte)'9')
            {
                return false;
            }

            value = (value * 10) + (digit - '0');
        }

        value = negative ? -value : value;
        number = value >= long.MinValue && value <= long.MaxValue ? (long)value : 0;
        return number == value;
    }

    /// <summary>sdssplitargs.</summary>
    private static bool TrySplit(ReadOnlySpan<byte> line, List<byte[]> arguments)
    {
        int at = 0;
        while (true)
        {
            while (at < line.Length && IsSpace(line[at]))
            {
                at++;
            }

            if (at == line.Length)
            {
                return true;
            }

            List<byte> argument = [];
            bool inDouble = false;
            bool inSingle = false;
            bool done = false;
            while (!done)
            {
                // A C string ends with a zero.
                char c = At(line, at);
                if (inDouble)
                {
                    if (c == '\\' && At(line, at + 1) == 'x' && char.IsAsciiHexDigit(At(line, at + 2)) && char.IsAsciiHexDigit(At(line, at + 3)))
                    {
                        argument.Add(Convert.ToByte($"{At(line, at + 2)}{At(line, at + 3)}", 16));
                        at += 3;
                    }
                    else if (c == '\\' && At(line, at + 1) != '\0')
                    {
                        at++;
                        argument.Add(At(line, at) switch { 'n' => 10, 'r' => 13, 't' => 9, 'b' => 8, 'a' => 7, char other => (byte)other });
                    }
                    else if (c == '"')
                    {
                        if (At(line, at + 1) != '\0' && !IsSpace((byte)At(line, at + 1)))
                        {
                            return false;
                        }

                        done = true;
                    }
                    else if (c == '\0')
                    {
                        return false;
                    }
                    else
                    {
                        argument.Add((byte)c);
                    }
                }
                else if (inSingle)
                {
                    if (c == '\\' && At(line, at + 1) == '\'')
                    {
                        at++;
                        argument.Add((byte)'\'');
                    }
                    else if (c == '\'')
                    {
                        if (At(line, at + 1) != '\0' && !IsSpace((byte)At(line, at + 1)))
                        {
                            return false;
                        }

                        done = true;
                    }
                    else if (c == '\0')
                    {
                        return false;
                    }
                    else
                    {
                        argument.Add((byte)c);
                    }
                }
                else
                {
                    switch (c)
                    {
                        case ' ' or '\n' or '\r' or '\t' or '\0':
                            done = true;
                            break;
                        case '"':
                            inDouble = true;
                            break;
                        case '\'':
                            inSingle = true;
                            break;
                        default:
                            argument.Add((byte)c);
                            break;
                    }
                }

                at += at < line.Length ? 1 : 0;
            }

            arguments.Add([.. argument]);
        }
    }

    private static char At(ReadOnlySpan<byte> line, int at) => at < line.Length ? (char)line[at] : '\0';

    private static bool IsSpace(byte c) => c is 32 or (>= 9 and <= 13);
}
