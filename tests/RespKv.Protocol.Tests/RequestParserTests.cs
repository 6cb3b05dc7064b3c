using System.Text;

namespace RespKv.Protocol.Tests;

/// <summary>Whole requests in one buffer. Error texts were compared with a Redis 7.0.15 server, byte for byte.</summary>
public sealed class RequestParserTests
{
    [Theory]
    [InlineData("*1\r\n$4\r\nPING\r\n", "PING")]
    [InlineData("*2\r\n$3\r\nGET\r\n$1\r\nk\r\n", "GET|k")]
    [InlineData("*3\r\n$3\r\nSET\r\n$10\r\n0123456789\r\n$0\r\n\r\n", "SET|0123456789|")]
    [InlineData("*2\r\n$4\r\nECHO\r\n$6\r\na\r\nb\r\n\r\n", "ECHO|a\r\nb\r\n")]
    [InlineData("*1\rX$4\rYPINGzz", "PING")]
    [InlineData("PING\r\n", "PING")]
    [InlineData("PING\n", "PING")]
    [InlineData("  SET\tk  v \r\n", "SET|k|v")]
    public void OneRequest_GivesItsArguments(string data, string arguments)
    {
        ParseResult result = ParserFeed.Parse(data);

        Assert.Equal(arguments.Split('|'), Assert.Single(result.Requests));
        Assert.Equal("", result.Error);
        Assert.Equal(0, result.BytesLeft);
    }

    [Theory]
    [InlineData(9)]
    [InlineData(10)]
    [InlineData(99)]
    [InlineData(100)]
    [InlineData(999)]
    [InlineData(1000)]
    [InlineData(70_000)]
    public void CountsAndLengthsOfAnyNumberOfDigits_AreRead(int number)
    {
        string bulk = new('x', number);
        ParseResult one = ParserFeed.Parse($"*1\r\n${number}\r\n{bulk}\r\n");
        ParseResult many = ParserFeed.Parse($"*{number}\r\n{string.Concat(Enumerable.Repeat("$1\r\na\r\n", number))}");

        Assert.Equal(bulk, Assert.Single(Assert.Single(one.Requests)));
        Assert.Equal(number, Assert.Single(many.Requests).Length);
    }

    [Theory]
    [InlineData("\r\n")]
    [InlineData("\n")]
    [InlineData("  \t\v\f\r\n")]
    [InlineData("*0\r\n")]
    [InlineData("*-1\r\n")]
    [InlineData("*-99999999999\r\n")]
    public void EmptyRequest_IsSkippedAndConsumed(string data)
    {
        ParseResult result = ParserFeed.Parse(data + "PING\r\n" + data);

        Assert.Equal(["PING"], Assert.Single(result.Requests));
        Assert.Equal(0, result.BytesLeft);
    }

    [Theory]
    [InlineData("*+1\r\n", "invalid multibulk length")]
    [InlineData("*01\r\n", "invalid multibulk length")]
    [InlineData("* 1\r\n", "invalid multibulk length")]
    [InlineData("*\r\n", "invalid multibulk length")]
    [InlineData("*1x\r\n", "invalid multibulk length")]
    [InlineData("*-0\r\n", "invalid multibulk length")]
    [InlineData("*3000000000\r\n", "invalid multibulk length")]
    [InlineData("*1048577\r\n", "invalid multibulk length")]
    [InlineData("*99999999999999999999\r\n", "invalid multibulk length")]
    [InlineData("*1\r\n$-1\r\n", "invalid bulk length")]
    [InlineData("*1\r\n$\r\n", "invalid bulk length")]
    [InlineData("*1\r\n$04\r\nPING\r\n", "invalid bulk length")]
    [InlineData("*1\r\n$blabla\r\n", "invalid bulk length")]
    [InlineData("*1\r\n$536870913\r\n", "invalid bulk length")]
    [InlineData("*1\r\n$99999999999999999999\r\n", "invalid bulk length")]
    [InlineData("*1\r\nfoo\r\n", "expected '$', got 'f'")]
    [InlineData("*1\r\n\r\n", "expected '$', got '\r'")]
    [InlineData("*1\r\n:1\r\n", "expected '$', got ':'")]
    [InlineData("*3\r\n$3\r\nSET\r\n$1\r\nx\r\nfooz\r\n", "expected '$', got 'f'")]
    [InlineData("PING \"a\r\n", "unbalanced quotes in request")]
    [InlineData("set \"\"\"test-key\"\"\" test-value\r\n", "unbalanced quotes in request")]
    public void BrokenRequest_GivesRedisErrorText(string data, string error)
    {
        ParseResult result = ParserFeed.Parse(data);

        Assert.Equal("ERR Protocol error: " + error, result.Error);
        Assert.Empty(result.Requests);
        Assert.Equal(data.Length, result.BytesLeft);
    }

    [Fact]
    public void ErrorAfterGoodRequests_LeavesThemInTheBatch()
    {
        ParseResult result = ParserFeed.Parse("*1\r\n$4\r\nPING\r\nECHO a\r\n*2\r\n$4\r\nPING\r\nx\r\n");

        Assert.Equal(2, result.Requests.Count);
        Assert.Equal("ERR Protocol error: expected '$', got 'x'", result.Error);
        Assert.Equal("*2\r\n$4\r\nPING\r\nx\r\n".Length, result.BytesLeft);
    }

    [Fact]
    public void Error_StaysUntilReset()
    {
        RequestParser parser = new();
        RequestBatch batch = new();
        byte[] good = "PING\r\n"u8.ToArray();

        Assert.Equal(ParseStatus.Error, parser.Parse("*x\r\n"u8, ParserLimits.Default, 1, batch, out _));
        Assert.Equal(ParseStatus.Error, parser.Parse(good, ParserLimits.Default, 1, batch, out int consumed));
        Assert.Equal(0, consumed);

        parser.Reset();
        Assert.Equal("", parser.ErrorText);
        Assert.Equal(ParseStatus.NeedMore, parser.Parse(good, ParserLimits.Default, 1, batch, out consumed));
        Assert.Equal(good.Length, consumed);
    }

