using RespKv.Storage.Files;

namespace RespKv.Storage.Wal;

/// <summary>What stands at a place where a batch could start.</summary>
internal enum WalBatchState
{
    /// <summary>A whole batch: its CRC fits.</summary>
    Valid,

    /// <summary>No room for a batch before the end of the file.</summary>
    EndOfFile,

    /// <summary>Not a header: zeros, or anything else.</summary>
    NoHeader,

    /// <summary>A header whose batch reaches beyond the end of the file.</summary>
    Incomplete,

    /// <summary>A header, but not the bytes that it was written with.</summary>
    BadChecksum,
}

/// <summary>Reads one segment forward in large pieces. Spans are valid until the next call. Not thread safe.</summary>
internal sealed class WalSegmentReader
{
    /// <summary>One system call for some ten thousand small records; more only for a batch that is larger.</summary>
    internal const int BufferBytes = 4 << 20;

    private readonly IFile _file;
    private readonly byte[] _buffer;
    private byte[] _large = [];
    private byte[] _current;
    private long _start;
    private int _count;

    /// <param name="file">The segment; not owned.</param>
    /// <param name="buffer">Its own until the reader is no longer used; at least a sector.</param>
    /// <param name="end">Where reading stops: the size of the segment, or the length of the file when that is less.</param>
    internal WalSegmentReader(IFile file, byte[] buffer, long end)
    {
        _file = file;
        End = end;
        _buffer = buffer;
        _current = buffer;
    }

    /// <summary>May grow while the segment is being written; what was read below it stays right.</summary>
    internal long End { get; set; }

    /// <summary>That many bytes, fewer only at the end.</summary>
    internal ReadOnlySpan<byte> Peek(long offset, int bytes)
    {
        int wanted = (int)Math.Min(bytes, Math.Max(0, End - offset));
        if (offset < _start || offset + wanted > _start + _count)
        {
            Fill(offset, wanted);
        }

        int from = (int)(offset - _start);
        return wanted == 0 ? default : _current.AsSpan(from, Math.Min(wanted, _count - from));
    }

    /// <summary>What is at hand from the offset on: at least a sector, fewer bytes only at the end.</summary>
    internal ReadOnlySpan<byte> PeekChunk(long offset)
    {
        if (offset < _start || Math.Min(offset + WalFormat.SectorBytes, End) > _start + _count)
        {
            Fill(offset, 0);
        }

        return _current.AsSpan((int)(offset - _start), (int)(_start + _count - offset));
    }

    /// <summary>Looks for a batch. The payload is set only for <see cref="WalBatchState.Valid"/>, the header for all but the first two failures.</summary>
    internal WalBatchState ReadBatch(long offset, out WalBatchHeader header, out ReadOnlySpan<byte> payload)
    {
        payload = default;
        ReadOnlySpan<byte> head = Peek(offset, WalFormat.BatchHeaderBytes);
        if (head.Length < WalFormat.BatchHeaderBytes)
        {
            header = default;
            return WalBatchState.EndOfFile;
        }

        if (!WalBatchHeader.TryRead(head, out header))
        {
            return WalBatchState.NoHeader;
        }

        // Checked before it is buffered: a length out of thin air must not claim memory.
        int bytes = WalFormat.BatchHeaderBytes + header.PayloadBytes;
        if (bytes > End - offset)
        {
            return WalBatchState.Incomplete;
        }

        ReadOnlySpan<byte> batch = Peek(offset, bytes);
        if (batch.Length < bytes)
        {
            return WalBatchState.Incomplete;
        }

        if (!WalBatchHeader.CrcMatches(batch))
        {
            return WalBatchState.BadChecksum;
        }

        payload = batch[WalFormat.BatchHeaderBytes..];
        return WalBatchState.Valid;
    }

    private void Fill(long offset, int bytes)
    {
        _current = _buffer;
        if (bytes > _buffer.Length)
        {
            if (_large.Length < bytes)
            {
                _large = GC.AllocateUninitializedArray<byte>(bytes);
            }

            _current = _large;
        }

        _start = offset;
        _count = 0;
        int wanted = (int)Math.Min(_current.Length, Math.Max(0, End - offset));
        _count = _file.Read(_current.AsSpan(0, wanted), offset);
    }
}
