namespace RespKv.Engine.Commit;

/// <summary>
/// Tells which LSN a key was last written by, as far as that LSN may not be durable yet (decision 6). Deletions and expiries
/// are in it like any write. Guarded by the turn.
/// </summary>
/// <remarks>
/// A fixed table of LSNs addressed by key hash. Two keys that share a bucket make a reader of one wait for the writer of
/// the other: never too early, rarely too late (with 1,000 writes in flight, 0.4 % of reads). An entry needs no removal, since
/// an LSN that has been released asks for no wait.
/// </remarks>
internal sealed class InFlightTable
{
    /// <summary>2 MiB of LSNs: stays in a core's second-level cache, and 1,000 writes in flight fill 0.4 % of it.</summary>
    public const int BucketCount = 1 << 18;

    private readonly long[] _lsnByBucket = new long[BucketCount];

    /// <summary>LSN of the last mutation that touched whole databases (FLUSHALL, SWAPDB).</summary>
    private long _allKeysLsn;

    /// <summary>A record with this LSN changes the key.</summary>
    public void Note(int database, ulong hash, long lsn) => _lsnByBucket[Bucket(database, hash)] = lsn;

    /// <summary>A record with this LSN may change any key.</summary>
    public void NoteAll(long lsn) => _allKeysLsn = lsn;

    /// <summary>The LSN that a reply which shows this key (or its absence) must carry.</summary>
    public long Observe(int database, ulong hash) => Math.Max(_lsnByBucket[Bucket(database, hash)], _allKeysLsn);

    private static int Bucket(int database, ulong hash)
        => (int)((hash ^ ((ulong)database * 0x9E37_79B9_7F4A_7C15)) >> 20) & (BucketCount - 1);
}
