using System.Buffers.Text;

namespace RespKv.Http.Api;

/// <summary>Percent encoding (RFC 3986) of any bytes, as it came: the framework's own decoding knows text only.</summary>
internal static class PercentCoding
{
    /// <summary>False: a percent sign without two hex digits, or a character that should have been encoded.</summary>
    /// <param name="text">What was encoded.</param>
    /// <param name="plusIsBlank">As in queries of forms.</param>
    /// <param name="bytes">The bytes.</param>
    public static bool TryDecode(ReadOnlySpan<char> text, bool plusIsBlank, out byte[] bytes)
    {
        byte[] decoded = new byte[text.Length];
        int length = 0;
        bytes = [];
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c == '%')
            {
                if (i + 2 >= text.Length || !char.IsAsciiHexDigit(text[i + 1]) || !char.IsAsciiHexDigit(text[i + 2]))
                {
                    return false;
                }

                decoded[length++] = (byte)((Digit(text[i + 1]) << 4) | Digit(text[i + 2]));
                i += 2;
            }
            else if (c is <= ' ' or > '~')
            {
                return false;
            }
            else
            {
                decoded[length++] = c == '+' && plusIsBlank ? (byte)' ' : (byte)c;
            }
        }

        bytes = decoded.AsSpan(0, length).ToArray();
        return true;
    }

    /// <summary>False: it is no base64url (RFC 4648, section 5; padding may be there or not).</summary>
    public static bool TryDecodeBase64Url(ReadOnlySpan<byte> text, out byte[] bytes)
    {
        bytes = [];
        if (!Base64Url.IsValid(text, out int length))
        {
            return false;
        }

        bytes = new byte[length];
        return Base64Url.TryDecodeFromUtf8(text, bytes, out int written) && written == length;
    }

    private static int Digit(char c) => char.IsAsciiDigit(c) ? c - '0' : (c | 0x20) - 'a' + 10;
}
