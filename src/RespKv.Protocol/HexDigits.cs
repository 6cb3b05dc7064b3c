namespace RespKv.Protocol;

internal static class HexDigits
{
    /// <summary>Value of an ASCII hexadecimal digit, of either case.</summary>
    public static int Value(byte digit) => digit <= (byte)'9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
