using RespKv.Engine.Configuration;

namespace RespKv.Engine.Tests.Configuration;

public sealed class MemorySizeTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("17", 17)]
    [InlineData("17b", 17)]
    [InlineData("1k", 1000)]
    [InlineData("1kb", 1024)]
    [InlineData("1m", 1_000_000)]
    [InlineData("64MB", 64L << 20)]
    [InlineData("1g", 1_000_000_000)]
    [InlineData("3gb", 3L << 30)]
    [InlineData("9223372036854775807", long.MaxValue)]
    public void TryParse_NumberWithRedisUnit_GivesBytes(string text, long bytes)
    {
        Assert.True(MemorySize.TryParse(text, out long parsed));
        Assert.Equal(bytes, parsed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("mb")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData("1.5gb")]
    [InlineData("1xb")]
    [InlineData("1 mb")]
    [InlineData("0x10")]
    [InlineData("9223372036854775808")]
    [InlineData("9223372036854775807kb")]
    public void TryParse_AnythingElse_Fails(string text) => Assert.False(MemorySize.TryParse(text, out _));

    [Theory]
    [InlineData(0, "0")]
    [InlineData(1023, "1023")]
    [InlineData(1024, "1kb")]
    [InlineData(64L << 20, "64mb")]
    [InlineData(1L << 30, "1gb")]
    [InlineData((1L << 30) + 1, "1073741825")]
    public void Format_Bytes_TakesTheLargestExactUnit(long bytes, string text) => Assert.Equal(text, MemorySize.Format(bytes));
}
