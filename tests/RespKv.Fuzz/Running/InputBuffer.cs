namespace RespKv.Fuzz.Running;

/// <summary>The bytes of an input in the making. Reused.</summary>
internal sealed class InputBuffer
{
    /// <summary>Small inputs are fast, and what a reader does with large ones differs in sizes only.</summary>
    public const int BytesMax = 64 << 10;

    private readonly byte[] _bytes = new byte[BytesMax];

    public int Length { get; private set; }

    public Span<byte> Span => _bytes.AsSpan(0, Length);

    public void Clear() => Length = 0;

    public void Truncate(int length) => Length = Math.Min(Length, length);

    public void Add(byte value)
    {
        if (Length < BytesMax)
        {
            _bytes[Length++] = value;
        }
    }

    /// <summary>What does not fit is left out.</summary>
    public void Add(ReadOnlySpan<byte> bytes) => Insert(Length, bytes);

    public void Insert(int at, ReadOnlySpan<byte> bytes)
    {
        int count = Math.Min(bytes.Length, BytesMax - Length);
        _bytes.AsSpan(at, Length - at).CopyTo(_bytes.AsSpan(at + count));
        bytes[..count].CopyTo(_bytes.AsSpan(at));
        Length += count;
    }

    public void Remove(int at, int count)
    {
        _bytes.AsSpan(at + count, Length - at - count).CopyTo(_bytes.AsSpan(at));
        Length -= count;
    }
}
