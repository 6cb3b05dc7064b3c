using System.Buffers.Binary;
using RespKv.Storage.Files;

namespace RespKv.Storage.Tables;

/// <summary>What stands at a place in a table. The numbers of the blocks are on disk: never changed or used again.</summary>
public enum TableBlockKind : byte
{
    Data = 1,
    Filter = 2,
    Index = 3,
    Properties = 4,

    /// <summary>Not a block: the last bytes of the file.</summary>
    Footer = 5,
}

/// <summary>
/// For check and repair: reads a table front to back by the headers of its blocks, needing neither footer nor index. What
/// is damaged is named and skipped, and the rest is still read. Nothing of a block is handed out before its checksum was
/// found right. Changes nothing. One thread.
/// </summary>
public sealed class TableWalk : IDisposable
{
    private const int SearchBytes = 256 << 10;

    private readonly IFile _file;
    private readonly long _fileBytes;
    private readonly BlockCursor _entries = new();
    private byte[] _block = [];
    private byte[] _unpacked = [];
    private bool _hasFooter;
    private bool _isDone;
    private bool _isBeforeFirst;

    /// <exception cref="StorageException">The file is not there.</exception>
    public TableWalk(IFileSystem files, string path)
    {
        _file = files.Open(path, FileOpenKind.Read);
        _fileBytes = _file.Length;
    }

    /// <summary>Where the current block, or the damaged stretch, begins.</summary>
    public long Offset { get; private set; }

    /// <summary>How long it is. 0 for a footer that is missing.</summary>
    public long Bytes { get; private set; }

    /// <summary>Null for a damaged stretch.</summary>
    public TableBlockKind? Kind { get; private set; }

    /// <summary>
    /// What is wrong; null when it is sound. It may come up while the entries of a block are read: those before were sound.
    /// </summary>
    public string? Problem { get; private set; }

    /// <summary>After <see cref="NextEntry"/>; valid until the next call.</summary>
    public ReadOnlySpan<byte> Key => _entries.Key;

    /// <summary>After <see cref="NextEntry"/>; valid until the next call.</summary>
    public TableEntry Entry => _entries.Entry;

    /// <summary>Goes to the next block, damaged stretch, or the footer. False at the end of the file.</summary>
    /// <exception cref="StorageException">The file cannot be read.</exception>
    public bool NextBlock()
    {
        Offset += Bytes;
        Bytes = 0;
        Kind = null;
        Problem = null;
        _entries.Close();
        if (Offset < _fileBytes)
        {
            ReadHere();
            return true;
        }

        if (_hasFooter || _isDone)
        {
            return false;
        }

        _isDone = true;
        Problem = "the file ends without the footer of a table: it is truncated";
        return true;
    }

    /// <summary>Goes to the next entry of a sound data block. False at its end, and for all that is not a data block.</summary>
    public bool NextEntry()
    {
        if (Kind != TableBlockKind.Data || Problem is not null)
        {
            return false;
        }

        try
        {
            if (_isBeforeFirst)
            {
                _entries.SeekFirst();
            }
            else if (_entries.Valid)
            {
                _entries.Next();
            }
        }
        catch (TableCorruptionException corruption)
        {
            Problem = corruption.Problem;
        }

        _isBeforeFirst = false;
        return _entries.Valid;
    }

    public void Dispose() => _file.Dispose();

    private void ReadHere()
    {
        if (TryFooter())
        {
            return;
        }

        string? problem = ReadBlock(Offset, out BlockHeader header);
        if (problem is not null)
        {
            Problem = problem;
            Bytes = FindNext(Offset + 1) - Offset;
            return;
        }

        Bytes = header.FileBytes;
        Kind = header.Kind;
        Problem = header.Kind == TableBlockKind.Data ? OpenEntries(header) : null;
    }

    private bool TryFooter()
    {
        if (Offset != _fileBytes - TableFormat.FooterBytes)
        {
            return false;
        }

        Span<byte> span = stackalloc byte[TableFormat.FooterBytes];
        span = span[.._file.Read(span, Offset)];
        Problem = TableFooter.Read(span, _fileBytes, out _);
        Kind = Problem is null ? TableBlockKind.Footer : null;
        Bytes = TableFormat.FooterBytes;
        _hasFooter = true;
        return true;
    }

    private string? OpenEntries(BlockHeader header)
    {
        _isBeforeFirst = true;
        try
        {
            if (header.Compression == TableCompression.None)
            {
                _entries.Open(_file.Path, header.Offset, _block, TableFormat.BlockHeaderBytes, header.StoredBytes);
                return null;
            }

            Grow.Afresh(ref _unpacked, header.RawBytes);
            Span<byte> target = _unpacked.AsSpan(0, header.RawBytes);
            if (!BlockCompressor.TryDecompress(header.Compression, _block, TableFormat.BlockHeaderBytes, header.StoredBytes, target))
            {
                return $"the block does not unpack to {header.RawBytes} bytes";
            }

            _entries.Open(_file.Path, header.Offset, _unpacked, 0, header.RawBytes);
            return null;
        }
        catch (TableCorruptionException corruption)
        {
            return corruption.Problem;
        }
    }

    /// <summary>Reads a whole block into the buffer and checks it. Null when it is sound.</summary>
    private string? ReadBlock(long offset, out BlockHeader header)
    {
        Span<byte> head = stackalloc byte[TableFormat.BlockHeaderBytes];
        head = head[.._file.Read(head, offset)];
        string? problem = BlockHeader.Read(head, offset, out header);
        if (problem is not null)
        {
            return problem;
        }

        if (header.FileBytes > _fileBytes - offset)
        {
            return $"a block of {header.FileBytes} bytes, the file has {_fileBytes - offset} left";
        }

        Grow.Trim(ref _block, (int)header.FileBytes);
        Grow.Afresh(ref _block, (int)header.FileBytes);
        Span<byte> block = _block.AsSpan(0, (int)header.FileBytes);
        int bytes = _file.Read(block, offset);
        return BlockHeader.ProblemOf(block[..bytes], offset, header.Kind, out header);
    }

    /// <summary>Where the next sound block begins; else where the footer should; else the end of the file.</summary>
    private long FindNext(long from)
    {
        byte[] window = new byte[SearchBytes];
        Span<byte> magic = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(magic, TableFormat.BlockMagic);
        long at = from;
        while (at < _fileBytes)
        {
            int bytes = _file.Read(window, at);
            int found = window.AsSpan(0, bytes).IndexOf(magic);
            if (found >= 0 && ReadBlock(at + found, out _) is null)
            {
                return at + found;
            }

            // A magic may lie across the end of the window.
            at += found >= 0 ? found + 1 : Math.Max(1, bytes - magic.Length + 1);
        }

        long footer = _fileBytes - TableFormat.FooterBytes;
        return footer >= from ? footer : _fileBytes;
    }
}
