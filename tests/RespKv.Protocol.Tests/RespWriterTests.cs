using System.Text;

namespace RespKv.Protocol.Tests;

public sealed class RespWriterTests
{
    private readonly RespWriter _writer = new(new ReplyBuffer());

    public static TheoryData<string, Action<RespWriter>, string, string> Replies => new()
    {
        { "ok", w => w.Ok(), "+OK\r\n", "+OK\r\n" },
        { "simple string", w => w.SimpleString("PONG"u8), "+PONG\r\n", "+PONG\r\n" },
        { "error bytes", w => w.Error("ERR syntax error"u8), "-ERR syntax error\r\n", "-ERR syntax error\r\n" },
        { "error text", w => w.Error("ERR syntax error"), "-ERR syntax error\r\n", "-ERR syntax error\r\n" },
        { "error with line ends", w => w.Error("ERR a\r\nb\nc"), "-ERR a  b c\r\n", "-ERR a  b c\r\n" },
        { "error bytes with line ends", w => w.Error("ERR \r\n"u8), "-ERR   \r\n", "-ERR   \r\n" },
        { "error with other letters", w => w.Error("ERR \u00e9\u20ac"), "-ERR \u00c3\u00a9\u00e2\u0082\u00ac\r\n", "-ERR \u00c3\u00a9\u00e2\u0082\u00ac\r\n" },
        { "integer", w => w.Integer(0), ":0\r\n", ":0\r\n" },
        { "large integer", w => w.Integer(long.MaxValue), ":9223372036854775807\r\n", ":9223372036854775807\r\n" },
        { "negative integer", w => w.Integer(long.MinValue), ":-9223372036854775808\r\n", ":-9223372036854775808\r\n" },
        { "bulk", w => w.Bulk("a\r\nb"u8), "$4\r\na\r\nb\r\n", "$4\r\na\r\nb\r\n" },
        { "empty bulk", w => w.Bulk(""u8), "$0\r\n\r\n", "$0\r\n\r\n" },
        { "text", w => w.Bulk("\u00e9"), "$2\r\n\u00c3\u00a9\r\n", "$2\r\n\u00c3\u00a9\r\n" },
        { "bulk integer", w => w.BulkInteger(-42), "$3\r\n-42\r\n", "$3\r\n-42\r\n" },
        { "null", w => w.Null(), "$-1\r\n", "_\r\n" },
        { "null array", w => w.NullArray(), "*-1\r\n", "_\r\n" },
        { "array", w => w.ArrayHeader(0), "*0\r\n", "*0\r\n" },
        { "large array", w => w.ArrayHeader(1_048_576), "*1048576\r\n", "*1048576\r\n" },
        { "map", w => w.MapHeader(3), "*6\r\n", "%3\r\n" },
        { "largest map", w => w.MapHeader(int.MaxValue), "*4294967294\r\n", "%2147483647\r\n" },
        { "set", w => w.SetHeader(12), "*12\r\n", "~12\r\n" },
        { "push", w => w.PushHeader(3), "*3\r\n", ">3\r\n" },
        { "double", w => w.Double(3.14), "$18\r\n3.1400000000000001\r\n", ",3.1400000000000001\r\n" },
        { "whole double", w => w.Double(3), "$1\r\n3\r\n", ",3\r\n" },
        { "infinite double", w => w.Double(double.PositiveInfinity), "$3\r\ninf\r\n", ",inf\r\n" },
        { "negative infinite double", w => w.Double(double.NegativeInfinity), "$4\r\n-inf\r\n", ",-inf\r\n" },
        { "not a number", w => w.Double(double.NaN), "$3\r\nnan\r\n", ",nan\r\n" },
        { "true", w => w.Boolean(true), ":1\r\n", "#t\r\n" },
        { "false", w => w.Boolean(false), ":0\r\n", "#f\r\n" },
        { "verbatim", w => w.Verbatim("txt"u8, "a\nb"u8), "$3\r\na\nb\r\n", "=7\r\ntxt:a\nb\r\n" },
        { "big number", w => w.BigNumber("-123456789012345678901234567890"u8), "$31\r\n-123456789012345678901234567890\r\n", "(-123456789012345678901234567890\r\n" },
        { "raw", w => w.Raw("+a\r\n+b\r\n"u8), "+a\r\n+b\r\n", "+a\r\n+b\r\n" },
        { "streamed bulk", w => { w.BulkStart(4); w.Raw("ab"u8); w.Raw("cd"u8); w.BulkEnd(); }, "$4\r\nabcd\r\n", "$4\r\nabcd\r\n" },
    };

    [Theory]
    [MemberData(nameof(Replies))]
    public void Reply_HasItsShapeInBothVersions(string name, Action<RespWriter> write, string resp2, string resp3)
    {
        Assert.NotEmpty(name);
        Assert.Equal(resp2, Written(2, write));
        Assert.Equal(resp3, Written(3, write));
    }

    [Theory]
    [InlineData(9)]
    [InlineData(10)]
    [InlineData(999)]
    [InlineData(1000)]
    [InlineData(1024)]
    [InlineData(1025)]
    [InlineData(70_000)]
    [InlineData(1_000_000)]
    public void BulkOfAnySize_IsWrittenWhole(int length)
    {
        byte[] value = new byte[length];
        new Random(length).NextBytes(value);

        _writer.Bulk(value);
        _writer.Ok();

        byte[] expected = [.. Encoding.ASCII.GetBytes($"${length}\r\n"), .. value, .. "\r\n+OK\r\n"u8];
        Assert.Equal(expected, _writer.Buffer.ToArray());
    }

    [Fact]
    public void ManyReplies_CrossSegments()
    {
        StringBuilder expected = new();
        for (int i = 0; i < 20_000; i++)
        {
            _writer.Integer(i);
            _writer.Bulk("value"u8);
            expected.Append(':').Append(i).Append("\r\n$5\r\nvalue\r\n");
        }

        Assert.Equal(expected.ToString(), Encoding.ASCII.GetString(_writer.Buffer.ToArray()));
    }

    [Fact]
    public void VerbatimFormatOfOtherLength_Throws()
        => Assert.Throws<ArgumentException>(() => _writer.Verbatim("text"u8, "a"u8));

    [Fact]
    public void Buffer_CanBeReplaced()
    {
        ReplyBuffer first = _writer.Buffer;
        ReplyBuffer second = new();
        _writer.Ok();
        _writer.Buffer = second;
        _writer.Integer(1);

        Assert.Equal("+OK\r\n"u8.ToArray(), first.ToArray());
        Assert.Equal(":1\r\n"u8.ToArray(), second.ToArray());
    }

    [Fact]
    public void CommonReplies_AllocateNothing()
    {
        RespWriter writer = new(new ReplyBuffer(keepsSegment: true));
        byte[] value = new byte[64];
        long before = 0;
        for (int round = 0; round < 3; round++)
        {
            before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 100; i++)
            {
                writer.Ok();
                writer.Bulk(value);
                writer.Integer(i * 1000);
                writer.BulkInteger(i * 1000);
                writer.Null();
            }

            writer.Buffer.Clear();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private string Written(int version, Action<RespWriter> write)
    {
        _writer.Version = version;
        _writer.Buffer.Clear();
        write(_writer);
        return Encoding.Latin1.GetString(_writer.Buffer.ToArray());
    }
}
