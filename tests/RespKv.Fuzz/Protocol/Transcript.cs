using System.Text;

namespace RespKv.Fuzz.Protocol;

/// <summary>What a request parser said, as bytes that can be compared. Reused.</summary>
internal sealed class Transcript
{
    private byte[] _bytes = new byte[1 << 12];
    private int _length;

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

    public int Requests { get; private set; }

    public void Clear()
    {
        _length = 0;
        Requests = 0;
    }

    public void Request(int arguments)
    {
        Requests++;
        Add("\nrequest "u8);
        Number(arguments);
    }

    public void Argument(ReadOnlySpan<byte> bytes)
    {
        Add(" "u8);
        Number(bytes.Length);
        Add(":"u8);
        Add(bytes);
    }

    /// <param name="error">Empty for none.</param>
    /// <param name="consumed">Bytes of what was taken or skipped.</param>
    public void End(string error, int consumed)
    {
        Add("\nerror "u8);
        Add(Encoding.Latin1.GetBytes(error));
        Add(" consumed "u8);
        Number(consumed);
    }

    public override string ToString() => Encoding.Latin1.GetString(Bytes);

    private void Number(int value)
    {
        Span<byte> digits = stackalloc byte[11];
        _ = System.Buffers.Text.Utf8Formatter.TryFormat(value, digits, out int written);
        Add(digits[..written]);
    }

    private void Add(ReadOnlySpan<byte> bytes)
    {
        if (_bytes.Length - _length < bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(2 * _bytes.Length, _length + bytes.Length));
        }

        bytes.CopyTo(_bytes.AsSpan(_length));
        _length += bytes.Length;
    }
}
