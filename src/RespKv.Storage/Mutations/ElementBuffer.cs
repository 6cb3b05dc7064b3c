using RespKv.Storage.Tables;

namespace RespKv.Storage.Mutations;

/// <summary>
/// Encodes elements, or names of elements, of a collection. Used again and again: after a huge one the buffer is let go.
/// <code>
/// elements = { bytes(name) bytes(value) }
/// names    = { bytes(name) }
/// </code>
/// </summary>
public sealed class ElementBuffer
{
    private byte[] _bytes = [];

    /// <summary>Valid until the next change.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, ByteCount);

    public int ByteCount { get; private set; }

    /// <summary>Elements or names.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes that an element takes at most.</summary>
    public static long ElementBytesMax(int nameBytes, int valueBytes) => 2L * Varint.Bytes32Max + nameBytes + valueBytes;

    /// <summary>Adds an element. Names are not compared: of an equal one the last value counts.</summary>
    /// <exception cref="InvalidDataException">It is more than an array holds.</exception>
    public void Add(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        Reserve(ElementBytesMax(name.Length, value.Length));
        Append(name);
        Append(value);
        Count++;
    }

    /// <summary>Adds a name alone. Not to be mixed with elements.</summary>
    /// <exception cref="InvalidDataException">It is more than an array holds.</exception>
    public void AddName(ReadOnlySpan<byte> name)
    {
        Reserve(ElementBytesMax(name.Length, 0));
        Append(name);
        Count++;
    }

    public void Clear()
    {
        ByteCount = 0;
        Count = 0;
        Grow.Trim(ref _bytes, 0);
    }

    private void Reserve(long bytes) => Grow.ToHold(ref _bytes, ByteCount, bytes);

    private void Append(ReadOnlySpan<byte> bytes)
    {
        ByteCount += Varint.Write(_bytes.AsSpan(ByteCount), (uint)bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(ByteCount));
        ByteCount += bytes.Length;
    }
}
