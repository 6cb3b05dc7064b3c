namespace RespKv.Storage.Tables;

/// <summary>How a block is compressed. The numbers are on disk: never changed or used again.</summary>
public enum TableCompression : byte
{
    None = 0,

    /// <summary>RFC 7932.</summary>
    Brotli = 1,

    /// <summary>RFC 1951, without a wrapper: the block has its own checksum.</summary>
    Deflate = 2,
}

/// <summary>How tables are written. Reading needs none of it.</summary>
/// <param name="BlockBytes">A data block is closed when it has so many bytes; a larger value gets a block of its own.</param>
/// <param name="RestartInterval">Every so many entries a key is written in full; the steps of a search inside a block.</param>
/// <param name="BloomBitsPerKey">Size of the filter; 10 lets about 1 % of absent keys through, 0 writes none.</param>
/// <param name="Compression">Of data blocks. A block that does not get smaller is stored as it is.</param>
/// <param name="SyncEveryBytes">Written bytes after which the file is synced, so that no large sync stands before one of the log.</param>
public sealed record TableOptions(
    int BlockBytes = 16 << 10,
    int RestartInterval = 16,
    int BloomBitsPerKey = 10,
    TableCompression Compression = TableCompression.None,
    int SyncEveryBytes = 1 << 20)
{
    public static TableOptions Default { get; } = new();
}
