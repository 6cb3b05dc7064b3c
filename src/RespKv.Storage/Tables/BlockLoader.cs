namespace RespKv.Storage.Tables;

/// <summary>
/// Reads data blocks of a table, several at a time when told to, checks them and unpacks them. What it hands out lies in
/// its buffers and is valid until the next load. One thread.
/// </summary>
internal sealed class BlockLoader
{
    private readonly int _readAheadBytes;
    private TableReader _table;

    // Blocks _first to _end of the table as they lie on disk, from _offset on.
    private byte[] _window = [];
    private int _first;
    private int _end;
    private byte[] _unpacked = [];

    internal BlockLoader(TableReader table, int readAheadBytes)
    {
        _table = table;
        _readAheadBytes = readAheadBytes;
    }

    /// <summary>Goes over to another table and keeps the buffers.</summary>
    internal void Attach(TableReader table)
    {
        _table = table;
        _first = 0;
        _end = 0;
    }

    /// <summary>Opens a block in the cursor.</summary>
    /// <param name="isForward">Which blocks come next, if read ahead.</param>
    internal void Load(int block, bool isForward, BlockCursor into)
    {
        if (block < _first || block >= _end)
        {
            into.Close();
            ReadWindow(block, isForward);
        }

        TableIndex index = _table.Index;
        long offset = index.Offset(block);
        int start = (int)(offset - index.Offset(_first));
        string? problem = BlockHeader.ProblemOf(_window.AsSpan(start, index.Bytes(block)), offset, TableBlockKind.Data, out BlockHeader header);
        if (problem is not null)
        {
            into.Close();
            throw new TableCorruptionException(_table.Path, offset, problem);
        }

        start += TableFormat.BlockHeaderBytes;
        if (header.Compression == TableCompression.None)
        {
            into.Open(_table.Path, offset, _window, start, header.StoredBytes);
        }
        else
        {
            Unpack(start, header);
            into.Open(_table.Path, offset, _unpacked, 0, header.RawBytes);
        }
    }

    private void Unpack(int start, BlockHeader header)
    {
        Grow.Trim(ref _unpacked, header.RawBytes);
        Grow.Afresh(ref _unpacked, header.RawBytes);
        if (!BlockCompressor.TryDecompress(header.Compression, _window, start, header.StoredBytes, _unpacked.AsSpan(0, header.RawBytes)))
        {
            throw new TableCorruptionException(_table.Path, header.Offset, $"the block does not unpack to {header.RawBytes} bytes");
        }
    }

    private void ReadWindow(int block, bool isForward)
    {
        TableIndex index = _table.Index;
        int first = block;
        int end = block + 1;
        while (isForward && end < index.Count && index.End(end) - index.Offset(first) <= _readAheadBytes)
        {
            end++;
        }

        while (!isForward && first > 0 && index.End(block) - index.Offset(first - 1) <= _readAheadBytes)
        {
            first--;
        }

        _first = 0;
        _end = 0;
        int bytes = (int)(index.End(end - 1) - index.Offset(first));
        int room = (int)Math.Max(bytes, Math.Min(_readAheadBytes, index.End(index.Count - 1)));
        Grow.Trim(ref _window, room);
        Grow.Afresh(ref _window, room);
        _table.ReadAt(_window.AsSpan(0, bytes), index.Offset(first));
        _first = first;
        _end = end;
    }
}
