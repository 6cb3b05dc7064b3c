namespace RespKv.Engine.Commit;

/// <summary>Figures of the WAL writer for INFO. Written by the writer (and the interval sync), read by anyone.</summary>
internal sealed class CommitStats
{
    public LogHistogram SyncMicros { get; } = new();

    public LogHistogram BatchRecords { get; } = new();

    public long Batches => Volatile.Read(ref _batches);

    public long Records => Volatile.Read(ref _records);

    public long Bytes => Volatile.Read(ref _bytes);

    private long _batches;
    private long _records;
    private long _bytes;
    private long _syncMicrosSum;
    private long _batchRecordsSum;

    public void RecordBatch(int records, int bytes)
    {
        Volatile.Write(ref _batches, _batches + 1);
        Volatile.Write(ref _records, _records + records);
        Volatile.Write(ref _bytes, _bytes + bytes);
        BatchRecords.Record(records);
        Volatile.Write(ref _batchRecordsSum, _batchRecordsSum + records);
    }

    /// <summary>Sums of what the histograms hold.</summary>
    public long SyncMicrosSum => Volatile.Read(ref _syncMicrosSum);

    public long BatchRecordsSum => Volatile.Read(ref _batchRecordsSum);

    public void RecordSync(long micros)
    {
        SyncMicros.Record(micros);
        Volatile.Write(ref _syncMicrosSum, _syncMicrosSum + micros);
    }

    public void Reset()
    {
        SyncMicros.Reset();
        BatchRecords.Reset();
        Volatile.Write(ref _syncMicrosSum, 0);
        Volatile.Write(ref _batchRecordsSum, 0);
    }
}
