namespace RespKv.Protocol;

/// <summary>
/// Splits an inline request into arguments. Double quotes know \xHH \n \r \t \b \a and take any other escaped byte as it is;
/// single quotes know \' only; quotes may begin inside of an argument, and what follows a closing quote must be a blank.
/// </summary>
internal static class InlineSplitter
{
    private const byte Quote = (byte)'"';
    private const byte SingleQuote = (byte)'\'';
    private const byte Backslash = (byte)'\\';

    /// <summary>Appends the arguments to the batch. False, and nothing appended, when the quotes are not balanced.</summary>
    public static bool TrySplit(ReadOnlySpan<byte> line, RequestBatch batch)
    {
        int first = batch.Arguments.Count;
        Span<byte> target = batch.ArenaRoom(line.Length, out int arenaStart);
        int at = 0;
        int written = 0;
        while (SkipBlanks(line, ref at))
        {
            int start = written;
            if (!TryTakeArgument(line, ref at, target, ref written))
            {
                batch.Arguments.Truncate(first);
                return false;
            }

            batch.Arguments.Add(arenaStart + start, written - start);
        }

        batch.ArenaUsed(written);
        return true;
    }

    private static bool SkipBlanks(ReadOnlySpan<byte> line, ref int at)
    {
        while (at < line.Length && IsBlank(line[at]))
        {
            at++;
        }

        return at < line.Length;
    }

    private static bool TryTakeArgument(ReadOnlySpan<byte> line, ref int at, Span<byte> target, ref int written)
    {
        while (at < line.Length)
        {
            byte value = line[at++];
            switch (value)
            {
                case Quote:
                    return TryTakeDoubleQuoted(line, ref at, target, ref written);
                case SingleQuote:
                    return TryTakeSingleQuoted(line, ref at, target, ref written);
                case (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t':
                    return true;
                default:
                    target[written++] = value;
                    break;
            }
        }

        return true;
    }

    private static bool TryTakeDoubleQuoted(ReadOnlySpan<byte> line, ref int at, Span<byte> target, ref int written)
    {
        while (at < line.Length)
        {
            byte value = line[at++];
            if (value == Quote)
            {
                return EndsHere(line, at);
            }

            if (value == Backslash && at < line.Length)
            {
                value = line[at++];
                if (value == (byte)'x' && at + 2 <= line.Length && char.IsAsciiHexDigit((char)line[at]) && char.IsAsciiHexDigit((char)line[at + 1]))
                {
                    value = (byte)((HexDigits.Value(line[at]) << 4) | HexDigits.Value(line[at + 1]));
                    at += 2;
                }
                else
                {
                    value = Unescape(value);
                }
            }

            target[written++] = value;
        }

        return false;
    }

    private static bool TryTakeSingleQuoted(ReadOnlySpan<byte> line, ref int at, Span<byte> target, ref int written)
    {
        while (at < line.Length)
        {
            byte value = line[at++];
            if (value == SingleQuote)
            {
                return EndsHere(line, at);
            }

            if (value == Backslash && at < line.Length && line[at] == SingleQuote)
            {
                at++;
                value = SingleQuote;
            }

            target[written++] = value;
        }

        return false;
    }

    private static bool EndsHere(ReadOnlySpan<byte> line, int at) => at == line.Length || IsBlank(line[at]);

    private static byte Unescape(byte value) => value switch
    {
        (byte)'n' => (byte)'\n',
        (byte)'r' => (byte)'\r',
        (byte)'t' => (byte)'\t',
        (byte)'b' => (byte)'\b',
        (byte)'a' => (byte)'\a',
        _ => value,
    };

    /// <summary>C's isspace.</summary>
    private static bool IsBlank(byte value) => value is (byte)' ' or (>= (byte)'\t' and <= (byte)'\r');
}
