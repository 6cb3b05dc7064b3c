using System.Text;

namespace RespKv.Protocol.Tests;

/// <summary>A request that comes in pieces is not scanned twice.</summary>
public sealed class RequestParserResumeTests
{
    private readonly RequestParser _parser = new();
    private readonly RequestBatch _batch = new();

    [Theory]
    [InlineData("", 0)]
    [InlineData("*", 0)]
    [InlineData("GET a", 0)]
    [InlineData("*3\r\n", 4 + (3 * 6))]
    [InlineData("*3\r\n$", 4 + (3 * 6))]
    [InlineData("*3\r\n$10\r\n", 4 + 5 + 10 + 2 + (2 * 6))]
    [InlineData("*3\r\n$10\r\n01234", 4 + 5 + 10 + 2 + (2 * 6))]
    [InlineData("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n", 4 + 9 + 7 + 6)]
    [InlineData("*1\r\n$536870912\r\n", 4 + 12 + 536_870_912L + 2)]
    [InlineData("*1048576\r\n", 10 + (1_048_576L * 6))]
    [InlineData("*1\r\n$0000000000", 4 + 11 + 1)]
    [InlineData("PING\r\n", 0)]
    public void BytesWanted_IsTheLeastLengthOfTheRequest(string data, long wanted)
    {
        Assert.Equal(ParseStatus.NeedMore, Parse(Encoding.Latin1.GetBytes(data), out _));
        Assert.Equal(wanted, _parser.BytesWanted);
    }

    [Fact]
    public void BytesWanted_CountsFromTheIncompleteRequest()
    {
        byte[] data = "PING\r\n*2\r\n$4\r\nECHO\r\n$7\r\nab"u8.ToArray();

        Parse(data, out int consumed);

        Assert.Equal(6, consumed);
        Assert.Equal(4 + 10 + 4 + 7 + 2, _parser.BytesWanted);
    }

    [Fact]
    public void LargeBulkInSmallPieces_IsNotLookedAtUntilItIsComplete()
    {
        const int Length = 1_000_000;
        byte[] data = Encoding.ASCII.GetBytes($"*2\r\n$4\r\nECHO\r\n${Length}\r\n{new string('x', Length)}\r\n");
        int bulkStart = data.Length - Length - 2;
        for (int received = bulkStart; received < data.Length; received += 1009)
        {
            Assert.Equal(ParseStatus.NeedMore, Parse(data.AsSpan(0, received), out _));
            Assert.Equal(bulkStart, _parser.Parsed);
            Assert.Equal(data.Length, _parser.BytesWanted);
        }

        Parse(data, out int consumed);
        Assert.Equal(data.Length, consumed);
        Assert.Equal(Length, _batch.Get(0, data)[1].Length);
    }

    [Theory]
    [InlineData("*3\r\n$3\r\nSET\r\n$3\r\nkey\r\n$5\r\nvalue\r\n")]
    [InlineData("*2\r\n$12\r\n0123456789ab\r\n$1024\r\n")]
    [InlineData("*12\r\n$1\r\na\r\n$1\r\nb\r\n$1\r\nc\r\n$1\r\nd\r\n$1\r\ne\r\n")]
    public void ParsedBytes_AreNotReadAgain(string start)
    {
        // Whatever was parsed is overwritten before the next byte comes. Only the request's first byte, which tells its kind, stays.
        byte[] data = Encoding.ASCII.GetBytes(start + (start.StartsWith("*3", StringComparison.Ordinal) ? "" : "x"));
        byte[] poisoned = [.. data];
        int before = 0;
        for (int received = 1; received <= data.Length; received++)
        {
            Parse(poisoned.AsSpan(0, received), out int consumed);
            if (consumed > 0)
            {
                break;
            }

            Assert.InRange(_parser.Parsed, before, _parser.Searched);
            Assert.InRange(_parser.Searched, before, received);
            before = _parser.Parsed;
            poisoned.AsSpan(1, Math.Max(before - 1, 0)).Fill(0xEE);
        }

        ParserFeed expected = new(ParserLimits.Default);
        expected.Add(data);
        Assert.Equal("", _parser.ErrorText);
        Assert.Equal(expected.Result.Requests.Count, _batch.Count);
        Assert.Equal(expected.Parser.Parsed, _parser.Parsed);
        Assert.Equal(expected.Parser.BytesWanted, _parser.BytesWanted);
    }

    [Fact]
    public void InlineRequestByteByByte_IsSearchedOnce()
    {
        byte[] data = Encoding.ASCII.GetBytes("SET " + new string('k', 500) + "\n");
        for (int received = 1; received < data.Length; received++)
        {
            Parse(data.AsSpan(0, received), out _);
            Assert.Equal(received, _parser.Searched);
        }

        Parse(data, out int consumed);
        Assert.Equal(data.Length, consumed);
    }

    [Fact]
    public void MillionArgumentsInPieces_BecomeOneRequest()
    {
        const int Arguments = 1_048_576;
        StringBuilder text = new($"PING\r\n*{Arguments}\r\n");
        text.Insert(text.Length, "$1\r\na\r\n", Arguments).Append("PING\r\n");
        byte[] data = Encoding.ASCII.GetBytes(text.ToString());

        Parse(data.AsSpan(0, 100), out int consumed);
        Assert.Equal(6, consumed);
        _batch.Clear();
        byte[] rest = data[consumed..];
        int parsed = 0;
        for (int received = 100; received < rest.Length - 6; received += 100_000)
        {
            Assert.Equal(ParseStatus.NeedMore, Parse(rest.AsSpan(0, received), out consumed));
            Assert.Equal(0, consumed);
            Assert.InRange(_parser.Parsed, parsed, received);
            Assert.InRange(received - _parser.Parsed, 0, 7);
            parsed = _parser.Parsed;
        }

        Parse(rest, out consumed);
        Assert.Equal(rest.Length, consumed);
        Assert.Equal(2, _batch.Count);
        RequestArgs args = _batch.Get(0, rest);
        Assert.Equal(Arguments, args.Count);
        Assert.Equal(Arguments, args.ByteCount);
        Assert.Equal((byte)'a', args[Arguments - 1][0]);
        Assert.Equal(0, _parser.Parsed);
    }

    [Fact]
    public void Reset_ForgetsTheIncompleteRequest()
    {
        Parse("*2\r\n$4\r\nECHO\r\n"u8, out _);
        _parser.Reset();

        Assert.Equal(0, _parser.BytesWanted);
        Assert.Equal(ParseStatus.NeedMore, Parse("PING\r\n"u8, out int consumed));
        Assert.Equal(6, consumed);
    }

    private ParseStatus Parse(ReadOnlySpan<byte> data, out int consumed) => _parser.Parse(data, ParserLimits.Default, 100, _batch, out consumed);
}