    [Theory]
    [InlineData("*11\r\n", "unauthenticated multibulk length")]
    [InlineData("*1048576\r\n", "unauthenticated multibulk length")]
    [InlineData("*1048577\r\n", "invalid multibulk length")]
    [InlineData("*10\r\n$16385\r\n", "unauthenticated bulk length")]
    [InlineData("*1\r\n$536870912\r\n", "unauthenticated bulk length")]
    [InlineData("*1\r\n$536870913\r\n", "invalid bulk length")]
    [InlineData("*10\r\n$16384\r\n", "")]
    public void BeforeAuthentication_LargeRequestsAreRefused(string data, string error)
    {
        ParseResult result = ParserFeed.Parse(data, ParserLimits.Unauthenticated);

        Assert.Equal(error.Length == 0 ? "" : "ERR Protocol error: " + error, result.Error);
    }

    [Theory]
    [InlineData("", 'A', "too big inline request")]
    [InlineData("*", '1', "too big mbulk count string")]
    [InlineData("*1\r\n$", '1', "too big bulk count string")]
    [InlineData("*1\r\n", 'x', "too big bulk count string")]
    [InlineData("ab\0", '\n', "too big inline request")]
    [InlineData("*1\0", '\r', "too big mbulk count string")]
    [InlineData("*1\r\n$1\0", '\r', "too big bulk count string")]
    public void LineWithoutAnEnd_IsRefusedBeyond64KiB(string start, char filling, string error)
    {
        int lineStart = start.LastIndexOf('\n') + 1;
        string longest = start.PadRight(lineStart + (64 * 1024), filling);

        Assert.Equal("", ParserFeed.Parse(longest).Error);
        Assert.Equal("ERR Protocol error: " + error, ParserFeed.Parse(longest + filling).Error);
    }

    [Fact]
    public void InlineRequestOf64KiB_IsTheLongestOne()
    {
        string longest = new('A', 64 * 1024);

        Assert.Equal([longest], Assert.Single(ParserFeed.Parse(longest + "\n").Requests));
        Assert.Equal("ERR Protocol error: too big inline request", ParserFeed.Parse(longest + "A\n").Error);
    }

    [Fact]
    public void ConfiguredLimits_AreKeptByTheFastPassToo()
    {
        ParserLimits limits = new(ArgumentsMax: 2, BulkBytesMax: 5, InlineBytesMax: 20);

        Assert.Single(ParserFeed.Parse("*2\r\n$5\r\n12345\r\n$0\r\n\r\n", limits).Requests);
        Assert.Equal("ERR Protocol error: invalid multibulk length", ParserFeed.Parse("*3\r\n$1\r\na\r\n", limits).Error);
        Assert.Equal("ERR Protocol error: invalid bulk length", ParserFeed.Parse("*2\r\n$1\r\na\r\n$6\r\n123456\r\n", limits).Error);
        Assert.Equal("ERR Protocol error: too big inline request", ParserFeed.Parse(new string('a', 21), limits).Error);
    }

    [Fact]
    public void BulkLimitBeyondWhatASpanHolds_IsCutToThat()
    {
        ParserLimits limits = ParserLimits.Default with { BulkBytesMax = long.MaxValue };

        Assert.Equal("", ParserFeed.Parse("*1\r\n$2000000000\r\n", limits).Error);
        Assert.Equal("ERR Protocol error: invalid bulk length", ParserFeed.Parse("*1\r\n$2147483647\r\n", limits).Error);
    }

    [Fact]
    public void RequestsMax_StopsTheBatchAndLeavesTheRest()
    {
        byte[] data = "PING\r\n*1\r\n$4\r\nPING\r\nPING\r\n"u8.ToArray();
        RequestParser parser = new();
        RequestBatch batch = new();

        Assert.Equal(ParseStatus.BatchFull, parser.Parse(data, ParserLimits.Default, 2, batch, out int consumed));
        Assert.Equal(2, batch.Count);
        Assert.Equal("PING\r\n*1\r\n$4\r\nPING\r\n".Length, consumed);
        Assert.Equal(ParseStatus.NeedMore, parser.Parse(data.AsSpan(consumed), ParserLimits.Default, 1, batch, out consumed));
        Assert.Equal("PING\r\n".Length, consumed);
        Assert.Equal(3, batch.Count);
    }

    [Fact]
    public void ShorterDataThanTheIncompleteRest_Throws()
    {
        RequestParser parser = new();
        RequestBatch batch = new();
        parser.Parse("*1\r\n$4\r\nPI"u8, ParserLimits.Default, 1, batch, out _);

        Assert.Throws<ArgumentException>(() => parser.Parse("*1\r\n"u8, ParserLimits.Default, 1, batch, out _));
    }

    [Fact]
    public void CommonRequests_AllocateNothing()
    {
        byte[] data = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("*3\r\n$3\r\nSET\r\n$3\r\nkey\r\n$5\r\nvalue\r\nGET k\r\n", 16)));
        byte[] start = data[..^9];
        RequestParser parser = new();
        RequestBatch batch = new();
        ParserLimits limits = ParserLimits.Default;
        long before = 0;
        for (int round = 0; round < 3; round++)
        {
            before = GC.GetAllocatedBytesForCurrentThread();
            batch.Clear();
            parser.Parse(start, limits, 100, batch, out int consumed);
            parser.Parse(data.AsSpan(consumed), limits, 100, batch, out _);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(32, batch.Count);
    }
}
