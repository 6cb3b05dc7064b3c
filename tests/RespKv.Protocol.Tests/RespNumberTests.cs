using System.Text;

namespace RespKv.Protocol.Tests;

public sealed class RespNumberTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("7", 7)]
    [InlineData("-1", -1)]
    [InlineData("1234567890123456789", 1234567890123456789)]
    [InlineData("9223372036854775807", long.MaxValue)]
    [InlineData("-9223372036854775808", long.MinValue)]
    public void CanonicalInteger_IsParsedAndFormatted(string text, long value)
    {
        Assert.True(RespNumber.TryParseInt64(Encoding.ASCII.GetBytes(text), out long parsed));
        Assert.Equal(value, parsed);

        byte[] formatted = new byte[RespNumber.Int64BytesMax];
        Assert.Equal(text, Encoding.ASCII.GetString(formatted, 0, RespNumber.FormatInt64(value, formatted)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("-0")]
    [InlineData("+1")]
    [InlineData("01")]
    [InlineData("-01")]
    [InlineData("00")]
    [InlineData(" 1")]
    [InlineData("1 ")]
    [InlineData("1.0")]
    [InlineData("1e3")]
    [InlineData("0x1")]
    [InlineData("--1")]
    [InlineData("1\0")]
    [InlineData("9223372036854775808")]
    [InlineData("-9223372036854775809")]
    [InlineData("10000000000000000000")]
    [InlineData("18446744073709551617")]
    [InlineData("99999999999999999999")]
    public void OtherText_IsNoInteger(string text)
    {
        Assert.False(RespNumber.TryParseInt64(Encoding.ASCII.GetBytes(text), out long value));
        Assert.Equal(0, value);
    }

    [Fact]
    public void FormatInt64_WithoutRoom_Throws()
        => Assert.Throws<ArgumentException>(() => RespNumber.FormatInt64(12_345, new byte[3]));

    // The formatted text is C's printf("%.17g").
    [Theory]
    [InlineData("0", "0")]
    [InlineData("-0", "-0")]
    [InlineData("3", "3")]
    [InlineData("+3.50", "3.5")]
    [InlineData(".5", "0.5")]
    [InlineData("5.", "5")]
    [InlineData("0.1", "0.10000000000000001")]
    [InlineData("3.14", "3.1400000000000001")]
    [InlineData("-17.99", "-17.989999999999998")]
    [InlineData("1e3", "1000")]
    [InlineData("1E+3", "1000")]
    [InlineData("1e-4", "0.0001")]
    [InlineData("1e-5", "1.0000000000000001e-05")]
    [InlineData("1e16", "10000000000000000")]
    [InlineData("99999999999999984", "99999999999999984")]
    [InlineData("1e17", "1e+17")]
    [InlineData("123456789012345678", "1.2345678901234568e+17")]
    [InlineData("1.5e300", "1.5000000000000001e+300")]
    [InlineData("1.7976931348623157e308", "1.7976931348623157e+308")]
    [InlineData("5e-324", "4.9406564584124654e-324")]
    [InlineData("2.5e-324", "4.9406564584124654e-324")]
    [InlineData("0e999999999999", "0")]
    [InlineData("inf", "inf")]
    [InlineData("+INF", "inf")]
    [InlineData("-Infinity", "-inf")]
    [InlineData("0x10", "16")]
    [InlineData("-0x.8p1", "-1")]
    [InlineData("0X1.8P-1", "0.75")]
    [InlineData("0x1p-1074", "4.9406564584124654e-324")]
    [InlineData("0x1.fffffffffffff7p0", "1.9999999999999998")]
    [InlineData("0x1.fffffffffffff8p0", "2")]
    public void DoubleText_IsParsedAndFormatted(string text, string formatted)
    {
        Assert.True(RespNumber.TryParseDouble(Encoding.ASCII.GetBytes(text), out double value));

        byte[] bytes = new byte[RespNumber.DoubleBytesMax];
        Assert.Equal(formatted, Encoding.ASCII.GetString(bytes, 0, RespNumber.FormatDouble(value, bytes)));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" 1")]
    [InlineData("1 ")]
    [InlineData("\t1")]
    [InlineData("1\0")]
    [InlineData("nan")]
    [InlineData("-nan(1)")]
    [InlineData("infi")]
    [InlineData("1e")]
    [InlineData("1e-")]
    [InlineData("e5")]
    [InlineData(".")]
    [InlineData("-.e1")]
    [InlineData("1,000")]
    [InlineData("(1)")]
    [InlineData("$1")]
    [InlineData("0x")]
    [InlineData("0x1p+")]
    [InlineData("1e309")]
    [InlineData("-1e309")]
    [InlineData("1e-400")]
    [InlineData("2e-324")]
    [InlineData("1e999999999999999999999")]
    [InlineData("0x1p1024")]
    public void OtherText_IsNoDouble(string text) => Assert.False(RespNumber.TryParseDouble(Encoding.ASCII.GetBytes(text), out _));

    [Fact]
    public void FormatDouble_Nan()
    {
        byte[] bytes = new byte[RespNumber.DoubleBytesMax];

        Assert.Equal("nan", Encoding.ASCII.GetString(bytes, 0, RespNumber.FormatDouble(double.NaN, bytes)));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(900)]
    [InlineData(13_000)]
    public void DigitFarBehindATie_Counts(int zeros)
    {
        // 2^53 + 1 lies between two doubles.
        const string Tie = "9007199254740993";
        string tail = new('0', zeros);

        Assert.Equal(9007199254740992, Parse($"{Tie}.{tail}"));
        Assert.Equal(9007199254740994, Parse($"{Tie}.{tail}1"));
        Assert.Equal(9007199254740994, Parse($"{Tie}{tail}1e-{zeros + 1}"));
        Assert.Equal(9007199254740992, Parse($"{Tie}{tail}e-{zeros}"));
        Assert.Equal(9007199254740992, Parse($"0.{tail}{Tie}e{zeros + Tie.Length}"));
    }

    [Fact]
    public void RandomDoubles_SurviveFormattingAndParsing()
    {
        Random random = new(11);
        byte[] bytes = new byte[RespNumber.DoubleBytesMax];
        for (int i = 0; i < 5000; i++)
        {
            double value = BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue));
            if (!double.IsFinite(value) || value == 0)
            {
                continue;
            }

            string text = Encoding.ASCII.GetString(bytes, 0, RespNumber.FormatDouble(value, bytes));
            Assert.Equal(value, Parse(text));

            // Leading zeros make the text too long for the short way: the exact one must agree.
            string padded = new string('0', 100) + text.TrimStart('-');
            Assert.Equal(Math.Abs(value), Parse(padded));
        }
    }

    private static double Parse(string text)
    {
        Assert.True(RespNumber.TryParseDouble(Encoding.ASCII.GetBytes(text), out double value));
        return value;
    }

    [Theory]
    [InlineData("1.0000000000000001e5300")]
    [InlineData("1.0000000000000001e-5300")]
    [InlineData("0x1.8p19000")]
    public void Double_FarBeyondTheFormat_IsRefusedWithoutComputingIt(string text)
    {
        byte[] bytes = System.Text.Encoding.ASCII.GetBytes(text);
        Assert.False(RespNumber.TryParseDouble(bytes, out _));
        long before = GC.GetAllocatedBytesForCurrentThread();

        Assert.False(RespNumber.TryParseDouble(bytes, out _));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1024);
    }
}
