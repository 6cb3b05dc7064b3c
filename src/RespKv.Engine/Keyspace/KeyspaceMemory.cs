namespace RespKv.Engine.Keyspace;

/// <summary>
/// Memory of all databases of one server: the free chunks that they share, and the totals. Guarded by the turn.
/// A database that is no longer needed must be cleared, or its share stays in the totals.
/// </summary>
internal sealed class KeyspaceMemory
{
    /// <summary>
    /// Free chunks that are kept for reuse (16 MiB); others are left to the garbage collector, which is what gives memory
    /// back to the system.
    /// </summary>
    private const int ChunksKept = 4;

    private readonly Stack<byte[]> _freeChunks = new(ChunksKept);

    /// <summary>Bytes of the cells that hold entries, rounding up to size classes included.</summary>
    public long EntryBytes { get; internal set; }

    /// <summary>Bytes of the arrays that hold keys and values too long for a cell.</summary>
    public long LargeBytes { get; internal set; }

    /// <summary>Bytes of the objects of large collections, beside their elements' cells.</summary>
    public long CollectionBytes { get; internal set; }

    /// <summary>Up to where OBJECT ENCODING tells of a compact encoding (directives <c>hash-max-listpack-entries</c> and the like).</summary>
    public Collections.EncodingLimits Limits { get; } = new();

    /// <summary>Large collections that were freed in slices, after their key was gone.</summary>
    public long ReleasedCollections { get; set; }

    /// <summary>Bytes of index segments and directories.</summary>
    public long IndexBytes { get; internal set; }

    /// <summary>Bytes of the chunks that databases hold, whether their cells are in use, free or never touched.</summary>
    public long ChunkBytes { get; internal set; }

    /// <summary>Bytes of free chunks kept for reuse.</summary>
    public long PooledBytes => (long)_freeChunks.Count * ChunkTable.ChunkBytes;

    /// <summary>The clock (24 bits) that a created or replaced entry gets. The owner keeps it going; expiry and logs do not depend on it.</summary>
    public uint AccessClock { get; set; }

    /// <summary>Counts how often keys are used, in the place of <see cref="AccessClock"/>; null when that is the time of last use.</summary>
    public AccessCounter? Counter { get; set; }

    /// <summary>What the data needs: entries, large values and index.</summary>
    public long UsedBytes => EntryBytes + LargeBytes + IndexBytes + CollectionBytes;

    /// <summary>What was asked of the runtime for it. The rest of a chunk that was never touched is not resident.</summary>
    public long AllocatedBytes => ChunkBytes + PooledBytes + LargeBytes + CollectionBytes;

    /// <summary>
    /// Bytes ever left to the garbage collector. The runtime collects large arrays only when more are allocated: after a
    /// mass deletion the host may want to start a collection when this has moved by much.
    /// </summary>
    public long DroppedBytes { get; internal set; }

    internal byte[] TakeChunk()
    {
        ChunkBytes += ChunkTable.ChunkBytes;

        // Pinned: such arrays are never moved, not even by a compacting collection near a memory limit.
        return _freeChunks.TryPop(out byte[]? chunk)
            ? chunk
            : GC.AllocateUninitializedArray<byte>(ChunkTable.ChunkBytes, pinned: true);
    }

    internal void ReturnChunk(byte[] chunk)
    {
        ChunkBytes -= chunk.Length;
        if (_freeChunks.Count < ChunksKept)
        {
            _freeChunks.Push(chunk);
        }
        else
        {
            DroppedBytes += chunk.Length;
        }
    }

    internal void DropBlock(byte[] block)
    {
        ChunkBytes -= block.Length;
        DroppedBytes += block.Length;
    }
}
