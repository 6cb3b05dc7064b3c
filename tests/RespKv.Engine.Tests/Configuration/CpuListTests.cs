using RespKv.Engine.Configuration;

namespace RespKv.Engine.Tests.Configuration;

public sealed class CpuListTests
{
    [Theory]
    [InlineData("", new int[0])]
    [InlineData("3", new[] { 3 })]
    [InlineData("0,2", new[] { 0, 2 })]
    [InlineData("0-3", new[] { 0, 1, 2, 3 })]
    [InlineData("1,4-9:2", new[] { 1, 4, 6, 8 })]
    [InlineData("5-5", new[] { 5 })]
    public void Parse_AsRedisWritesThem(string text, int[] expected)
    {
        Assert.Null(CpuList.Check(text));
        Assert.Equal(expected, CpuList.Parse(text));
    }

    [Theory]
    [InlineData(",")]
    [InlineData("1,")]
    [InlineData("a")]
    [InlineData("-1")]
    [InlineData("3-1")]
    [InlineData("1-2-3")]
    [InlineData("0-7:0")]
    [InlineData("0-7:2:2")]
    [InlineData("8192")]
    [InlineData("99999999999")]
    [InlineData(" 1")]
    public void Parse_AnythingElse_IsRefused(string text)
    {
        Assert.Contains("is not a processor", CpuList.Check(text), StringComparison.Ordinal);
        Assert.Throws<FormatException>(() => CpuList.Parse(text));
    }
}
