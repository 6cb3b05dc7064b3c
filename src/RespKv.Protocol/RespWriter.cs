using System.Text;

namespace RespKv.Protocol;

/// <summary>
/// Writes replies. Types that only RESP3 has fall back to the shapes that Redis gives to RESP2 clients. A method writes one
/// complete value; the headers are followed by as many values as they say.
/// </summary>
public sealed class RespWriter(ReplyBuffer buffer)
{
    /// <summary>Marker, a 64-bit number, CR LF.</summary>
    private const int HeaderBytesMax = 1 + RespNumber.Int64BytesMax + 2;

    /// <summary>Up to here a bulk string is written with one look for room; larger ones fill segments to their end.</summary>
    private const int SmallBulkBytesMax = 1024;

    /// <summary>Where the replies go.</summary>
    public ReplyBuffer Buffer { get; set; } = buffer;

    /// <summary>2 or 3: what the client asked for with HELLO.</summary>
    public int Version { get; set; } = 2;

    public void Ok() => Raw("+OK\r\n"u8);

    /// <summary>The text must not hold CR or LF.</summary>
    public void SimpleString(ReadOnlySpan<byte> text) => Line((byte)'+', text);

    /// <summary>The text starts with its code: <c>ERR syntax error</c>. CR and LF become spaces.</summary>
    public void Error(ReadOnlySpan<byte> text)
    {
        Span<byte> target = Buffer.GetSpan(text.Length + 3);
        text.CopyTo(target[1..]);
        FinishError(target, text.Length);
    }

    /// <inheritdoc cref="Error(ReadOnlySpan{byte})"/>
    /// <remarks>A character up to U+00FF is a byte: so a text can repeat what a client has sent, whatever it was.</remarks>
    public void Error(string text)
    {
        Encoding encoding = text.AsSpan().IndexOfAnyExceptInRange('\0', '\u00FF') < 0 ? Encoding.Latin1 : Encoding.UTF8;
        Span<byte> target = Buffer.GetSpan(encoding.GetMaxByteCount(text.Length) + 3);
        FinishError(target, encoding.GetBytes(text, target[1..]));
    }

    public void Integer(long value) => Header((byte)':', value);

    public void Bulk(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > SmallBulkBytesMax)
        {
            BulkStart(bytes.Length);
            Buffer.Write(bytes);
            BulkEnd();
            return;
        }

