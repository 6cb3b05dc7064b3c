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

    public void RecordBatch(int records, int bytes)
    {
        Volatile.Write(ref _batches, _batches + 1);
        Volatile.Write(ref _records, _records + records);
        Volatile.Write(ref _bytes, _bytes + bytes);
        BatchRecords.Record(records);
    }

    public void RecordSync(long micros) => SyncMicros.Record(micros);

    public void Reset()
    {
        SyncMicros.Reset();
        BatchRecords.Reset();
    }
}
