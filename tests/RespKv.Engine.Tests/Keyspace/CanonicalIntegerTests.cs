using System.Text;
using RespKv.Engine.Keyspace;

namespace RespKv.Engine.Tests.Keyspace;

public class CanonicalIntegerTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("7", 7)]
    [InlineData("-1", -1)]
    [InlineData("1000", 1000)]
    [InlineData("9223372036854775807", long.MaxValue)]
    [InlineData("-9223372036854775808", long.MinValue)]
    public void Canonical_text_is_an_integer(string text, long expected)
    {
        Assert.True(CanonicalInteger.TryParse(Encoding.ASCII.GetBytes(text), out long value));
        Assert.Equal(expected, value);
        byte[] formatted = new byte[CanonicalInteger.TextBytesMax];
        Assert.Equal(text, Encoding.ASCII.GetString(formatted, 0, CanonicalInteger.Format(value, formatted)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("+1")]
    [InlineData("01")]
    [InlineData("00")]
    [InlineData("-0")]
    [InlineData("-01")]
    [InlineData(" 1")]
    [InlineData("1 ")]
    [InlineData("1.0")]
    [InlineData("1e3")]
    [InlineData("--1")]
    [InlineData("0x10")]
    [InlineData("9223372036854775808")]
    [InlineData("-9223372036854775809")]
    [InlineData("18446744073709551615")]
    [InlineData("18446744073709551616")]
    [InlineData("99999999999999999999")]
    [InlineData("100000000000000000000")]
    public void Any_other_text_is_not(string text)
        => Assert.False(CanonicalInteger.TryParse(Encoding.ASCII.GetBytes(text), out _));

    [Fact]
    public void Formatting_into_too_few_bytes_throws()
        => Assert.Throws<ArgumentException>(() => CanonicalInteger.Format(100, new byte[2]));
}
