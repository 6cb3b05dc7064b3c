using System.Text;

namespace RespKv.Protocol.Tests;

/// <summary>How the bytes were cut must not matter.</summary>
public sealed class RequestParserSplitTests
{
    /// <summary>Small limits, so that short texts reach all of them.</summary>
    private static readonly ParserLimits SmallLimits = new(ArgumentsMax: 12, BulkBytesMax: 1500, InlineBytesMax: 60);

    public static TheoryData<string> Conversations => new()
    {
        "*3\r\n$3\r\nSET\r\n$3\r\nkey\r\n$5\r\nvalue\r\n",
        "*2\r\n$3\r\nGET\r\n$11\r\n01234567890\r\n*1\r\n$4\r\nPING\r\n",
        "*11\r\n$1\r\na\r\n$0\r\n\r\n$2\r\n\r\n\r\n$1\r\n$\r\n$1\r\n*\r\n$1\r\n\0\r\n$1\r\na\r\n$1\r\na\r\n$1\r\na\r\n$1\r\na\r\n$1\r\nz\r\n",
        "PING\r\nSET a \"b c\\x41\\n\" 'd\\'e'\n\r\n\n*0\r\n*-7\r\nGET a\r\n",
        "*1\r\n$1200\r\n" + new string('v', 1200) + "\r\nPING\r\n",
        "*1\r\n$1501\r\n",
        "*13\r\n",
        "*2\r\n$4\r\nPING\r\n$-1\r\n",
        "*2\r\n$4\r\nPING\r\n+1\r\n",
        "PING\r\nGET \"a\"b\r\n",
        "GET \0a\r\nPING\r\n",
        "GET " + new string('a', 80) + "\r\n",
        "*" + new string('1', 80) + "\r\n",
        "*1\r\n$" + new string('1', 80) + "\r\n",
        "*2\r\n$3\r\nGET\r\n$1\r\n",
    };

    [Theory]
    [MemberData(nameof(Conversations))]
    public void CutAtEveryByte_GivesTheSameResult(string data)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(data);
        string expected = ReferenceParser.Parse(data, SmallLimits).ToString();
        Assert.Equal(expected, ParserFeed.Parse(data, SmallLimits).ToString());
        for (int cut = 0; cut <= bytes.Length; cut++)
        {
            ParserFeed feed = new(SmallLimits);
            feed.Add(bytes.AsSpan(0, cut));
            feed.Add(bytes.AsSpan(cut));
            Assert.Equal(expected, feed.Result.ToString());
        }
    }

    [Theory]
    [MemberData(nameof(Conversations))]
    public void ByteByByte_GivesTheSameResult(string data)
    {
        ParserFeed feed = new(SmallLimits);
        foreach (byte value in Encoding.Latin1.GetBytes(data))
        {
            feed.Add([value]);
        }

        Assert.Equal(ReferenceParser.Parse(data, SmallLimits).ToString(), feed.Result.ToString());
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(3, true)]
    [InlineData(4, true)]
    public void RandomRequestsInRandomPieces_AreParsedAsByTheReference(int seed, bool beforeAuthentication)
    {
        Random random = new(seed);
        RequestMaker maker = new(random);
        ParserLimits limits = SmallLimits with { BeforeAuthentication = beforeAuthentication };
        for (int round = 0; round < 1500; round++)
        {
            string data = maker.Conversation();
            byte[] bytes = Encoding.Latin1.GetBytes(data);
            ParserFeed feed = new(limits, random.Next(1, 4));
            for (int at = 0; at < bytes.Length;)
            {
                int length = Math.Min(random.Next(3) == 0 ? random.Next(1, 4) : random.Next(1, 200), bytes.Length - at);
                feed.Add(bytes.AsSpan(at, length));
                at += length;
            }

            Assert.Equal(ReferenceParser.Parse(data, limits).ToString(), feed.Result.ToString());
        }
    }
}
