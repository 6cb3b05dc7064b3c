using RespKv.Storage.Mutations;

namespace RespKv.Storage.Tables;

/// <summary>
/// Gathers the index: for each data block its lower bound, size and number of entries. The lower bound is the shortest
/// prefix of its first key that is greater than the last key of the block before; of the first block it is empty.
/// </summary>
internal sealed class IndexBuilder
{
    private const int EntryBytesMax = 4 * Varint.Bytes32Max;
    private const int BytesAtFirst = 4096;

    private byte[] _buffer = new byte[BytesAtFirst];
    private int _length = TableFormat.BlockHeaderBytes;
    private byte[] _lastBound = [];
    private int _lastBoundLength;
    private byte[] _bound = [];
    private int _boundLength;

    internal int Blocks { get; private set; }

    /// <summary>A block begins: its first key, and the last one before it.</summary>
    internal void Begin(ReadOnlySpan<byte> firstKey, ReadOnlySpan<byte> keyBefore)
    {
        _boundLength = Blocks == 0 ? 0 : firstKey.CommonPrefixLength(keyBefore) + 1;
        Grow.Afresh(ref _bound, _boundLength);
        firstKey[.._boundLength].CopyTo(_bound);
    }

    /// <summary>The block that began was written.</summary>
    internal void End(int blockBytes, int entries)
    {
        ReadOnlySpan<byte> bound = _bound.AsSpan(0, _boundLength);
        int shared = bound.CommonPrefixLength(_lastBound.AsSpan(0, _lastBoundLength));
        Grow.ToHold(ref _buffer, _length, EntryBytesMax + bound.Length);
        Span<byte> span = _buffer.AsSpan(_length);
        int at = Varint.Write(span, (uint)shared);
        at += Varint.Write(span[at..], (uint)(bound.Length - shared));
        bound[shared..].CopyTo(span[at..]);
        at += bound.Length - shared;
        at += Varint.Write(span[at..], (uint)blockBytes);
        at += Varint.Write(span[at..], (uint)entries);
        _length += at;
        Blocks++;
        (_lastBound, _bound) = (_bound, _lastBound);
        _lastBoundLength = _boundLength;
    }

    /// <summary>The block: room for its header, and the payload.</summary>
    internal Span<byte> Block() => _buffer.AsSpan(0, _length);
}
