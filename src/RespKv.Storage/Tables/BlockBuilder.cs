using System.Buffers.Binary;
using RespKv.Storage.Mutations;

namespace RespKv.Storage.Tables;

/// <summary>
/// Gathers the entries of a data block behind the room for its header, so that an uncompressed block is written as it
/// lies. Keys share prefixes with the one before; at restart points they stand in full.
/// </summary>
internal sealed class BlockBuilder
{
    /// <summary>Lengths of both parts of the key, kind, type, expiry and length of the bytes.</summary>
    private const int EntryHeadBytesMax = Varint.Bytes32Max + Varint.Bytes32Max + 1 + 1 + Varint.Bytes64Max + Varint.Bytes32Max;

    private const int RestartsAtFirst = 64;

    private readonly int _restartInterval;
    private readonly int _bufferBytes;
    private byte[] _buffer;
    private int _length = TableFormat.BlockHeaderBytes;
    private int[] _restarts = new int[RestartsAtFirst];
    private int _restartCount;
    private byte[] _lastKey = [];
    private int _lastKeyLength;

    internal BlockBuilder(TableOptions options)
    {
        _restartInterval = options.RestartInterval;
        _bufferBytes = TableFormat.BlockHeaderBytes + (2 * options.BlockBytes);
        _buffer = new byte[_bufferBytes];
    }

    /// <summary>Entries of the block so far.</summary>
    internal int Entries { get; private set; }

    /// <summary>Bytes of the payload if it ended now.</summary>
    internal int PayloadBytes => _length - TableFormat.BlockHeaderBytes + ((_restartCount + 1) * TableFormat.RestartBytes);

    /// <summary>The key that was added last; lives on over <see cref="Clear"/>.</summary>
    internal ReadOnlySpan<byte> LastKey => _lastKey.AsSpan(0, _lastKeyLength);

    internal void Add(ReadOnlySpan<byte> key, in TableEntry entry)
    {
        AddHead(key, entry);
        Reserve(entry.Bytes.Length);
        entry.Bytes.CopyTo(_buffer.AsSpan(_length));
        _length += entry.Bytes.Length;
    }

    /// <summary>All of an entry but its bytes. Nothing may be added behind them then.</summary>
    internal void AddHead(ReadOnlySpan<byte> key, in TableEntry entry)
    {
        int shared = 0;
        if (Entries % _restartInterval == 0)
        {
            AddRestart();
        }
        else
        {
            shared = key.CommonPrefixLength(LastKey);
        }

        Reserve(EntryHeadBytesMax + key.Length - shared);
        Span<byte> span = _buffer.AsSpan(_length);
        int at = Varint.Write(span, (uint)shared);
        at += Varint.Write(span[at..], (uint)(key.Length - shared));
        span[at++] = (byte)entry.Kind;
        key[shared..].CopyTo(span[at..]);
        at += key.Length - shared;
        if (entry.Kind == TableEntryKind.Value)
        {
            span[at++] = entry.Type;
            at += Varint.Write(span[at..], (ulong)entry.ExpireAtMillis + 1);
        }

        if (entry.Kind != TableEntryKind.Tombstone)
        {
            at += Varint.Write(span[at..], (uint)entry.Bytes.Length);
        }

        _length += at;
        Entries++;
        Remember(key);
    }

    /// <summary>What was added so far, with room for the header before it and without the restart points.</summary>
    internal Span<byte> Head() => _buffer.AsSpan(0, _length);

    /// <summary>Appends the restart points. The block, header (still unwritten) first.</summary>
    internal Span<byte> Finish()
    {
        int bytes = (_restartCount + 1) * TableFormat.RestartBytes;
        Reserve(bytes);
        WriteRestarts(_buffer.AsSpan(_length, bytes));
        _length += bytes;
        return _buffer.AsSpan(0, _length);
    }

    /// <summary>The restart points, for a block whose parts are written one by one.</summary>
    internal void WriteRestarts(Span<byte> destination)
    {
        for (int index = 0; index < _restartCount; index++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(destination[(index * TableFormat.RestartBytes)..], _restarts[index]);
        }

        BinaryPrimitives.WriteInt32LittleEndian(destination[(_restartCount * TableFormat.RestartBytes)..], _restartCount);
    }

    /// <summary>Begins the next block.</summary>
    internal void Clear()
    {
        Grow.Trim(ref _buffer, _bufferBytes);
        Grow.Afresh(ref _buffer, _bufferBytes);
        _length = TableFormat.BlockHeaderBytes;
        _restartCount = 0;
        Entries = 0;
    }

    private void AddRestart()
    {
        if (_restartCount == _restarts.Length)
        {
            Array.Resize(ref _restarts, 2 * _restartCount);
        }

        _restarts[_restartCount++] = _length - TableFormat.BlockHeaderBytes;
    }

    private void Remember(ReadOnlySpan<byte> key)
    {
        Grow.ToHold(ref _lastKey, 0, key.Length);
        key.CopyTo(_lastKey);
        _lastKeyLength = key.Length;
    }

    private void Reserve(int bytes) => Grow.ToHold(ref _buffer, _length, bytes);
}
