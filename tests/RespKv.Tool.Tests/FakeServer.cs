using System.Text;
using RespKv.Protocol;

namespace RespKv.Tool.Tests;

/// <summary>The server's end of a connection: answers each request by a function of its arguments.</summary>
internal sealed class FakeServer(Func<string[], byte[]> answer) : Stream
{
    private readonly Queue<byte> _replies = [];

    internal List<string> Requests { get; } = [];

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override void Write(byte[] buffer, int offset, int count)
    {
        // A request is an array of strings, which is a reply, too.
        Assert.True(RespReplyReader.TryRead(buffer.AsSpan(offset, count), out RespValue? request, out int consumed));
        Assert.Equal(count, consumed);
        string[] arguments = [.. request.Items.Select(item => item.Text)];
        Requests.Add(string.Join(' ', arguments));
        foreach (byte value in answer(arguments))
        {
            _replies.Enqueue(value);
        }
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        // In small pieces, as a network may.
        int read = 0;
        while (read < Math.Min(count, 1000) && _replies.TryDequeue(out byte value))
        {
            buffer[offset + read++] = value;
        }

        return read;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    internal static byte[] Bulk(ReadOnlySpan<byte> bytes) => [.. Encoding.ASCII.GetBytes($"${bytes.Length}\r\n"), .. bytes, .. "\r\n"u8];

    /// <summary>A reply as it goes over the wire.</summary>
    internal static byte[] Encode(RespValue value) => value.Kind switch
    {
        RespKind.SimpleString => Text($"+{value.Text}\r\n"),
        RespKind.Error => Text($"-{value.Text}\r\n"),
        RespKind.Integer => Text($":{value.Integer}\r\n"),
        RespKind.BulkString => Bulk(value.Bytes.Span),
        RespKind.Array => [.. Text($"*{value.Items.Count}\r\n"), .. value.Items.SelectMany(Encode)],
        _ => throw new NotSupportedException(value.Kind.ToString()),
    };

    internal static byte[] Text(string text) => Encoding.ASCII.GetBytes(text);
}
