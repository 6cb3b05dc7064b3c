using RespKv.Storage.Files;

namespace RespKv.Storage.Tables;

/// <summary>
/// An open table. Footer, index, properties and filter are checked when it is opened and stay in memory; every data block
/// is checked each time that it is read. Thread safe, with a cursor for each thread; Dispose only after all of them.
/// </summary>
public sealed class TableReader : IDisposable
{
    private readonly IFile _file;
    private readonly BloomFilter _filter;

    internal TableReader(IFile file, TableProperties properties, TableIndex index, BloomFilter filter)
    {
        _file = file;
        _filter = filter;
        Properties = properties;
        Index = index;
    }

    public string Path => _file.Path;

    public TableProperties Properties { get; }

    /// <summary>Data blocks.</summary>
    public int BlockCount => Index.Count;

    internal TableIndex Index { get; }

    /// <exception cref="TableCorruptionException">The file is not a sound table.</exception>
    /// <exception cref="StorageException">The file is not there, or cannot be read.</exception>
    public static TableReader Open(IFileSystem files, string path)
    {
        IFile file = files.Open(path, FileOpenKind.Read);
        try
        {
            return new TableOpener(file).Open();
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>False when the table has no entry for the key, tombstones included; true mostly when it has one.</summary>
    public bool MayContain(ReadOnlySpan<byte> tableKey) => _filter.MayContain(TableHash.Compute(tableKey));

    /// <summary>
    /// Greater than every key before this data block, not greater than any from it on, empty for block 0: where a scan
    /// can be split.
    /// </summary>
    public ReadOnlySpan<byte> BlockLowerBound(int block) => Index.Bound(block);

    /// <param name="readAheadBytes">0 reads block by block; more reads so much at a time, for a scan.</param>
    public TableCursor OpenCursor(int readAheadBytes = 0) => new(this, readAheadBytes);

    /// <summary>Reads everything: checksums, order, counts, properties, and that the filter knows every key.</summary>
    /// <param name="progress">Told the bytes checked so far, now and then.</param>
    /// <exception cref="TableCorruptionException">Something is not as it should be.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public void Verify(Action<long>? progress, CancellationToken cancel) => new TableVerifier(this).Run(progress, cancel);

    public void Dispose() => _file.Dispose();

    /// <summary>Fills the span, or throws.</summary>
    internal void ReadAt(Span<byte> span, long offset)
    {
        int bytes = _file.Read(span, offset);
        if (bytes < span.Length)
        {
            throw new TableCorruptionException(Path, offset + bytes, $"the file ends here, {span.Length - bytes} bytes early");
        }
    }
}
