using System.Buffers;
using System.Buffers.Binary;
using RespKv.Storage.Files;

namespace RespKv.Storage.Tables;

/// <summary>
/// Writes a new table, once, front to back. Invariants: keys are strictly ascending, what the reader will refuse is
/// refused here, and every block is written with its checksum and its place. One thread.
/// </summary>
public sealed class TableWriter : IDisposable
{
    private const int HashesAtFirst = 1024;

    private readonly TableOptions _options;
    private readonly long _firstLsn;
    private readonly long _lastLsn;
    private readonly TableOutput _output;
    private readonly BlockBuilder _block;
    private readonly BlockCompressor _compressor;
    private readonly IndexBuilder _index = new();
    /// <summary>Rented: tables are written one after the other, and arrays of megabytes are not to be left to the garbage collector each time.</summary>
    private ulong[] _hashes = ArrayPool<ulong>.Shared.Rent(HashesAtFirst);
    private byte[] _smallestKey = [];
    private long _tombstones;
    private long _patches;
    private long _rawBytes;
    private bool _isFinished;

    /// <summary>Creates the file, which must not be there yet.</summary>
    /// <param name="firstLsn">First LSN of the part of the log that the table stands for, 1 or more.</param>
    /// <param name="lastLsn">Last LSN of it.</param>
    /// <param name="pacer">Told after each synced slice.</param>
    /// <exception cref="StorageException">The file cannot be created.</exception>
    public TableWriter(IFileSystem files, string path, long firstLsn, long lastLsn, TableOptions options, IWritePacer? pacer)
    {
        Check(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(firstLsn, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(lastLsn, firstLsn);
        _firstLsn = firstLsn;
        _lastLsn = lastLsn;
        _options = options;
        _block = new BlockBuilder(options);
        _compressor = new BlockCompressor(options.Compression);
        _output = new TableOutput(files.Open(path, FileOpenKind.CreateNew), options.SyncEveryBytes, pacer);
    }

    /// <summary>Added so far.</summary>
    public long Entries { get; private set; }

    /// <summary>Bytes of data blocks so far, the open one included.</summary>
    public long FileBytes => _output.Position + (_block.Entries == 0 ? 0 : TableFormat.BlockHeaderBytes + _block.PayloadBytes);

    /// <summary>Adds an entry; the spans are not used after the call.</summary>
    /// <exception cref="ArgumentException">The key is not greater than the last one, or the entry is not one.</exception>
    /// <exception cref="StorageException">The file cannot be written; only Dispose makes sense then.</exception>
    /// <exception cref="OperationCanceledException">The pacer says so; only Dispose makes sense then.</exception>
    public void Add(ReadOnlySpan<byte> tableKey, in TableEntry entry)
    {
        ThrowIfFinished();
        Check(tableKey, entry);
        if (_block.Entries == 0)
        {
            _index.Begin(tableKey, _block.LastKey);
        }

        Count(tableKey, entry);
        if (entry.Bytes.Length <= _options.BlockBytes)
        {
            _block.Add(tableKey, entry);
            if (_block.PayloadBytes >= _options.BlockBytes)
            {
                WriteBlock();
            }

            return;
        }

        if (_block.Entries > 0)
        {
            ReadOnlySpan<byte> keyBefore = _block.LastKey;
            WriteBlock();
            _index.Begin(tableKey, keyBefore);
        }

        WriteLarge(tableKey, entry);
    }

    /// <summary>
    /// Writes filter, index, properties and footer, syncs and closes. The table is durable once the caller has synced the
    /// directory (D4).
    /// </summary>
    /// <exception cref="StorageException">As <see cref="Add"/>.</exception>
    /// <exception cref="OperationCanceledException">As <see cref="Add"/>.</exception>
    public TableProperties Finish()
    {
        ThrowIfFinished();
        if (_block.Entries > 0)
        {
            WriteBlock();
        }

        long filterOffset = _output.Position;
        WriteFilter();
        long indexOffset = _output.Position;
        SealAndWrite(_index.Block(), TableBlockKind.Index);
        long propertiesOffset = _output.Position;
        TableProperties properties = WriteProperties();
        Span<byte> footer = stackalloc byte[TableFormat.FooterBytes];
        new TableFooter(filterOffset, indexOffset, propertiesOffset, properties.FileBytes).Write(footer);
        _output.Write(footer);
        _output.Finish();
        _isFinished = true;
        _output.Dispose();
        ReturnHashes();
        return properties;
    }

    /// <summary>Without <see cref="Finish"/> the file is unfinished: the caller deletes it.</summary>
    public void Dispose()
    {
        _isFinished = true;
        _output.Dispose();
        ReturnHashes();
    }

    private void ReturnHashes()
    {
        if (_hashes.Length > 0)
        {
            ArrayPool<ulong>.Shared.Return(_hashes);
            _hashes = [];
        }
    }

    private static void Check(TableOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.BlockBytes, TableFormat.OptionBlockBytesMin);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.BlockBytes, TableFormat.OptionBlockBytesMax);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.RestartInterval, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.RestartInterval, TableFormat.OptionRestartIntervalMax);
        ArgumentOutOfRangeException.ThrowIfNegative(options.BloomBitsPerKey);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.BloomBitsPerKey, TableFormat.OptionBloomBitsMax);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.SyncEveryBytes, TableFormat.OptionSyncBytesMin);
        if (!Enum.IsDefined(options.Compression))
        {
            throw new ArgumentOutOfRangeException(nameof(options), options.Compression, "not a compression");
        }
    }

    private void Check(ReadOnlySpan<byte> key, in TableEntry entry)
    {
        if (Entries > 0 && key.SequenceCompareTo(_block.LastKey) <= 0)
        {
            throw new ArgumentException("keys are added in strictly ascending order", nameof(key));
        }

        bool isSound = entry.Kind switch
        {
            TableEntryKind.Tombstone => entry.Bytes.IsEmpty,
            TableEntryKind.Value => entry.IsValueWellFormed && entry.ExpireAtMillis >= Mutations.MutationWriter.NoExpiry,
            TableEntryKind.Patch => Patch.IsWellFormed(entry.Bytes),
            _ => false,
        };
        if (!isSound)
        {
            throw new ArgumentException($"not an entry: {entry.Kind}, type {entry.Type}, expiry {entry.ExpireAtMillis}, {entry.Bytes.Length} bytes", nameof(entry));
        }
    }

    private void Count(ReadOnlySpan<byte> key, in TableEntry entry)
    {
        if (Entries == 0)
        {
            _smallestKey = key.ToArray();
        }

        if (Entries == _hashes.Length)
        {
            ulong[] larger = ArrayPool<ulong>.Shared.Rent(checked(2 * _hashes.Length));
            _hashes.CopyTo(larger, 0);
            ReturnHashes();
            _hashes = larger;
        }

        _hashes[Entries++] = TableHash.Compute(key);
        _rawBytes += (long)key.Length + entry.Bytes.Length;
        _tombstones += entry.Kind == TableEntryKind.Tombstone ? 1 : 0;
        _patches += entry.Kind == TableEntryKind.Patch ? 1 : 0;
    }

    private void WriteBlock()
    {
        int entries = _block.Entries;
        Span<byte> plain = _block.Finish();
        int rawBytes = plain.Length - TableFormat.BlockHeaderBytes;
        if (!_compressor.TryCompress(plain[TableFormat.BlockHeaderBytes..], out Span<byte> packed))
        {
            SealAndWrite(plain, TableBlockKind.Data);
            _index.End(plain.Length, entries);
        }
        else
        {
            BlockHeader.Seal(packed, TableBlockKind.Data, _options.Compression, rawBytes, _output.Position);
            _output.Write(packed);
            _index.End(packed.Length, entries);
        }

        _block.Clear();
    }

    private void WriteLarge(ReadOnlySpan<byte> key, in TableEntry entry)
    {
        if (_options.Compression != TableCompression.None && entry.Bytes.Length <= TableFormat.CompressBytesMax)
        {
            _block.Add(key, entry);
            WriteBlock();
            return;
        }

        // The value is not copied: head, value and restart points are written where they are.
        _block.AddHead(key, entry);
        Span<byte> head = _block.Head();
        Span<byte> tail = stackalloc byte[2 * TableFormat.RestartBytes];
        _block.WriteRestarts(tail);
        int payloadBytes = checked(head.Length - TableFormat.BlockHeaderBytes + entry.Bytes.Length + tail.Length);
        new BlockHeader(TableBlockKind.Data, TableCompression.None, payloadBytes, payloadBytes, _output.Position).Write(head);
        var crc = default(RunningCrc);
        crc.Append(head[TableFormat.BlockKindOffset..]);
        crc.Append(entry.Bytes);
        crc.Append(tail);
        BinaryPrimitives.WriteUInt32LittleEndian(head[TableFormat.BlockCrcOffset..], crc.Value);
        _output.Write(head);
        _output.Write(entry.Bytes);
        _output.Write(tail);
        _index.End(checked(TableFormat.BlockHeaderBytes + payloadBytes), _block.Entries);
        _block.Clear();
    }

    private void WriteFilter()
    {
        int payloadBytes = BloomFilter.PayloadBytes(checked((int)Entries), _options.BloomBitsPerKey);
        byte[] block = new byte[TableFormat.BlockHeaderBytes + payloadBytes];
        if (payloadBytes > 0)
        {
            BloomFilter.Fill(block.AsSpan(TableFormat.BlockHeaderBytes), _hashes.AsSpan(0, (int)Entries), _options.BloomBitsPerKey);
        }

        SealAndWrite(block, TableBlockKind.Filter);
    }

    private TableProperties WriteProperties()
    {
        var properties = new TableProperties(
            0, Entries, _tombstones, _patches, _firstLsn, _lastLsn, _smallestKey, _block.LastKey.ToArray(), _options.Compression, _rawBytes);
        byte[] block = new byte[TableFormat.BlockHeaderBytes + TablePropertiesBlock.PayloadBytesMax(properties)];
        int bytes = TablePropertiesBlock.Write(block.AsSpan(TableFormat.BlockHeaderBytes), properties, _index.Blocks);
        SealAndWrite(block.AsSpan(0, TableFormat.BlockHeaderBytes + bytes), TableBlockKind.Properties);
        return properties with { FileBytes = _output.Position + TableFormat.FooterBytes };
    }

    private void SealAndWrite(Span<byte> block, TableBlockKind kind)
    {
        BlockHeader.Seal(block, kind, TableCompression.None, block.Length - TableFormat.BlockHeaderBytes, _output.Position);
        _output.Write(block);
    }

    private void ThrowIfFinished() => ObjectDisposedException.ThrowIf(_isFinished, this);
}
