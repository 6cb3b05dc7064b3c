namespace RespKv.Protocol.Tests;

public sealed class InlineSplitterTests
{
    [Theory]
    [InlineData("a b", "a|b")]
    [InlineData("\"a b\"", "a b")]
    [InlineData("\"\" ''", "|")]
    [InlineData("\"\\x41\\x4a\\x4A\\xff\"", "AJJ\u00ff")]
    [InlineData("\"\\n\\r\\t\\b\\a\\\\\\\"\\q\"", "\n\r\t\b\a\\\"q")]
    [InlineData("\"\\x4\\xzz\"", "x4xzz")]
    [InlineData("\"\\x4", null)]
    [InlineData("'a\\'b\\n\\\\ '", "a'b\\n\\\\ ")]
    [InlineData("'a\"b' \"c'd\"", "a\"b|c'd")]
    [InlineData("a\"b c\" d'e f'", "ab c|de f")]
    [InlineData("a\\nb", "a\\nb")]
    [InlineData("\"a\"\vb", "a|b")]
    [InlineData("a\vb\fc \v d", "a\vb\fc|d")]
    [InlineData("a\rb", "a|b")]
    [InlineData("\"a\"b", null)]
    [InlineData("'a'b", null)]
    [InlineData("'a'\"b\"", null)]
    [InlineData("\"a", null)]
    [InlineData("'a", null)]
    [InlineData("'a\\'", null)]
    [InlineData("'a\\\\'", null)]
    [InlineData("\"a\\\"", null)]
    [InlineData("\"", null)]
    [InlineData("\"a\\", null)]
    public void Line_IsSplitAsRedisDoes(string line, string? arguments)
    {
        ParseResult result = ParserFeed.Parse(line + "\n");

        if (arguments is null)
        {
            Assert.Equal("ERR Protocol error: unbalanced quotes in request", result.Error);
        }
        else
        {
            Assert.Equal(arguments.Split('|'), Assert.Single(result.Requests));
        }
    }

    [Fact]
    public void UnbalancedLine_LeavesTheBatchAsItWas()
    {
        RequestBatch batch = new();
        byte[] data = "GET a\nGET b \"c\n"u8.ToArray();

        Assert.Equal(ParseStatus.Error, new RequestParser().Parse(data, ParserLimits.Default, 10, batch, out _));

        Assert.Equal(1, batch.Count);
        Assert.Equal(2, batch.Arguments.Count);
        Assert.Equal(["GET", "a"], ParserFeed.Strings(batch.Get(0, data)));
    }
}
