using System.Text;

namespace RespKv.Protocol.Tests;

public sealed class RespReplyReaderTests
{
    [Theory]
    [InlineData("+OK\r\n", RespKind.SimpleString, "OK")]
    [InlineData("+\r\n", RespKind.SimpleString, "")]
    [InlineData("-ERR no\r\n", RespKind.Error, "ERR no")]
    [InlineData(":-12\r\n", RespKind.Integer, "-12")]
    [InlineData("$5\r\na\r\nbc\r\n", RespKind.BulkString, "a\r\nbc")]
    [InlineData("$0\r\n\r\n", RespKind.BulkString, "")]
    [InlineData("!5\r\nERR x\r\n", RespKind.BulkError, "ERR x")]
    [InlineData("(123456789012345678901234567890\r\n", RespKind.BigNumber, "123456789012345678901234567890")]
    [InlineData("=7\r\nmkd:a\nb\r\n", RespKind.Verbatim, "a\nb")]
    [InlineData(",1.5\r\n", RespKind.Double, "1.5")]
    [InlineData("#t\r\n", RespKind.Boolean, "t")]
    public void ScalarReply_IsRead(string data, RespKind kind, string text)
    {
        RespValue value = Read(data);

        Assert.Equal(kind, value.Kind);
        Assert.Equal(text, value.Text);
        Assert.Equal(data[0], value.Marker);
    }

    [Fact]
    public void ScalarReplies_HaveTheirValues()
    {
        Assert.Equal(long.MinValue, Read(":-9223372036854775808\r\n").Integer);
        Assert.True(Read("#t\r\n").Boolean);
        Assert.False(Read("#f\r\n").Boolean);
        Assert.Equal(1.5, Read(",1.5\r\n").Double);
        Assert.Equal(double.NegativeInfinity, Read(",-inf\r\n").Double);
        Assert.Equal(double.NaN, Read(",nan\r\n").Double);
        Assert.Equal("mkd", Read("=4\r\nmkd:\r\n").Format);
        Assert.True(Read("-E\r\n").IsError);
        Assert.True(Read("!1\r\nE\r\n").IsError);
    }

    [Theory]
    [InlineData("$-1\r\n", '$')]
    [InlineData("*-1\r\n", '*')]
    [InlineData("_\r\n", '_')]
    public void Nulls_AreToldApartByTheirMarker(string data, char marker)
    {
        RespValue value = Read(data);

        Assert.True(value.IsNull);
        Assert.Equal(marker, value.Marker);
    }

    [Theory]
    [InlineData("*2\r\n:1\r\n$1\r\na\r\n", RespKind.Array, "1|a")]
    [InlineData("*0\r\n", RespKind.Array, "")]
    [InlineData("~2\r\n+a\r\n+b\r\n", RespKind.Set, "a|b")]
    [InlineData(">2\r\n+message\r\n+b\r\n", RespKind.Push, "message|b")]
    [InlineData("%2\r\n+a\r\n:1\r\n+b\r\n:2\r\n", RespKind.Map, "a|1|b|2")]
    public void Aggregate_HasItsItems(string data, RespKind kind, string items)
    {
        RespValue value = Read(data);

        Assert.Equal(kind, value.Kind);
        Assert.Equal(items, string.Join('|', value.Items.Select(item => item.Text)));
    }

    [Fact]
    public void NestedReply_IsReadWithItsAttributes()
    {
        RespValue value = Read("*2\r\n|1\r\n+ttl\r\n:10\r\n*1\r\n_\r\n%1\r\n+k\r\n~0\r\n");

        Assert.Equal(["ttl", "10"], value.Items[0].Attributes.Select(item => item.Text));
        Assert.Equal(RespKind.Array, value.Items[0].Kind);
        Assert.True(value.Items[0].Items[0].IsNull);
        Assert.Equal(RespKind.Set, value.Items[1].Items[1].Kind);
        Assert.Empty(value.Attributes);
    }

    [Fact]
    public void ReplyCutAnywhere_IsIncomplete()
    {
        byte[] data = Encoding.ASCII.GetBytes("*5\r\n$3\r\nabc\r\n|1\r\n+a\r\n:1\r\n%1\r\n+k\r\n,1.5\r\n=5\r\ntxt:x\r\n#t\r\n_\r\n");
        for (int length = 0; length < data.Length; length++)
        {
            Assert.False(RespReplyReader.TryRead(data.AsSpan(0, length), out RespValue? value, out int none));
            Assert.Null(value);
            Assert.Equal(0, none);
        }

        byte[] more = [.. data, .. "+next\r\n"u8];
        Assert.True(RespReplyReader.TryRead(more, out _, out int consumed));
        Assert.Equal(data.Length, consumed);
    }

    [Theory]
    [InlineData("\r\n")]
    [InlineData("?1\r\n")]
    [InlineData("OK\r\n")]
    [InlineData(":a\r\n")]
    [InlineData(":\r\n")]
    [InlineData("$-2\r\n")]
    [InlineData("$a\r\n")]
    [InlineData("$?\r\n")]
    [InlineData("$3\r\nabcd\r\n")]
    [InlineData("$3000000000\r\n")]
    [InlineData("=-1\r\n")]
    [InlineData("=3\r\ntxt\r\n")]
    [InlineData("=4\r\ntext\r\n")]
    [InlineData("*-2\r\n")]
    [InlineData("*?\r\n")]
    [InlineData("%-1\r\n")]
    [InlineData("*3000000000\r\n")]
    [InlineData("#x\r\n")]
    [InlineData(",x\r\n")]
    public void BytesThatAreNotResp_Throw(string data) => Assert.Throws<InvalidDataException>(() => Read(data));

    [Fact]
    public void HugeCountWithoutItems_IsIncompleteAndAllocatesNothing()
        => Assert.False(RespReplyReader.TryRead("*2147483647\r\n:1\r\n"u8, out _, out _));

    [Fact]
    public void NestingBeyondTheBound_Throws()
    {
        string deepest = string.Concat(Enumerable.Repeat("*1\r\n", RespReplyReader.DepthMax - 1)) + ":1\r\n";

        Assert.Equal(RespKind.Array, Read(deepest).Kind);
        Assert.Throws<InvalidDataException>(() => Read("*1\r\n" + deepest));
        Assert.Throws<InvalidDataException>(() => Read(string.Concat(Enumerable.Repeat("|0\r\n", RespReplyReader.DepthMax)) + ":1\r\n"));
    }

    [Fact]
    public void WhatTheWriterWrites_IsReadBack()
    {
        RespWriter writer = new(new ReplyBuffer()) { Version = 3 };
        writer.MapHeader(1);
        writer.Bulk("k"u8);
        writer.SetHeader(4);
        writer.Double(0.1);
        writer.Boolean(true);
        writer.Verbatim("txt"u8, "hi"u8);
        writer.Null();

        RespValue set = Read(Encoding.Latin1.GetString(writer.Buffer.ToArray())).Items[1];

        Assert.Equal(RespKind.Set, set.Kind);
        Assert.Equal(0.1, set.Items[0].Double);
        Assert.Equal("hi", set.Items[2].Text);
    }

    private static RespValue Read(string data)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(data);
        Assert.True(RespReplyReader.TryRead(bytes, out RespValue? value, out int consumed));
        Assert.Equal(bytes.Length, consumed);
        return value;
    }
}
