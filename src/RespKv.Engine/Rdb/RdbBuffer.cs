namespace RespKv.Engine.Rdb;

/// <summary>Bytes that are written one behind the other. As many as an array holds: more is an <see cref="InvalidDataException"/>.</summary>
internal sealed class RdbBuffer
{
    private const int FirstBytes = 256;

    private byte[] _bytes = new byte[FirstBytes];

    public int Length { get; private set; }

    public Span<byte> Written => _bytes.AsSpan(0, Length);

    public void Clear() => Length = 0;

    public void Add(byte value)
    {
        Reserve(1)[0] = value;
        Length++;
    }

    public void Add(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Reserve(bytes.Length));
        Length += bytes.Length;
    }

    /// <summary>Room behind what is written, of at least that many bytes.</summary>
    public Span<byte> Reserve(int count)
    {
        long needed = (long)Length + count;
        if (needed > _bytes.Length)
        {
            RdbReader.Check(needed <= Array.MaxLength);
            Array.Resize(ref _bytes, (int)Math.Min(Array.MaxLength, Math.Max(needed, 2L * _bytes.Length)));
        }

        return _bytes.AsSpan(Length);
    }

    public void Advance(int count) => Length += count;
}
