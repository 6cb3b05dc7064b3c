using System.Text;

namespace RespKv.Protocol.Tests;

public sealed class RequestBatchTests
{
    private readonly RequestBatch _batch = new();

    [Fact]
    public void InlineAndMultibulkRequestsMixed_KeepTheirArguments()
    {
        byte[] data = Fill("SET 'a b' c\r\n*2\r\n$3\r\nGET\r\n$1\r\nk\r\nECHO \"\\x00\"\r\n");

        Assert.Equal(3, _batch.Count);
        Assert.Equal(["SET", "a b", "c"], ParserFeed.Strings(_batch.Get(0, data)));
        Assert.Equal(["GET", "k"], ParserFeed.Strings(_batch.Get(1, data)));
        Assert.Equal(["ECHO", "\0"], ParserFeed.Strings(_batch.Get(2, data)));
    }

    [Fact]
    public void ByteCount_IsTheSumOfTheArguments()
    {
        byte[] data = Fill("*3\r\n$3\r\nSET\r\n$0\r\n\r\n$5\r\nvalue\r\n");

        Assert.Equal(8, _batch.Get(0, data).ByteCount);
        Assert.Equal(5, _batch.Get(0, data).Slice(1).ByteCount);
    }

    [Fact]
    public void Slice_StartsAtItsArgument()
    {
        byte[] data = Fill("COMMAND GETKEYS GET k\r\n");

        Assert.Equal(["GET", "k"], ParserFeed.Strings(_batch.Get(0, data).Slice(2)));
    }

    [Fact]
    public void IndexOutOfRange_Throws()
    {
        byte[] data = Fill("PING\r\n");

        Assert.Throws<ArgumentOutOfRangeException>(() => _batch.Get(1, data).Count);
        Assert.Throws<ArgumentOutOfRangeException>(() => _batch.Get(-1, data).Count);
        Assert.Throws<IndexOutOfRangeException>(() => _batch.Get(0, data)[1].Length);
    }

    [Fact]
    public void Clear_ForgetsRequestsAndGivesLargeArraysBack()
    {
        const int Requests = 20_000;
        Fill(string.Concat(Enumerable.Repeat("*1\r\n$4\r\nPING\r\n", Requests)));
        Assert.Equal(Requests, _batch.Count);

        _batch.Clear();

        Assert.Equal(0, _batch.Count);
        Assert.Equal(0, _batch.Arguments.Count);
        byte[] data = Fill("PING\r\n");
        Assert.Equal(["PING"], ParserFeed.Strings(_batch.Get(0, data)));
    }

    [Fact]
    public void ArgumentListClear_KeepsSmallArraysOnly()
    {
        ArgumentList list = new();
        list.Add(1, 2);
        ReadOnlySpan<ArgumentRange> first = list.Slice(0, 1);
        list.Clear(keptMax: 16);
        list.Add(3, 4);
        Assert.True(list.Slice(0, 1) == first);

        list.Reserve(17);
        list.Clear(keptMax: 16);
        list.Add(5, 6);
        Assert.False(list.Slice(0, 1) == first);
    }

    [Fact]
    public void StoredRequest_OutlivesTheReceivedBytes()
    {
        byte[] data = Fill("*3\r\n$3\r\nSET\r\n$0\r\n\r\n$5\r\nvalue\r\n");
        StoredRequest stored = StoredRequest.Copy(_batch.Get(0, data));
        Array.Clear(data);
        _batch.Clear();

        Assert.Equal(["SET", "", "value"], ParserFeed.Strings(stored.Args));
        Assert.Equal(8, stored.Args.ByteCount);
    }

    private byte[] Fill(string text)
    {
        byte[] data = Encoding.Latin1.GetBytes(text);
        Assert.Equal(ParseStatus.NeedMore, new RequestParser().Parse(data, ParserLimits.Default, int.MaxValue, _batch, out int consumed));
        Assert.Equal(data.Length, consumed);
        return data;
    }
}
