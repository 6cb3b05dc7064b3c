using System.Text;
using RespKv.Engine.Commands.Keys;

namespace RespKv.Engine.Tests.Commands;

public sealed class KeyScanCursorTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("", 0)]
    [InlineData("17", 17)]
    [InlineData("+17", 17)]
    [InlineData("0017", 17)]
    [InlineData("-0", 0)]
    [InlineData("-1", ulong.MaxValue)]
    [InlineData("18446744073709551615", ulong.MaxValue)]
    [InlineData("-18446744073709551615", 1)]
    [InlineData("17\0x", 17)]
    [InlineData("\0", 0)]
    public void Takes_what_strtoul_takes(string text, ulong expected)
    {
        Assert.True(ScanCursor.TryParse(Encoding.Latin1.GetBytes(text), out ulong cursor));
        Assert.Equal(expected, cursor);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("1x")]
    [InlineData(" 1")]
    [InlineData("1 ")]
    [InlineData("-")]
    [InlineData("+")]
    [InlineData("+-1")]
    [InlineData("18446744073709551616")]
    [InlineData("-18446744073709551616")]
    [InlineData("99999999999999999999999")]
    public void Refuses_what_is_no_unsigned_64_bit_number(string text)
        => Assert.False(ScanCursor.TryParse(Encoding.Latin1.GetBytes(text), out _));

    [Fact]
    public void Formats_the_largest_cursor()
    {
        Span<byte> text = stackalloc byte[ScanCursor.TextBytesMax];
        Assert.Equal("18446744073709551615", Encoding.Latin1.GetString(text[..ScanCursor.Format(ulong.MaxValue, text)]));
    }
}
