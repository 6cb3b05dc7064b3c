using RespKv.Protocol;

namespace RespKv.Engine.PubSub;

/// <summary>
/// Puts one message together, in RESP2; RESP3 differs in the first byte alone, which <see cref="Pusher"/> puts right for each client. Guarded by the turn.
/// </summary>
internal sealed class MessageBuilder
{
    /// <summary>A larger one is not kept.</summary>
    private const int KeptBytesMax = 64 * 1024;

    private byte[] _bytes = new byte[512];
    private int _length;

    /// <summary>Valid until the next message is begun.</summary>
    public ReadOnlySpan<byte> Message => _bytes.AsSpan(0, _length);

    public MessageBuilder Begin(int elements)
    {
        if (_bytes.Length > KeptBytesMax)
        {
            _bytes = new byte[512];
        }

        _length = 0;
        return ArrayHeader(elements);
    }

    public MessageBuilder ArrayHeader(int elements) => Header((byte)'*', elements);

    public MessageBuilder Bulk(ReadOnlySpan<byte> bytes)
    {
        Header((byte)'$', bytes.Length);
        return Raw(bytes).Raw("\r\n"u8);
    }

    public MessageBuilder Integer(long value) => Header((byte)':', value);

    public MessageBuilder Raw(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Room(bytes.Length));
        _length += bytes.Length;
        return this;
    }

    private MessageBuilder Header(byte marker, long value)
    {
        Span<byte> room = Room(RespNumber.Int64BytesMax + 3);
        room[0] = marker;
        int length = 1 + RespNumber.FormatInt64(value, room[1..]);
        "\r\n"u8.CopyTo(room[length..]);
        _length += length + 2;
        return this;
    }

    private Span<byte> Room(int bytes)
    {
        if (_bytes.Length - _length < bytes)
        {
            Array.Resize(ref _bytes, checked((int)Math.Min(Array.MaxLength, Math.Max(2L * _bytes.Length, (long)_length + bytes))));
        }

        return _bytes.AsSpan(_length);
    }
}