        Span<byte> target = Buffer.GetSpan(SmallBulkBytesMax + HeaderBytesMax + 2);
        int length = WriteHeader(target, (byte)'$', bytes.Length);
        bytes.CopyTo(target[length..]);
        length += bytes.Length;
        WriteLineEnd(target[length..]);
        Buffer.Advance(length + 2);
    }

    /// <summary>A bulk string of the text's UTF-8 bytes.</summary>
    public void Bulk(string text)
    {
        int bytes = Encoding.UTF8.GetByteCount(text);
        Span<byte> target = Buffer.GetSpan(HeaderBytesMax + bytes + 2);
        int length = WriteHeader(target, (byte)'$', bytes);
        length += Encoding.UTF8.GetBytes(text, target[length..]);
        WriteLineEnd(target[length..]);
        Buffer.Advance(length + 2);
    }

    /// <summary>A bulk string of the decimal text of <paramref name="value"/>.</summary>
    public void BulkInteger(long value)
    {
        Span<byte> digits = stackalloc byte[RespNumber.Int64BytesMax];
        Bulk(digits[..RespNumber.FormatInt64(value, digits)]);
    }

    /// <summary>Starts a bulk string of <paramref name="length"/> bytes: <see cref="Raw"/> writes them, <see cref="BulkEnd"/> ends it.</summary>
    public void BulkStart(long length) => Header((byte)'$', length);

    /// <summary>Ends what <see cref="BulkStart"/> started.</summary>
    public void BulkEnd() => Raw("\r\n"u8);

    /// <summary>Bytes as they are.</summary>
    public void Raw(ReadOnlySpan<byte> bytes)
    {
        Span<byte> room = Buffer.Room;
        if (bytes.Length <= room.Length)
        {
            bytes.CopyTo(room);
            Buffer.Advance(bytes.Length);
            return;
        }

        Buffer.Write(bytes);
    }

    /// <summary>No value: <c>$-1</c>, in RESP3 <c>_</c>.</summary>
    public void Null()
    {
        if (Version >= 3)
        {
            Raw("_\r\n"u8);
        }
        else
        {
            Raw("$-1\r\n"u8);
        }
    }

    /// <summary>No array: <c>*-1</c>, in RESP3 <c>_</c>.</summary>
    public void NullArray()
    {
        if (Version >= 3)
        {
            Raw("_\r\n"u8);
        }
        else
        {
            Raw("*-1\r\n"u8);
        }
    }

    public void ArrayHeader(int count) => Header((byte)'*', count);

    /// <summary>Key, value, key, value follow. RESP2: an array of twice as many elements.</summary>
    public void MapHeader(int pairs)
    {
        if (Version >= 3)
        {
            Header((byte)'%', pairs);
        }
        else
        {
            Header((byte)'*', 2L * pairs);
        }
    }

    /// <summary>RESP2: an array.</summary>
    public void SetHeader(int count) => Header(Version >= 3 ? (byte)'~' : (byte)'*', count);

    /// <summary>RESP2: an array, as pub/sub messages are there.</summary>
    public void PushHeader(int count) => Header(Version >= 3 ? (byte)'>' : (byte)'*', count);

    /// <summary>RESP2: a bulk string. Digits as C's %.17g.</summary>
    public void Double(double value)
    {
        Span<byte> text = stackalloc byte[RespNumber.DoubleBytesMax];
        text = text[..RespNumber.FormatDouble(value, text)];
        if (Version >= 3)
        {
            Line((byte)',', text);
        }
        else
        {
            Bulk(text);
        }
    }

    /// <summary>RESP2: a bulk string. Digits as <see cref="RespNumber.FormatHumanDouble"/>.</summary>
    public void HumanDouble(double value)
    {
        Span<byte> text = stackalloc byte[RespNumber.HumanDoubleBytesMax];
        text = text[..RespNumber.FormatHumanDouble(value, text)];
        if (Version >= 3)
        {
            Line((byte)',', text);
        }
        else
        {
            Bulk(text);
        }
    }

    /// <summary>RESP2: the integer 1 or 0.</summary>
    public void Boolean(bool value)
    {
        if (Version >= 3)
        {
            Raw(value ? "#t\r\n"u8 : "#f\r\n"u8);
        }
        else
        {
            Raw(value ? ":1\r\n"u8 : ":0\r\n"u8);
        }
    }

    /// <summary>A text for humans. RESP2: a bulk string without its format. <paramref name="format"/>: three letters, <c>txt</c> or <c>mkd</c>.</summary>
    public void Verbatim(ReadOnlySpan<byte> format, ReadOnlySpan<byte> text)
    {
        if (format.Length != 3)
        {
            throw new ArgumentException("A verbatim string's format has three letters.", nameof(format));
        }

        if (Version < 3)
        {
            Bulk(text);
            return;
        }

        Header((byte)'=', format.Length + 1L + text.Length);
        Raw(format);
        Raw(":"u8);
        Raw(text);
        BulkEnd();
    }

    /// <summary>Decimal digits of any number. RESP2: a bulk string.</summary>
    public void BigNumber(ReadOnlySpan<byte> digits)
    {
        if (Version >= 3)
        {
            Line((byte)'(', digits);
        }
        else
        {
            Bulk(digits);
        }
    }

    private void Line(byte marker, ReadOnlySpan<byte> text)
    {
        Span<byte> target = Buffer.GetSpan(text.Length + 3);
        target[0] = marker;
        text.CopyTo(target[1..]);
        WriteLineEnd(target[(text.Length + 1)..]);
        Buffer.Advance(text.Length + 3);
    }

    private void Header(byte marker, long value) => Buffer.Advance(WriteHeader(Buffer.GetSpan(HeaderBytesMax), marker, value));

    private void FinishError(Span<byte> target, int textLength)
    {
        target[0] = (byte)'-';
        Span<byte> text = target.Slice(1, textLength);
        text.Replace((byte)'\r', (byte)' ');
        text.Replace((byte)'\n', (byte)' ');
        WriteLineEnd(target[(textLength + 1)..]);
        Buffer.Advance(textLength + 3);
    }

    private static int WriteHeader(Span<byte> target, byte marker, long value)
    {
        int length = 1 + RespNumber.FormatInt64(value, target[1..]);
        WriteLineEnd(target[length..]);
        target[0] = marker;
        return length + 2;
    }

    private static void WriteLineEnd(Span<byte> target)
    {
        target[1] = (byte)'\n';
        target[0] = (byte)'\r';
    }
}
